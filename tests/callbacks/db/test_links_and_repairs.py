"""One-time links, times asked for online, numbers looked for, and the agent's day."""

import datetime as dt

import pytest

from callbacks import ticks
from callbacks.calling import appointments, links, my_day, number_repairs
from callbacks.calling.links import LinkCondition
from callbacks.errors import AppointmentRefused, LinksNotAllowed, LinkSpent, NumberRefused, UnknownRepair
from callbacks.models import Appointment, CalendarDay, Case, Contact, Link, NumberRepair, Wave
from callbacks.planning import work_calendar
from callbacks.rules.calendar_days import DayKind
from callbacks.rules.states import OPEN, CaseState
from callbacks.scope import Rows, Scope, conditions, zones_below
from questionnaires.statements import rows
from survey_service.trust.privacy import Keyring
from tests.callbacks.db.district import CALENDAR, WINDOWS, District, agent, at, claim, only_case

SUPERVISOR = Scope("supervisor", 90)


async def one_case(place: District, now: dt.datetime, **contact: object) -> Case:
    await place.listed(await place.project("A"), await place.person(**contact))
    await place.open(now)
    return await only_case()


async def test_a_link_is_worth_one_answer_and_its_token_is_nowhere_in_the_database(
    place: District, now: dt.datetime
) -> None:
    case = await one_case(place, now)
    token, fact = await links.issue(case.ref, now, at(31, 20))
    assert len(token) == 22 and token not in str(fact)
    assert token not in str(await rows("SELECT * FROM callbacks_link"))
    found = await links.find(token, now)
    assert (found.condition, found.case_ref) == (LinkCondition.OK, case.ref)
    await links.use(found, now)
    assert (await links.find(token, now)).condition is LinkCondition.USED
    with pytest.raises(LinkSpent) as spent:
        await links.use(found, now)
    assert spent.value.state == "used"


async def test_links_expire_are_revoked_by_a_newer_one_and_unknown_ones_say_nothing(
    place: District, now: dt.datetime
) -> None:
    case = await one_case(place, now)
    first, _ = await links.issue(case.ref, now, at(6, 20))
    assert (await links.find(first, at(6, 20))).condition is LinkCondition.EXPIRED
    with pytest.raises(LinkSpent):
        await links.use(await links.find(first, now), at(6, 20))
    second, _ = await links.issue(case.ref, now, at(6, 20))
    assert (await links.find(first, now)).condition is LinkCondition.REVOKED
    assert (await links.find(second, now)).condition is LinkCondition.OK
    assert (await links.find("x" * 22, now)).case_ref is None


async def test_earlier_answers_belong_to_the_device_that_gave_them(place: District, now: dt.datetime) -> None:
    case = await one_case(place, now)
    token, _ = await links.issue(case.ref, now, at(6, 20))
    await links.start(await links.find(token, now), "device-one", "notice")
    await links.start(await links.find(token, now), "device-two", "notice")
    found = await links.find(token, now)
    assert links.same_device(found, "device-one") and not links.same_device(found, "device-two")
    assert "device-one" not in str(await rows("SELECT * FROM callbacks_link"))


async def test_a_link_is_given_out_for_one_case_and_for_many_by_the_same_rule(
    place: District, now: dt.datetime
) -> None:
    case = await one_case(place, now)
    for state in CaseState:
        await Link.all().delete()
        await Case.all().update(state=state.value)
        many, _ = await links.issue_many("W1", now, at(31, 20))
        assert bool(many) is (state in OPEN), state
        if state in OPEN:
            await links.issue(case.ref, now, at(31, 20))
            continue
        with pytest.raises(LinksNotAllowed):
            await links.issue(case.ref, now, at(31, 20))


async def test_cases_with_a_link_and_waves_without_links_get_none(place: District, now: dt.datetime) -> None:
    case = await one_case(place, now)
    tokens, _ = await links.issue_many("W1", now, at(31, 20))
    assert list(tokens) == [case.id]
    assert (await links.issue_many("W1", now, at(31, 20)))[0] == {}
    await Wave.all().update(allow_links=False)
    with pytest.raises(LinksNotAllowed):
        await links.issue(case.ref, now, at(31, 20))
    assert await Link.all().count() == 1


async def test_a_respondent_asks_to_be_called_at_another_time(place: District, now: dt.datetime) -> None:
    case = await one_case(place, now)
    with pytest.raises(AppointmentRefused):
        await appointments.ask_callback(case.ref, at(5, 23), now, CALENDAR, WINDOWS)
    await appointments.ask_callback(case.ref, at(6, 19), now, CALENDAR, WINDOWS)
    await ticks.tick(at(6, 19), CALENDAR, WINDOWS)
    assert (await claim(agent(), at(6, 19))).case.id == case.id


async def test_an_appointment_nobody_kept_is_reported_once(place: District, now: dt.datetime) -> None:
    case = await one_case(place, now)
    await appointments.ask_callback(case.ref, at(6, 9), now, CALENDAR, WINDOWS)
    names = [fact.name for fact in await ticks.tick(at(6, 11, 1), CALENDAR, WINDOWS)]
    assert names.count("appointment_missed") == 1
    assert await ticks.tick(at(6, 11, 2), CALENDAR, WINDOWS) == []
    assert (await Appointment.get()).state == "missed"


