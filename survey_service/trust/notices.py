"""Sentences that an account sees on its pages until it has read them: what others did that concerns it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.errors import NotFound
from survey_service.models import Account, Notice
from survey_service.trust.accounts import new_ref
from survey_service.trust.viewer import Role

MOST = 5
"""So many at once on a page; the next follow when these are read."""


@dataclass(frozen=True, slots=True)
class Told:
    """One notice as the page shows it."""

    ref: str
    sentence: str
    link: str


async def watchers() -> list[Account]:
    """Those who are to notice what administrators do: supervisors and auditors."""
    return await Account.filter(role__in=[Role.SUPERVISOR.value, Role.AUDITOR.value], disabled_at__isnull=True)


async def tell(whom: Iterable[Account], sentence: str, now: dt.datetime, link: str = "") -> None:
    """Put the sentence before each of these accounts, once each."""
    for account_id in sorted({account.id for account in whom}):
        await Notice.create(ref=new_ref(), account_id=account_id, sentence=sentence, link=link, at=now)


async def of(account_id: int) -> list[Told]:
    """What this account has not read yet, the oldest first."""
    found = await Notice.filter(account_id=account_id, seen_at__isnull=True).order_by("id").limit(MOST)
    return [Told(each.ref, each.sentence, each.link) for each in found]


async def seen(account_id: int, ref: str, now: dt.datetime) -> Fact:
    """The account has read it. Raises NotFound for another's, or one read before."""
    changed = await statements.execute(
        "UPDATE survey_service_notice SET seen_at = $1 WHERE ref = $2 AND account_id = $3 AND seen_at IS NULL",
        now, ref, account_id,
    )  # fmt: skip
    if not changed:
        raise NotFound
    return Fact("notice_acknowledged", ref)


async def forget(now: dt.datetime) -> int:
    """Drop what was read a month ago."""
    return await statements.execute("DELETE FROM survey_service_notice WHERE seen_at < $1", now - dt.timedelta(days=30))
