"""Set-password links in other people's hands: who gave one, who has to confirm it, and who is told when it was used.

Whoever holds such a link becomes the account. An administrator can always hand one to himself; what keeps him honest is
that the account, the supervisors and the auditors see it, and, where that is set, that a second person has to agree.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.errors import NotFound
from survey_service.models import AccessToken, Account
from survey_service.trust import accounts, notices
from survey_service.trust.accounts import COMMAND_LINE
from survey_service.trust.viewer import Role, Viewer

GUARDED = frozenset({Role.ADMIN.value, Role.SUPERVISOR.value, Role.AUDITOR.value})
"""Whoever becomes one of these can act on waves, on accounts, or see the trail."""

CONFIRMING = (Role.ADMIN.value, Role.SUPERVISOR.value)
PAGE = "/confirmations"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A link that waits for a second person."""

    ref: str
    name: str
    role: str
    issuer: str
    at: dt.datetime | None


async def issue(account: Account, issuer: Viewer, four_eyes: bool, now: dt.datetime) -> tuple[str, bool, Fact]:
    """A set-password link in an administrator's hand, and whether it waits for a second person."""
    confirming = await _who_could_confirm(account, issuer.ref) if four_eyes and account.role in GUARDED else []
    awaits = bool(confirming)
    token, fact = await accounts.issue_link(account, "password", now, issuer=issuer.ref, awaits=awaits)
    if awaits:
        sentence = f"{issuer.display_name}给{_titled(account)}发了设密码链接，要另一个人确认才能用。"
        await notices.tell(confirming, sentence, now, PAGE)
    return token, awaits, fact


async def _who_could_confirm(account: Account, issuer: str) -> list[Account]:
    return await Account.filter(
        role__in=CONFIRMING, disabled_at__isnull=True, password_hash__isnull=False
    ).exclude(ref__in=[issuer, account.ref])  # fmt: skip


def fact_of(account: Account, link: AccessToken) -> Fact:
    """Somebody came in by a link: whose it is, who had given it out; the trail keeps from where."""
    return Fact("account_link_used", account.ref, {"issuer": link.issuer, "purpose": link.purpose})


async def used(account: Account, link: AccessToken, now: dt.datetime, zone: ZoneInfo) -> Fact:
    """The link was used and a password set: those concerned are told. `account` is as it was before."""
    reset = account.password_hash is not None
    if link.purpose == "password" and (reset or account.role in GUARDED):
        at = now.astimezone(zone)
        when = f"{at.month}月{at.day}日{at:%H:%M}"
        giver = await _name_of(link.issuer)
        what = "重设" if reset else "第一次设定"
        own = f"您的密码于{when}由{giver}发出的链接{what}。不是您本人设的，请马上告诉审计员。"
        others = f"{_titled(account)}的密码于{when}由{giver}发出的链接{what}。不是本人设的，请马上停用该账号。"
        await notices.tell([account], own, now)
        watching = [one for one in await notices.watchers() if one.id != account.id]
        await notices.tell(watching, others, now)
    return fact_of(account, link)


async def promoted(account: Account, role: Role, by: Viewer, now: dt.datetime, zone: ZoneInfo) -> None:
    """The account becomes one that acts on everybody's: the watchers are told."""
    if role.value not in GUARDED:
        return
    at = now.astimezone(zone)
    sentence = (
        f"{account.display_name}（{account.name}）于{at.month}月{at.day}日{at:%H:%M}由{by.display_name}从"
        f"{Role(account.role).label}改为{role.label}。"
    )
    await notices.tell([one for one in await notices.watchers() if one.id != account.id], sentence, now)


async def waiting(viewer: Viewer, now: dt.datetime) -> list[Waiting]:
    """Links that this person could confirm: not his own, and none for himself."""
    found = await statements.rows(
        "SELECT a.ref, a.display_name, a.name, a.role, t.issuer, t.created_at FROM survey_service_access_token t"
        " JOIN survey_service_account a ON a.id = t.account_id WHERE t.awaits AND t.used_at IS NULL"
        " AND t.expires_at > $1 AND t.issuer <> $2 AND a.ref <> $3 ORDER BY t.created_at",
        now, viewer.ref, viewer.ref,
    )  # fmt: skip
    return [
        Waiting(
            each["ref"], f"{each['display_name']}（{each['name']}）", Role(each["role"]).label,
            await _name_of(each["issuer"]), statements.instant(each["created_at"]),
        )
        for each in found
    ]  # fmt: skip


async def decide(viewer: Viewer, account_ref: str, agreed: bool, now: dt.datetime) -> Fact:
    """The second person agrees, or takes the link back. Raises NotFound for what he cannot decide."""
    if account_ref not in {one.ref for one in await waiting(viewer, now)}:
        raise NotFound
    account = await accounts.by_ref(account_ref)
    waits = AccessToken.filter(account_id=account.id, awaits=True, used_at__isnull=True)
    if not (await waits.update(awaits=False) if agreed else await waits.delete()):
        raise NotFound
    return Fact("account_link_confirmed" if agreed else "account_link_refused", account_ref)


async def _name_of(issuer: str) -> str:
    if issuer == COMMAND_LINE:
        return "服务器命令行"
    found = await Account.get_or_none(ref=issuer)
    return f"{Role(found.role).label}{found.display_name}" if found else "已不在的账号"


def _titled(account: Account) -> str:
    return f"{Role(account.role).label}{account.display_name}（{account.name}）"
