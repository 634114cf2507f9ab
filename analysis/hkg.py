"""Population-weighted rates of stratified samples and their interval (hypergeometric Korn-Graubard, HKG). Pure.

Formulas: methodology.md 3 (estimate, variance, degrees of freedom, interval). HKG equals the exact
hypergeometric interval for simple random samples and shrinks to a point when everybody on the list answered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, exp, floor, lgamma, sqrt

import numpy as np
from scipy.special import betaincinv, stdtrit

from analysis.errors import CountsOutOfRange, LonelyStratum, RateOutOfRange
from analysis.hypergeometric import fewest_satisfied, per_side
from analysis.intervals import Interval

WHOLE = 1e-9  # a number this close to an integer is that integer
CERTAIN = 1e-12  # a share this close to 0 or 1 is that
NO_VARIANCE = 1e-15
LONG_LIST = 1_000_000


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum: `population` people on its list, `n` valid answers, `x` of them satisfied.

    `interviews` counts everybody who was interviewed, also those without a valid answer to this question (don't know,
    skipped); it stays the base of the weights, because a domain never drops people from the design. Default: n.
    """

    population: int
    n: int
    x: int
    interviews: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.x <= self.n <= self.rows <= self.population:
            raise CountsOutOfRange(self.x, self.n, self.population)

    @property
    def rows(self) -> int:
        return self.n if self.interviews is None else self.interviews

    @property
    def answering_population(self) -> int:
        """N_d = floor(N n/r + 1/2): people on the list who would give a valid answer; the list itself when r = 0."""
        return (2 * self.population * self.n + self.rows) // (2 * self.rows) if self.rows else self.population

    @property
    def weight(self) -> float:
        """People one interview stands for; 0 without interviews."""
        return self.population / self.rows if self.rows else 0.0


class Lonely(StrEnum):
    """What to do with a stratum of one interview among several people, whose variance cannot be seen."""

    collapse = "collapse"  # joined, for the variance only, with the next such open stratum in the order given
    fail = "fail"  # raise LonelyStratum


@dataclass(frozen=True, slots=True)
class StratifiedRate:
    """A population-weighted share with what its interval needs; estimate None when no stratum has an answer.

    Strata without any interview are not covered: sum_weights is the number of people the answers stand for.
    """

    estimate: float | None
    variance: float
    df: int
    sum_weights: float
    n: int
    x: int
    kish_n: float


def _collapsed(strata: Sequence[Stratum], lonely: Lonely) -> list[list[Stratum]]:
    """Groups for the variance: a lonely stratum joins the next open one, the last of the list the one before."""
    groups: list[list[Stratum]] = []
    waiting: list[Stratum] = []
    for position, stratum in enumerate(strata):
        if stratum.rows == stratum.population:
            continue  # fully answered: contributes no variance
        if stratum.rows == 1 and stratum.n and lonely is Lonely.fail:
            raise LonelyStratum(position, stratum.population)
        waiting.append(stratum)
        if sum(one.rows for one in waiting) > 1:
            groups.append(waiting)
            waiting = []
    if waiting and groups:
        groups[-1] = groups[-1] + waiting
    elif waiting:
        groups.append(waiting)
    return groups


def _group_variance(group: list[Stratum], estimate: float, total: float) -> float:
    """(1-f) r/(r-1) [sum z² - (sum z)²/r] with z = w (y - p)/W on domain rows, 0 on the others."""
    rows = sum(one.rows for one in group)
    fraction = rows / sum(one.population for one in group)
    scale = [one.weight / total for one in group]
    squares = sum(
        s * s * (one.x * (1 - estimate) ** 2 + (one.n - one.x) * estimate**2)
        for s, one in zip(scale, group, strict=True)
    )
    sums = sum(s * (one.x - one.n * estimate) for s, one in zip(scale, group, strict=True))
    if rows == 1:
        return (1 - fraction) * squares  # nothing to join it with: distance from the centre instead of from a mean
    return (1 - fraction) * rows / (rows - 1) * max(0.0, squares - sums * sums / rows)


def _degrees_of_freedom(answered: Iterable[Stratum], groups: list[list[Stratum]]) -> int:
    """Valid answers minus strata that have one; strata joined for the variance count as one."""
    strata = [one for one in answered if one.n]
    joined = sum(sum(1 for one in group if one.n) - 1 for group in groups if any(one.n for one in group))
    return sum(one.n for one in strata) - (len(strata) - joined)


def stratified_rate(strata: Sequence[Stratum], lonely: Lonely = Lonely.collapse) -> StratifiedRate:
    """Population-weighted rate sum(w x)/sum(w n), w = population/interviews, with finite-population variance.

    Raises LonelyStratum only for Lonely.fail.
    """
    answered = [one for one in strata if one.rows]
    n, x = sum(one.n for one in answered), sum(one.x for one in answered)
    total = sum(one.weight * one.n for one in answered)
    if not n:
        return StratifiedRate(None, 0.0, 0, 0.0, 0, 0, 0.0)
    estimate = sum(one.weight * one.x for one in answered) / total
    if x in (0, n):
        estimate = float(x == n)
    groups = _collapsed(answered, lonely)
    variance = sum(_group_variance(group, estimate, total) for group in groups)
    kish = total * total / sum(one.weight**2 * one.n for one in answered)
    return StratifiedRate(estimate, variance, _degrees_of_freedom(answered, groups), total, n, x, kish)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _window(people: int, a: float, b: float, limit: float) -> tuple[int, int, int]:
    """Where the limit's quantile of the beta-binomial lies: a first guess inside [start, stop]."""
    guess = min(people, max(0, int(people * float(betaincinv(a, b, limit)))))
    spread = sqrt(people * a * b * (a + b + people) / (a + b + 1)) / (a + b)
    return max(0, guess - int(12 * spread) - 20), guess, min(people, guess + int(4 * spread) + 20)


