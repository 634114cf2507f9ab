"""What an outcome does to its case, and how it can be taken back."""

import datetime as dt

import pytest

from callbacks import ticks
from callbacks.calling import attempts, cases
from callbacks.calling.attempts import Recorded
from callbacks.calling.cases import Claim
from callbacks.calling.outcomes import Said
from callbacks.errors import (
    AppointmentRefused,
    AttemptDiffers,
    ClaimLost,
    CorrectionRefused,
    HeldByAnother,
    NotClaimed,
    OutcomeRefused,
    UnknownCase,
)
from callbacks.models import Appointment, Attempt, Case, DoNotContact, Module, NumberRepair
from callbacks.rules.dispositions import OUTCOMES
from callbacks.scope import Scope
from questionnaires.facts import Fact
from questionnaires.models import Submission
from survey_service.trust.privacy import Keyring
from tests.callbacks.db.district import CALENDAR, WINDOWS, District, agent, at, claim, no_case, only_case, said

SUPERVISOR = Scope("supervisor", 90)

NEXT = {
    "100": "S08", "110": "S08", "200": "S06", "201": "S11", "202": "S06", "203": "S03", "204": "S06", "210": "S04",
    "211": "S04", "220": "S03", "221": "S03", "230": "S11", "231": "S07", "232": "S07", "240": "S03", "310": "S03",
    "311": "S03", "312": "S03", "313": "S03", "314": "S03", "320": "S03", "321": "S05", "322": "S05", "330": "S05",
    "331": "S05", "340": "S05", "400": "S12", "401": "S12", "402": "S12", "403": "S12", "404": "S12", "405": "S12",
    "500": "S03", "900": "S14",
}  # fmt: skip


async def one_case(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)


async def record(got: Claim, what: Said, now: dt.datetime, sealer: Keyring, who: int = 1) -> tuple[Recorded, Fact]:
    start = now - dt.timedelta(minutes=1)
    return await attempts.record(agent(who), got.case.ref, got.attempt_ref, what, start, now, CALENDAR, WINDOWS, sealer)


async def answered(place: District, now: dt.datetime, key: str = "sub", state: str = "submitted") -> Submission:
    submission = await place.submission(key, now, state)
    await Module.all().update(submission_id=submission.id)
    return submission


def test_the_table_of_this_test_covers_every_outcome() -> None:
    assert set(NEXT) == {code for code, outcome in OUTCOMES.items() if outcome.level != "initial"}


