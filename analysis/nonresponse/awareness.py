"""知晓率 before and after an explanation was read out: two rates, never one. Pure.

Metrics M35 (before) and M36 (after). The difference are people who have the benefit but did not know its name.
"""

from dataclasses import dataclass
from fractions import Fraction

from analysis.errors import CountsOutOfRange
from analysis.intervals import Interval, wilson
from analysis.rounding import percent_text


@dataclass(frozen=True, slots=True)
class Awareness:
    """asked: valid sample of the question; before: knew it unprompted; added: only after the explanation.

    added is None when this wave reads out no explanation: then there is no rate after it.
    Raises CountsOutOfRange when made.
    """

    asked: int
    before: int
    added: int | None

    def __post_init__(self) -> None:
        if not 0 <= self.before <= self.asked:
            raise CountsOutOfRange(self.before, self.asked)
        if self.added is not None and not 0 <= self.added <= self.asked - self.before:
            raise CountsOutOfRange(self.added, self.asked - self.before)

    @property
    def rate_before(self) -> Fraction | None:
        return Fraction(self.before, self.asked) if self.asked else None

    @property
    def rate_after(self) -> Fraction | None:
        """None when nobody was asked or nothing was read out."""
        if self.added is None or not self.asked:
            return None
        return Fraction(self.before + self.added, self.asked)

    def gain(self, alpha: float = 0.05) -> Interval | None:
        """Interval of the share that the explanation added: the same people answered twice, so it is one share.

        Raises LevelOutOfRange.
        """
        return None if self.added is None or not self.asked else wilson(self.added, self.asked, alpha)

    @property
    def sentence(self) -> str:
        """Both rates with their names, one sentence."""
        if not self.asked:
            return "知晓题还没有有效答案。"
        before = f"知晓率(提示前){percent_text(self.before, self.asked)}%"
        if self.added is None:
            return f"{before};本批次不念说明,没有提示后的知晓率。"
        after = percent_text(self.before + self.added, self.asked)
        return (
            f"{before},知晓率(提示后){after}%:"
            f"{percent_text(self.added, self.asked)}%的人听了说明才想起来;考核只用提示前的数,两个数不能混用。"
        )
