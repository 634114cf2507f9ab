"""Callbacks that fall due from imported dates."""

import datetime as dt

import pytest

from callbacks import ticks
from callbacks.errors import BatchInField
from callbacks.models import Case, Entitlement, Frame, Module, Wave
from callbacks.planning import follow_ups, waves
from callbacks.scope import Scope
from questionnaires import statements
from questionnaires.statements import execute
from tests.callbacks.db.district import CALENDAR, WINDOWS, District, agent, at, claim

SUPERVISOR = Scope("supervisor", 90)


async def paid(place: District, count: int, begins: dt.date, until: dt.date, code: str = "A") -> None:
    await place.people_on(await place.project(code), count, callback_from=begins, callback_until=until)


async def test_an_imported_date_becomes_a_call_in_the_first_window_of_its_day(place: District) -> None:
    await paid(place, 2, dt.date(2026, 3, 7), dt.date(2026, 5, 29))
    assert await ticks.tick(at(6, 22), CALENDAR, WINDOWS) == []
    facts = await ticks.tick(at(7, 0, 1), CALENDAR, WINDOWS)
    assert [fact.name for fact in facts] == ["wave_opened", "callbacks_scheduled"]
    wave = await Wave.get()
    assert (wave.code, wave.standing, wave.measurement_role) == ("SF-2026", True, "service")
    case = await Case.first()
    assert case is not None
    assert (case.state, case.next_attempt_at) == ("S00", at(7, 9, 30))
    assert case.overdue_on == dt.date(2026, 5, 29)
    await ticks.tick(at(7, 9, 30), CALENDAR, WINDOWS)
    await claim(agent(), at(7, 9, 30))


async def test_ticking_again_takes_up_nothing_twice(place: District, now: dt.datetime) -> None:
    await paid(place, 3, dt.date(2026, 3, 1), dt.date(2026, 5, 1))
    await ticks.tick(now, CALENDAR, WINDOWS)
    assert await ticks.tick(now, CALENDAR, WINDOWS) == []
    assert (await Frame.all().count(), await Case.all().count(), await Wave.all().count()) == (1, 3, 1)


async def test_a_second_import_is_a_frame_of_its_own_in_the_same_wave(place: District, now: dt.datetime) -> None:
    await paid(place, 2, dt.date(2026, 3, 1), dt.date(2026, 5, 1))
    await ticks.tick(now, CALENDAR, WINDOWS)
    second = await place.import_batch("second")
    project = await place.project("B")
    await place.people_on(
        project, 3, batch_id=second.id, callback_from=dt.date(2026, 3, 2), callback_until=dt.date(2026, 5, 2)
    )
    await ticks.tick(now, CALENDAR, WINDOWS)
    assert [(f.population, f.batch_id) for f in await Frame.all().order_by("id")] == [
        (2, place.batch.id),
        (3, second.id),
    ]
    assert await Wave.all().count() == 1


async def test_one_person_in_two_imports_gets_one_call_about_both_projects(place: District, now: dt.datetime) -> None:
    person = await place.person()
    dates = {"callback_from": dt.date(2026, 3, 1), "callback_until": dt.date(2026, 5, 1)}
    await place.listed(await place.project("A"), person, **dates)
    await ticks.tick(now, CALENDAR, WINDOWS)
    second = await place.import_batch("second")
    earlier = {**dates, "callback_until": dt.date(2026, 4, 1)}
    await place.listed(await place.project("B"), person, batch_id=second.id, **earlier)
    await ticks.tick(now, CALENDAR, WINDOWS)
    case = await Case.get()
    assert [module.sequence for module in await Module.filter(case_id=case.id).order_by("id")] == [1, 2]
    assert case.overdue_on == dt.date(2026, 4, 1)
    await follow_ups.unframe(second.id)
    assert await Module.filter(case_id=case.id).count() == 1
    await claim(agent(), now)
    third = await place.import_batch("third")
    await place.listed(await place.project("C"), person, batch_id=third.id, **dates)
    await ticks.tick(now, CALENDAR, WINDOWS)
    assert await Case.all().count() == 2


