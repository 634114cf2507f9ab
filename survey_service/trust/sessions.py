"""Signing in and staying so: ids made only here, kept as digests, dead at log-out, idle or after twelve hours."""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.errors import LoginRefused, TooManyTries
from survey_service.models import Account, LoginSession
from survey_service.trust import limits, passwords, program_tokens
from survey_service.trust.accounts import token_digest
from survey_service.trust.privacy import Keyring
from survey_service.trust.viewer import Role, Viewer

IDLE = dt.timedelta(minutes=30)
ABSOLUTE = dt.timedelta(hours=12)
SEEN_STEP = dt.timedelta(minutes=1)
ACCOUNT = """
a.id, a.ref, a.name, a.display_name, a.role, a.agent_no, a.senior, a.languages, a.department_id, z.zone_id, EXISTS (
    SELECT 1 FROM survey_service_notice n WHERE n.account_id = a.id AND n.seen_at IS NULL) AS notices
"""
HOLDER = f"""
SELECT s.seen_at, s.expires_at, {ACCOUNT}
FROM survey_service_login_session s JOIN survey_service_account a ON a.id = s.account_id
LEFT JOIN survey_service_account_zone z ON z.account_id = a.id WHERE s.token_hash = $1 AND a.disabled_at IS NULL
"""
"""One row for each zone of the account."""

PROGRAM_OF = f"""
SELECT {ACCOUNT} FROM survey_service_account a LEFT JOIN survey_service_account_zone z ON z.account_id = a.id
WHERE a.id = $1 AND a.disabled_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the secret for the cookie, and who it is."""

    secret: str
    account: Account
    fact: Fact


async def refuse_when_limited(keyring: Keyring, name: str, address: str, trusted: bool, now: dt.datetime) -> None:
    """TooManyTries before a password is even looked at; the right password from another address still works."""
    if await limits.reached(keyring, limits.LOGIN_PER_ACCOUNT_AND_ADDRESS, f"{name}|{address}", now):
        raise TooManyTries(900)
    if not trusted and await limits.reached(keyring, limits.LOGIN_PER_ADDRESS, address, now):
        raise TooManyTries(3_600)


async def count_failure(keyring: Keyring, name: str, address: str, trusted: bool, now: dt.datetime) -> None:
    """Count a wrong password for the pair, the address, and the account as tried from that side."""
    await limits.count(keyring, limits.LOGIN_PER_ACCOUNT_AND_ADDRESS, f"{name}|{address}", now)
    await limits.count(keyring, limits.LOGIN_PER_ADDRESS, address, now)
    await limits.count(keyring, _per_account(trusted), name, now)


def _per_account(trusted: bool) -> limits.Limit:
    return limits.LOGIN_PER_ACCOUNT_IN_OFFICE if trusted else limits.LOGIN_PER_ACCOUNT


async def check_password(keyring: Keyring, name: str, password: str, trusted: bool, now: dt.datetime) -> Account:
    """The account; LoginRefused for a wrong password, an unknown, disabled or locked account alike.

    `trusted` says that the caller sits in the office: its lock counts only what was tried from there.
    """
    account = await Account.get_or_none(name=name)
    right = await passwords.fits(account.password_hash if account else None, password)
    locked = await limits.reached(keyring, _per_account(trusted), name, now)
    if account is None or not right or account.disabled_at is not None or locked:
        raise LoginRefused
    return account


async def open_session(account: Account, now: dt.datetime) -> SignedIn:
    """A session with an id that only the server makes."""
    secret = secrets.token_urlsafe(32)
    await LoginSession.create(
        token_hash=token_digest(secret), account_id=account.id, created_at=now, seen_at=now, expires_at=now + ABSOLUTE
    )
    return SignedIn(secret, account, Fact("signed_in", account.ref, {"role": account.role}))


async def close_session(viewer: Viewer) -> Fact:
    """End this session on the server."""
    await LoginSession.filter(token_hash=viewer.session_hash).delete()
    return Fact("signed_out", viewer.ref)


async def viewer_of(secret: str, now: dt.datetime) -> Viewer | None:
    """Who holds this cookie; None when it is unknown, idle too long, too old, or its account disabled."""
    digest = token_digest(secret)
    every = await statements.rows(HOLDER, digest)
    if not every:
        return None
    found = every[0]
    seen, expires = statements.instant(found["seen_at"]), statements.instant(found["expires_at"])
    if seen is None or expires is None or now >= expires or now - seen >= IDLE:
        return None
    if now - seen >= SEEN_STEP:
        await statements.execute(
            "UPDATE survey_service_login_session SET seen_at = $1 WHERE token_hash = $2", now, digest
        )
    return _viewer(every, session_hash=digest)


async def viewer_by_token(token: str, now: dt.datetime) -> Viewer | None:
    """In whose name a program calls; None when the token opens nothing or its account is disabled."""
    bearer = await program_tokens.presented(token, now)
    if bearer is None:
        return None
    every = await statements.rows(PROGRAM_OF, bearer.account_id)
    return _viewer(every, program=bearer.ref, scopes=bearer.scopes) if every else None


def _viewer(
    every: list[dict[str, Any]], *, session_hash: str = "", program: str = "", scopes: frozenset[str] = frozenset()
) -> Viewer:
    found = every[0]
    return Viewer(
        account_id=int(found["id"]), ref=found["ref"], name=found["name"], display_name=found["display_name"],
        role=Role(found["role"]), agent_no=found["agent_no"] or "", senior=bool(found["senior"]),
        languages=frozenset(part for part in str(found["languages"]).split(",") if part),
        zone_ids=frozenset(int(each["zone_id"]) for each in every if each["zone_id"] is not None),
        department_id=found["department_id"], session_hash=session_hash, notices=bool(found["notices"]),
        program=program, scopes=scopes,
    )  # fmt: skip


def csrf_token(keyring: Keyring, session_hash: str) -> str:
    """The form token of one session; another visitor's does not fit."""
    return keyring.mac("csrf", session_hash)[:40]


def csrf_fits(keyring: Keyring, session_hash: str, token: str) -> bool:
    """Whether a form's token belongs to this session."""
    return hmac.compare_digest(csrf_token(keyring, session_hash).encode(), token.encode())


async def forget(now: dt.datetime) -> int:
    """Drop sessions and one-time links a day after their end."""
    day_ago = now - dt.timedelta(days=1)
    dropped = await statements.execute("DELETE FROM survey_service_login_session WHERE expires_at < $1", day_ago)
    return dropped + await statements.execute("DELETE FROM survey_service_access_token WHERE expires_at < $1", day_ago)
