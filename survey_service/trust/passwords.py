"""Passwords: argon2id off the event loop, a floor of strength, and the same time for unknown names."""

import asyncio
import re
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from survey_service.errors import AccountRefused

SHORTEST, LONGEST = 12, 128
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
UNKNOWN = HASHER.hash("nobody signs in with this")
WEAK_PARTS = (
    "qwertyuiop", "1q2w3e4r", "password", "passw0rd", "minsheng", "iloveyou", "letmein", "welcome", "huifang", "qwerty",
    "asdfgh", "zxcvbn", "abc123", "jiedao", "manyi", "admin",
)  # fmt: skip
"""The longer first: what is left of a word that was found in its part would count as if somebody had thought of it."""

REPEATED = re.compile(r"(.)\1{2,}")
DIGITS = "0123456789" * 2
RUNS = sorted(
    {line[at : at + size] for line in (DIGITS, DIGITS[::-1]) for size in range(4, 13) for at in range(11)},
    key=len, reverse=True,
)  # fmt: skip
COUNTED = re.compile("|".join(RUNS))


def refuse_weak(password: str, name: str) -> None:
    """AccountRefused with the sentence to show when a password is too weak."""
    plain = unicodedata.normalize("NFKC", password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise AccountRefused(f"密码要有{SHORTEST}到{LONGEST}个字符；一句好记的话就很好。")
    if any(unicodedata.category(sign) == "Cc" for sign in plain):
        raise AccountRefused("密码里不能有看不见的控制字符。")
    left = _left_over(plain.casefold(), name.casefold())
    if len(left) < 6 or len(set(plain)) < 5:
        raise AccountRefused("这个密码太容易被猜到，请换一个；不要用常见词、连续数字或账号名。")


def _left_over(text: str, name: str) -> str:
    """What a guesser would not have had for nothing: without usual words, the name, repeated and counted-up signs."""
    for part in (*WEAK_PARTS, *([name] if name else [])):
        text = text.replace(part, "")
    return COUNTED.sub("", REPEATED.sub("", text))


async def hashed(password: str) -> str:
    """Argon2id digest with its parameters and salt."""
    plain = unicodedata.normalize("NFKC", password)
    return await asyncio.to_thread(HASHER.hash, plain)


async def fits(stored: str | None, password: str) -> bool:
    """Whether the password fits; an account without one costs as much time as any other."""
    plain = unicodedata.normalize("NFKC", password[: LONGEST + 1])
    # the loop's own threads: a pool of this module would be dead in a server that was forked after its first use
    matches = await asyncio.to_thread(_matches, stored or UNKNOWN, plain)
    return matches and stored is not None and len(password) <= LONGEST


def _matches(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except VerifyMismatchError:
        return False
