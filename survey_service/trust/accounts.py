"""Accounts: made, disabled, given passwords by one-time links; no account has a password that somebody else knows."""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Sequence

from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.errors import AccountRefused, LinkAwaits, NotFound
from survey_service.models import AccessToken, Account, LoginSession, ProgramToken
from survey_service.trust import passwords
from survey_service.trust.viewer import Role

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
LINK_LIFE = dt.timedelta(days=3)
REF_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
COMMAND_LINE = "command"
"""Who gave a link out that was printed on the server."""


def new_ref() -> str:
    """A random reference of ten letters, safe to show and useless to guess with."""
    return "".join(secrets.choice(REF_LETTERS) for _ in range(10))


def token_digest(token: str) -> str:
    """What is stored of a secret that its holder brings back."""
    return hashlib.sha256(token.encode()).hexdigest()


async def add(
    name: str,
    role: Role,
    now: dt.datetime,
    *,
    display_name: str = "",
    zone_codes: Sequence[str] = (),
    responsible_codes: Sequence[str] = (),
    department_code: str = "",
    agent_no: str = "",
    senior: bool = False,
    languages: Sequence[str] = (),
    demo: bool = False,
) -> tuple[Account, Fact]:
    """A new account without a password; AccountRefused says what is wrong.

    `zone_codes` is where it works, `responsible_codes` what it answers for (包保) and may not interview about.
    """
    if not NAME.fullmatch(name):
        raise AccountRefused("账号名用2到40个小写字母、数字、点、横线或下划线，以字母或数字开头。")
    if await Account.filter(name=name).exists():
        raise AccountRefused(f"账号 {name} 已经存在。")
    zones = await _zones(zone_codes)
    responsible = await _zones(responsible_codes)
    department = await _department(department_code)
    if role is Role.STREET and not zones:
        raise AccountRefused("街道账号要用 --zone 指定片区。")
    if role is Role.DEPARTMENT and department is None:
        raise AccountRefused("责任部门账号要用 --department 指定部门。")
    account = await Account.create(
        ref=new_ref(), name=name, display_name=display_name or name, role=role.value, department_id=department,
        agent_no=agent_no or None, senior=senior, languages=",".join(languages), demo=demo, created_at=now,
    )  # fmt: skip
    await statements.execute_many(
        "INSERT INTO survey_service_account_zone (account_id, zone_id) VALUES ($1, $2)",
        [(account.id, zone) for zone in zones],
    )
    await statements.execute_many(
        "INSERT INTO callbacks_responsibility (account_id, zone_id) VALUES ($1, $2)",
        [(account.id, zone) for zone in responsible],
    )
    if role is Role.AGENT and not agent_no:
        await Account.filter(id=account.id).update(agent_no=f"{account.id:03d}")
    return account, Fact(
        "account_added", account.ref, {"role": role.value, "zones": len(zones), "responsible": len(responsible)}
    )


async def _zones(codes: Sequence[str]) -> list[int]:
    found = []
    for code in codes:
        zone = await statements.row("SELECT id FROM callbacks_zone WHERE code = $1 OR name = $1", code)
        if zone is None:
            raise AccountRefused(f"没有片区“{code}”，请先导入片区。")
        found.append(int(zone["id"]))
    return found


async def _department(code: str) -> int | None:
    if not code:
        return None
    department = await statements.row("SELECT id FROM callbacks_department WHERE code = $1 OR name = $1", code)
    if department is None:
        raise AccountRefused(f"没有部门“{code}”，请先导入部门。")
    return int(department["id"])


