"""Calling windows over four hundred days, at every edge."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.errors import WindowsRefused
from callbacks.rules.calendar_days import CalendarDay, DayKind, WorkCalendar
from callbacks.rules.windows import CallingWindows, parse_windows, shipped_windows
from tests.callbacks.normative import CALENDAR, SHANGHAI, WINDOWS, local, rows

TABLE = rows("calling_windows")
MINUTE = dt.timedelta(minutes=1)
FIRST = dt.date(2025, 12, 20)


def _open_minutes(kind: str) -> set[int]:
    """Minutes of a day in which the table lets a dial start."""
    spans = [(row["from"], row["to"]) for row in TABLE if row["day_kind"] == kind and row["allowed_default"] == "Y"]
    minute = {text: int(text[:2]) * 60 + int(text[3:]) for span in spans for text in span}
    return {m for start, end in spans for m in range(minute[start], minute[end])}


OPEN = {kind: _open_minutes(kind) for kind in ("workday", "weekend", "holiday", "exam")}


def _allowed(at: dt.datetime, education: bool = False) -> bool:
    """The rule told again from the two tables, by minute."""
    clock = at.astimezone(SHANGHAI)
    if education and CALENDAR.is_exam(clock.date()):
        return False
    kind = CALENDAR.ordinary_kind(clock.date())
    return clock.hour * 60 + clock.minute in OPEN[kind.value]


def test_the_table_leaves_some_of_each_working_day_and_nothing_of_holidays_and_exams() -> None:
    assert OPEN["workday"] and OPEN["weekend"]
    assert not OPEN["holiday"] and not OPEN["exam"]


@pytest.mark.parametrize("education", [False, True])
def test_over_400_days_windows_open_and_close_on_the_minute_of_the_table(education: bool) -> None:
    edges = sorted({m + shift for kind in OPEN.values() for m in (0, *kind) for shift in (-1, 0, 1) if _is_edge(m)})
    for number in range(400):
        midnight = dt.datetime.combine(FIRST + dt.timedelta(days=number), dt.time(), SHANGHAI)
        for minute in edges:
            at = (midnight + minute * MINUTE).astimezone(dt.UTC)
            assert WINDOWS.is_open(at, CALENDAR, education) is _allowed(at, education), at


def _is_edge(minute: int) -> bool:
    return any((minute in span) != (minute + step in span) for span in OPEN.values() for step in (-1, 1)) or minute == 0


@given(st.integers(0, 4 * 366 * 24 * 60), st.booleans(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_the_next_opening_is_the_first_open_minute(minutes: int, education: bool, weekends: bool) -> None:
    at = local(2, 1, 0, year=2024) + minutes * MINUTE
    windows = shipped_windows(SHANGHAI, weekends)
    found = windows.next_open(at, CALENDAR, education)
    assert found >= at
    assert windows.is_open(found, CALENDAR, education)
    assert found == at or not windows.is_open(found - MINUTE, CALENDAR, education) or found - MINUTE < at
    probe = at
    while probe < found:
        assert not windows.is_open(probe, CALENDAR, education), probe
        probe += 7 * MINUTE


def test_a_window_is_closed_at_its_closing_minute_and_open_a_microsecond_before() -> None:
    closing = local(3, 5, 11, 30)
    assert not WINDOWS.is_open(closing, CALENDAR)
    assert WINDOWS.is_open(closing - dt.timedelta(microseconds=1), CALENDAR)
    assert WINDOWS.open_until(closing - MINUTE, CALENDAR) == closing
    assert WINDOWS.open_until(closing, CALENDAR) is None


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        (local(3, 5, 11, 30), local(3, 5, 14, 30)),
        (local(3, 5, 20, 30), local(3, 6, 9)),
        (local(3, 6, 23), local(3, 7, 9, 30)),
        (local(2, 14, 8), local(2, 14, 9)),  # a Saturday that is worked for the Spring Festival
        (local(2, 14, 21), local(2, 24, 9)),  # nine days of Spring Festival
        (local(12, 31, 21), local(1, 2, 9, 30, year=2027)),  # New Year of a year without a table
    ],
)
def test_a_retry_after_closing_time_waits_until_opening(asked: dt.datetime, opens: dt.datetime) -> None:
    assert WINDOWS.next_open(asked, CALENDAR) == opens


def test_weekends_can_be_left_free_but_a_make_up_saturday_is_a_workday() -> None:
    windows = shipped_windows(SHANGHAI, weekends=False)
    assert windows.next_open(local(3, 6, 21), CALENDAR) == local(3, 9, 9)
    assert windows.is_open(local(5, 9, 10), CALENDAR)


def test_only_education_projects_rest_on_exam_days() -> None:
    monday = local(6, 8, 10)
    assert WINDOWS.is_open(monday, CALENDAR)
    assert not WINDOWS.is_open(monday, CALENDAR, education=True)
    assert WINDOWS.next_open(monday, CALENDAR, education=True) == local(6, 10, 9)


@pytest.mark.parametrize("row", [row for row in TABLE if row["day_kind"] == "workday"], ids=lambda row: row["band"])
def test_each_time_of_day_has_the_tables_name(row: dict[str, str]) -> None:
    hour, minute = (int(part) for part in row["from"].split(":"))
    assert WINDOWS.band(local(3, 5, hour, minute)) == row["band"]


def test_a_weekend_opening_has_the_name_of_its_time_of_day() -> None:
    named = [row["band"] for row in TABLE if row["day_kind"] == "weekend"]
    saturday = [o.band for o in WINDOWS.openings(local(3, 7, 0), CALENDAR) if o.day == dt.date(2026, 3, 7)]
    assert saturday == named


def test_hours_are_those_of_the_zone_passed_in() -> None:
    urumqi = shipped_windows(ZoneInfo("Asia/Urumqi"))
    assert urumqi.next_open(local(3, 5, 9), CALENDAR) == local(3, 5, 11)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        WINDOWS.is_open(dt.datetime(2026, 3, 5, 10), CALENDAR)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"allowed_default": "N"}, "没有一个"),
        ({"from": "9点"}, "09:00"),
        ({"from": "12:00", "to": "09:00"}, "午夜"),
        ({"day_kind": "Sunday"}, "不认识"),
    ],
)
def test_windows_that_never_open_or_cannot_be_read_are_refused(change: dict[str, str], words: str) -> None:
    with pytest.raises(WindowsRefused) as refused:
        parse_windows([{**TABLE[0], **change}], SHANGHAI)
    assert words in refused.value.sentence


def test_overlapping_windows_are_refused() -> None:
    with pytest.raises(WindowsRefused, match="重叠"):
        parse_windows([TABLE[0], {**TABLE[0], "band": "另一个"}], SHANGHAI)


def test_a_calendar_of_nothing_but_holidays_is_an_error_not_an_endless_search() -> None:
    first = dt.date(2026, 1, 1)
    days = {first + dt.timedelta(days=n): None for n in range(900)}
    shut = WorkCalendar({day: CalendarDay(day, DayKind.holiday, "") for day in days}, frozenset({2026, 2027, 2028}))
    with pytest.raises(WindowsRefused):
        CallingWindows(WINDOWS.bands, SHANGHAI).next_open(local(1, 1, 9), shut)
