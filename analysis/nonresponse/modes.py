"""Rates by mode of interview, always with a warning that the way of asking may move the answers. Pure.

methodology.md 10: on the telephone people give more extreme friendly answers than on their own screen. The modes
were chosen by people or by circumstances, so a difference mixes who answered with how they were asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from analysis.errors import CountsOutOfRange, LevelOutOfRange
from analysis.intervals import Interval, newcombe_difference, wilson
from analysis.rounding import share_text

FEW = 30


class ModeWarning(StrEnum):
    """What must be said beside rates by mode; the first that holds."""

    differ = "differ"
    few = "few"
    mixed = "mixed"
    single = "single"
    no_answers = "no_answers"


@dataclass(frozen=True, slots=True)
class ModeRate:
    """x of n valid answers in one mode, with Wilson's interval; difference: share less that of the largest mode with
    Newcombe's interval (all differences together at the level), None for that mode itself."""

    mode: str
    x: int
    n: int
    interval: Interval
    difference: float | None
    difference_interval: Interval | None

    @property
    def share(self) -> float:
        return self.x / self.n

    @property
    def differs(self) -> bool:
        found = self.difference_interval
        return found is not None and (found.low > 0 or found.high < 0)


@dataclass(frozen=True, slots=True)
class Modes:
    """Modes with answers, the largest first, and the warning."""

    rates: tuple[ModeRate, ...]
    warning: ModeWarning

    @property
    def sentence(self) -> str:
        """The warning in words; names are the caller's to print beside."""
        if self.warning is ModeWarning.no_answers:
            return "还没有有效答案。"
        if self.warning is ModeWarning.single:
            return "全部答案来自同一种方式,与用其他方式的调查相比时须注明。"
        if self.warning is ModeWarning.few:
            return f"有的方式不足{FEW}份答案,各方式之间暂不能比较。"
        if self.warning is ModeWarning.mixed:
            return "各方式之间没有发现显著差异;电话中人们往往答得更好,与别的调查相比时仍须注明方式构成。"
        largest = max((one for one in self.rates if one.differs), key=lambda one: abs(one.difference or 0.0))
        gap = share_text(abs(largest.difference or 0.0))
        return f"不同方式的结果相差最多{gap}个百分点,可能是问法不同,也可能是答的人不同;不要把方式不同的调查直接相比。"


def by_mode(counts: Mapping[str, tuple[int, int]], alpha: float = 0.05) -> Modes:
    """Rates of modes given as mode -> (x satisfied, n valid answers). Raises CountsOutOfRange, LevelOutOfRange."""
    if not 0 < alpha < 1:
        raise LevelOutOfRange(alpha)
    for x, n in counts.values():
        if not 0 <= x <= n:
            raise CountsOutOfRange(x, n)
    answered = sorted(((n, mode, x) for mode, (x, n) in counts.items() if n), key=lambda one: (-one[0], one[1]))
    if not answered:
        return Modes((), ModeWarning.no_answers)
    n0, _, x0 = answered[0]
    shared = alpha / max(1, len(answered) - 1)
    rates = tuple(
        ModeRate(
            mode,
            x,
            n,
            wilson(x, n, alpha),
            x / n - x0 / n0 if place else None,
            newcombe_difference(x, n, x0, n0, shared) if place else None,
        )
        for place, (n, mode, x) in enumerate(answered)
    )
    return Modes(rates, _warning(rates))


def _warning(rates: tuple[ModeRate, ...]) -> ModeWarning:
    if len(rates) == 1:
        return ModeWarning.single
    if any(one.differs for one in rates):
        return ModeWarning.differ
    return ModeWarning.few if min(one.n for one in rates) < FEW else ModeWarning.mixed
