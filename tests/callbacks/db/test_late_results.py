"""An outcome that came after its case had gone to another agent: kept, and made to count only by a supervisor."""

import datetime as dt

import pytest

from callbacks import ticks
from callbacks.calling import attempts, escalations, histories
from callbacks.calling.attempts import Recorded
from callbacks.errors import CorrectionRefused, OutcomeRefused
from callbacks.models import Appointment, Attempt, DoNotContact
from callbacks.scope import Scope
from survey_service.trust.privacy import Keyring
from tests.callbacks.db.district import CALENDAR, WINDOWS, District, agent, claim, only_case, said

SUPERVISOR = Scope("supervisor", 90)


async def _record(
    number: int, case_ref: str, ref: str, code: str, now: dt.datetime, sealer: Keyring, **more: object
) -> Recorded:
    recorded, _ = await attempts.record(
        agent(number), case_ref, ref, said(code, **more), now - dt.timedelta(minutes=1), now, CALENDAR, WINDOWS, sealer
    )
    return recorded


async def _late(place: District, now: dt.datetime, sealer: Keyring, code: str, then: str | None) -> dt.datetime:
    """Agent 1 loses the case to agent 2 and sends `code` late; agent 2 ends his own call with `then`, if he does."""
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    lost = await claim(agent(1), now)
    later = now + dt.timedelta(minutes=16)
    await ticks.tick(later, CALENDAR, WINDOWS)
    await claim(agent(2), later)
    assert (await _record(1, lost.case.ref, "late", code, later, sealer)).contested
    if then:
        await _record(2, lost.case.ref, "second", then, later + dt.timedelta(minutes=5), sealer)
    return later + dt.timedelta(minutes=10)


async def _take_over(now: dt.datetime, sealer: Keyring, reason: str = "录音为证") -> str:
    state, fact = await escalations.take_over_late_result(SUPERVISOR, "late", now, CALENDAR, WINDOWS, reason, sealer)
    assert fact.name == "late_result_taken_over" and fact.chained
    return state.value


async def test_a_late_refusal_taken_over_counts_and_the_dial_that_came_between_stays(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    after = await _late(place, now, sealer, "201", "310")
    assert (await only_case()).state == "S03"
    assert await _take_over(after, sealer) == "S11"
    case = await only_case()
    assert (case.final_code, case.attempts, case.next_attempt_at) == ("201", 2, None)
    assert await DoNotContact.filter(phone_digest=case.phone_digest).count() == 1
    standing = histories.effective(await histories.attempts_of(case.id))
    assert [each["code"] for each in standing] == ["310", "201"]
    late = await Attempt.get(ref="late")
    added = await Attempt.get(corrects_id=late.id)
    assert late.contested and not added.contested and added.agent_id == 90
    assert added.note_sealed is not None and "录音" not in added.note_sealed
    assert await escalations.late_results(SUPERVISOR) == []


async def test_a_late_result_is_taken_over_once_with_a_reason_and_never_out_of_an_agents_hands(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    after = await _late(place, now, sealer, "220", None)
    with pytest.raises(CorrectionRefused) as refused:
        await _take_over(after, sealer)
    assert refused.value.reason == "taken"
    await _record(2, (await only_case()).ref, "second", "310", after, sealer)
    with pytest.raises(OutcomeRefused):
        await _take_over(after, sealer, " ")
    await _take_over(after, sealer)
    with pytest.raises(CorrectionRefused):
        await _take_over(after, sealer)
    with pytest.raises(CorrectionRefused):
        await attempts.correct(SUPERVISOR, "late", said("310"), after, CALENDAR, WINDOWS, sealer, "又改")


async def test_what_the_other_outcome_had_promised_is_called_off_and_nobody_rings_too_early(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    tomorrow = now + dt.timedelta(days=1)
    after = await _late(place, now, sealer, "310", None)
    case = await only_case()
    await _record(2, case.ref, "second", "210", after, sealer, appointment_at=tomorrow)
    assert await _take_over(after + dt.timedelta(minutes=1), sealer) == "S03"
    assert [each.state for each in await Appointment.all()] == ["cancelled"]
    case = await only_case()
    assert case.next_attempt_at is not None and case.next_attempt_at >= after + dt.timedelta(hours=3)


async def test_a_late_interview_without_its_answers_in_the_case_cannot_be_taken_over(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    after = await _late(place, now, sealer, "100", "310")
    with pytest.raises(OutcomeRefused) as refused:
        await _take_over(after, sealer)
    assert refused.value.field == "submission"
    assert (await only_case()).state == "S03"
