"""How many answers a wave needs, and what chance it has to prove a target. Pure.

Lists are finite and answers drawn without replacement unless population is None. alpha is two-sided everywhere
(0.05 = 0.025 per side; the reference file plan_exact.csv counts per side). Sources: methodology.md 5 and 13, G09, G10.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt

from scipy.special import betainc

from analysis.errors import CountsOutOfRange, ListTooLong, RateOutOfRange
from analysis.hypergeometric import at_least_exceeds, exact_interval, per_side, tail_at_least
from analysis.intervals import clopper_pearson, normal_quantile
from analysis.verdicts import Verdict, judge, target_count, wilson_verdict

EXACT_BELOW = 1000  # lists for which sample sizes are found by trying the exact interval
MOST_ANSWERS = 1_000_000  # where the list size is unknown, searches give up here


class Method(StrEnum):
    """Intervals a number of successes can be asked for."""

    wilson = "wilson"
    clopper_pearson = "clopper_pearson"


@dataclass(frozen=True, slots=True)
class AnswersToDecide:
    """Further answers until the verdict is settled if all were satisfied, as many as so far, or none; None: never."""

    at_best: int | None
    at_present_rate: int | None
    at_worst: int | None


def _check_share(share: float) -> None:
    if not 0 <= share <= 1:
        raise RateOutOfRange(share)


def precision(n: int, population: int | None, p: float = 0.9, alpha: float = 0.05) -> float:
    """Half width z sqrt(p(1-p)/n (N-n)/(N-1)) to expect of n answers, as a share. Raises CountsOutOfRange for n < 1."""
    _check_share(p)
    if n < 1 or (population is not None and n > population):
        raise CountsOutOfRange(0, n, population)
    finite = 1.0 if population is None else (population - n) / max(1, population - 1)
    return normal_quantile(alpha) * sqrt(p * (1 - p) / n * finite)


def sample_size(p: float, margin: float, population: int | None = None, alpha: float = 0.05) -> int:
    """Answers for ±margin at share p: n0 = z² p(1-p)/e², n = n0/(1 + (n0-1)/N), rounded up (G10)."""
    _check_share(p)
    if not 0 < margin < 1:
        raise RateOutOfRange(margin)
    size = normal_quantile(alpha) ** 2 * p * (1 - p) / margin**2
    if population is not None:
        if population < 1:
            raise CountsOutOfRange(0, 0, population)
        size = size / (1 + (size - 1) / population)
    return max(1, ceil(size - 1e-9))


def exact_precision(n: int, population: int, p: float = 0.9, alpha: float = 0.05) -> float:
    """Half width, as a share, of the exact interval of n answers, the wider of the two whole numbers around p n.

    What the report will print, where precision() is a normal approximation. Raises CountsOutOfRange for n < 1.
    """
    _check_share(p)
    if not 1 <= n <= population:
        raise CountsOutOfRange(0, n, population)
    around = {int(p * n), min(n, int(p * n) + 1)}
    intervals = [exact_interval(x, n, population, alpha) for x in around]
    return max(one.high - one.low for one in intervals) / (2 * population)


def exact_sample_size(p: float, margin: float, population: int, alpha: float = 0.05) -> int:
    """Fewest answers from which on the exact interval around p is at most ±margin wide; N answers always are.

    For lists below EXACT_BELOW; longer ones differ by an answer or two from sample_size() and are refused with
    ListTooLong. Raises RateOutOfRange, CountsOutOfRange.
    """
    _check_share(p)
    if not 0 < margin < 1:
        raise RateOutOfRange(margin)
    if population >= EXACT_BELOW:
        raise ListTooLong(population, EXACT_BELOW - 1)
    if population < 1:
        raise CountsOutOfRange(0, 0, population)
    n = population
    while n > 1 and exact_precision(n - 1, population, p, alpha) <= margin:
        n -= 1
    return n


def needed_for_precision(p: float, margin: float, population: int | None, alpha: float = 0.05) -> int:
    """Answers for ±margin at share p: exact below EXACT_BELOW people, by formula above. Raises as the two it uses."""
    if population is not None and population < EXACT_BELOW:
        return exact_sample_size(p, margin, population, alpha)
    return sample_size(p, margin, population, alpha)


def _first_true(low: int, high: int, holds: Callable[[int], bool]) -> int | None:
    """Smallest number in low..high for which a condition holds that stays true once true; None if it never does."""
    if low > high or not holds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def soonest(low: int, high: int, holds: Callable[[int], bool]) -> int | None:
    """As _first_true, by doubling strides from `low` before bisection, so that open-ended searches stay short."""
    stride = 1
    reached = low
    while reached < high and not holds(reached):
        low, reached = reached + 1, min(high, reached + stride)
        stride *= 2
    return _first_true(low, min(reached, high), holds)


def least_successes(n: int, method: Method | str = Method.wilson, target: int = 900, alpha: float = 0.05) -> int | None:
    """Fewest satisfied among n whose two-sided interval lies at or above the target (G09); None if even n of n fail."""
    if Method(method) is Method.wilson:
        return _first_true(0, n, lambda x: wilson_verdict(x, n, target, alpha) is Verdict.met)
    return _first_true(0, n, lambda x: clopper_pearson(x, n, alpha).low >= target / 1000)


def _proves(x: int, n: int, population: int | None, target: int, alpha: float) -> bool:
    """Whether x satisfied of n answers put the whole interval at or above the target."""
    if population is None:
        return wilson_verdict(x, n, target, alpha) is Verdict.met
    needed = target_count(target, population)
    return not at_least_exceeds(x, needed - 1, n, population, per_side(alpha))


def c_max(population: int | None, target: int, alpha: float, n: int) -> int:
    """Most not-satisfied answers among n that still prove the target; -1 when not even n satisfied answers do."""
    if n < 0 or (population is not None and n > population):
        raise CountsOutOfRange(0, n, population)
    fewest = _first_true(0, n, lambda x: _proves(x, n, population, target, alpha))
    return -1 if fewest is None else n - fewest


def clean_answers_needed(
    population: int | None, target: int = 900, alpha: float = 0.05, failures: int = 0
) -> int | None:
    """Fewest answers that prove the target when only `failures` of them are not satisfied; None when impossible."""
    most = MOST_ANSWERS if population is None else population
    return soonest(failures + 1, most, lambda n: _proves(n - failures, n, population, target, alpha))


def chance_to_prove(
    n: int,
    population: int | None,
    true_rate: float,
    target: int = 900,
    alpha: float = 0.05,
    minimum: int = 5,
) -> float:
    """Probability that n answers end in 达标 when round(true_rate N) of the list are satisfied (None: binomial).

    Raises CountsOutOfRange, RateOutOfRange.
    """
    _check_share(true_rate)
    if n < 0 or (population is not None and n > population):
        raise CountsOutOfRange(0, n, population)
    failures = c_max(population, target, alpha, n) if n >= max(1, minimum) else -1
    if failures < 0:
        return 0.0
    if population is not None:
        return tail_at_least(n - failures, round(true_rate * population), n, population)
    return float(betainc(n - failures, failures + 1, true_rate)) if failures < n else 1.0


def answers_needed(
    population: int | None,
    true_rate: float,
    power: float = 0.8,
    target: int = 900,
    alpha: float = 0.05,
    minimum: int = 5,
) -> int | None:
    """Fewest answers from which on the chance of 达标 stays at or above `power`; None when no number of them does it.

    The chance jumps up wherever one more failure becomes affordable and sinks in between, and nobody can order an
    exact number of answers, so it must also hold at the low point just before the next jump. Raises RateOutOfRange.
    """
    _check_share(power)
    most = MOST_ANSWERS if population is None else population

    def low_point(failures: int) -> int:
        following = clean_answers_needed(population, target, alpha, failures + 1)
        return most if following is None else following - 1

    def enough(failures: int) -> bool:
        n = low_point(failures)
        return n >= minimum and chance_to_prove(n, population, true_rate, target, alpha, minimum) >= power

    limit = c_max(population, target, alpha, most)
    found = soonest(0, limit, enough)
    while found and enough(found - 1):
        found -= 1
    needed = None if found is None else clean_answers_needed(population, target, alpha, found)
    return None if needed is None else max(needed, minimum)


def _settled(x: int, n: int, population: int | None, target: int, alpha: float, minimum: int) -> bool:
    return judge(x, n, population, target, alpha, minimum=minimum).verdict is not Verdict.insufficient


def answers_to_decide(
    x: int, n: int, population: int | None, target: int = 900, alpha: float = 0.05, minimum: int = 5
) -> AnswersToDecide:
    """How many more answers settle the verdict (还需多少份) if all, the present share, or none of them are satisfied.

    0 when it is settled. At the present rate whole people are counted (halves up), which makes the edge ragged: the
    number given settles the verdict and one fewer does not. Raises CountsOutOfRange.
    """
    if not 0 <= x <= n or (population is not None and n > population):
        raise CountsOutOfRange(x, n, population)
    left = MOST_ANSWERS if population is None else population - n

    def settles(gained: Callable[[int], int]) -> int | None:
        def holds(more: int) -> bool:
            return _settled(x + gained(more), n + more, population, target, alpha, minimum)

        return soonest(0, left, holds)

    present = settles(lambda more: (2 * x * more + n) // (2 * n)) if n else None
    return AnswersToDecide(settles(lambda more: more), present, settles(lambda more: 0))