async def test_a_found_number_brings_the_case_back_with_its_attempts_counted_afresh(
    place: District, now: dt.datetime, sealer: Keyring
) -> None:
    case = await one_case(place, now, status="wrong")
    repair = await NumberRepair.get()
    await Case.all().update(attempts=4)
    with pytest.raises(NumberRefused):
        await number_repairs.fixed(SUPERVISOR, repair.id, "1.38E+10", now, CALENDAR, WINDOWS, sealer)
    await number_repairs.fixed(SUPERVISOR, repair.id, "138 0013 8000", now, CALENDAR, WINDOWS, sealer)
    back = await only_case()
    assert (back.state, back.attempts, back.repairs) == ("S01", 0, 1)
    contact = await Contact.get(ref=back.contact_ref)
    assert "13800138000" not in contact.phone_sealed
    assert sealer.unseal("vault_contact.phone", contact.ref, contact.phone_sealed) == "13800138000"
    assert (await claim(agent(), now)).case.id == case.id


async def test_a_number_not_found_is_asked_for_twice_then_the_case_ends(place: District, now: dt.datetime) -> None:
    await one_case(place, now, phone=None)
    first = await NumberRepair.get()
    state, _ = await number_repairs.not_found(SUPERVISOR, first.id, now, CALENDAR, WINDOWS)
    assert state == "S05"
    second = await NumberRepair.get(state="open")
    state, _ = await number_repairs.not_found(SUPERVISOR, second.id, now, CALENDAR, WINDOWS)
    assert state == "S11"
    with pytest.raises(UnknownRepair):
        await number_repairs.not_found(SUPERVISOR, first.id, now, CALENDAR, WINDOWS)


async def test_a_street_repairs_its_own_numbers_except_in_an_assessment(place: District, now: dt.datetime) -> None:
    await one_case(place, now, phone=None)
    own = Scope("street", 5, frozenset({place.zones[0].id}))
    other = Scope("street", 6, frozenset({place.zones[1].id}))
    assert len(await number_repairs.open_repairs(own, dt.date(2026, 3, 11))) == 1
    assert (await number_repairs.open_repairs(own, dt.date(2026, 3, 11)))[0].overdue
    assert await number_repairs.open_repairs(other, dt.date(2026, 3, 5)) == []
    await Wave.all().update(measurement_role="assessment")
    assert await number_repairs.open_repairs(own, dt.date(2026, 3, 5)) == []


async def test_a_deadline_of_a_year_without_official_table_is_provisional_until_it_comes(
    place: District, now: dt.datetime
) -> None:
    await one_case(place, now, phone=None)
    await NumberRepair.all().update(provisional=True, due_on=dt.date(2026, 3, 1))
    moved, _ = await number_repairs.recount_deadlines(CALENDAR, WINDOWS)
    repair = await NumberRepair.get()
    assert (moved, repair.due_on, repair.provisional) == (1, dt.date(2026, 3, 10), False)


async def test_the_agents_day_counts_what_is_due_and_done(place: District, now: dt.datetime) -> None:
    await place.people_on(await place.project("A"), 3)
    await place.open(now)
    got = await claim(agent(), now)
    day = await my_day.today(agent(), now, CALENDAR, WINDOWS)
    assert (day.held, day.due, day.dialled, day.completed) == (got.case.ref, 2, 0, 0)


async def test_imported_official_days_replace_the_shipped_ones_of_their_year(place: District) -> None:
    assert not (await work_calendar.load()).is_workday(dt.date(2026, 10, 1))
    await CalendarDay.create(day=dt.date(2026, 10, 1), kind="放假", name="国庆节", source="upload")
    calendar = await work_calendar.load()
    assert calendar.kind(dt.date(2026, 10, 1)) is DayKind.holiday
    assert calendar.is_workday(dt.date(2026, 10, 2))


async def test_rows_are_seen_by_zone_and_everything_below_it(place: District, now: dt.datetime) -> None:
    await one_case(place, now)
    zones = await zones_below(frozenset({place.zones[0].id}))
    for scope, seen in (
        (SUPERVISOR, 1),
        (Scope("supervisor", 1, zones), 1),
        (Scope("supervisor", 1, frozenset({place.zones[1].id})), 0),
        (Scope("supervisor", 1, frozenset()), 0),
        (Scope("official", 1), 0),
    ):
        condition = conditions(scope, Rows.CASE, "c")
        found = await rows(f"SELECT c.id FROM callbacks_case c WHERE {condition.sql}", *condition.args)
        assert len(found) == seen, scope


async def test_a_street_sees_a_case_only_while_it_has_to_find_its_number(place: District, now: dt.datetime) -> None:
    await one_case(place, now, phone=None)
    street = Scope("street", 5, frozenset({place.zones[0].id}))

    async def seen() -> int:
        condition = conditions(street, Rows.CASE, "c")
        return len(await rows(f"SELECT c.id FROM callbacks_case c WHERE {condition.sql}", *condition.args))

    assert await seen() == 1
    await Wave.all().update(measurement_role="assessment")
    assert await seen() == 0
    await Wave.all().update(measurement_role="service")
    await NumberRepair.all().update(state="fixed")
    assert await seen() == 0


async def test_a_single_imported_day_is_laid_over_the_official_year_and_does_not_make_it_provisional(
    place: District,
) -> None:
    await CalendarDay.create(day=dt.date(2026, 3, 6), kind="放假", name="本地假日", source="upload")
    calendar = await work_calendar.load()
    assert not calendar.is_workday(dt.date(2026, 3, 6))
    assert not calendar.is_workday(dt.date(2026, 10, 1))
    assert not calendar.provisional(dt.date(2026, 10, 1))
