"""Exact interval for the satisfied people on a list of known size, from the hypergeometric distribution. Pure.

N = population (people on the list), n answers drawn without replacement, x of them satisfied, M satisfied on the list.
Formulas: methodology.md 2. Probabilities by Loader's saddle-point expansion (relative error about 1e-13); whenever a
tail comes closer to its limit than that allows, the comparison is repeated in whole numbers, so results are exact.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, exp, log, pi, sqrt

from analysis.errors import CountsOutOfRange, LevelOutOfRange
from analysis.intervals import Interval, normal_quantile

NEGLIGIBLE = 1e-17  # a term this small against the sum changes no digit of it
DOUBTFUL = 1e-9  # relative distance from the limit below which floats do not decide

# log n! - log of Stirling's approximation for n = 0..15 (Loader 2000).
_STIRLING_SMALL = (
    0.0,
    0.081061466795327258219670264,
    0.041340695955409294093822081,
    0.0276779256849983391487892927,
    0.020790672103765093111522771,
    0.0166446911898211921631948653,
    0.013876128823070747998745727,
    0.0118967099458917700950557241,
    0.010411265261972096497478567,
    0.0092554621827127329177286366,
    0.008330563433362871256469318,
    0.0075736754879518407949720242,
    0.006942840107209529865664152,
    0.0064089941880042070684396310,
    0.005951370112758847735624416,
    0.0055547335519628013710386899,
)


@dataclass(frozen=True, slots=True)
class CountInterval:
    """How many of `population` people may be satisfied: whole numbers, low <= high."""

    low: int
    high: int
    population: int

    @property
    def interval(self) -> Interval:
        """The same bounds as shares of the list; [0, 1] for an empty list."""
        if not self.population:
            return Interval(0.0, 1.0)
        return Interval(self.low / self.population, self.high / self.population)


@lru_cache(maxsize=64)
def per_side(alpha: float) -> Fraction:
    """The error probability of one side as the fraction the caller wrote: 0.05 -> 1/40. Raises LevelOutOfRange."""
    if not 0 < alpha < 1:
        raise LevelOutOfRange(alpha)
    return Fraction(repr(float(alpha))) / 2


def _stirling_error(n: int) -> float:
    if n <= 15:
        return _STIRLING_SMALL[n]
    inverse = 1.0 / n
    square = inverse * inverse
    return inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))))


def _deviance(x: float, mean: float) -> float:
    """x log(x/mean) + mean - x without cancellation (Loader's bd0)."""
    gap = x - mean
    if abs(gap) >= 0.1 * (x + mean):
        return x * log(x / mean) - gap
    v = gap / (x + mean)
    total = gap * v
    power = 2 * x * v
    square = v * v
    step = 3
    while True:
        power *= square
        larger = total + power / step
        if larger == total:
            return total
        total = larger
        step += 2


def _log_binomial(x: int, n: int, p: float, q: float) -> float:
    """log P(X = x) for n trials with success probability p = 1 - q, 0 < p < 1."""
    if x == 0:
        return -_deviance(n, n * q) - n * p if p < 0.1 else n * log(q)
    if x == n:
        return -_deviance(n, n * p) - n * q if q < 0.1 else n * log(p)
    rest = n - x
    core = _stirling_error(n) - _stirling_error(x) - _stirling_error(rest)
    core -= _deviance(x, n * p) + _deviance(rest, n * q)
    return core - 0.5 * log(2 * pi * x * (rest / n))


def log_probability(x: int, satisfied: int, n: int, population: int) -> float:
    """log P(X = x), for 0 <= x <= satisfied and 0 <= n - x <= population - satisfied."""
    if n in (0, population) or satisfied in (0, population):
        return 0.0
    p, q = n / population, (population - n) / population
    logarithm = _log_binomial(x, satisfied, p, q) + _log_binomial(n - x, population - satisfied, p, q)
    return logarithm - _log_binomial(n, population, p, q)


def _probability(x: int, satisfied: int, n: int, population: int) -> float:
    """P(X = x); arguments in the possible range."""
    return exp(log_probability(x, satisfied, n, population))


def _check(x: int, n: int, population: int) -> None:
    if not 0 <= x <= n <= population:
        raise CountsOutOfRange(x, n, population)


def _upper_sum(x: int, satisfied: int, n: int, population: int, first: float) -> float:
    """P(X >= x), given first = P(X = x), adding outwards until the terms vanish; meant for x above the mode."""
    total = term = first
    others = population - satisfied - n
    for k in range(x, min(n, satisfied)):
        term *= (satisfied - k) * (n - k) / ((k + 1) * (others + k + 1))
        total += term
        if term < NEGLIGIBLE * total:
            break
    return total


def tail_at_least(x: int, M: int, n: int, N: int) -> float:
    """P(X >= x) when M of N are satisfied and n answer. Raises CountsOutOfRange."""
    _check(M, N, N)
    _check(0, n, N)
    if x <= max(0, n + M - N):
        return 1.0
    if x > min(n, M):
        return 0.0
    if x * (N + 2) > (n + 1) * (M + 1):
        return _upper_sum(x, M, n, N, _probability(x, M, n, N))
    # At or below the mode the complement is the short sum: at most x - 1 satisfied = at least n - x + 1 not satisfied.
    y, unsatisfied = n - x + 1, N - M
    return 1.0 - _upper_sum(y, unsatisfied, n, N, _probability(x - 1, M, n, N))


def tail_at_most(x: int, M: int, n: int, N: int) -> float:
    """P(X <= x) when M of N are satisfied and n answer. Raises CountsOutOfRange."""
    return tail_at_least(n - x, N - M, n, N)


def _exceeds_exactly(x: int, satisfied: int, n: int, population: int, side: Fraction) -> bool:
    """P(X >= x) > side in whole numbers; slow for huge lists, needed about once in a million comparisons."""
    ways = sum(comb(satisfied, k) * comb(population - satisfied, n - k) for k in range(x, min(n, satisfied) + 1))
    return ways * side.denominator > side.numerator * comb(population, n)


def at_least_exceeds(x: int, satisfied: int, n: int, population: int, side: Fraction) -> bool:
    """Whether P(X >= x | satisfied) > side, decided exactly."""
    tail = tail_at_least(x, satisfied, n, population)
    limit = float(side)
    if abs(tail - limit) <= DOUBTFUL * limit:
        return _exceeds_exactly(x, satisfied, n, population, side)
    return tail > limit


def _first_guess(x: int, n: int, population: int, z: float) -> int:
    """Wilson's lower bound with the finite list's number of effective answers, in people."""
    effective = n * (population - 1) / (population - n)
    share = x / n
    middle = share + z * z / (2 * effective)
    half = z * sqrt(share * (1 - share) / effective + z * z / (4 * effective * effective))
    return int((middle - half) / (1 + z * z / effective) * population)


def _tail_and_slope(x: int, satisfied: int, n: int, population: int) -> tuple[float, float]:
    """P(X >= x | M) and its rise from M-1 to M, which is P(X = x | M) x / M: one probability serves both."""
    here = _probability(x, satisfied, n, population)
    if x * (population + 2) > (n + 1) * (satisfied + 1):
        tail = _upper_sum(x, satisfied, n, population, here)
    else:
        tail = tail_at_least(x, satisfied, n, population)
    return tail, here * x / satisfied


def _settles(below_tail: float, tail: float, limit: float) -> bool:
    """Whether the limit lies between two neighbouring tails by more than floats can be wrong."""
    doubt = DOUBTFUL * limit
    return below_tail < limit - doubt and tail > limit + doubt


def _newton(x: int, n: int, population: int, alpha: float) -> int | None:
    """The answer of fewest_satisfied where Newton's steps on log P(X >= x | M) find it clearly, else None."""
    limit = float(per_side(alpha))
    top = population - (n - x)
    guess = _first_guess(x, n, population, normal_quantile(alpha))
    for _ in range(8):
        guess = min(max(guess, x), top)
        tail, slope = _tail_and_slope(x, guess, n, population)
        if _settles(tail - slope, tail, limit):
            return guess
        if tail <= 0 or slope <= 0:
            return None
        step = (log(limit) - log(tail)) * tail / slope
        guess += round(step) if abs(step) >= 1 else (1 if step > 0 else -1)
    return None


def fewest_satisfied(x: int, n: int, population: int, alpha: float) -> int:
    """min{M >= x : P(X >= x | M) > alpha/2}, the lower end of the exact interval; 0 < x <= n < population."""
    found = _newton(x, n, population, alpha)
    if found is not None:
        return found
    side = per_side(alpha)
    below, above = x - 1, population - (n - x)  # tail 0 and tail 1
    while above - below > 1:
        middle = (below + above) // 2
        if at_least_exceeds(x, middle, n, population, side):
            above = middle
        else:
            below = middle
    return above


@lru_cache(maxsize=16384)
def exact_interval(x: int, n: int, population: int, alpha: float = 0.05) -> CountInterval:
    """Equal-tailed exact interval for the satisfied people on the list; a point exactly when everyone answered.

    M is inside when P(X >= x | M) > alpha/2 and P(X <= x | M) > alpha/2. No answers give the whole list.
    Raises CountsOutOfRange, LevelOutOfRange.
    """
    _check(x, n, population)
    per_side(alpha)
    if n == population:
        return CountInterval(x, x, population)
    low = fewest_satisfied(x, n, population, alpha) if x else 0
    high = population - (fewest_satisfied(n - x, n, population, alpha) if x < n else 0)
    return CountInterval(low, high, population)
