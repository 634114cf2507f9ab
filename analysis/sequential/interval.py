"""A confidence sequence that never contradicts the verdicts by e-values, valid at every look. Pure.

For one M below the target the average of two e-values, the prior-posterior ratio R_t(M) and the one-sided mixture over
the lists that reach the target, is an e-value again; above the target likewise with the other side. M leaves the set
when that average reaches 1/alpha, so the true M ever leaves with chance <= alpha (Ville). Where E_met >= 2/alpha, the
second half alone throws out every M below the target: a verdict is always borne out by the interval printed with it.
The way back, an interval clear of the target without a verdict, is closed in standing.py by not printing it so.
The price against the plain sequence is one factor of at most 2 in the evidence.
"""

from math import exp, log

from analysis.errors import CountsOutOfRange
from analysis.hypergeometric import CountInterval, log_probability, per_side
from analysis.sequential import whole_numbers
from analysis.sequential.evidence import (
    DOUBTFUL,
    NEAR_TARGET,
    UNIFORM,
    Prior,
    check_counts,
    last_true,
    likeliest,
    log_mixture,
    side_mixtures,
)


def _log_mean(first: float, second: float) -> float:
    """log of the mean of two numbers given by their logarithms."""
    larger, smaller = max(first, second), min(first, second)
    return larger + log((1 + exp(smaller - larger)) / 2)


def verdict_interval(
    s: int,
    t: int,
    population: int,
    needed: int,
    alpha: float = 0.05,
    verdict_prior: Prior = NEAR_TARGET,
    interval_prior: Prior = UNIFORM,
) -> CountInterval:
    """The satisfied people that s of t answers leave possible at two-sided alpha; the most likely M is always inside.

    Raises CountsOutOfRange, LevelOutOfRange.
    """
    check_counts(s, t, population, needed)
    level = 2 * per_side(alpha)
    plain = log_mixture(s, t, interval_prior)
    reached, below = side_mixtures(s, t, population, needed, verdict_prior)
    against_low, against_high = _log_mean(plain, reached) + log(level), _log_mean(plain, below) + log(level)

    def holds(m: int) -> bool:
        limit = against_low if m < needed else against_high
        gap = log_probability(s, m, t, population) - limit
        return gap > 0 if abs(gap) > DOUBTFUL * max(1.0, abs(limit)) else exactly(m)

    def exactly(m: int) -> bool:
        other_side = whole_numbers.side_mixtures(s, t, population, needed, verdict_prior.a, verdict_prior.b)[
            m >= needed
        ]
        mean = (whole_numbers.mixture(s, t, interval_prior.a, interval_prior.b) + other_side) / 2
        return mean * level < whole_numbers.likelihood(m, s, t, population)

    bottom, top = s - 1, population - (t - s) + 1
    sides = (likeliest(s, t, population, 0, needed - 1), likeliest(s, t, population, needed, population))
    peaks = [peak for peak in sides if peak is not None and holds(peak)]
    if not peaks:
        raise CountsOutOfRange(s, t, population)
    low = last_true(peaks[0], bottom if peaks[0] < needed else max(bottom, needed - 1), holds)
    high = last_true(peaks[-1], top if peaks[-1] >= needed else min(top, needed), holds)
    return CountInterval(low, high, population)
