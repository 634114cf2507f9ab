"""Intervals for a share when the size of the list is unknown, and for a difference of two shares. Pure.

Counts are ints, shares floats in [0, 1]; alpha is two-sided (0.05 = 95%, 0.025 per side).
Formulas: methodology.md 2 (Brown, Cai, DasGupta 2001). Every function raises CountsOutOfRange or LevelOutOfRange.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from scipy.special import betainc, betaincinv, expit, ndtri

from analysis.errors import CountsOutOfRange, LevelOutOfRange


@dataclass(frozen=True, slots=True)
class Interval:
    """Closed interval of shares, 0 <= low <= high <= 1 (a difference: -1..1)."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


EVERYTHING = Interval(0.0, 1.0)


@lru_cache(maxsize=64)
def normal_quantile(alpha: float) -> float:
    """z with alpha/2 above it: 1.96 for 0.05. Raises LevelOutOfRange."""
    if not 0 < alpha < 1:
        raise LevelOutOfRange(alpha)
    return float(-ndtri(alpha / 2))


def _check(x: int, n: int, alpha: float) -> None:
    if not 0 <= x <= n:
        raise CountsOutOfRange(x, n)
    if not 0 < alpha < 1:
        raise LevelOutOfRange(alpha)


def score_interval(share: float, n: float, z: float) -> Interval:
    """Wilson's score interval for a share of n > 0 answers; n may be an effective, fractional number."""
    middle = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if share == 0 else max(0.0, (middle - half) / scale)
    high = 1.0 if share == 1 else min(1.0, (middle + half) / scale)
    return Interval(low, high)


def wilson(x: int, n: int, alpha: float = 0.05) -> Interval:
    """Wilson's score interval: the one reported where the list size is unknown. [0, 1] for n = 0."""
    _check(x, n, alpha)
    return score_interval(x / n, n, normal_quantile(alpha)) if n else EVERYTHING


def clopper_pearson(x: int, n: int, alpha: float = 0.05) -> Interval:
    """Exact binomial interval. [0, 1] for n = 0."""
    _check(x, n, alpha)
    low = float(betaincinv(x, n - x + 1, alpha / 2)) if x else 0.0
    high = float(betaincinv(x + 1, n - x, 1 - alpha / 2)) if x < n else 1.0
    return Interval(low, high)


def jeffreys(x: int, n: int, alpha: float = 0.05) -> Interval:
    """Equal-tailed Beta(x + 1/2, n - x + 1/2) interval, closed to 0 at x = 0 and to 1 at x = n."""
    _check(x, n, alpha)
    low = float(betaincinv(x + 0.5, n - x + 0.5, alpha / 2)) if x else 0.0
    high = float(betaincinv(x + 0.5, n - x + 0.5, 1 - alpha / 2)) if x < n else 1.0
    return Interval(low, high)


def agresti_coull(x: int, n: int, alpha: float = 0.05) -> Interval:
    """Agresti-Coull: Wald's form around a shrunk share, clipped to [0, 1]."""
    _check(x, n, alpha)
    z = normal_quantile(alpha)
    size = n + z * z
    share = (x + z * z / 2) / size
    half = z * sqrt(share * (1 - share) / size)
    return Interval(max(0.0, share - half), min(1.0, share + half))


def _bisect(rising: Callable[[float], float], goal: float, low: float, high: float) -> float:
    """Where a rising function of a share reaches `goal`, to the last bit that matters."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < goal else (low, middle)
    return (low + high) / 2


def _mid_p_low(x: int, n: int, side: float) -> float:
    """The share at which P(X > x) + P(X = x)/2 = side, for 0 < x."""

    def tail(share: float) -> float:
        more = float(betainc(x + 1, n - x, share)) if x < n else 0.0
        return (float(betainc(x, n - x + 1, share)) + more) / 2

    return _bisect(tail, side, 0.0, 1.0)


def mid_p(x: int, n: int, alpha: float = 0.05) -> Interval:
    """Mid-P interval: half the probability of the observed count belongs to each tail. [0, 1] for n = 0."""
    _check(x, n, alpha)
    low = _mid_p_low(x, n, alpha / 2) if x else 0.0
    high = 1 - _mid_p_low(n - x, n, alpha / 2) if x < n else 1.0
    return Interval(low, high)


def logit(x: int, n: int, alpha: float = 0.05) -> Interval:
    """Wald's interval on the log odds, 1/x + 1/(n-x) for their variance; Clopper-Pearson at x = 0 and x = n."""
    _check(x, n, alpha)
    if x in (0, n):
        return clopper_pearson(x, n, alpha)
    half = normal_quantile(alpha) * sqrt(1 / x + 1 / (n - x))
    odds = log(x / (n - x))
    return Interval(float(expit(odds - half)), float(expit(odds + half)))


def wald(x: int, n: int, alpha: float = 0.05) -> Interval:
    """p ± z se, clipped. Not for reports: too short near 1, zero width at 0 and 1."""
    _check(x, n, alpha)
    if not n:
        return EVERYTHING
    share = x / n
    half = normal_quantile(alpha) * sqrt(share * (1 - share) / n)
    return Interval(max(0.0, share - half), min(1.0, share + half))


def wilson_continuity(x: int, n: int, alpha: float = 0.05) -> Interval:
    """Wilson with continuity correction as R's prop.test. Not for reports: R drops the correction near x = n/2."""
    _check(x, n, alpha)
    if not n:
        return EVERYTHING
    z = normal_quantile(alpha)
    shift = min(0.5, abs(x - n / 2)) / n
    below, above = x / n - shift, x / n + shift
    low = score_interval(below, n, z).low if below > 0 else 0.0
    high = score_interval(above, n, z).high if above < 1 else 1.0
    return Interval(low, high)


def wilson_finite(x: int, n: int, population: int, alpha: float = 0.05) -> Interval:
    """Wilson with n(N-1)/(N-n) answers. Not for reports: near a census it passes the largest possible share."""
    _check(x, n, alpha)
    if n > population:
        raise CountsOutOfRange(x, n, population)
    if n in (0, population):
        return EVERYTHING if n == 0 else Interval(x / n, x / n)
    effective = n * (population - 1) / (population - n)
    return score_interval(x / n, effective, normal_quantile(alpha))


def newcombe_difference(x1: int, n1: int, x2: int, n2: int, alpha: float = 0.05) -> Interval:
    """Interval of x1/n1 - x2/n2 for independent samples (Newcombe 1998, method 10: Wilson hybrid), in shares.

    Raises CountsOutOfRange when either sample is empty.
    """
    for x, n in ((x1, n1), (x2, n2)):
        if n < 1:
            raise CountsOutOfRange(x, n)
    first, second = wilson(x1, n1, alpha), wilson(x2, n2, alpha)
    p1, p2 = x1 / n1, x2 / n2
    low = p1 - p2 - sqrt((p1 - first.low) ** 2 + (second.high - p2) ** 2)
    high = p1 - p2 + sqrt((first.high - p1) ** 2 + (p2 - second.low) ** 2)
    return Interval(max(-1.0, low), min(1.0, high))
