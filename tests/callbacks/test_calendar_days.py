"""The work calendar: official years, provisional years, counted workdays."""

import csv
import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.errors import CalendarRowRefused
from callbacks.rules.calendar_days import (
    CalendarDay,
    DayKind,
    WorkCalendar,
    parse_calendar,
    provisional_year,
    shipped_calendar,
    shipped_days,
    work_calendar,
)
from tests.callbacks.normative import CALENDAR, rows

OFFICIAL = rows("calendar_2026")
VECTORS = Path(__file__).parents[1] / "golden" / "golden_vectors.csv"
EMPTY = WorkCalendar()


def _workday_vectors() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["id"] == "G21"]


@pytest.mark.parametrize("vector", _workday_vectors(), ids=lambda vector: vector["case"])
def test_a_deadline_in_workdays_counts_from_the_next_day(vector: dict[str, str]) -> None:
    asked = re.fullmatch(r"(\d{4}-\d\d-\d\d) 受理,(\d+)个工作日到期", vector["case"])
    assert asked, vector["case"]
    start, days = dt.date.fromisoformat(asked[1]), int(asked[2])
    assert CALENDAR.add_workdays(start, days) == dt.date.fromisoformat(vector["expected"])


def test_there_are_vectors_for_deadlines() -> None:
    assert len(_workday_vectors()) == 5


@pytest.mark.parametrize("row", OFFICIAL, ids=lambda row: row["date"])
def test_each_official_day_is_what_its_row_says(row: dict[str, str]) -> None:
    day = dt.date.fromisoformat(row["date"])
    if row["kind"] == "放假":
        assert CALENDAR.kind(day) is DayKind.holiday
        assert CALENDAR.name(day) == row["festival"]
        assert not CALENDAR.is_workday(day)
    if row["kind"] == "调休上班":
        assert CALENDAR.kind(day) is DayKind.workday
        assert CALENDAR.is_workday(day)
    if row["kind"] == "考试日":
        assert CALENDAR.kind(day) is DayKind.exam
        assert CALENDAR.is_workday(day) is (day.weekday() < 5)


def test_all_other_days_of_an_official_year_follow_the_week() -> None:
    listed = {dt.date.fromisoformat(row["date"]) for row in OFFICIAL}
    for number in range(365):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
        if day not in listed:
            assert CALENDAR.is_workday(day) is (day.weekday() < 5), day
        assert not CALENDAR.provisional(day)


def test_a_year_without_a_table_goes_on_with_weekends_and_statutory_festivals_marked_provisional() -> None:
    festivals = {day.day: day.name for day in provisional_year(2027)}
    assert Counter(festivals.values()) == {
        "元旦": 1,
        "春节": 4,
        "清明节": 1,
        "劳动节": 2,
        "端午节": 1,
        "中秋节": 1,
        "国庆节": 3,
    }
    assert [day for day, name in festivals.items() if name == "春节"] == [dt.date(2027, 2, d) for d in (5, 6, 7, 8)]
    assert CALENDAR.kind(dt.date(2027, 2, 6)) is DayKind.holiday
    assert CALENDAR.kind(dt.date(2027, 2, 9)) is DayKind.workday
    assert CALENDAR.kind(dt.date(2027, 5, 3)) is DayKind.workday
    assert CALENDAR.provisional(dt.date(2027, 2, 9))
    assert all(day.provisional for day in provisional_year(2027))


@pytest.mark.parametrize("year", range(2025, 2060))
def test_a_computed_year_has_thirteen_festival_days_or_one_shared(year: int) -> None:
    days = provisional_year(year)
    shared = [day for day in days if "、" in day.name]
    assert len(days) + len(shared) == 13
    assert all(day.name == "中秋节、国庆节" for day in shared)


def test_every_computed_festival_of_2026_is_in_the_official_table() -> None:
    official = {row["date"]: row["festival"] for row in OFFICIAL if row["kind"] == "放假"}
    for day in provisional_year(2026):
        assert official[day.day.isoformat()] == day.name


def test_a_year_outside_the_lunar_tables_is_refused_rather_than_left_without_festivals() -> None:
    with pytest.raises(ValueError, match="2150"):
        provisional_year(2150)


