"""The pre-drawn order of a list and what is known of its people: which prefix may be looked at, and the refusals. Pure.

Evidence without replacement is valid only while the next person is a random one of those left. Easy people answer
first, so answers in order of completion are not random; people in the order of the list are. Hence (methodology.md 8):
the order is drawn, with its seed committed, before anybody is contacted; only a prefix of the order without an open
person counts, and it is looked at when one of its replicates closes; how often somebody is called is fixed before; an
answer by link stands at its person's place. Each condition is an input here and each breach an error of its own.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.errors import (
    AnswerWithoutPlace,
    AttemptsCapChanged,
    AttemptsOverCap,
    ClosedTooEarly,
    LookChanged,
    OrderDrawnTooLate,
    PlaceOutOfRange,
    PlaceTwice,
    ReplicatesBroken,
    SeedNotCommitted,
)

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Result(StrEnum):
    """What is known of a person in the order; everything but `open` is final."""

    open = "open"
    satisfied = "satisfied"
    not_satisfied = "not_satisfied"
    no_valid_answer = "no_valid_answer"  # answered, but not this question: 说不清, refused item
    out = "out"  # final by an outcome: refused, not eligible, no usable number
    unreached = "unreached"  # called as often as was fixed in advance, without success

    @property
    def valid(self) -> bool:
        """Whether it counts as an answer to the question."""
        return self in (Result.satisfied, Result.not_satisfied)


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the order. place: position from 1, None when unknown; attempts: calls so far, 0 for a web answer."""

    place: int | None
    result: Result
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """How a project's list was put in order.

    seed_digest: SHA-256 (hex) of the seed, stored before the first contact; drawn_at, cap_fixed_at,
    first_contact_at: instants (None: nobody contacted yet); attempts_cap: calls after which a person is given up;
    replicate_ends: last place of each released replicate, rising, from 1.
    """

    population: int
    seed_digest: str
    drawn_at: dt.datetime
    attempts_cap: int
    cap_fixed_at: dt.datetime
    first_contact_at: dt.datetime | None
    replicate_ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Counts of the first `people` of the order, all of them closed: valid answers, satisfied, closed without one."""

    people: int
    answers: int
    satisfied: int

    @property
    def lost(self) -> int:
        """People of the prefix who are closed without a valid answer."""
        return self.people - self.answers


def replicate_ends(drawn: int, size: int = 30, first: int | None = None) -> tuple[int, ...]:
    """Last places of the replicates of `drawn` people: `first` people (default one replicate), then `size` each.

    Raises ReplicatesBroken for a size below 1.
    """
    start = size if first is None else first
    if size < 1 or start < 1 or drawn < 0:
        raise ReplicatesBroken((drawn, size, start))
    ends = range(min(start, drawn), drawn, size) if drawn else range(0)
    return (*(end for end in ends if end < drawn), *((drawn,) if drawn else ()))


def check_order(order: Order) -> None:
    """Raises the error of the first condition that an order breaks, before any answer is looked at."""
    if not _SHA256.fullmatch(order.seed_digest):
        raise SeedNotCommitted(order.seed_digest)
    first = order.first_contact_at
    if first is not None and order.drawn_at > first:
        raise OrderDrawnTooLate(order.drawn_at, first)
    if order.attempts_cap < 1 or (first is not None and order.cap_fixed_at > first):
        raise AttemptsCapChanged(order.attempts_cap, order.cap_fixed_at, first)
    ends = order.replicate_ends
    rising = all(earlier < later for earlier, later in zip((0, *ends), ends, strict=False))
    if not rising or (ends and ends[-1] > order.population):
        raise ReplicatesBroken(ends)


def in_list_order(order: Order, people: Iterable[Person]) -> list[Person]:
    """The people by place, 1, 2, ... up to the last one known, the unknown in between as open.

    Raises AnswerWithoutPlace, PlaceOutOfRange, PlaceTwice, AttemptsOverCap, ClosedTooEarly, OrderDrawnTooLate.
    """
    placed: dict[int, Person] = {}
    for person in people:
        _check_person(order, person)
        place = person.place or 0
        if place in placed:
            raise PlaceTwice(place)
        placed[place] = person
    return [placed.get(place) or Person(place, Result.open) for place in range(1, max(placed, default=0) + 1)]


def _check_person(order: Order, person: Person) -> None:
    if person.place is None:
        raise AnswerWithoutPlace(person.result.value)
    if not 1 <= person.place <= order.population:
        raise PlaceOutOfRange(person.place, order.population)
    if person.attempts > order.attempts_cap:
        raise AttemptsOverCap(person.place, person.attempts, order.attempts_cap)
    if person.result is Result.unreached and person.attempts < order.attempts_cap:
        raise ClosedTooEarly(person.place, person.attempts, order.attempts_cap)
    if order.first_contact_at is None and (person.attempts or person.result.valid):
        raise OrderDrawnTooLate(order.drawn_at, None)


def closed_looks(order: Order, people: Iterable[Person], before: Sequence[Prefix] = ()) -> tuple[Prefix, ...]:
    """The counts at each replicate end that lies within the closed prefix of the order; rows in any sequence.

    before: the looks taken so far, as they were stored; a look that has changed since is refused, since evidence may
    not be looked at again with other answers (give no `before` to compute a path anew, and record why).
    Raises LookChanged and the errors of check_order and in_list_order.
    """
    check_order(order)
    looks: list[Prefix] = []
    answers = satisfied = 0
    ends = set(order.replicate_ends)
    for place, person in enumerate(in_list_order(order, people), 1):
        if person.result is Result.open:
            break
        answers += person.result.valid
        satisfied += person.result is Result.satisfied
        if place in ends:
            looks.append(Prefix(place, answers, satisfied))
    for number, stored in enumerate(before, 1):
        if number > len(looks) or looks[number - 1] != stored:
            raise LookChanged(number)
    return tuple(looks)
