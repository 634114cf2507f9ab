"""How often a number and a person may be bothered, with the figures of the rules."""

import datetime as dt
import re

from hypothesis import given
from hypothesis import strategies as st

from callbacks.rules.caps import DEFAULT_CAPS, number_day_free, number_free_on, person_free_at, text_free_at
from tests.callbacks.normative import local, rule

DAY = dt.timedelta(days=1)
NOW = local(4, 16, 10)


def _figures(rule_id: str) -> list[int]:
    return [int(figure) for figure in re.findall(r"\d+", rule(rule_id))]


def test_the_limits_are_those_of_the_rules() -> None:
    caps = DEFAULT_CAPS
    assert [caps.attempts, caps.attempts_public, 200, caps.attempts_census] == _figures("R01")
    assert [caps.contacts_per_year, 30, caps.contacts_per_month, caps.modules] == _figures("R09")
    assert [caps.number_per_day, caps.number_per_week] == _figures("R12")
    assert [24, caps.texts_per_day, caps.texts_per_wave] == _figures("R16")


def test_the_fifth_dial_of_a_week_waits_until_the_first_is_seven_days_old() -> None:
    dialled = [dt.date(2026, 4, day) for day in (12, 13, 14, 15)]
    assert number_free_on(dialled, dt.date(2026, 4, 16)) == dt.date(2026, 4, 19)
    assert number_free_on(dialled[1:], dt.date(2026, 4, 16)) == dt.date(2026, 4, 16)


@given(st.lists(st.integers(0, 10), max_size=40))
def test_dialling_whenever_it_is_free_never_breaks_the_caps(waits: list[int]) -> None:
    days: list[dt.date] = []
    day = dt.date(2026, 4, 16)
    for wait in waits:
        day = number_free_on(days, day + dt.timedelta(days=wait // 4))
        days.append(day)
    assert all(days.count(day) <= 2 for day in days)
    weeks = [day.isocalendar()[:2] for day in days]
    assert all(weeks.count(week) <= 4 for week in weeks)


def test_a_full_day_says_nothing_about_the_next() -> None:
    today = dt.date(2026, 4, 16)
    assert not number_day_free([today, today], today)
    assert number_day_free([today, today], today + DAY)


def test_a_person_reached_lately_is_left_alone_for_thirty_days() -> None:
    assert person_free_at([], NOW) == NOW
    assert person_free_at([NOW - 10 * DAY], NOW) == NOW + 20 * DAY
    assert person_free_at([NOW - 30 * DAY], NOW) == NOW


def test_a_person_reached_twice_in_a_year_is_left_alone_until_the_first_is_a_year_old() -> None:
    assert person_free_at([NOW - 40 * DAY, NOW - 300 * DAY], NOW) == NOW + 65 * DAY
    assert person_free_at([NOW - 40 * DAY, NOW - 365 * DAY], NOW) == NOW
    assert person_free_at([NOW - 300 * DAY, NOW - 5 * DAY], NOW) == NOW + 65 * DAY


def test_texts_are_a_day_apart_and_three_in_a_wave() -> None:
    assert text_free_at([], 0, NOW) == NOW
    assert text_free_at([NOW - dt.timedelta(hours=23)], 1, NOW) == NOW + dt.timedelta(hours=1)
    assert text_free_at([NOW - dt.timedelta(hours=24)], 2, NOW) == NOW
    assert text_free_at([], 3, NOW) is None