def test_uploading_the_official_table_ends_the_provisional_state_and_moves_deadlines() -> None:
    start = dt.date(2027, 9, 30)
    before = shipped_calendar()
    rest = [CalendarDay(dt.date(2027, 10, d), DayKind.holiday, "国庆节") for d in range(1, 8)]
    after = work_calendar([*shipped_days(), *rest, CalendarDay(dt.date(2027, 10, 9), DayKind.workday, "国庆节")])
    assert before.provisional_between(start, start)
    assert before.add_workdays(start, 2) == dt.date(2027, 10, 5)
    assert not after.provisional(start)
    assert after.add_workdays(start, 2) == dt.date(2027, 10, 9)


def test_an_official_table_alone_says_which_festivals_are_free() -> None:
    table = work_calendar([CalendarDay(dt.date(2027, 10, 1), DayKind.holiday, "国庆节")])
    assert EMPTY.kind(dt.date(2027, 4, 5)) is DayKind.holiday
    assert table.kind(dt.date(2027, 4, 5)) is DayKind.workday


def test_exam_days_alone_do_not_make_a_year_official() -> None:
    calendar = work_calendar([CalendarDay(dt.date(2027, 6, 7), DayKind.exam, "高考")])
    assert calendar.provisional(dt.date(2027, 6, 7))
    assert calendar.is_workday(dt.date(2027, 6, 7))
    assert calendar.kind(dt.date(2027, 6, 7)) is DayKind.exam


def test_a_deadline_that_crosses_into_a_year_without_a_table_is_provisional() -> None:
    assert CALENDAR.provisional_between(dt.date(2026, 12, 28), dt.date(2027, 1, 4))
    assert not CALENDAR.provisional_between(dt.date(2026, 12, 1), dt.date(2026, 12, 31))


@given(st.dates(dt.date(2024, 1, 1), dt.date(2029, 12, 31)), st.integers(1, 40))
def test_n_workdays_later_is_a_workday_with_exactly_n_workdays_on_the_way(start: dt.date, n: int) -> None:
    end = CALENDAR.add_workdays(start, n)
    days = [start + dt.timedelta(days=offset) for offset in range(1, (end - start).days + 1)]
    assert CALENDAR.is_workday(end)
    assert sum(CALENDAR.is_workday(day) for day in days) == n


def test_no_workdays_later_is_the_same_day_and_backwards_is_refused() -> None:
    assert CALENDAR.add_workdays(dt.date(2026, 5, 1), 0) == dt.date(2026, 5, 1)
    with pytest.raises(ValueError, match="forwards"):
        CALENDAR.add_workdays(dt.date(2026, 5, 1), -1)


def test_the_leap_day_is_a_day_like_others() -> None:
    assert EMPTY.add_workdays(dt.date(2024, 2, 28), 1) == dt.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"date": "2027/10/01", "kind": "放假", "festival": "国庆节"}, "日期"),
        ({"date": "2027-10-01", "kind": "休", "festival": "国庆节"}, "类型"),
        ({"date": "", "kind": "放假", "festival": ""}, "日期"),
    ],
)
def test_a_calendar_row_that_cannot_be_read_is_refused_with_its_number(row: dict[str, str], words: str) -> None:
    good = {"date": "2027-01-01", "kind": "放假", "festival": "元旦"}
    with pytest.raises(CalendarRowRefused) as refused:
        parse_calendar([good, row])
    assert refused.value.row == 2
    assert words in refused.value.sentence


def test_the_same_date_twice_is_refused_but_an_exam_on_a_make_up_workday_is_not() -> None:
    workday = {"date": "2027-06-12", "kind": "调休上班", "festival": "端午节"}
    exam = {"date": "2027-06-12", "kind": "考试日", "festival": "中考"}
    calendar = work_calendar(parse_calendar([workday, exam]))
    assert calendar.is_workday(dt.date(2027, 6, 12))
    assert calendar.is_exam(dt.date(2027, 6, 12))
    with pytest.raises(CalendarRowRefused):
        parse_calendar([workday, workday])
