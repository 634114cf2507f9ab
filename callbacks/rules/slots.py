"""The next moment at which a case may be dialled, and how it is put into words. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.caps import DEFAULT_CAPS, Caps, number_day_free
from callbacks.rules.dials import CaseFacts, Dial, History, WaveFacts
from callbacks.rules.windows import EVENING, CallingWindows, Opening

_WEEKDAYS = "一二三四五六日"
_HOUR = 60
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything that limits when a case may be dialled; `history` holds all dials of the case so far."""

    case: CaseFacts
    history: History
    calendar: WorkCalendar
    windows: CallingWindows
    wave: WaveFacts
    caps: Caps = DEFAULT_CAPS

    def day(self, at: dt.datetime) -> dt.date:
        """The local date of an instant."""
        return self.windows.local(at).date()

    def days_dialled(self) -> list[dt.date]:
        """The local day of each dial to the present number, of this case and of others (R12)."""
        own = [dial.at for dial in self.history.outgoing(self.case.number)]
        return [self.day(at) for at in (*own, *self.case.other_dials)]

    def number_day_free(self, day: dt.date) -> bool:
        """R12 leaves room for one more dial to the number on this day."""
        return number_day_free(self.days_dialled(), day, self.caps)


def earliest_slot(limits: Limits, after: dt.datetime) -> Opening | None:
    """The first opening from `after` on within windows, caps of the number and wave; None when there is none.

    R02 does not apply: this is for a time the respondent asked for himself, and for calls that were cut off.
    """
    return _within_wave(limits, _openings(limits, after))


def spread_slot(limits: Limits, after: dt.datetime, other_band: bool = False) -> Opening | None:
    """Like earliest_slot, with tries spread over times of day and days (R02); `other_band` asks for a change anyway.

    Where a district's windows leave no other time of day at all, the spread is given up rather than the case.
    """
    avoid = _Spread.of(limits, other_band)
    spread = next((o for o in _openings(limits, after) if avoid.allows(o)), None)
    if spread is None:
        return earliest_slot(limits, after)
    return spread if spread.start < limits.wave.ends_at else None


def _openings(limits: Limits, after: dt.datetime) -> Iterator[Opening]:
    dialled = limits.days_dialled()
    for opening in limits.windows.openings(after, limits.calendar, limits.case.education):
        if number_day_free(dialled, opening.day, limits.caps):
            yield opening


def _within_wave(limits: Limits, openings: Iterator[Opening]) -> Opening | None:
    first = next(openings, None)
    return first if first is not None and first.start < limits.wave.ends_at else None


@dataclass(frozen=True, slots=True)
class _Spread:
    """R02, looked at from the last two attempts: what the third must not repeat."""

    bands: frozenset[str]
    day: dt.date | None
    off_hours: bool

    @classmethod
    def of(cls, limits: Limits, other_band: bool) -> "_Spread":
        last = limits.history.attempts(limits.case.number)[-2:]
        bands = [limits.windows.band(dial.at) for dial in last]
        days = [limits.day(dial.at) for dial in last]
        twice = len(last) == 2
        same_band = twice and bands[0] == bands[1]
        return cls(
            bands=frozenset(bands[-1:] if same_band or other_band else ()),
            day=days[1] if twice and days[0] == days[1] else None,
            off_hours=twice and all(_unanswered_by_day(limits, dial) for dial in last),
        )

    def allows(self, opening: Opening) -> bool:
        if self.off_hours and not (opening.rest_day or opening.band == EVENING):
            return False
        return opening.band not in self.bands and opening.day != self.day


def _unanswered_by_day(limits: Limits, dial: Dial) -> bool:
    by_day = limits.calendar.is_workday(limits.day(dial.at)) and limits.windows.band(dial.at) != EVENING
    return by_day and not dial.outcome.contacted


def delay_words(minutes: int) -> str:
    """20分钟后, 3小时后, 7天后."""
    if minutes == 0:
        return "随即"
    if minutes % _DAY == 0:
        return f"{minutes // _DAY}天后"
    if minutes % _HOUR == 0:
        return f"{minutes // _HOUR}小时后"
    return f"{minutes}分钟后"


def when_words(windows: CallingWindows, at: dt.datetime, now: dt.datetime) -> str:
    """今天18:30 when it is the same local day, otherwise 6月13日（周六）09:30."""
    local = windows.local(at)
    if local.date() == windows.local(now).date():
        return f"今天{local:%H:%M}"
    return f"{local.month}月{local.day}日（周{_WEEKDAYS[local.weekday()]}）{local:%H:%M}"


def mode_words(modes: Sequence[str]) -> str:
    """短信链接, 入户, 短信链接或入户."""
    return "或".join(modes)