async def test_the_counts_say_who_should_be_called_today_who_is_late_and_who_is_done(
    place: District, now: dt.datetime
) -> None:
    project = await place.project("A")
    today = dt.date(2026, 3, 5)
    spans = {
        "due": (today, 30),
        "late": (today - dt.timedelta(days=90), -1),
        "ahead": (today + dt.timedelta(days=3), 60),
    }
    for begins, days in spans.values():
        await place.listed(
            project, await place.person(), callback_from=begins, callback_until=today + dt.timedelta(days=days)
        )
    await place.listed(project, await place.person())
    before = await follow_ups.counts(SUPERVISOR, today)
    assert [(c.due, c.overdue, c.done, c.waiting) for c in before] == [(1, 1, 0, 1)]
    await ticks.tick(now, CALENDAR, WINDOWS)
    module = await Module.get(entitlement_id=(await Entitlement.first()).id)  # type: ignore[union-attr]
    await Case.filter(id=module.case_id).update(state="S08")
    after = await follow_ups.counts(SUPERVISOR, today)
    assert [(c.due, c.overdue, c.done, c.waiting) for c in after] == [(0, 1, 1, 1)]
    assert await follow_ups.counts(Scope("department", 5, department_id=77), today) == []


async def test_an_import_can_be_taken_back_until_one_of_its_cases_was_claimed(
    place: District, now: dt.datetime
) -> None:
    await paid(place, 2, dt.date(2026, 3, 1), dt.date(2026, 5, 1))
    await ticks.tick(now, CALENDAR, WINDOWS)
    await follow_ups.unframe(place.batch.id)
    assert (await Frame.all().count(), await Case.all().count(), await Module.all().count()) == (0, 0, 0)
    await ticks.tick(now, CALENDAR, WINDOWS)
    await claim(agent(), now)
    with pytest.raises(BatchInField) as refused:
        await follow_ups.unframe(place.batch.id)
    assert refused.value.reason == "claimed"


async def test_an_import_that_a_dated_wave_framed_stays(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 1)
    await place.open(now)
    with pytest.raises(BatchInField) as refused:
        await follow_ups.unframe(place.batch.id)
    assert refused.value.reason == "framed"


async def test_waiting_cases_come_up_when_their_time_has_come_appointments_first(
    place: District, now: dt.datetime
) -> None:
    await place.people_on(await place.project("A"), 4)
    await place.open(now)
    cases = await Case.all().order_by("id")
    for case, state in zip(cases, ("S03", "S04", "S06", "S05"), strict=True):
        await Case.filter(id=case.id).update(state=state, next_attempt_at=now)
    await ticks.tick(now - dt.timedelta(seconds=1), CALENDAR, WINDOWS)
    assert [case.state for case in await Case.all().order_by("id")] == ["S03", "S04", "S06", "S05"]
    await ticks.tick(now, CALENDAR, WINDOWS)
    assert [case.state for case in await Case.all().order_by("id")] == ["S01", "S01", "S01", "S05"]
    assert (await claim(agent(), now)).case.id == cases[1].id


async def test_one_case_that_cannot_be_moved_is_put_off_an_hour_and_the_others_move(
    place: District, now: dt.datetime, engine: str
) -> None:
    await place.people_on(await place.project("A"), 3)
    await place.open(now)
    await Case.all().update(state="S03", next_attempt_at=now)
    poisoned = await Case.all().order_by("id").first()
    assert poisoned is not None
    await _poison(poisoned.id, engine)
    try:
        facts = await ticks.tick(now, CALENDAR, WINDOWS)
        assert [(fact.name, fact.object) for fact in facts] == [("case_postponed", poisoned.ref)]
        states = {case.id: (case.state, case.next_attempt_at) for case in await Case.all()}
        assert states.pop(poisoned.id) == ("S03", now + dt.timedelta(hours=1))
        assert set(states.values()) == {("S01", now)}
        assert await ticks.tick(now, CALENDAR, WINDOWS) == []
    finally:
        if engine == "postgres":
            await execute("DROP TRIGGER poison ON callbacks_case")


