"""From which number of satisfied answers on a verdict holds, and what looking at it does, computed without chance. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.errors import CountsOutOfRange, ListTooLong
from analysis.hypergeometric import at_least_exceeds, per_side
from analysis.sequential.evidence import NEAR_TARGET, Prior, reaches_met, reaches_not_met
from analysis.verdicts import target_count

MOST_PEOPLE = 100_000  # a table holds every number of answers; single looks have no such limit

Whole = NDArray[np.int64]
Proves = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Boundary:
    """For t = 0..N answers: 达标 from met[t] satisfied on (t + 1: never), 未达标 up to not_met[t] (-1: never)."""

    population: int
    met: Whole
    not_met: Whole


def _table(population: int, proves_met: Proves, proves_not_met: Proves) -> Boundary:
    """Both limits for every t. Each condition must hold for all s beyond one for which it holds."""
    if not 1 <= population <= MOST_PEOPLE:
        raise ListTooLong(population, MOST_PEOPLE)
    met, not_met = np.empty(population + 1, np.int64), np.empty(population + 1, np.int64)
    high = low = 0
    for t in range(population + 1):
        high, low = min(high, t), min(low, t)
        while high <= t and not proves_met(high, t):
            high += 1
        while high > 0 and proves_met(high - 1, t):
            high -= 1
        while low >= 0 and not proves_not_met(low, t):
            low -= 1
        while low < t and proves_not_met(low + 1, t):
            low += 1
        met[t], not_met[t] = high, low
        low = max(low, 0)
    return Boundary(population, met, not_met)


def evidence_boundary(population: int, target: int = 900, alpha: float = 0.05, prior: Prior = NEAR_TARGET) -> Boundary:
    """Limits of the two mixture e-values at 2/alpha, everybody answering; seconds for 100,000 people.

    Raises ListTooLong, TargetOutOfRange, LevelOutOfRange.
    """
    needed = target_count(target, population)
    return _table(
        population,
        lambda s, t: reaches_met(s, t, population, needed, alpha, prior),
        lambda s, t: reaches_not_met(s, t, population, needed, alpha, prior),
    )


def fixed_boundary(population: int, target: int = 900, alpha: float = 0.05) -> Boundary:
    """Limits of the exact interval for a number of answers fixed in advance (verdicts.judge without its minimum).

    Raises ListTooLong, TargetOutOfRange, LevelOutOfRange.
    """
    needed, side = target_count(target, population), per_side(alpha)
    return _table(
        population,
        lambda s, t: not at_least_exceeds(s, needed - 1, t, population, side),
        lambda s, t: not at_least_exceeds(t - s, population - needed, t, population, side),
    )


@dataclass(frozen=True, slots=True)
class Crossing:
    """Chances for one true number of satisfied people.

    met, not_met: chance that the verdict has been given by the time of t answers, t = 0..N; answers: mean number of
    answers until a verdict, N where there is none.
    """

    met: NDArray[np.float64]
    not_met: NDArray[np.float64]
    answers: float


def every(population: int, step: int = 1) -> tuple[int, ...]:
    """Looks after each `step` answers and at the end of the list."""
    return tuple(dict.fromkeys([*range(step, population + 1, step), population]))


def crossing(boundary: Boundary, satisfied: int, looks: Sequence[int]) -> Crossing:
    """Exact chances of each verdict when `satisfied` of the list are, all answer in random order and looks are given.

    Follows the distribution of s from answer to answer and takes out what a look decides: N² simple steps, no
    simulation. Raises CountsOutOfRange.
    """
    population = boundary.population
    if not 0 <= satisfied <= population:
        raise CountsOutOfRange(satisfied, population, population)
    chance = np.zeros(population + 2)
    chance[0] = 1.0
    met, not_met = np.zeros(population + 1), np.zeros(population + 1)
    at = set(looks)
    left = np.maximum(satisfied - np.arange(population + 2), 0)
    for t in range(1, population + 1):
        remaining = population - t + 1
        gains = chance * (np.minimum(left, remaining) / remaining)
        chance -= gains
        chance[1:] += gains[:-1]
        if t in at:
            high, low = boundary.met[t], boundary.not_met[t] + 1
            met[t], not_met[t] = chance[high:].sum(), chance[:low].sum()
            chance[high:] = chance[:low] = 0.0
    stopped = met + not_met
    answers = float(stopped @ np.arange(population + 1) + max(0.0, 1 - stopped.sum()) * population)
    return Crossing(np.cumsum(met), np.cumsum(not_met), answers)
