"""The hours in which a dial or a text message may start, in the district's own zone. Pure.

An interview that began inside a window may finish outside it; only starts are governed.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from callbacks.errors import WindowsRefused
from callbacks.rules.calendar_days import DayKind, WorkCalendar
from callbacks.tables import table

HORIZON_DAYS = 400
"""How far ahead an opening is looked for; no run of holidays comes near it."""

EVENING = "晚间"
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a day: minutes after local midnight, [start, end), and whether dials may start in it."""

    kind: DayKind
    name: str
    start: int
    end: int
    allowed: bool

    def covers(self, minute: int) -> bool:
        """A band whose end is before its start runs over midnight (夜间)."""
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@dataclass(frozen=True, slots=True)
class Opening:
    """One uninterrupted stretch in which dials may start: UTC, [start, end)."""

    start: dt.datetime
    end: dt.datetime
    band: str
    day: dt.date
    rest_day: bool


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    if (
        not (hours.isdigit() and minutes.isdigit())
        or int(minutes) > 59
        or int(hours) * 60 + int(minutes) > _DAY_MINUTES
    ):
        raise WindowsRefused(f"时刻{text}应写成09:00的样子")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True, slots=True)
class CallingWindows:
    """The bands of a district. `zone` gives local days and hours; `weekends` False keeps Saturdays and Sundays free.

    Raises WindowsRefused when no workday band is open: such a table would put every case off for ever.
    """

    bands: tuple[Band, ...]
    zone: dt.tzinfo
    weekends: bool = True

    def __post_init__(self) -> None:
        workday = sorted((b for b in self.bands if b.kind is DayKind.workday and b.allowed), key=lambda b: b.start)
        if not workday:
            raise WindowsRefused("工作日没有一个可拨时段")
        if any(band.start >= band.end for band in self.bands if band.allowed):
            raise WindowsRefused("可拨时段不能跨过午夜")
        if any(before.end > after.start for before, after in pairwise(workday)):
            raise WindowsRefused("可拨时段互相重叠")

    def local(self, at: dt.datetime) -> dt.datetime:
        """The instant on the district's clock. Raises ValueError for a naive datetime."""
        if at.utcoffset() is None:
            raise ValueError("an instant needs its zone")
        return at.astimezone(self.zone)

    def band(self, at: dt.datetime) -> str:
        """The name of the time of day (上午, 午休, 下午, 傍晚, 晚间, 夜间), the same on every kind of day."""
        local = self.local(at)
        minute = local.hour * 60 + local.minute
        return next((b.name for b in self.bands if b.kind is DayKind.workday and b.covers(minute)), "其他")

    def is_open(self, at: dt.datetime, calendar: WorkCalendar, education: bool = False) -> bool:
        """A dial may start at this instant; `education` projects rest on exam days."""
        return self._opening_at(at, calendar, education) is not None

    def open_until(self, at: dt.datetime, calendar: WorkCalendar, education: bool = False) -> dt.datetime | None:
        """When the window that is open now closes; None when it is closed now."""
        opening = self._opening_at(at, calendar, education)
        return opening.end if opening else None

    def next_open(self, at: dt.datetime, calendar: WorkCalendar, education: bool = False) -> dt.datetime:
        """The first instant from `at` on at which a dial may start (`at` itself when open), in UTC.

        Raises WindowsRefused when nothing opens within 400 days, which only a calendar of holidays throughout can do.
        """
        for opening in self.openings(at, calendar, education):
            return opening.start
        raise WindowsRefused("400天内没有可拨时段")

    def openings(self, at: dt.datetime, calendar: WorkCalendar, education: bool = False) -> Iterator[Opening]:
        """The openings from `at` on, in order, the first cut off at `at`, over the next 400 days."""
        at = at.astimezone(dt.UTC)
        first = self.local(at).date()
        for offset in range(HORIZON_DAYS + 1):
            for opening in self._openings_of(first + dt.timedelta(days=offset), calendar, education):
                if opening.end > at:
                    yield Opening(max(opening.start, at), opening.end, opening.band, opening.day, opening.rest_day)

    def _opening_at(self, at: dt.datetime, calendar: WorkCalendar, education: bool) -> Opening | None:
        day = self.local(at).date()
        return next((o for o in self._openings_of(day, calendar, education) if o.start <= at < o.end), None)

    def _openings_of(self, day: dt.date, calendar: WorkCalendar, education: bool) -> Iterator[Opening]:
        kind = calendar.ordinary_kind(day)
        if (kind is DayKind.weekend and not self.weekends) or self._exam_closed(day, calendar, education):
            return
        for band in self.bands:
            if band.kind is kind and band.allowed:
                start, end = self._instant(day, band.start), self._instant(day, band.end)
                yield Opening(start, end, self.band(start), day, rest_day=kind is not DayKind.workday)

    def _exam_closed(self, day: dt.date, calendar: WorkCalendar, education: bool) -> bool:
        closed = any(band.kind is DayKind.exam and not band.allowed for band in self.bands)
        return education and closed and calendar.is_exam(day)

    def _instant(self, day: dt.date, minute: int) -> dt.datetime:
        days, minute = divmod(minute, _DAY_MINUTES)
        clock = dt.time(minute // 60, minute % 60)
        return dt.datetime.combine(day + dt.timedelta(days=days), clock, self.zone).astimezone(dt.UTC)


def parse_windows(rows: Iterable[Mapping[str, str]], zone: dt.tzinfo, weekends: bool = True) -> CallingWindows:
    """Windows from rows with the columns day_kind, band, from, to, allowed_default. Raises WindowsRefused."""
    bands = tuple(
        Band(
            _kind(row["day_kind"]),
            row["band"],
            _minutes(row["from"]),
            _minutes(row["to"]),
            row["allowed_default"] == "Y",
        )
        for row in rows
    )
    return CallingWindows(tuple(sorted(bands, key=lambda band: band.start)), zone, weekends)


def _kind(text: str) -> DayKind:
    kind = next((kind for kind in DayKind if kind.value == text), None)
    if kind is None:
        raise WindowsRefused(f"日期类别{text}不认识")
    return kind


def shipped_windows(zone: dt.tzinfo, weekends: bool = True) -> CallingWindows:
    """The product's default hours (`tables/calling_windows.csv`)."""
    return parse_windows(table("calling_windows"), zone, weekends)