@pytest.mark.parametrize("code", sorted(NEXT))
async def test_the_first_outcome_moves_the_case_as_the_table_says(
    place: District, now: dt.datetime, sealer: Keyring, code: str
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    if OUTCOMES[code].completed:
        await answered(place, now)
    time = at(6, 10) if OUTCOMES[code].needs_appointment else None
    recorded, fact = await record(got, said(code, appointment_at=time), now, sealer)
    case = await only_case()
    assert (case.state, recorded.state.value) == (NEXT[code], NEXT[code])
    assert case.claimed_by is None and case.lease_until is None
    assert (case.next_attempt_at is not None) == (NEXT[code] in ("S03", "S04", "S06"))
    assert case.attempts == (0 if code == "500" else 1)
    assert await NumberRepair.filter(state="open").count() == (1 if NEXT[code] == "S05" else 0)
    assert await DoNotContact.all().count() == (1 if code == "201" else 0)
    assert await Appointment.filter(state="open").count() == (1 if NEXT[code] == "S04" else 0)
    assert fact.name == "attempt_recorded" and "说明" not in str(fact)


async def test_a_note_is_sealed_and_asked_for_where_the_table_wants_it(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    with pytest.raises(OutcomeRefused) as refused:
        await record(got, Said("200"), now, sealer)
    assert refused.value.field == "note"
    await record(got, Said("200", note="他说没空"), now, sealer)
    kept = await Attempt.get()
    assert kept.note_sealed is not None and "没空" not in kept.note_sealed
    assert sealer.unseal(attempts.NOTE_COLUMN, kept.ref, kept.note_sealed) == "他说没空"


async def test_nothing_is_complete_without_a_submitted_questionnaire(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    await answered(place, now, state="draft")
    with pytest.raises(OutcomeRefused) as refused:
        await record(got, said("100"), now, sealer)
    assert refused.value.field == "submission"


async def test_an_appointment_at_noon_is_refused_with_the_next_time_that_works(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    with pytest.raises(AppointmentRefused) as refused:
        await record(got, said("210", appointment_at=at(6, 12)), now, sealer)
    assert refused.value.next_at == at(6, 14, 30)


async def test_the_same_outcome_sent_twice_is_kept_once(place: District, now: dt.datetime, sealer: Keyring) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    await record(got, said("310"), now, sealer)
    again, _ = await record(got, said("310"), now + dt.timedelta(seconds=5), sealer)
    assert again.replayed and await Attempt.all().count() == 1
    with pytest.raises(AttemptDiffers):
        await record(got, said("311"), now, sealer)


async def test_a_late_outcome_is_saved_for_review_and_changes_nothing(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    first = await claim(agent(1), now)
    later = now + dt.timedelta(minutes=16)
    await ticks.tick(later, CALENDAR, WINDOWS)
    second = await claim(agent(2), later)
    await record(second, said("310"), later, sealer, who=2)
    before = await only_case()
    recorded, fact = await record(first, said("201"), later, sealer, who=1)
    assert recorded.contested and fact.name == "attempt_contested"
    error = attempts.lost(recorded)
    assert isinstance(error, ClaimLost) and error.saved
    after = await only_case()
    assert (after.state, after.next_attempt_at, after.final_code) == (before.state, before.next_attempt_at, None)
    assert await Attempt.filter(contested=True).count() == 1
    assert await DoNotContact.all().count() == 0


async def test_an_outcome_after_a_lapsed_lease_counts_while_nobody_else_took_the_case(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(1), now)
    later = now + dt.timedelta(minutes=16)
    await ticks.tick(later, CALENDAR, WINDOWS)
    recorded, _ = await record(got, said("310"), later, sealer)
    assert not recorded.contested and (await only_case()).state == "S03"


async def test_nobody_records_an_outcome_for_a_case_he_never_had(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    case = await only_case()
    with pytest.raises(NotClaimed):
        await attempts.record(agent(), case.ref, "ref", said("310"), now, now, CALENDAR, WINDOWS, sealer)
    assert await Attempt.all().count() == 0


async def test_within_two_minutes_an_outcome_is_withdrawn_and_the_case_back_in_hand(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    await record(got, said("201"), now, sealer)
    back, _ = await attempts.undo(agent(), got.attempt_ref, now + dt.timedelta(minutes=2), sealer)
    case = await only_case()
    assert (case.state, case.claimed_by, case.attempts, case.final_code) == ("S02", 1, 0, None)
    assert await DoNotContact.all().count() == 0
    assert await Attempt.all().count() == 2
    again, _ = await record(back, said("310"), now + dt.timedelta(minutes=2), sealer)
    assert again.state.value == "S03" and (await only_case()).attempts == 1


async def test_after_two_minutes_only_a_supervisor_with_a_reason_corrects(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    await record(got, said("321"), now, sealer)
    late = now + dt.timedelta(minutes=3)
    with pytest.raises(CorrectionRefused) as refused:
        await attempts.undo(agent(), got.attempt_ref, late, sealer)
    assert refused.value.reason == "late"
    with pytest.raises(OutcomeRefused):
        await attempts.correct(SUPERVISOR, got.attempt_ref, said("310"), late, CALENDAR, WINDOWS, sealer)
    fixed, _ = await attempts.correct(
        SUPERVISOR, got.attempt_ref, said("310"), late, CALENDAR, WINDOWS, sealer, reason="听录音是无人接听"
    )
    case = await only_case()
    assert (case.state, case.attempts, fixed.code) == ("S03", 1, "310")
    assert [repair.state for repair in await NumberRepair.all()] == ["withdrawn"]
    original = await Attempt.get(ref=got.attempt_ref)
    assert original.code == "321" and await Attempt.filter(corrects_id=original.id, code="310").count() == 1


async def test_a_supervisor_of_other_zones_has_nothing_to_correct(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    await record(got, said("321"), now, sealer)
    elsewhere = Scope("supervisor", 91, frozenset({10**6}))
    with pytest.raises(UnknownCase):
        await attempts.correct(elsewhere, got.attempt_ref, said("310"), now, CALENDAR, WINDOWS, sealer, reason="听录音")
    assert await Attempt.all().count() == 1


async def test_a_standing_answer_is_not_corrected_away_by_a_supervisor(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    await record(got, said("321"), now, sealer)
    await Case.all().update(state="S08", final_code="100")
    with pytest.raises(CorrectionRefused) as refused:
        await attempts.correct(
            SUPERVISOR, got.attempt_ref, said("200"), now, CALENDAR, WINDOWS, sealer, reason="听录音"
        )
    assert refused.value.reason == "answered"
    assert (await only_case()).state == "S08"


async def test_nobody_corrects_another_agents_outcome_or_one_that_others_built_on(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    await record(got, said("311"), now, sealer)
    with pytest.raises(CorrectionRefused) as refused:
        await attempts.undo(agent(2), got.attempt_ref, now, sealer)
    assert refused.value.reason == "not_yours"
    await Case.all().update(state="S02", claimed_by=2, claimed_at=now, lease_until=now + dt.timedelta(minutes=15))
    with pytest.raises(CorrectionRefused) as refused:
        await attempts.undo(agent(1), got.attempt_ref, now, sealer)
    assert refused.value.reason == "taken"


async def test_an_agent_with_the_next_case_in_hand_must_finish_it_before_undoing(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await place.people_on(await place.project("A"), 2)
    await place.open(now)
    got = await claim(agent(), now)
    await record(got, said("310"), now, sealer)
    following = await claim(agent(), now)
    with pytest.raises(HeldByAnother) as held:
        await attempts.undo(agent(), got.attempt_ref, now, sealer)
    assert held.value.own_ref == following.case.ref


async def test_no_answer_six_times_ends_the_calls_and_withdrawn_dials_do_not_count(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now, place.plan(ends=dt.date(2026, 5, 31)))
    await Case.all().update(max_attempts=3)
    moment, states = now, []
    for _ in range(3):
        got = await claim(agent(), moment)
        await record(got, said("310"), moment, sealer)
        case = await only_case()
        states.append(case.state)
        if case.next_attempt_at is not None:
            moment = case.next_attempt_at
            await ticks.tick(moment, CALENDAR, WINDOWS)
    assert states == ["S03", "S03", "S07"]


async def test_a_hard_refusal_ends_the_persons_other_cases_once_it_can_no_longer_be_withdrawn(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    person = await place.person()
    for code in "ABCD":
        await place.listed(await place.project(code), person)
    await place.open(now)
    got = await claim(agent(), now)
    await record(got, said("201"), now, sealer)
    assert await ticks.tick(now + dt.timedelta(minutes=1), CALENDAR, WINDOWS) == []
    await ticks.tick(now + dt.timedelta(minutes=2), CALENDAR, WINDOWS)
    assert [case.state for case in await Case.all()] == ["S11", "S11"]


@pytest.mark.parametrize("state", ["S00", "S01", "S03", "S04", "S05", "S06", "S07", "S14"])
async def test_an_answer_by_link_completes_any_unfinished_case(place: District, now: dt.datetime, state: str) -> None:
    await one_case(place, now)
    await Case.all().update(state=state)
    case, module = await only_case(), await Module.get()
    done, _ = await cases.self_complete(case.ref, module.ref, await place.submission("web", now), now)
    assert (done.counted, done.during_call) == (True, False)
    after = await only_case()
    assert (after.state, after.final_code, after.next_attempt_at) == ("S08", "100", None)
    await no_case(agent(), now)


async def test_an_answer_by_link_during_a_call_is_kept_and_beats_a_no_answer(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    module = await Module.get()
    web = await place.submission("web", now)
    done, _ = await cases.self_complete(got.case.ref, module.ref, web, now)
    assert done.during_call and (await only_case()).state == "S02"
    recorded, _ = await record(got, said("310"), now, sealer)
    assert (recorded.state.value, recorded.final_code) == ("S08", "100")
    assert await Attempt.filter(code="310").count() == 1
    assert (await Module.get()).submission_id == web.id


async def test_of_two_answers_for_one_project_the_first_counts_and_the_other_is_kept(
    place: District, now: dt.datetime
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    module = await Module.get()
    phone = await answered(place, now, "phone")
    web = await place.submission("web", now)
    done, _ = await cases.self_complete(got.case.ref, module.ref, web, now)
    assert not done.counted
    assert (await Module.get()).submission_id == phone.id
    assert (await Submission.get(ref="web")).state == "superseded"


async def test_a_case_answered_by_link_during_a_call_is_not_called_again_when_the_agent_vanishes(
    place: District, now: dt.datetime
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    web = await place.submission("web", now)
    await cases.self_complete(got.case.ref, (await Module.get()).ref, web, now)
    await ticks.tick(now + dt.timedelta(minutes=16), CALENDAR, WINDOWS)
    assert (await only_case()).state == "S08"


async def test_an_answer_given_by_link_since_the_dial_cannot_be_undone_with_it(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    await one_case(place, now)
    got = await claim(agent(), now)
    await record(got, said("310"), now, sealer)
    await cases.self_complete(got.case.ref, (await Module.get()).ref, await place.submission("web", now), now)
    with pytest.raises(CorrectionRefused) as refused:
        await attempts.undo(agent(), got.attempt_ref, now + dt.timedelta(minutes=1), sealer)
    assert refused.value.reason == "answered"
    assert (await only_case()).state == "S08"
