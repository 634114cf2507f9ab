"""Sums of answers per cell: equal to the answers whatever happens to them, folded in groups, mended at night."""

import datetime as dt
import random
from collections import Counter

import pytest
from tortoise.transactions import in_transaction

from callbacks import ticks
from callbacks.calling import cases, tallies
from callbacks.calling.case_row import by_ref
from callbacks.models import Case, Module
from questionnaires import statements, submissions
from questionnaires.statements import REPORT_CONNECTION, execute, rows
from questionnaires.submissions import Submission
from tests.callbacks.db.district import CALENDAR, WINDOWS, District, at

pytestmark = pytest.mark.usefixtures("db")


async def opened(place: District, now: dt.datetime, people: int = 12) -> int:
    for code in ("A", "B"):
        await place.people_on(await place.project(code), people)
    await place.open(now)
    return int((await Module.first().values("wave_id"))["wave_id"])  # type: ignore[index, misc]


async def an_answer(place: District, now: dt.datetime, key: str, code: str = "5") -> Submission:
    made = await place.submission(key, now)
    sql = "INSERT INTO questionnaires_answer (submission_id, item, code) VALUES ($1, $2, $3)"
    await statements.execute_many(sql, [(made.id, "c1", code), (made.id, "a1", "3")])
    return await submissions.by_id(made.id)


async def answer(place: District, now: dt.datetime, module: Module, key: str, code: str = "5") -> Submission:
    made = await an_answer(place, now, key, code)
    found = await Case.get(id=module.case_id)
    await cases.self_complete(found.ref, module.ref, made, now)
    return made


async def satisfied(wave_id: int, *, folded_only: bool = False) -> Counter[str]:
    found = await tallies.cells(wave_id, REPORT_CONNECTION, folded_only=folded_only)
    sums: Counter[str] = Counter()
    for cell in found:
        sums[f"{cell['code']} {cell['state']}"] += int(cell["n"]) if cell["item"] == "c1" else 0
    return +sums


async def test_an_answer_counts_as_soon_as_it_is_given(place: District, now: dt.datetime) -> None:
    wave = await opened(place, now)
    await answer(place, now, (await Module.all())[0], "s1", "4")
    assert await satisfied(wave) == {"4 submitted": 1}
    assert await tallies.differences(wave) == 0


async def test_whatever_happens_to_answers_the_sums_say_the_same(place: District, now: dt.datetime) -> None:
    wave, chance = await opened(place, now), random.Random(7)
    modules = list(await Module.all().order_by("id"))
    given: list[Submission] = []
    for step in range(80):
        deed, module = chance.choice(("answer", "answer", "again", "void", "fold", "weigh")), chance.choice(modules)
        if deed in ("answer", "again"):
            given.append(await answer(place, now, module, f"s{step}", chance.choice("12345")))
        elif deed == "void" and given:
            held = await submissions.by_id(chance.choice(given).id)
            if held.state == "submitted":
                await tallies.void(held, "复核：非本人作答", now)
        elif deed == "fold":
            async with in_transaction("default"):
                await tallies.fold()
        assert await tallies.differences(wave) == 0, f"after step {step}: {deed}"
    assert sum((await satisfied(wave)).values()) == len([one for one in await Module.all() if one.submission_id])
    assert any("void" in name for name in await satisfied(wave)), "nothing was ever voided"


async def test_who_watches_single_cases_sees_figures_move_by_five_answers_only(
    place: District, now: dt.datetime
) -> None:
    wave = await opened(place, now)
    project = (await Module.all().order_by("id"))[0].project_id
    modules = list(await Module.filter(project_id=project).order_by("id"))
    for number in range(4):
        await answer(place, now, modules[number], f"s{number}")
        await tallies.fold()
    assert await satisfied(wave, folded_only=True) == {}
    await answer(place, now, modules[4], "s4", "1")
    await tallies.fold()
    await answer(place, now, modules[5], "s5", "1")
    await tallies.fold()
    assert await satisfied(wave, folded_only=True) == {"5 submitted": 4, "1 submitted": 1}
    assert await satisfied(wave) == {"5 submitted": 4, "1 submitted": 2}


async def test_a_closed_wave_is_folded_to_the_last_answer(place: District, now: dt.datetime) -> None:
    wave = await opened(place, now)
    await answer(place, now, (await Module.all())[0], "s1")
    await execute("UPDATE callbacks_wave SET state = 'closed', closed_at = $1", now)
    await ticks.tick(now, CALENDAR, WINDOWS)
    assert await satisfied(wave, folded_only=True) == {"5 submitted": 1}
    assert await rows("SELECT 1 FROM callbacks_tally_change") == []


async def test_weights_enter_as_sums_of_themselves_and_of_their_squares(place: District, now: dt.datetime) -> None:
    wave = await opened(place, now)
    one, two = (await Module.all().order_by("id"))[:2]
    await execute("UPDATE callbacks_module SET weight = 3 WHERE id = $1", one.id)
    await answer(place, now, one, "s1")
    await answer(place, now, two, "s2")
    [cell] = [cell for cell in await tallies.cells(wave, REPORT_CONNECTION) if cell["item"] == tallies.WHOLE]
    assert (int(cell["n"]), int(cell["w"]), int(cell["w2"])) == (2, 4, 10)
    assert await tallies.differences(wave) == 0


async def test_sums_that_say_something_else_are_made_anew_at_night_once_and_told(
    place: District, now: dt.datetime
) -> None:
    wave = await opened(place, now)
    await answer(place, now, (await Module.all())[0], "s1")
    await execute("UPDATE callbacks_tally_change SET n = n + 1 WHERE item = 'c1'")
    assert await tallies.differences(wave) == 1
    midnight = at(now.day, 0, 30)
    assert not [fact for fact in await ticks.tick(midnight, CALENDAR, WINDOWS) if fact.name == "tallies_corrected"]
    told = [
        fact for fact in await ticks.tick(at(now.day, 3, 30), CALENDAR, WINDOWS) if fact.name == "tallies_corrected"
    ]
    assert [(fact.object, fact.data["cells"], fact.chained) for fact in told] == [("W1", 1, True)]
    assert await satisfied(wave) == {"5 submitted": 1}
    await execute("UPDATE callbacks_tally SET n = n + 1 WHERE item = 'c1'")
    assert not [fact for fact in await ticks.tick(now, CALENDAR, WINDOWS) if fact.name == "tallies_corrected"]
    later = await ticks.tick(at(now.day + 1, 3, 30), CALENDAR, WINDOWS)
    assert [fact.object for fact in later if fact.name == "tallies_corrected"] == ["W1"], "checked again the next day"


async def test_an_answer_that_is_superseded_leaves_the_sums(place: District, now: dt.datetime) -> None:
    wave = await opened(place, now)
    module = (await Module.all())[0]
    case = await by_ref((await Case.get(id=module.case_id)).ref)
    assert case is not None
    first = await an_answer(place, now, "partial", "1")
    await cases.count_submission(case, module.ref, first, now, "110")
    await Case.filter(id=case.id).update(final_code="110")
    second = await an_answer(place, now, "whole", "5")
    case = await by_ref(case.ref)
    assert case is not None
    await cases.count_submission(case, module.ref, second, now, "100")
    assert await satisfied(wave) == {"5 submitted": 1}
    assert (await submissions.by_ref("partial")).state == "superseded"
    assert await tallies.differences(wave) == 0
