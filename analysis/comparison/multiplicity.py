"""P-values of many projects adjusted together: Holm for public claims, Benjamini-Hochberg for the watch list. Pure.

Formulas: methodology.md 9; Holm 1979, Hochberg 1988, Benjamini and Hochberg 1995, Benjamini and Yekutieli 2001.
A list of p-values in [0, 1] gives a tuple of adjusted p-values in the same order; no p-values give an empty tuple.
Every function raises ValueRefused for what is no probability.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analysis.errors import LevelOutOfRange, ValueRefused

Floats = NDArray[np.float64]
CLAIM_ALPHA = 0.025  # one side of the printed 95% interval
WATCH_RATE = 0.10


def _checked(p: Sequence[float]) -> Floats:
    for position, value in enumerate(p):
        if not 0 <= value <= 1:
            raise ValueRefused("p-value", position, value)
    return np.asarray(p, dtype=np.float64)


def _step(p: Sequence[float], factors: Callable[[Floats, int], Floats], down: bool) -> tuple[float, ...]:
    """Multiply the sorted p-values, then make them monotone from the smallest up (down=True) or the largest down."""
    values = _checked(p)
    count = len(values)
    if not count:
        return ()
    order = np.argsort(values, kind="stable")
    scaled = np.minimum(1.0, values[order] * factors(np.arange(1, count + 1, dtype=np.float64), count))
    monotone = np.maximum.accumulate(scaled) if down else np.minimum.accumulate(scaled[::-1])[::-1]
    adjusted = np.empty(count)
    adjusted[order] = monotone
    return tuple(adjusted.tolist())


def bonferroni(p: Sequence[float]) -> tuple[float, ...]:
    """min(1, m p): never smaller than Holm's, shown for comparison only."""
    return tuple(np.minimum(1.0, _checked(p) * len(p)).tolist())


def holm(p: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down: the chance of one or more false claims stays below the level, whatever the dependence."""
    return _step(p, lambda rank, count: count - rank + 1, down=True)


def hochberg(p: Sequence[float]) -> tuple[float, ...]:
    """Hochberg's step-up: as Holm, a little stronger, for independent p-values."""
    return _step(p, lambda rank, count: count - rank + 1, down=False)


def benjamini_hochberg(p: Sequence[float]) -> tuple[float, ...]:
    """q-values: the expected share of false alarms among everything at or below that value."""
    return _step(p, lambda rank, count: count / rank, down=False)


def benjamini_yekutieli(p: Sequence[float]) -> tuple[float, ...]:
    """q-values that hold under every dependence, larger by 1 + 1/2 + ... + 1/m."""
    return _step(p, lambda rank, count: count * float(np.sum(1 / np.arange(1, count + 1))) / rank, down=False)


class Claim(StrEnum):
    """The two families of claims, adjusted separately and never mixed."""

    met = "met"
    not_met = "not_met"


@dataclass(frozen=True, slots=True)
class Claims:
    """What may be said of a family at once.

    proven: positions (in the order given) of the projects whose adjusted p-value is at most the level.
    """

    claim: Claim
    adjusted: tuple[float, ...]
    proven: tuple[int, ...]
    level: float

    @property
    def sentence(self) -> str:
        """For the report, one sentence."""
        word = "达到" if self.claim is Claim.met else "未达到"
        if not self.adjusted:
            return "没有可以判断的项目。"
        if not self.proven:
            return f"{len(self.adjusted)}个项目一并判断,没有一个可以有把握地说{word}目标。"
        chance = f"{100 * self.level:g}%"
        return (
            f"{len(self.adjusted)}个项目一并判断,其中{len(self.proven)}个可以同时说{word}目标"
            f"(只要有一个说错的可能不超过{chance})。"
        )


def claims(p: Sequence[float], claim: Claim, level: float = CLAIM_ALPHA) -> Claims:
    """Holm: the projects of which "all these reached the target" (or did not) may be said together.

    p: one-sided p-values against "did not reach it" for Claim.met, against "reached it" for Claim.not_met.
    Raises ValueRefused, LevelOutOfRange.
    """
    if not 0 < level < 1:
        raise LevelOutOfRange(level)
    adjusted = holm(p)
    return Claims(claim, adjusted, tuple(i for i, value in enumerate(adjusted) if value <= level), level)


@dataclass(frozen=True, slots=True)
class Watched:
    """One project of the internal watch list: its place among those given, its p-value and its q-value."""

    position: int
    p: float
    q: float


def watch_list(p_not: Sequence[float], rate: float = WATCH_RATE) -> tuple[Watched, ...]:
    """Projects that probably miss the target, most doubtful first; about `rate` of them are false alarms.

    For the office's own attention, never for print. Raises ValueRefused, LevelOutOfRange.
    """
    if not 0 < rate < 1:
        raise LevelOutOfRange(rate)
    rows = [Watched(i, p, q) for i, (p, q) in enumerate(zip(p_not, benjamini_hochberg(p_not), strict=True))]
    return tuple(sorted((one for one in rows if one.q <= rate), key=lambda one: (one.q, one.p, one.position)))
