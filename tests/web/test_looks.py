"""Evidence is looked at when a replicate of the pre-drawn order closes, and never otherwise."""

import datetime as dt

import pytest

from callbacks.calling import cases, tallies
from callbacks.models import Case, Module
from questionnaires import statements, submissions
from questionnaires.facts import Fact
from survey_service.reporting import looks
from tests.callbacks.db.district import District, district

pytestmark = pytest.mark.usefixtures("db")
SIZE = 5


@pytest.fixture
async def place() -> District:
    made = await district()
    await made.people_on(await made.project("A"), 15)
    return made


async def opened(place: District, now: dt.datetime) -> list[Module]:
    """The modules of the wave in the order in which they were drawn."""
    await place.open(now, place.plan(replicate_size=SIZE))
    found = await statements.rows(
        "SELECT m.id FROM callbacks_module m JOIN callbacks_frame_member n ON n.entitlement_id = m.entitlement_id"
        " AND n.frame_id = m.frame_id ORDER BY n.position"
    )
    return [await Module.get(id=row["id"]) for row in found]


async def answer(place: District, now: dt.datetime, module: Module, code: str = "5", aware: str = "3") -> None:
    made = await place.submission(f"s{module.id}", now)
    sql = "INSERT INTO questionnaires_answer (submission_id, item, code) VALUES ($1, $2, $3)"
    await statements.execute_many(sql, [(made.id, "c1", code), (made.id, "a1", aware)])
    await cases.self_complete(
        (await Case.get(id=module.case_id)).ref, module.ref, await submissions.by_id(made.id), now
    )


async def kept(metric: str = "M01") -> list[tuple[int, int, int]]:
    found = await statements.rows(
        "SELECT people, answers, satisfied FROM survey_service_look WHERE metric = $1 ORDER BY number", metric
    )
    return [(row["people"], row["answers"], row["satisfied"]) for row in found]


def told(facts: list[Fact]) -> list[str]:
    return [fact.name for fact in facts]


async def test_no_look_is_taken_while_anybody_of_the_replicate_is_open(place: District, now: dt.datetime) -> None:
    modules = await opened(place, now)
    for module in [*modules[: SIZE - 1], *modules[SIZE:]]:
        await answer(place, now, module)
    assert await looks.take(now) == []
    assert await kept() == [], "fourteen of fifteen answered, but the fifth of the order did not"
    await answer(place, now, modules[SIZE - 1], "1")
    assert told(await looks.take(now)) == ["look_taken"] * 6
    assert await kept() == [(5, 5, 4), (10, 10, 9), (15, 15, 14)]
    assert await looks.take(now) == [], "each replicate is looked at once"


async def test_people_closed_without_an_answer_close_the_replicate_too(place: District, now: dt.datetime) -> None:
    modules = await opened(place, now)
    for module in modules[:3]:
        await answer(place, now, module)
    await Case.filter(id=modules[3].case_id).update(state="S11", final_code="201", attempts=1)
    await Case.filter(id=modules[4].case_id).update(state="S07", attempts=8, max_attempts=8)
    await looks.take(now)
    assert await kept() == [(5, 3, 3)]


async def test_who_may_still_answer_by_link_is_open_until_the_link_expires(place: District, now: dt.datetime) -> None:
    modules = await opened(place, now)
    for module in modules[:4]:
        await answer(place, now, module)
    await Case.filter(id=modules[4].case_id).update(state="S07", attempts=8, max_attempts=8)
    await statements.execute(
        "INSERT INTO callbacks_link (token_hash, case_id, created_at, expires_at) VALUES ('h', $1, $2, $3)",
        modules[4].case_id, now, now + dt.timedelta(days=2),
    )  # fmt: skip
    assert await looks.take(now) == []
    await looks.take(now + dt.timedelta(days=3))
    assert await kept() == [(5, 4, 4)]


async def test_an_answer_that_is_no_answer_to_the_question_counts_for_the_other_only(
    place: District, now: dt.datetime
) -> None:
    modules = await opened(place, now)
    for module in modules[: SIZE - 1]:
        await answer(place, now, module)
    await answer(place, now, modules[SIZE - 1], "98", aware="1")
    await looks.take(now)
    assert await kept() == [(5, 4, 4)]
    assert await kept("M06") == [(5, 5, 4)]


async def test_an_answer_taken_out_after_a_look_replaces_the_looks_and_is_told(
    place: District, now: dt.datetime
) -> None:
    modules = await opened(place, now)
    for module in modules[:SIZE]:
        await answer(place, now, module)
    await looks.take(now)
    taken_out = await statements.row("SELECT submission_id AS id FROM callbacks_module WHERE id = $1", modules[0].id)
    assert taken_out is not None
    held = await submissions.by_id(taken_out["id"])
    await tallies.void(held, "复核：非本人作答", now)
    for module in modules[SIZE : 2 * SIZE]:
        await answer(place, now, module)
    assert "looks_replaced" in told(await looks.take(now))
    assert await kept() == [(5, 4, 4), (10, 9, 9)]


async def test_a_list_ordered_after_the_first_call_gets_no_look_and_says_so(place: District, now: dt.datetime) -> None:
    modules = await opened(place, now)
    await statements.execute(
        "INSERT INTO callbacks_attempt (ref, case_id, number, started_at, ended_at, code) VALUES ('a', $1, 1, $2, $2, '310')",
        modules[0].case_id, now - dt.timedelta(days=1),
    )  # fmt: skip
    for module in modules[:SIZE]:
        await answer(place, now, module)
    assert told(await looks.take(now)) == ["look_refused"]
    assert await kept() == []
    assert await looks.take(now) == [], "told once"
