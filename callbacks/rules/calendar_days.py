"""Which days are worked, which are for rest, and how workdays are counted. Pure.

调休 moves workdays to weekends and cannot be computed: a year without its official table is provisional (暂定).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

import holidays

from callbacks.errors import CalendarRowRefused
from callbacks.tables import table

_ONE_DAY = dt.timedelta(days=1)


class DayKind(StrEnum):
    """What a day is for calling; an exam day is also an ordinary workday or weekend underneath."""

    workday = "workday"
    weekend = "weekend"
    holiday = "holiday"
    exam = "exam"


KIND_WORDS: Mapping[str, DayKind] = {
    "放假": DayKind.holiday,
    "调休上班": DayKind.workday,
    "考试日": DayKind.exam,
}
"""The words of the official tables (and of `tables/calendar_2026.csv`)."""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that differs from its weekday, or is worth a name; `provisional` while no official table covers it."""

    day: dt.date
    kind: DayKind
    name: str
    provisional: bool = False


def _computed(day: dt.date) -> DayKind:
    return DayKind.weekend if day.weekday() >= 5 else DayKind.workday


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Official days over weekends, with statutory festivals computed for years that have no official table.

    `official` holds holidays and make-up workdays, `exam_days` the days on which education projects are not called.
    """

    official: Mapping[dt.date, CalendarDay] = field(default_factory=dict)
    years_official: frozenset[int] = frozenset()
    exam_days: frozenset[dt.date] = frozenset()

    def ordinary_kind(self, day: dt.date) -> DayKind:
        """Workday, weekend or holiday, whatever exams are held on it."""
        known = self.official.get(day)
        if known is not None and known.kind is not DayKind.exam:
            return known.kind
        if day.year not in self.years_official and day in _provisional_days(day.year):
            return DayKind.holiday
        return _computed(day)

    def kind(self, day: dt.date) -> DayKind:
        """The kind to show: exam wins over the workday or weekend it falls on, never over a holiday."""
        ordinary = self.ordinary_kind(day)
        if day in self.exam_days and ordinary is not DayKind.holiday:
            return DayKind.exam
        return ordinary

    def is_exam(self, day: dt.date) -> bool:
        """Education projects are not called on this day."""
        return day in self.exam_days

    def is_workday(self, day: dt.date) -> bool:
        """A working day for deadlines; exam days stay what they are underneath."""
        return self.ordinary_kind(day) is DayKind.workday

    def name(self, day: dt.date) -> str:
        """The festival's name, or an empty text."""
        known = self.official.get(day)
        if known is not None:
            return known.name
        festivals = {} if day.year in self.years_official else _provisional_days(day.year)
        return festivals[day].name if day in festivals else ""

    def provisional(self, day: dt.date) -> bool:
        """No official table covers the year of this day, so what is said of it is 暂定."""
        return day.year not in self.years_official

    def provisional_between(self, first: dt.date, last: dt.date) -> bool:
        """A deadline or plan from `first` to `last` touches a year without an official table."""
        return any(year not in self.years_official for year in range(first.year, last.year + 1))

    def add_workdays(self, start: dt.date, n: int) -> dt.date:
        """The n-th workday after `start`, counting from the next day; `start` itself when n is 0.

        Raises ValueError when n is negative.
        """
        if n < 0:
            raise ValueError("workdays are counted forwards")
        day = start
        while n:
            day += _ONE_DAY
            n -= self.is_workday(day)
        return day


def work_calendar(days: Iterable[CalendarDay]) -> WorkCalendar:
    """A calendar from rows. A year is official when its National Day is among them: exam days alone are no table."""
    rows = tuple(days)
    official = {row.day: row for row in rows if row.kind is not DayKind.exam}
    years = frozenset(day.year for day, row in official.items() if _is_national_day(row))
    return WorkCalendar(official, years, frozenset(row.day for row in rows if row.kind is DayKind.exam))


def _is_national_day(row: CalendarDay) -> bool:
    return row.kind is DayKind.holiday and (row.day.month, row.day.day) == (10, 1)