def _cumulative(people: int, a: float, b: float, start: int, anchor: int, stop: int) -> np.ndarray:
    """Beta-binomial distribution function on start..stop, by ratios of neighbouring terms from one anchor term."""
    k = np.arange(start, stop, dtype=np.float64)
    ratios = (people - k) / (k + 1) * (a + k) / (b + people - k - 1)
    up = np.cumprod(ratios[anchor - start :])
    down = np.cumprod(1 / ratios[: anchor - start][::-1])[::-1]
    ways = lgamma(people + 1) - lgamma(anchor + 1) - lgamma(people - anchor + 1)
    height = exp(ways + _log_beta(a + anchor, b + people - anchor) - _log_beta(a, b))
    return np.cumsum(np.concatenate((down, [1.0], up))) * height


def _quantile_of_many(people: int, a: float, b: float, limit: float) -> int:
    """The quantile for a list so long that a sum over it is hopeless: the beta quantile c and one correction.

    P(K <= k) = F(c) + (1/2m) d/dc [c (1-c) f(c)] + ..., c = (k + 1/2)/m, F and f of Beta(a, b); what is left out is of
    order ((a+b)/m)².
    """
    share = float(betaincinv(a, b, limit))
    corrected = share - (a * (1 - share) - b * share) / (2 * people)
    return min(people, max(0, ceil(people * corrected - 0.5)))


def _beta_binomial_quantile(people: int, a: float, b: float, limit: float) -> int:
    """min{k : F(k) > limit} for `people` further people, of whom k are satisfied; a, b > 0 need not be whole."""
    if people > LONG_LIST and (a + b) * 1000 < people:
        return _quantile_of_many(people, a, b, limit)
    start, anchor, stop = _window(people, a, b, limit)
    total = _cumulative(people, a, b, start, anchor, stop)
    found = int(np.searchsorted(total, limit, side="right"))
    if (found == 0 and start > 0) or (found == len(total) and stop < people):
        start, total = 0, _cumulative(people, a, b, 0, anchor, people)
        found = int(np.searchsorted(total, limit, side="right"))
    return min(people, start + found)


def shape_low(share: float, answers: int, population: int, alpha: float = 0.05) -> float:
    """Lower bound of HKG's steps 4 and 5: `answers` effective answers of which share * answers (any real) satisfied."""
    x = share * answers
    if x <= CERTAIN:
        return 0.0
    rest = population - answers
    if rest == 0:
        return share
    if abs(x - round(x)) <= WHOLE:
        return fewest_satisfied(round(x), answers, population, alpha) / population
    return (x + _beta_binomial_quantile(rest, x, answers - x + 1, float(per_side(alpha)))) / population


def hkg_shape(share: float, answers: int, population: int, alpha: float = 0.05) -> Interval:
    """HKG's steps 4 to 6, before the logical clip (reference file hkg_ci.csv)."""
    if answers == population:
        return Interval(share, share)
    return Interval(shape_low(share, answers, population, alpha), 1 - shape_low(1 - share, answers, population, alpha))


def quantile_ratio(n: int, df: float, alpha: float) -> float:
    """Korn and Graubard's (t(n-1)/t(df))² for few degrees of freedom; 1 for a single answer."""
    if n == 1:
        return 1.0
    level = 1 - float(per_side(alpha))
    return float(stdtrit(n - 1, level) / stdtrit(df, level)) ** 2


def same_variance_answers(p: float, variance: float, n: int, population: int) -> float:
    """Size of the simple random sample without replacement whose share has this variance; n > 1, variance > 0."""
    spread = n / (n - 1) * p * (1 - p)
    return spread / (variance + spread / population)


def effective_answers(
    p: float, variance: float, df: float, n: int, population: int, kish_n: float, alpha: float = 0.05
) -> float:
    """n* of HKG step 3: the simple random answers that would know as much, at most Kish's number."""
    ratio = quantile_ratio(n, df, alpha)
    if min(p, 1 - p) <= CERTAIN or variance <= NO_VARIANCE or n == 1:
        return kish_n * ratio
    return min(kish_n, ratio * same_variance_answers(p, variance, n, population))


def hkg_interval(
    p: float, variance: float, df: float, sum_weights: float, n: int, x: int, kish_n: float, alpha: float = 0.05
) -> Interval | None:
    """HKG interval of a share p (methodology.md 3); None without answers or with fewer than one degree of freedom.

    sum_weights: people the answers stand for; n, x: unweighted answers and satisfied; kish_n: W²/sum w².
    Raises CountsOutOfRange, RateOutOfRange, LevelOutOfRange.
    """
    per_side(alpha)
    if not 0 <= x <= n:
        raise CountsOutOfRange(x, n)
    if n == 0:
        return None
    if not 0 <= p <= 1:
        raise RateOutOfRange(p)
    population = max(n, floor(sum_weights + 0.5))
    if n >= population:
        return Interval(p, p)
    if df < 1:
        return None
    answers = floor(effective_answers(p, variance, df, n, population, kish_n, alpha) + WHOLE)
    shape = hkg_shape(p, min(max(answers, 1), population), population, alpha)
    return Interval(max(shape.low, x / population), min(shape.high, 1 - (n - x) / population))


def rate_interval(rate: StratifiedRate, alpha: float = 0.05) -> Interval | None:
    """The HKG interval of a stratified rate."""
    if rate.estimate is None:
        return None
    return hkg_interval(rate.estimate, rate.variance, rate.df, rate.sum_weights, rate.n, rate.x, rate.kish_n, alpha)
