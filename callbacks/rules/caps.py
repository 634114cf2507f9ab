"""How often a case, a number and a person may be bothered, across projects and waves. Pure.

Each predicate returns the moment from which one more is allowed; calling windows come on top of it. The figures are
those of `tables/call_retry_rules.csv` R01, R09, R12 and R16.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

CENSUS_BELOW = 200
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


def number_day_free(days: Collection[dt.date], day: dt.date, caps: Caps = DEFAULT_CAPS) -> bool:
    """R12: one more dial to a number fits on `day`, given the local days of all dials to it (one entry a dial).

    A week is the day itself and the six before it, so no calendar week can exceed the cap either.
    """
    on_day = sum(1 for dialled in days if dialled == day)
    in_week = sum(1 for dialled in days if dt.timedelta(0) <= day - dialled < dt.timedelta(days=7))
    return on_day < caps.number_per_day and in_week < caps.number_per_week


def number_free_at(
    dials: Sequence[dt.datetime], now: dt.datetime, zone: dt.tzinfo, caps: Caps = DEFAULT_CAPS
) -> dt.datetime:
    """R12: the first instant from `now` on (UTC) at which the number may be dialled again.

    `dials` are the starts of every outgoing dial to the number in the last seven days, of whatever case and outcome:
    the person's phone rang, or may have.
    """
    days = [start.astimezone(zone).date() for start in dials]
    today = now.astimezone(zone).date()
    offset = 0
    while not number_day_free(days, today + dt.timedelta(days=offset), caps):
        offset += 1
    if offset == 0:
        return now.astimezone(dt.UTC)
    return dt.datetime.combine(today + dt.timedelta(days=offset), dt.time(), zone).astimezone(dt.UTC)


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


def split_modules(modules: Sequence[T], caps: Caps = DEFAULT_CAPS) -> tuple[Sequence[T], Sequence[T]]:
    """R09: the projects asked about in one call, and those put off."""
    return modules[: caps.modules], modules[caps.modules :]