async def _poison(case_id: int, engine: str) -> None:
    if engine == "sqlite":
        await execute(
            f"CREATE TRIGGER poison BEFORE UPDATE ON callbacks_case WHEN NEW.id = {case_id} AND NEW.state = 'S01'"
            " BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )
        return
    await execute(
        "CREATE OR REPLACE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF NEW.id = {case_id} AND NEW.state = 'S01' THEN RAISE EXCEPTION 'poison' USING ERRCODE = '23514';"
        " END IF; RETURN NEW; END $$"
    )
    await execute("CREATE TRIGGER poison BEFORE UPDATE ON callbacks_case FOR EACH ROW EXECUTE FUNCTION poison()")


async def test_a_wave_ends_by_itself_the_day_after_its_last_and_the_standing_wave_goes_on(
    place: District, now: dt.datetime
) -> None:
    await paid(place, 1, dt.date(2026, 3, 1), dt.date(2026, 5, 1))
    await ticks.tick(now, CALENDAR, WINDOWS)
    await place.open(now, place.plan("W1", ends=dt.date(2026, 3, 10)))
    await ticks.tick(at(10, 23), CALENDAR, WINDOWS)
    assert (await waves.find("W1"))["state"] == "open"
    facts = await ticks.tick(at(11, 0, 1), CALENDAR, WINDOWS)
    assert ("wave_closed", "W1") in [(fact.name, fact.object) for fact in facts]
    assert (await waves.find("SF-2026"))["state"] == "open"


async def test_whom_a_planned_wave_has_on_its_list_is_not_called_by_the_standing_wave_too(
    place: District, now: dt.datetime
) -> None:
    await paid(place, 4, dt.date(2026, 3, 1), dt.date(2026, 5, 1))
    await place.open(now)
    await ticks.tick(now, CALENDAR, WINDOWS)
    assert await Case.all().count() == 4
    standing = await Wave.get(standing=True)
    assert [frame.population for frame in await Frame.filter(wave_id=standing.id)] == [0]
    assert await ticks.tick(now, CALENDAR, WINDOWS) == []


async def test_a_tick_reads_imports_that_begin_and_never_the_lists(
    place: District, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await paid(place, 3, dt.date(2026, 3, 1), dt.date(2026, 5, 1))
    await paid(place, 3, dt.date(2026, 9, 1), dt.date(2026, 12, 1), "B")
    await ticks.tick(now, CALENDAR, WINDOWS)
    read: list[tuple[str, int]] = []

    async def counted(sql: str, *args: object) -> list[dict[str, object]]:
        found = await statements.rows(sql, *args)
        read.append((sql, len(found)))
        return found

    monkeypatch.setattr(follow_ups, "rows", counted)
    facts = await ticks.tick(now, CALENDAR, WINDOWS)
    assert facts == []
    assert [n for _, n in read] == [0]
    assert not [sql for sql, _ in read if "callbacks_entitlement" in sql]


async def test_an_import_that_moves_a_first_date_forward_moves_its_call(place: District, now: dt.datetime) -> None:
    await paid(place, 1, dt.date(2026, 9, 1), dt.date(2026, 12, 1))
    assert await follow_ups.due_batches(dt.date(2026, 3, 5)) == []
    listed = await Entitlement.get()
    await Entitlement.all().update(callback_from=dt.date(2026, 3, 1))
    await follow_ups.expect(listed.project_id)
    assert [each.batch_id for each in await follow_ups.due_batches(dt.date(2026, 3, 5))] == [place.batch.id]
    await ticks.tick(now, CALENDAR, WINDOWS)
    await follow_ups.expect(listed.project_id)
    assert await follow_ups.due_batches(dt.date(2026, 3, 5)) == []
