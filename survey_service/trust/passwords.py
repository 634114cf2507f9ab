"""Passwords: argon2id off the event loop, a floor of strength, and the same time for unknown names."""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from survey_service.errors import AccountRefused

SHORTEST, LONGEST = 12, 128
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
UNKNOWN = HASHER.hash("nobody signs in with this")
WEAK_PARTS = (
    "password", "passw0rd", "qwerty", "qwertyuiop", "1q2w3e4r", "123456", "12345678", "111111", "abc123", "iloveyou",
    "admin", "letmein", "welcome", "minsheng", "jiedao", "huifang", "manyi", "88888888", "66666666", "asdfgh", "zxcvbn",
)  # fmt: skip


def refuse_weak(password: str, name: str) -> None:
    """AccountRefused with the sentence to show when a password is too weak."""
    plain = unicodedata.normalize("NFKC", password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise AccountRefused(f"密码要有{SHORTEST}到{LONGEST}个字符；一句好记的话就很好。")
    if any(unicodedata.category(sign) == "Cc" for sign in plain):
        raise AccountRefused("密码里不能有看不见的控制字符。")
    bare = plain.casefold()
    for part in WEAK_PARTS:
        bare = bare.replace(part, "")
    left = bare.replace(name.casefold(), "") if name else bare
    if len(left) < 6 or len(set(plain)) < 5:
        raise AccountRefused("这个密码太容易被猜到，请换一个；不要用常见词、连续数字或账号名。")


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
