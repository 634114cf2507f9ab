"""How each open case ends with its wave, and a respondent's own no."""

import datetime as dt

import pytest

from callbacks.calling import do_not_contact, links
from callbacks.calling.links import LinkCondition
from callbacks.errors import HeldByAnother, UnknownCase
from callbacks.models import Appointment, Attempt, Case, DoNotContact
from callbacks.planning import endings
from tests.callbacks.db.district import District, agent, at, claim, only_case


@pytest.mark.parametrize(
    ("codes", "state", "final"),
    [
        ((), "S13", "300"),
        (("310",), "S11", "310"),
        (("200", "500"), "S11", "200"),
        (("402",), "S12", "402"),
    ],
)
async def test_an_open_case_ends_by_its_last_outcome_that_counts(
    place: District, now: dt.datetime, codes: tuple[str, ...], state: str, final: str
) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    case = await only_case()
    for number, code in enumerate(codes, 1):
        when = now + dt.timedelta(hours=number)
        await Attempt.create(
            ref=f"a{number}", case_id=case.id, number=number, started_at=when, ended_at=when, code=code
        )
    assert await endings.end_cases(case.wave_id, at(31, 20)) == {state: 1}
    ended = await only_case()
    assert (ended.state, ended.final_code, ended.next_attempt_at) == (state, final, None)


async def test_an_answer_that_waited_for_review_is_finished_and_keeps_its_code(
    place: District, now: dt.datetime
) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    await Case.all().update(state="S08", final_code="110")
    case = await only_case()
    assert await endings.end_cases(case.wave_id, at(31, 20)) == {"S09": 1}
    assert (await only_case()).final_code == "110"


@pytest.mark.parametrize(("never", "code", "barred"), [(False, "200", 0), (True, "201", 1)])
async def test_a_no_ends_the_case_its_promises_and_its_link_and_bars_the_number_only_when_asked(
    place: District, now: dt.datetime, never: bool, code: str, barred: int
) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    case = await only_case()
    token, _ = await links.issue(case.ref, now, at(31, 20))
    await Appointment.create(case_id=case.id, at=at(6, 9), made_by="respondent", state="open", created_at=now)
    fact = await do_not_contact.decline(case.ref, never, now)
    assert (fact.name, (await only_case()).state, (await only_case()).final_code) == ("case_declined", "S11", code)
    assert (await links.find(token, now)).condition is LinkCondition.REVOKED
    assert (await Appointment.get()).state == "cancelled"
    assert await DoNotContact.filter(phone_digest="digest1").count() == barred
    with pytest.raises(UnknownCase):
        await do_not_contact.decline(case.ref, never, now)


async def test_a_no_during_a_call_is_left_to_the_agent_and_one_after_the_answer_keeps_it(
    place: District, now: dt.datetime
) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    held = await claim(agent(), now)
    with pytest.raises(HeldByAnother):
        await do_not_contact.decline(held.case.ref, True, now)
    await Case.all().update(state="S08", final_code="100", claimed_by=None)
    await do_not_contact.decline(held.case.ref, True, now)
    assert ((await only_case()).state, (await only_case()).final_code) == ("S08", "100")
    assert await DoNotContact.all().count() == 1
