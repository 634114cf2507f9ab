"""What a respondent does with a link: agree, answer, submit once, decline, ask to be called later. One change each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from callbacks.calling import appointments, cases, do_not_contact, links
from callbacks.calling.links import LinkCondition
from callbacks.errors import LinkSpent
from callbacks.rules.windows import Opening
from questionnaires import submissions
from questionnaires.errors import AlreadySubmitted
from questionnaires.facts import Fact
from questionnaires.submissions import SubmissionState
from survey_service import field
from survey_service.errors import LinkUsed
from survey_service.respondents.respondent_path import CONSENT, Step, step_of
from survey_service.respondents.respondent_visit import MODE, SPENT, Visit
from survey_service.site import Site
from survey_service.trust import origins
from survey_service.trust.audit import Actor
from survey_service.trust.origins import Source

Given = Mapping[str, Sequence[str]]
"""What a form or a program sent, by the keys of steps."""

LATER_DAYS = 5
AGAIN_WITHIN = dt.timedelta(minutes=10)
"""So long a submission whose answer was lost on the way, cookie and all, is sent again."""
SHORTEST = dt.timedelta(minutes=40)
HALF_HOUR = 1800


@dataclass(frozen=True, slots=True)
class Kept:
    """The visit after a save, and per refused key the sentence to show."""

    visit: Visit
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a submission is known by afterwards; the same however often it is asked for."""

    reference: str
    submitted_at: dt.datetime


async def begin(site: Site, visit: Visit, device: str, notice_sha256: str, actor: Actor) -> Visit:
    """The respondent agreed: the notice, the device and the empty submissions in one change."""
    async with site.ledger.change(actor) as change:
        change.record(await links.start(visit.link, device, notice_sha256))
        for k, part in enumerate(visit.parts):
            submission, started = await submissions.start(part.version_id, MODE, visit.key(k), change.now)
            agreed = {CONSENT: "1"} if part.definition.item(CONSENT) else {}
            saved, kept = await submissions.save(submission, agreed, change.now, site.keyring, part.context)
            change.record(started, kept)
            visit = visit.with_answers(k, saved.answers)
    return replace(visit, link=replace(visit.link, notice_sha256=notice_sha256))


async def save(site: Site, visit: Visit, given: Given, actor: Actor) -> Kept:
    """Keeps answers as given, in one change. After the submission the same ones again change nothing.

    Keys that belong to nothing are refused. Raises AlreadySubmitted for others than those submitted.
    """
    by_part, refused = _sorted(visit, given)
    if not by_part:
        return Kept(visit, refused)
    async with site.ledger.change(actor) as change:
        for k, answers in by_part.items():
            submission = await submissions.held_by_key(visit.key(k))
            if submission is None:
                raise AlreadySubmitted(visit.key(k))
            context = visit.parts[k].context
            saved, fact = await submissions.save(submission, answers, change.now, site.keyring, context)
            change.record(fact)
            visit = visit.with_answers(k, saved.answers)
            refused |= {Step(k, name).key: sentence for name, sentence in saved.refused.items()}
    return Kept(visit, refused)


def _sorted(visit: Visit, given: Given) -> tuple[dict[int, dict[str, list[str]]], dict[str, str]]:
    by_part: dict[int, dict[str, list[str]]] = {}
    refused: dict[str, str] = {}
    for key, values in given.items():
        step = step_of(key, len(visit.parts))
        if step is None or visit.parts[step.part].definition.item(step.name) is None:
            refused[key] = "问卷里没有这一题"
        else:
            by_part.setdefault(step.part, {})[step.name] = list(values)
    return by_part, refused


async def submit(site: Site, visit: Visit, actor: Actor, source: Source) -> Receipt:
    """Spends the link, closes every submission and completes the case, together or not at all; a digest of where
    they came from stays beside them.

    Raises LinkUsed for whoever comes second, NotComplete, or what else the link has become.
    """
    path = visit.path
    async with site.ledger.change(actor) as change:
        try:
            change.record(await links.use(visit.link, change.now))
        except LinkSpent as spent:
            raise SPENT[LinkCondition(spent.state)] from spent
        receipts, done = [], list[int]()
        for k in range(len(visit.parts)):
            submitted, key, facts = await _submit_part(site, visit, k, path.shared(k), change.now)
            receipts.append(submitted)
            done.append(key)
            change.record(*facts)
        if visit.link.wave_id is not None:
            await origins.keep(site.keyring, visit.link.wave_id, done, source)
    return receipts[0]


