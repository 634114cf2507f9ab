"""How often a case, a number and a person may be bothered, across projects and waves. Pure.

Each predicate returns the moment from which one more is allowed; calling windows come on top of it. The figures are
those of `tables/call_retry_rules.csv` R01, R09, R12 and R16.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

CENSUS_BELOW = 200
_DAY = dt.timedelta(days=1)
_MONTH = dt.timedelta(days=30)
_YEAR = dt.timedelta(days=365)
_TEXT_SPACING = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Caps:
    """The limits of one installation; the defaults are the product's."""

    attempts: int = 6
    attempts_public: int = 5
    attempts_census: int = 8
    number_per_day: int = 2
    number_per_week: int = 4
    contacts_per_month: int = 1
    contacts_per_year: int = 2
    modules: int = 3
    texts_per_day: int = 1
    texts_per_wave: int = 3


DEFAULT_CAPS = Caps()


def max_attempts(population: int | None, public: bool = False, caps: Caps = DEFAULT_CAPS) -> int:
    """R01: dials per case for a list of `population` people (None when its size is unknown), or a public sample."""
    if public:
        return caps.attempts_public
    if population is not None and population < CENSUS_BELOW:
        return caps.attempts_census
    return caps.attempts


@dataclass(frozen=True, slots=True)
class NumberLimit:
    """At most `dials` to a number within `days` local days, the day of the next dial and those before it."""

    days: int
    dials: int


def number_limits(caps: Caps = DEFAULT_CAPS) -> tuple[NumberLimit, ...]:
    """R12, once for the planner (`number_day_free`) and for the claiming statement (`case_queue.number_free`).

    A week is the day itself and the six before it, so no calendar week can exceed the cap either.
    """
    return NumberLimit(1, caps.number_per_day), NumberLimit(7, caps.number_per_week)


def number_day_free(days: Collection[dt.date], day: dt.date, caps: Caps = DEFAULT_CAPS) -> bool:
    """R12: one more dial to a number fits on `day`, given the local days of all dials to it (one entry a dial)."""
    ago = [(day - dialled).days for dialled in days]
    return all(sum(0 <= each < limit.days for each in ago) < limit.dials for limit in number_limits(caps))


def number_free_on(days: Collection[dt.date], day: dt.date, caps: Caps = DEFAULT_CAPS) -> dt.date:
    """R12: the first day from `day` on on which one more dial to the number fits."""
    while not number_day_free(days, day, caps):
        day += _DAY
    return day


def _free_at(events: Sequence[dt.datetime], now: dt.datetime, span: dt.timedelta, limit: int) -> dt.datetime:
    """When fewer than `limit` events lie within the last `span`: that long after the limit-th newest."""
    if len(events) < limit:
        return now
    return max(now, sorted(events)[-limit] + span)


def person_free_at(contacts: Sequence[dt.datetime], now: dt.datetime, caps: Caps = DEFAULT_CAPS) -> dt.datetime:
    """R09: the first instant from `now` on at which a new case may reach a person.

    `contacts` are his effective contacts (an outcome marked contacted) in other cases; retries and appointments of
    the same case are one contact and do not belong here.
    """
    month = _free_at(contacts, now, _MONTH, caps.contacts_per_month)
    return max(month, _free_at(contacts, now, _YEAR, caps.contacts_per_year))


def text_free_at(
    sent: Sequence[dt.datetime], sent_in_wave: int, now: dt.datetime, caps: Caps = DEFAULT_CAPS
) -> dt.datetime | None:
    """R16: the first instant from `now` on at which a number may get another text; None when the wave's are used up."""
    if sent_in_wave >= caps.texts_per_wave:
        return None
    return _free_at(sent, now, _TEXT_SPACING, caps.texts_per_day)
