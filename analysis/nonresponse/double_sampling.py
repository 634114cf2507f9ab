"""The streets' own calls corrected by blind re-calls of a random part of them, both results printed. Pure.

Two-phase sampling: the own answers split the called people into kinds, the re-calls measure each kind. Formulas: Cochran
1977 chapter 12 (double sampling for stratification, unbiased variance), Tenenbein 1970 for two kinds; the regression
estimator for scores is Cochran 12.6. The re-called people must have been drawn by chance within each kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from analysis.errors import CountsOutOfRange, LengthsDiffer, RecallsMissing, TooFewGroups, ValueRefused
from analysis.hkg import hkg_interval
from analysis.intervals import Interval
from analysis.rounding import percent_text, share_text


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of own answer: `own` people gave it to their street, `recalled` of them gave a valid answer when called
    again blindly, of whom `satisfied` said they are. counts_satisfied: how the street's own rate counts this kind; None:
    no valid answer (don't know), which is corrected but stays out of the own rate."""

    name: str
    own: int
    recalled: int
    satisfied: int
    counts_satisfied: bool | None

    def __post_init__(self) -> None:
        if not 0 <= self.satisfied <= self.recalled <= self.own:
            raise CountsOutOfRange(self.satisfied, self.recalled, self.own)


@dataclass(frozen=True, slots=True)
class Corrected:
    """own_x of own_n is the street's own rate, recalled_x of recalled_n the plain rate of the re-calls; estimate: own
    calls corrected (share) with variance and HKG interval, None without a degree of freedom.

    disagreeing: re-called people whose answer counts otherwise than the one the street noted.
    """

    own_x: int
    own_n: int
    recalled_x: int
    recalled_n: int
    disagreeing: int
    estimate: float
    variance: float
    interval: Interval | None

    @property
    def own(self) -> float:
        return self.own_x / self.own_n

    @property
    def overstated(self) -> float:
        """Own rate less corrected rate, in shares; positive when the street reports too much."""
        return self.own - self.estimate

    @property
    def significant(self) -> bool:
        """Whether the own rate lies outside the corrected rate's interval."""
        return self.interval is not None and not self.interval.low <= self.own <= self.interval.high

    @property
    def sentence(self) -> str:
        """Both rates, one sentence."""
        both = (
            f"自访{percent_text(self.own_x, self.own_n)}%,经{self.recalled_n}份盲复核校正后{share_text(self.estimate)}%"
        )
        if self.interval is not None:
            both += f"(区间{share_text(self.interval.low)}%—{share_text(self.interval.high)}%)"
        if not self.significant:
            return f"{both};没有发现自访与复核有显著出入。"
        word = "偏高" if self.overstated > 0 else "偏低"
        return f"{both};自访{word}{share_text(abs(self.overstated))}个百分点,以校正后为准并查明原因。"


def _checked(kinds: Sequence[Kind], population: int) -> list[Kind]:
    found = [one for one in kinds if one.own]
    own = sum(one.own for one in found)
    if all(one.counts_satisfied is None for one in found):
        raise TooFewGroups("valid own answers", 0, 1)
    if own > population:
        raise CountsOutOfRange(0, own, population)
    for one in found:
        if not one.recalled:
            raise RecallsMissing(one.name, one.own)
    return found


def _variance(kinds: Sequence[Kind], own: int, population: int, estimate: float) -> float:
    """Rao's unbiased estimate for double sampling; a kind with one re-call adds its largest possible spread, 1/4 2."""
    if own == 1:
        return 0.0
    within = between = 0.0
    for one in kinds:
        share, weight, m = one.satisfied / one.recalled, one.own / own, one.recalled
        spread = share * (1 - share) * m / (m - 1) if m > 1 else 0.0 if m == one.own else 0.5
        within += ((one.own - 1) / (own - 1) - (m - 1) / (population - 1)) * weight * spread / m
        between += weight * (share - estimate) ** 2
    return (population - 1) / population * within + (population - own) / (population * (own - 1)) * between


def _kish(kinds: Sequence[Kind]) -> float:
    own = sum(one.own for one in kinds)
    return own**2 / sum(one.own**2 / one.recalled for one in kinds)


def corrected(kinds: Sequence[Kind], population: int, alpha: float = 0.05) -> Corrected:
    """Street's own calls corrected by re-calls: sum over kinds of (share of own calls) x (re-called rate).

    population: people on the list (at least the own calls). Raises CountsOutOfRange, TooFewGroups, LevelOutOfRange,
    and RecallsMissing for a kind of which nobody was called again: join it with another one first.
    """
    found = _checked(kinds, population)
    own, m = sum(one.own for one in found), sum(one.recalled for one in found)
    x = sum(one.satisfied for one in found)
    estimate = sum(one.own / own * one.satisfied / one.recalled for one in found)
    if x in (0, m):
        estimate = float(x == m)
    variance = max(0.0, _variance(found, own, population, estimate))
    interval = hkg_interval(estimate, variance, m - len(found), population, m, x, _kish(found), alpha)
    valid = [one for one in found if one.counts_satisfied is not None]
    disagreeing = sum(one.recalled - one.satisfied if one.counts_satisfied else one.satisfied for one in valid)
    own_x, own_n = sum(one.own for one in valid if one.counts_satisfied), sum(one.own for one in valid)
    return Corrected(own_x, own_n, x, m, disagreeing, estimate, variance, interval)


@dataclass(frozen=True, slots=True)
class CorrectedScore:
    """Mean own score, mean score of the re-calls, the own mean corrected by regression, its standard error."""

    own: float
    recalled: float
    estimate: float
    se: float
    slope: float


def corrected_score(
    own: Sequence[float], pairs: Sequence[tuple[float, float]], population: int
) -> CorrectedScore:  # fmt: skip
    """Regression estimator for points: mean of re-calls + slope (mean of all own - mean of the re-called ones' own).

    own: the own scores of everybody called; pairs: (own, re-called) of the part called again.
    Raises CountsOutOfRange, TooFewGroups with fewer than three re-calls, LengthsDiffer when there are more pairs than
    own scores, ValueRefused for what is no number.
    """
    if len(own) > population:
        raise CountsOutOfRange(0, len(own), population)
    if len(pairs) > len(own):
        raise LengthsDiffer("re-calls", len(own), len(pairs))
    if len(pairs) < 3:
        raise TooFewGroups("re-calls", len(pairs), 3)
    for what, values in (("own score", own), ("re-called score", [value for pair in pairs for value in pair])):
        for position, value in enumerate(values):
            if not isfinite(value):
                raise ValueRefused(what, position, value)
    x, y = (np.array([pair[i] for pair in pairs], dtype=np.float64) for i in (0, 1))
    m, n = len(pairs), len(own)
    sxx = float(np.sum((x - x.mean()) ** 2))
    slope = float(np.sum((x - x.mean()) * (y - y.mean()))) / sxx if sxx > 0 else 0.0
    mean_own = float(np.mean(np.asarray(own, np.float64)))
    estimate = float(y.mean()) + slope * (mean_own - float(x.mean()))
    around = float(np.sum((y - y.mean() - slope * (x - x.mean())) ** 2)) / (m - 2)
    total = float(np.sum((y - y.mean()) ** 2)) / (m - 1)
    variance = around * (1 / m - 1 / n) + total * (1 / n - 1 / population)
    return CorrectedScore(mean_own, float(y.mean()), estimate, sqrt(max(0.0, variance)), slope)