async def _submit_part(
    site: Site, visit: Visit, k: int, shared: Mapping[str, str], now: dt.datetime
) -> tuple[Receipt, int, Sequence[Fact]]:
    part, case_ref = visit.parts[k], str(visit.link.case_ref)
    submission = await submissions.held_by_key(visit.key(k))
    if submission is None:
        raise LinkUsed
    facts = []
    if shared:
        _, fact = await submissions.save(submission, shared, now, site.keyring, part.context)
        facts.append(fact)
    done, submitted = await submissions.submit(submission, now, site.keyring, part.context)
    _, counted = await cases.self_complete(case_ref, part.module_ref, done, now)
    return Receipt(done.ref, done.submitted_at or now), done.id, [*facts, submitted, *counted]


async def receipt(visit: Visit) -> Receipt:
    """The receipt of a used link. Raises LinkUsed when nothing was submitted with it."""
    first = await submissions.by_key(visit.key(0))
    if first is None or first.submitted_at is None or first.state == SubmissionState.DRAFT:
        raise LinkUsed
    return Receipt(first.ref, first.submitted_at)


async def again(site: Site, visit: Visit, given: Given, actor: Actor) -> Receipt:
    """The same receipt for the same answers. Raises LinkUsed for others.

    A link is passed around; who has it without the cookie could ask answer by answer what was said. Without the cookie
    the whole questionnaire is compared or nothing is, and that only for a while.
    """
    first = await receipt(visit)
    if given and not visit.same_device:
        whole = all(view.name in given for view in visit.path.answered() if view.value)
        if not whole or site.clock.now() - first.submitted_at > AGAIN_WITHIN:
            raise LinkUsed
    try:
        kept = await save(site, visit, given, actor)
    except AlreadySubmitted as altered:
        raise LinkUsed from altered
    if kept.refused:
        raise LinkUsed
    return first


async def decline(site: Site, visit: Visit, never: bool, actor: Actor) -> None:
    """The respondent takes no part; answers already given stay unsubmitted and count nowhere."""
    async with site.ledger.change(actor) as change:
        submission = await submissions.by_key(visit.key(0)) if visit.begun else None
        if submission is not None and submission.state == SubmissionState.DRAFT:
            context = visit.parts[0].context
            _, fact = await submissions.save(submission, {CONSENT: "2"}, change.now, site.keyring, context)
            change.record(fact)
        change.record(await do_not_contact.decline(str(visit.link.case_ref), never, change.now))


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch in which the respondent can be called; `at` is when the case falls due."""

    at: dt.datetime
    until: dt.datetime
    band: str
    day: dt.date

    @property
    def value(self) -> str:
        """As the form sends it back."""
        return self.at.strftime("%Y%m%dT%H%MZ")


async def slots(site: Site, visit: Visit, now: dt.datetime) -> list[Slot]:
    """The stretches of the next days in which calls may start, the earliest first."""
    hours = await field.hours(site.settings)
    windows = replace(hours.windows, weekends=visit.fieldwork.weekends)
    found: list[Slot] = []
    for opening in windows.openings(now, hours.calendar, visit.fieldwork.education):
        slot = _slot(opening, now)
        if slot is None:
            continue
        if len({known.day for known in found} | {slot.day}) > LATER_DAYS:
            break
        found.append(slot)
    return found


def _slot(opening: Opening, now: dt.datetime) -> Slot | None:
    at = opening.start
    if at <= now:
        # nobody is called back within the minute: the next full half hour
        at = dt.datetime.fromtimestamp((int(now.timestamp()) // HALF_HOUR + 1) * HALF_HOUR, dt.UTC)
    return Slot(at, opening.end, opening.band, opening.day) if opening.end - at >= SHORTEST else None


async def call_later(site: Site, visit: Visit, chosen: Slot, actor: Actor) -> None:
    """Makes the appointment. Raises HeldByAnother during a call, UnknownCase for a case that is over."""
    hours = await field.hours(site.settings)
    windows = replace(hours.windows, weekends=visit.fieldwork.weekends)
    async with site.ledger.change(actor) as change:
        _, fact = await appointments.ask_callback(
            str(visit.link.case_ref), chosen.at, change.now, hours.calendar, windows
        )
        change.record(fact)


async def promised(site: Site, visit: Visit) -> Opening | None:
    """From when to when the respondent is called, as he asked for on this page; None when nothing is to come."""
    at = await appointments.asked_online(visit.link.case_id)
    hours = await field.hours(site.settings)
    windows = replace(hours.windows, weekends=visit.fieldwork.weekends)
    found = next(windows.openings(at, hours.calendar, visit.fieldwork.education), None) if at else None
    return replace(found, start=at) if found and at else None
