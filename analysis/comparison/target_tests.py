"""One-sided p-values of a project against its target, from the same tails as the printed interval. Pure.

Formulas: methodology.md 4. A verdict at 0.025 per side is 达标 exactly when `met` is at most 0.025.
"""

from collections.abc import Callable
from dataclasses import dataclass

from scipy.special import betainc

from analysis.errors import CountsOutOfRange, TargetOutOfRange
from analysis.hypergeometric import tail_at_least, tail_at_most
from analysis.intervals import Interval
from analysis.verdicts import SLACK, target_count

HALVINGS = 60
SMALLEST_ALPHA = 1e-12


@dataclass(frozen=True, slots=True)
class TargetTest:
    """met: how likely at least as good a result is for a list that misses the target by one person;
    not_met: how likely at least as bad a result is for a list that just reaches it. Both in [0, 1]."""

    met: float
    not_met: float


def listed(x: int, n: int, population: int, target: int = 900) -> TargetTest:
    """Exact test for a simple random sample of a list; target in thousandths.

    No answers prove nothing: (1, 1). Raises CountsOutOfRange, TargetOutOfRange.
    """
    needed = target_count(target, population)
    if not 0 <= x <= n <= population:
        raise CountsOutOfRange(x, n, population)
    if not n:
        return TargetTest(1.0, 1.0)
    return TargetTest(tail_at_least(x, needed - 1, n, population), tail_at_most(x, needed, n, population))


def unlisted(x: int, n: int, target: int = 900) -> TargetTest:
    """Exact binomial test where the size of the list is unknown (R: binom.test). Raises as `listed`."""
    if not 1 <= target <= 1000:
        raise TargetOutOfRange(target)
    if not 0 <= x <= n:
        raise CountsOutOfRange(x, n)
    goal = target / 1000
    met = float(betainc(x, n - x + 1, goal)) if x else 1.0
    not_met = float(betainc(n - x, x + 1, 1 - goal)) if x < n else 1.0
    return TargetTest(met, not_met)


def _smallest(holds: Callable[[float], bool]) -> float:
    """The smallest two-sided alpha at which a bound clears the target, by halving; 1 when none does."""
    low, high = SMALLEST_ALPHA, 1 - SMALLEST_ALPHA
    if not holds(high):
        return 1.0
    if holds(low):
        return low
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5 if high < 0.1 else (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def inverted(interval: Callable[[float], Interval | None], target: int = 900) -> TargetTest:
    """P-values of any family of nested intervals (HKG for designs): half the alpha at which its bound clears the target.

    interval: two-sided alpha -> interval, None when there is none, which proves nothing. Raises TargetOutOfRange.
    """
    if not 1 <= target <= 1000:
        raise TargetOutOfRange(target)
    goal = target / 1000 - SLACK

    def reached(alpha: float) -> bool:
        found = interval(alpha)
        return found is not None and found.low >= goal

    def missed(alpha: float) -> bool:
        found = interval(alpha)
        return found is not None and found.high < goal

    met, not_met = _smallest(reached), _smallest(missed)
    return TargetTest(met / 2 if met < 1 else 1.0, not_met / 2 if not_met < 1 else 1.0)
