"""Ranks with ties, what chance allows to say about them, and the people's congress three-grade vote. Pure.

Ranks compare exact numbers. Whether neighbours differ is judged from intervals: with k units give each one an interval
at alpha/k, then all statements hold together (Klein, Wright and Wieczorek 2020).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from analysis.errors import CountsOutOfRange, LengthsDiffer
from analysis.intervals import Interval

FEWEST_RANKED = 30
Rankable = int | float | Decimal | Fraction


class Grade(StrEnum):
    """Result of a vote of all members."""

    satisfied = "satisfied"
    basically_satisfied = "basically_satisfied"
    dissatisfied = "dissatisfied"

    @property
    def label(self) -> str:
        return {Grade.satisfied: "满意", Grade.basically_satisfied: "基本满意", Grade.dissatisfied: "不满意"}[self]


@dataclass(frozen=True, slots=True)
class RankGroup:
    """Positions (in the order given) that share one rank."""

    rank: int
    members: tuple[int, ...]

    @property
    def label(self) -> str:
        return f"并列第{self.rank}" if len(self.members) > 1 else f"第{self.rank}"


def standard_competition(values: Sequence[Rankable]) -> tuple[int, ...]:
    """Rank of each value, best (largest) first, ties equal and the next rank skipped: 1, 2, 2, 4.

    Compare rates as Fractions: values that only look equal after rounding are not ties.
    """
    return tuple(1 + sum(1 for other in values if other > value) for value in values)


def same_rank_groups(values: Sequence[Rankable]) -> tuple[RankGroup, ...]:
    """The same ranks as groups, best first."""
    ranks = standard_competition(values)
    return tuple(RankGroup(rank, tuple(i for i, one in enumerate(ranks) if one == rank)) for rank in sorted(set(ranks)))


@dataclass(frozen=True, slots=True)
class RankRange:
    """The ranks a unit may truly have: best 1; both ends equal only when the order leaves no doubt."""

    best: int
    worst: int

    @property
    def label(self) -> str:
        return f"第{self.best}名" if self.best == self.worst else f"第{self.best}—{self.worst}名"


def rank_ranges(intervals: Sequence[Interval]) -> tuple[RankRange, ...]:
    """For each unit 1 + the units surely better, and all units minus those surely worse (intervals wholly apart)."""
    count = len(intervals)
    return tuple(
        RankRange(
            1 + sum(1 for other in intervals if other.low > one.high),
            count - sum(1 for other in intervals if other.high < one.low),
        )
        for one in intervals
    )


def indistinct_groups(intervals: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
    """The largest groups in which every interval overlaps every other: "差异不显著"; best group first.

    A unit may stand in several groups; a unit that differs from all others stands alone in one.
    """
    members = {
        frozenset(i for i, one in enumerate(intervals) if one.low <= start.low <= one.high) for start in intervals
    }
    largest = [group for group in members if not any(group < other for other in members)]
    return tuple(
        tuple(sorted(group)) for group in sorted(largest, key=lambda group: -max(intervals[i].low for i in group))
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's place as printed: rank None when it has too few answers to be ranked.

    like_next, like_previous: its interval overlaps that of the neighbour below or above in the order (差异不显著).
    """

    rank: int | None
    tied: bool
    like_previous: bool
    like_next: bool

    @property
    def label(self) -> str:
        if self.rank is None:
            return "样本不足,不排名"
        place = f"并列第{self.rank}" if self.tied else f"第{self.rank}"
        if self.like_previous and self.like_next:
            return f"{place}(与前后差异不显著)"
        if self.like_previous:
            return f"{place}(与前一名差异不显著)"
        return f"{place}(与后一名差异不显著)" if self.like_next else place


def standings(
    values: Sequence[Rankable],
    intervals: Sequence[Interval],
    answers: Sequence[int],
    fewest: int = FEWEST_RANKED,
    censuses: Sequence[bool] = (),
) -> tuple[Standing, ...]:
    """Ranks of the units with at least `fewest` answers (or a fully answered list), and which neighbours are alike.

    Raises LengthsDiffer.
    """
    whole = list(censuses) or [False] * len(values)
    for what, rows in (("intervals", intervals), ("answers", answers), ("censuses", whole)):
        if len(rows) != len(values):
            raise LengthsDiffer(what, len(values), len(rows))
    ranked = [i for i, n in enumerate(answers) if n >= fewest or whole[i]]
    places = dict(zip(ranked, standard_competition([values[i] for i in ranked]), strict=True))
    order = sorted(ranked, key=lambda i: places[i])
    return tuple(_standing(i, places, order, intervals) for i in range(len(values)))


def _standing(i: int, places: dict[int, int], order: list[int], intervals: Sequence[Interval]) -> Standing:
    if i not in places:
        return Standing(None, False, False, False)
    rank = places[i]
    above = [j for j in order if places[j] < rank]
    below = [j for j in order if places[j] > rank]
    previous = [j for j in above if places[j] == places[above[-1]]]
    following = [j for j in below if places[j] == places[below[0]]]
    return Standing(
        rank,
        sum(1 for place in places.values() if place == rank) > 1,
        any(overlap(intervals[i], intervals[j]) for j in previous),
        any(overlap(intervals[i], intervals[j]) for j in following),
    )


def overlap(first: Interval, second: Interval) -> bool:
    """Whether two closed intervals share a point."""
    return first.low <= second.high and second.low <= first.high


def people_congress_grade(total: int, satisfied: int, basic: int, boundary_counts_as_half: bool) -> Grade:
    """满意 with half of all members' votes, else 基本满意 with half together with 基本满意 votes, else 不满意.

    The published rule contradicts itself for exactly half: boundary_counts_as_half says whether that is enough.
    Raises CountsOutOfRange.
    """
    if total < 1 or satisfied < 0 or basic < 0 or satisfied + basic > total:
        raise CountsOutOfRange(satisfied, satisfied + basic, total)

    def reaches_half(votes: int) -> bool:
        return 2 * votes >= total if boundary_counts_as_half else 2 * votes > total

    if reaches_half(satisfied):
        return Grade.satisfied
    return Grade.basically_satisfied if reaches_half(satisfied + basic) else Grade.dissatisfied
