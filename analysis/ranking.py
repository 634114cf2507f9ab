"""Ranks with ties and the people's congress three-grade vote, both on exact numbers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from analysis.errors import CountsOutOfRange

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
