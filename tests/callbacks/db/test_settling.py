"""A settled project: nobody is called for it, what was promised is kept, and it can be taken back."""

import datetime as dt

import pytest

from callbacks import ticks
from callbacks.calling import appointments, case_queue
from callbacks.errors import NoSample, ProjectSettled, ReserveEmpty, WaveNotOpen
from callbacks.models import Case, Frame
from callbacks.planning import settling, waves
from callbacks.planning.plan_file import ProjectPlan
from callbacks.rules.stopping import Why
from questionnaires.statements import dialect, execute, rows
from tests.callbacks.db.district import CALENDAR, WINDOWS, District, agent, at, claim, no_case


async def stop(now: dt.datetime, project: str = "A") -> int:
    people, fact = await settling.settle("W1", project, Why.decided, now)
    assert fact.name == "project_settled" and fact.data == {"project": project, "why": "decided", "people": people}
    return people


async def tick(now: dt.datetime) -> None:
    await ticks.tick(now, CALENDAR, WINDOWS, lambda: "seed")


async def test_nobody_is_called_for_a_settled_project_and_undoing_calls_them_again(
    place: District, now: dt.datetime
) -> None:
    await place.people_on(await place.project("A"), 3)
    await place.open(now)
    before = [
        (case.state, case.next_attempt_at, case.priority, case.final_code) for case in await Case.all().order_by("id")
    ]
    assert await stop(now) == 3
    waiting = await no_case(agent(), now)
    assert waiting.counts.get("waiting", 0) == waiting.counts.get("for_others", 0) == 0, "they wait for nobody"
    assert before == [
        (case.state, case.next_attempt_at, case.priority, case.final_code) for case in await Case.all().order_by("id")
    ], "nobody is closed and every place in the queue is kept"
    people, fact = await settling.resume("W1", "A")
    assert (people, fact.name) == (3, "project_resumed")
    assert (await Frame.get()).settled_at is None
    assert {(await claim(agent(number), now)).case.ref for number in (1, 2, 3)} == {
        case.ref for case in await Case.all()
    }


async def test_who_is_on_another_list_too_is_still_called(place: District, now: dt.datetime) -> None:
    one, other = await place.project("A"), await place.project("B")
    both, alone = await place.person(), await place.person()
    for person, project in ((both, one), (both, other), (alone, one)):
        await place.listed(project, person)
    await place.open(now)
    assert await stop(now) == 1
    assert (await Case.get(id=(await claim(agent(), now)).case.id)).person_ref == both
    await no_case(agent(2), now)
    assert await stop(now, "B") == 1


async def test_a_promised_time_is_kept_and_ends_the_calls_afterwards(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 2)
    await place.open(now)
    promised, late = await Case.all().order_by("id")
    due = at(6, 10)
    await appointments.ask_callback(promised.ref, due, now, CALENDAR, WINDOWS)
    assert await stop(now) == 1
    await tick(due)
    assert (await claim(agent(), due)).case.id == promised.id
    await no_case(agent(2), due)
    call_over = "UPDATE callbacks_case SET state = 'S03', claimed_by = NULL, priority = 0, next_attempt_at = $1"
    await execute(call_over, due)
    await execute("UPDATE callbacks_appointment SET state = 'kept'")
    await appointments.ask_callback(late.ref, at(7, 10), due, CALENDAR, WINDOWS)
    await tick(at(7, 10))
    assert (await claim(agent(2), at(7, 10))).case.id == late.id, "asked for after the project was settled"
    await execute("UPDATE callbacks_appointment SET state = 'kept'")
    await execute(call_over, due)
    await tick(at(9, 10))
    await no_case(agent(), at(9, 10))


async def test_a_case_in_a_call_ends_as_it_ends_and_is_not_called_again(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    held = (await claim(agent(), now)).case
    await stop(now)
    assert (await Case.get(id=held.id)).state == "S02"
    await execute("UPDATE callbacks_case SET state = 'S03', claimed_by = NULL, next_attempt_at = $1", now)
    await tick(at(6, 10))
    await no_case(agent(), at(6, 10))


async def test_a_settled_project_releases_nobody_of_its_reserve(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 12)
    await place.open(now, place.plan(projects=(ProjectPlan("A", 5),), census_below=5, replicate_size=5))
    await stop(now)
    with pytest.raises(ProjectSettled):
        await waves.release_replicate("W1", "A", now, CALENDAR, WINDOWS)
    await settling.resume("W1", "A")
    assert (await waves.release_replicate("W1", "A", now, CALENDAR, WINDOWS))[0] == 5
    await waves.release_replicate("W1", "A", now, CALENDAR, WINDOWS)
    with pytest.raises(ReserveEmpty):
        await waves.release_replicate("W1", "A", now, CALENDAR, WINDOWS)


async def test_a_closed_wave_and_a_project_without_sample_are_refused(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.project("B")
    await place.open(now)
    with pytest.raises(NoSample):
        await stop(now, "B")
    await waves.close("W1", now)
    for action in (settling.settle("W1", "A", Why.decided, now), settling.resume("W1", "A")):
        with pytest.raises(WaveNotOpen):
            await action


async def test_the_claim_is_led_by_an_index_that_leaves_out_who_is_set_aside(place: District, now: dt.datetime) -> None:
    """Thousands who are set aside must not stand between an agent and the next person: the index does not hold them."""
    condition = "c.state = 'S01' AND c.next_attempt_at <= $1 AND NOT c.set_aside"
    assert "NOT c.set_aside" in case_queue.SET_ASIDE_LEFT_OUT
    sql = f"SELECT c.id FROM callbacks_case c WHERE {condition} ORDER BY c.priority DESC, c.next_attempt_at LIMIT 1"
    if dialect() == "postgres":
        await execute("SET LOCAL enable_seqscan = off")
        found = await rows("EXPLAIN " + sql.replace("$1", f"'{now.isoformat()}'"))
    else:
        found = await rows("EXPLAIN QUERY PLAN " + sql, now)
    assert "callbacks_case_next" in str([dict(each) for each in found])