@dataclass(slots=True)
class DayTable:
    """An official table while it is read, row by row: the one reader of the shipped tables and of uploaded ones."""

    days: list[CalendarDay] = field(default_factory=list)
    _seen: set[tuple[dt.date, bool]] = field(default_factory=set)

    def read(self, number: int, date: str, kind: str, name: str) -> CalendarDay:
        """One row: an ISO date, a word of `KIND_WORDS`, a name. Raises CalendarRowRefused with the row's `number`.

        The same date may be a holiday or a make-up workday once, and besides that an exam day.
        """
        known = KIND_WORDS.get(kind.strip())
        if known is None:
            raise CalendarRowRefused(number, "kind", "类型应为放假、调休上班或考试日。")
        try:
            day = dt.date.fromisoformat(date.strip())
        except ValueError as problem:
            raise CalendarRowRefused(number, "date", "日期认不出来，请写成2026-10-01的样子。") from problem
        if (day, known is DayKind.exam) in self._seen:
            raise CalendarRowRefused(number, "date", f"{day}重复。")
        self._seen.add((day, known is DayKind.exam))
        self.days.append(CalendarDay(day, known, name.strip()))
        return self.days[-1]


def parse_calendar(rows: Iterable[Mapping[str, str]]) -> tuple[CalendarDay, ...]:
    """Rows with the columns date, kind, festival of an official table. Raises CalendarRowRefused at the first bad one."""
    reading = DayTable()
    for number, row in enumerate(rows, start=1):
        reading.read(number, row.get("date", ""), row.get("kind", ""), row.get("festival", ""))
    return tuple(reading.days)


def shipped_calendar() -> WorkCalendar:
    """The calendar of the official tables that come with the package (2026)."""
    return work_calendar(shipped_days())


def shipped_days() -> tuple[CalendarDay, ...]:
    """The rows of the official tables that come with the package."""
    return parse_calendar(table("calendar_2026"))


def provisional_year(year: int) -> tuple[CalendarDay, ...]:
    """The statutory festival days of a year without an official table, in order, each marked provisional.

    元旦 1, 春节 4 (除夕 to 初三), 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3 days: 全国年节及纪念日放假办法 as amended
    for 2025. Fewer dates appear when 中秋 falls inside 国庆 (2028). Lunar dates come from the `holidays` package,
    1950-2100; its substituted and observed days are left out, they are 调休. Raises ValueError outside these years.
    """
    return tuple(_provisional_days(year).values())


@cache
def _provisional_days(year: int) -> dict[dt.date, CalendarDay]:
    days: dict[dt.date, list[str]] = {}
    for name, first, count in _festivals(year):
        for offset in range(count):
            days.setdefault(first + offset * _ONE_DAY, []).append(name)
    return {day: CalendarDay(day, DayKind.holiday, "、".join(days[day]), provisional=True) for day in sorted(days)}


def _festivals(year: int) -> Sequence[tuple[str, dt.date, int]]:
    lunar = _lunar_festivals(year)
    return (
        ("元旦", dt.date(year, 1, 1), 1),
        ("春节", lunar["春节"] - _ONE_DAY, 4),
        ("清明节", lunar["清明节"], 1),
        ("劳动节", dt.date(year, 5, 1), 2),
        ("端午节", lunar["端午节"], 1),
        ("中秋节", lunar["中秋节"], 1),
        ("国庆节", dt.date(year, 10, 1), 3),
    )


def _lunar_festivals(year: int) -> dict[str, dt.date]:
    """The first date of each festival that moves with the moon or the sun."""
    first: dict[str, dt.date] = {}
    for day, names in sorted(holidays.country_holidays("CN", years=year, language="zh_CN").items()):
        for name in names.split("; "):
            first.setdefault(name, day)
    missing = {"春节", "清明节", "端午节", "中秋节"} - first.keys()
    if missing:
        raise ValueError(f"the festivals of {year} are not known")
    return first
