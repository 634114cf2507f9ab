"""Which unsettled projects get the next replicates, given between replicates and never in the middle of one. Pure.

Formulas: methodology.md 13. A project's variance per person called is p(1-p)/r with p = (x+1)/(n+2) of its
answers and r = (n+1)/(called+2) the share who answer. One replicate at a time goes to the project whose variance falls
most by it, which for replicates of one person is the optimum of Neyman's allocation in whole numbers (Wright 2012).
Projects count alike, whatever their size: each has a verdict of its own. What was drawn stays drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from analysis.errors import CountsOutOfRange


class Turn(StrEnum):
    """Why a project gets people now, or none."""

    given = "given"
    nothing_left = "nothing_left"  # of the people to be given
    settled = "settled"
    replicate_open = "replicate_open"  # its released people are not all closed
    list_drawn = "list_drawn"  # everybody on its list is drawn


@dataclass(frozen=True, slots=True)
class Progress:
    """A project between looks.

    population: people on its list; drawn: released so far; open: of those without a final disposition; answers,
    satisfied: valid answers; settled: stopping.settle advises to stop.
    """

    population: int
    drawn: int
    open: int
    answers: int
    satisfied: int
    settled: bool

    def __post_init__(self) -> None:
        counted = 0 <= self.satisfied <= self.answers <= self.drawn - self.open
        if not counted or not 0 <= self.open <= self.drawn <= self.population:
            raise CountsOutOfRange(self.satisfied, self.answers, self.population)

    @property
    def variance(self) -> Fraction:
        """p(1-p)/r, never nought."""
        p = Fraction(self.satisfied + 1, self.answers + 2)
        return p * (1 - p) * Fraction(self.drawn + 2, self.answers + 1)


@dataclass(frozen=True, slots=True)
class Share:
    """What a project gets: whole replicates, the last one of its list perhaps smaller."""

    people: int
    turn: Turn


def _standing(one: Progress) -> Turn:
    if one.settled:
        return Turn.settled
    if one.open:
        return Turn.replicate_open
    return Turn.list_drawn if one.drawn == one.population else Turn.nothing_left


def _gain(one: Progress, drawn: int, size: int) -> tuple[int, Fraction]:
    """Fall of the variance per person of the next replicate; projects without anybody drawn come first."""
    more = min(size, one.population - drawn)
    return (1, one.variance) if not drawn else (0, one.variance / (drawn * (drawn + more)))


def reallocate(projects: Sequence[Progress], people: int, size: int = 30) -> tuple[Share, ...]:
    """Share out up to `people` people in replicates of `size`, in the order of `projects`; ties go to the earlier one.

    What cannot be given as a whole replicate stays. Raises CountsOutOfRange for a negative number or a size below 1.
    """
    if people < 0 or size < 1:
        raise CountsOutOfRange(0, size, people)
    turns = [_standing(one) for one in projects]
    drawn = [one.drawn for one in projects]
    left = people
    while True:
        able = [
            place
            for place, one in enumerate(projects)
            if turns[place] in (Turn.nothing_left, Turn.given) and 0 < min(size, one.population - drawn[place]) <= left
        ]
        if not able:
            break
        place = max(able, key=lambda each: (_gain(projects[each], drawn[each], size), -each))
        more = min(size, projects[place].population - drawn[place])
        drawn[place], left, turns[place] = drawn[place] + more, left - more, Turn.given
    return tuple(Share(now - one.drawn, turn) for one, now, turn in zip(projects, drawn, turns, strict=True))
