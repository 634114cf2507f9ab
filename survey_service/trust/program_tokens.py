"""Tokens by which programs call the JSON interface in the name of an account: few scopes, an end, and revocable."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.errors import BadInput, NotFound
from survey_service.models import Account, ProgramToken
from survey_service.trust.accounts import new_ref, token_digest
from survey_service.trust.viewer import Role

PREFIX = "survey_"
LONGEST_DAYS, USUAL_DAYS, MOST = 365, 90, 10
USED_STEP = dt.timedelta(minutes=1)


class Scope(StrEnum):
    """What a token may be for."""

    CALLS = "calls"
    REVEAL = "reveal"
    RESULTS = "results"

    @property
    def label(self) -> str:
        """The Chinese words on the page."""
        return LABELS[self]


LABELS = {Scope.CALLS: "接个案、登记拨打结果", Scope.REVEAL: "查看号码（每次要写原因）", Scope.RESULTS: "读结果和进度"}
BY_ROLE: dict[Role, tuple[Scope, ...]] = {
    Role.AGENT: (Scope.CALLS, Scope.REVEAL),
    Role.SUPERVISOR: (Scope.RESULTS, Scope.REVEAL),
    Role.OFFICIAL: (Scope.RESULTS,),
    Role.DEPARTMENT: (Scope.RESULTS,),
    Role.STREET: (Scope.RESULTS,),
}
"""A token never does more than its account; administrators, auditors and reviewers have no calls to make."""

GIVEN_BY_ADMINISTRATORS = frozenset({Scope.RESULTS})
"""Whoever may not see personal data makes no token that does."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One token as its holder's page shows it."""

    ref: str
    label: str
    scopes: tuple[str, ...]
    made_by: str
    created_at: dt.datetime
    expires_at: dt.datetime
    used_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a presented token is worth."""

    ref: str
    account_id: int
    scopes: frozenset[str]


async def make(
    account: Account, label: str, wanted: Sequence[str], days: int, made_by: str, now: dt.datetime
) -> tuple[str, Fact]:
    """A new token, given once; BadInput says what is wrong with the wish."""
    label = " ".join(label.split())[:60]
    if not label:
        raise BadInput("请写一句这个令牌给哪个程序用。", "label")
    allowed = BY_ROLE.get(Role(account.role), ())
    scopes = [scope for scope in allowed if scope in wanted]
    if not scopes or set(wanted) - set(scopes):
        raise BadInput("请选择这个账号的角色可以有的用途。", "scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput(f"有效期应在1到{LONGEST_DAYS}天之间。", "days")
    if await _alive(account.id, now) >= MOST:
        raise BadInput(f"一个账号最多{MOST}个令牌，请先停用不用的。", "label")
    token = PREFIX + secrets.token_urlsafe(32)
    made = await ProgramToken.create(
        ref=new_ref(), account_id=account.id, label=label, token_hash=token_digest(token), scopes=",".join(scopes),
        made_by=made_by, created_at=now, expires_at=now + dt.timedelta(days=days),
    )  # fmt: skip
    said: dict[str, str | int] = {"account": account.ref, "scopes": ",".join(scopes), "days": days}
    return token, Fact("program_token_made", made.ref, said)


async def _alive(account_id: int, now: dt.datetime) -> int:
    return await ProgramToken.filter(account_id=account_id, revoked_at__isnull=True, expires_at__gt=now).count()


async def of(account_id: int, now: dt.datetime) -> list[Listed]:
    """The account's living tokens, the newest first; never the tokens themselves."""
    found = await ProgramToken.filter(account_id=account_id, revoked_at__isnull=True, expires_at__gt=now)
    names = {each.ref: each.display_name for each in await Account.filter(ref__in=[one.made_by for one in found])}
    return [
        Listed(
            one.ref, one.label, tuple(Scope(word).label for word in one.scopes.split(",")),
            names.get(one.made_by, one.made_by), one.created_at, one.expires_at, one.used_at,
        )
        for one in sorted(found, key=lambda one: one.id, reverse=True)
    ]  # fmt: skip


async def revoke(account_id: int, ref: str, now: dt.datetime) -> Fact:
    """The token opens nothing from now on. Raises NotFound for another account's."""
    ended = await ProgramToken.filter(ref=ref, account_id=account_id, revoked_at__isnull=True).update(revoked_at=now)
    if not ended:
        raise NotFound
    return Fact("program_token_revoked", ref)


async def presented(token: str, now: dt.datetime) -> Bearer | None:
    """Whose token this is; None when it is unknown, over or revoked."""
    if not token.startswith(PREFIX) or len(token) > 100:
        return None
    found = await statements.row(
        "SELECT ref, account_id, scopes, used_at FROM survey_service_program_token"
        " WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2",
        token_digest(token), now,
    )  # fmt: skip
    if found is None:
        return None
    used = statements.instant(found["used_at"])
    if used is None or now - used >= USED_STEP:
        await statements.execute(
            "UPDATE survey_service_program_token SET used_at = $1 WHERE ref = $2", now, found["ref"]
        )
    return Bearer(found["ref"], int(found["account_id"]), frozenset(str(found["scopes"]).split(",")))


async def forget(now: dt.datetime) -> int:
    """Drop tokens a month after their end; the trail keeps that they were."""
    month_ago = now - dt.timedelta(days=30)
    return await statements.execute(
        "DELETE FROM survey_service_program_token WHERE expires_at < $1 OR revoked_at < $1", month_ago
    )