async def issue_link(
    account: Account | None, purpose: str, now: dt.datetime, life: dt.timedelta = LINK_LIFE, *,
    issuer: str = COMMAND_LINE, awaits: bool = False,
) -> tuple[str, Fact]:  # fmt: skip
    """A one-time token for `password` (set one), `first-admin` or `login`; given once, stored as a digest.

    `awaits` makes it useless until a second person has confirmed it.
    """
    token = secrets.token_urlsafe(24)
    if account is not None:
        # whoever found an earlier message must not open with it what a new one was asked for
        await AccessToken.filter(account_id=account.id, purpose=purpose, used_at__isnull=True).delete()
    await AccessToken.create(
        token_hash=token_digest(token),
        account_id=account.id if account else None,
        purpose=purpose,
        created_at=now,
        expires_at=now + life,
        issuer=issuer,
        awaits=awaits,
    )
    said: dict[str, str | bool] = {"purpose": purpose, "issuer": issuer, "awaits": awaits}
    return token, Fact("access_link_issued", account.ref if account else "-", said)


async def use_link(token: str, purposes: Sequence[str], now: dt.datetime) -> AccessToken:
    """Use up a one-time token; NotFound when unknown, used or expired."""
    taken = await statements.rows(
        "UPDATE survey_service_access_token SET used_at = $1 "
        "WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1 AND NOT awaits RETURNING token_hash",
        now,
        token_digest(token),
    )
    return await _usable(await AccessToken.get_or_none(token_hash=token_digest(token)) if taken else None, purposes)


async def peek_link(token: str, purposes: Sequence[str], now: dt.datetime) -> AccessToken:
    """A live one-time token, unused by looking at it."""
    found = await AccessToken.get_or_none(token_hash=token_digest(token), used_at__isnull=True, expires_at__gt=now)
    return await _usable(found, purposes)


async def _usable(found: AccessToken | None, purposes: Sequence[str]) -> AccessToken:
    """Each start prints a link while there is no administrator; once there is one, the others open nothing."""
    if found is None or found.purpose not in purposes or (found.purpose == "first-admin" and await administrators()):
        raise NotFound
    if found.awaits:
        raise LinkAwaits
    return found


async def administrators() -> int:
    """How many administrators can sign in; a new installation has none."""
    return await Account.filter(role=Role.ADMIN.value, disabled_at=None).count()


async def set_password(account: Account, password: str) -> Fact:
    """A new password; every session of the account ends."""
    passwords.refuse_weak(password, account.name)
    await Account.filter(id=account.id).update(password_hash=await passwords.hashed(password))
    await _end_everything(account)
    return Fact("password_set", account.ref)


async def disable(account: Account, now: dt.datetime) -> Fact:
    """The account signs in no more, by password or link, and is signed out at once."""
    await Account.filter(id=account.id).update(disabled_at=now)
    await _end_everything(account)
    return Fact("account_disabled", account.ref)


async def enable(account: Account) -> Fact:
    """The account may sign in again."""
    await Account.filter(id=account.id).update(disabled_at=None)
    return Fact("account_enabled", account.ref)


async def change_role(account: Account, role: Role, *, keep_password: bool = True) -> Fact:
    """Another role; every session of the account ends, and so do links that were given for the old one."""
    await Account.filter(id=account.id).update(role=role.value)
    if not keep_password:
        await Account.filter(id=account.id).update(password_hash=None)
    await _end_everything(account)
    return Fact("account_role_changed", account.ref, {"from": account.role, "to": role.value})


async def _end_everything(account: Account) -> None:
    await LoginSession.filter(account_id=account.id).delete()
    await ProgramToken.filter(account_id=account.id).delete()
    await AccessToken.filter(account_id=account.id, used_at__isnull=True).delete()


async def end_sessions(account: Account) -> tuple[int, Fact]:
    """Sign the account and its programs out everywhere; how many sessions and tokens that were."""
    ended = await LoginSession.filter(account_id=account.id).delete()
    ended += await ProgramToken.filter(account_id=account.id).delete()
    return ended, Fact("sessions_ended", account.ref, {"count": ended})


async def is_agent(agent_no: str) -> bool:
    """Whether somebody calls under this number today."""
    return await Account.filter(role=Role.AGENT.value, disabled_at__isnull=True, agent_no=agent_no).exists()


async def by_ref(ref: str) -> Account:
    """The account, or NotFound."""
    account = await Account.get_or_none(ref=ref)
    if account is None:
        raise NotFound
    return account
