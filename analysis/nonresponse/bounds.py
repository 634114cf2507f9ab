"""What the unanswered could at worst change: bounds, tipping point and the verdict that stands whatever they think. Pure.

Formulas: methodology.md 6, all in whole numbers. These bounds assume nothing about who did not answer.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from analysis.errors import CountsOutOfRange
from analysis.rounding import target_text
from analysis.verdicts import target_count


class Robust(StrEnum):
    """The verdict over the whole list, if everybody unanswered were satisfied or not."""

    met = "met"
    not_met = "not_met"
    depends = "depends"


@dataclass(frozen=True, slots=True)
class WorstCase:
    """A list of `population` people, `answered` valid answers, `satisfied` of them; target in thousandths.

    People found not to belong on the list are left out of `population`; the unanswered and unreached stay in.
    Raises CountsOutOfRange, TargetOutOfRange when made.
    """

    population: int
    answered: int
    satisfied: int
    target: int = 900

    def __post_init__(self) -> None:
        if not 0 <= self.satisfied <= self.answered <= self.population or self.population < 1:
            raise CountsOutOfRange(self.satisfied, self.answered, self.population)
        target_count(self.target, self.population)

    @property
    def missing(self) -> int:
        """People on the list without a valid answer."""
        return self.population - self.answered

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.satisfied, self.answered) if self.answered else None

    @property
    def lower(self) -> Fraction:
        """Share of the list satisfied if nobody missing is."""
        return Fraction(self.satisfied, self.population)

    @property
    def upper(self) -> Fraction:
        """Share of the list satisfied if everybody missing is."""
        return Fraction(self.satisfied + self.missing, self.population)

    @property
    def needed(self) -> int:
        """Satisfied people still needed for the target; below 1 when it is reached already."""
        return target_count(self.target, self.population) - self.satisfied

    @property
    def tipping(self) -> Fraction | None:
        """Share of the missing who would have to be satisfied; below 0 reached already, above 1 out of reach.

        None when nobody is missing.
        """
        return Fraction(self.needed, self.missing) if self.missing else None

    @property
    def robust(self) -> Robust:
        if self.needed <= 0:
            return Robust.met
        return Robust.not_met if self.needed > self.missing else Robust.depends

    @property
    def sentence(self) -> str:
        """What it means, one sentence."""
        goal = f"{target_text(self.target)}%"
        if not self.missing:
            return f"名单上{self.population}人都有有效答案,没有未答复的人。"
        if self.robust is Robust.met:
            return f"未答复的{self.missing}人即使都不满意,全名单也达到{goal}。"
        if self.robust is Robust.not_met:
            return f"未答复的{self.missing}人即使都满意,全名单也达不到{goal}。"
        return f"未答复的{self.missing}人中须有至少{self.needed}人满意,全名单才达到{goal}。"
