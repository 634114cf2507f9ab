"""Evidence from a list that is called stratum by stratum, each in its own random order, valid at every look. Pure.

Union-intersection (Spertus, Sridhar and Stark 2024; methodology.md 8): for one way m_1 + ... + m_H of spreading M
satisfied people over the strata the product of the prior-posterior ratios is an e-value, however the strata take turns;
the smallest product over all ways is one for M. The logarithm of each ratio is convex in m (L_t has one peak and is
log-concave), so the smallest sum for every M at once is the increments of all strata, merged in rising order. Each
increment is a plain fraction, so nothing cancels; the cost is one sort of the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from analysis.errors import CountsOutOfRange, ListTooLong
from analysis.hypergeometric import CountInterval, per_side
from analysis.sequential.evidence import NEAR_TARGET, UNIFORM, Evidence, Prior, check_counts, log_ratio
from analysis.verdicts import target_count

MOST_PEOPLE = 2_000_000


@dataclass(frozen=True, slots=True)
class StratumAnswers:
    """`satisfied` of the first `answers` in the random order of a stratum of `population` people."""

    population: int
    answers: int
    satisfied: int


def _increments(one: StratumAnswers) -> NDArray[np.float64]:
    """log R(m+1) - log R(m) for m from the satisfied up to all who are not known to be dissatisfied."""
    others = one.answers - one.satisfied
    m = np.arange(one.satisfied, one.population - others, dtype=np.float64)
    gained = np.log((m + 1 - one.satisfied) / (m + 1))
    return gained + np.log((one.population - m) / (one.population - m - others))


def _smallest(strata: Sequence[StratumAnswers], prior: Prior) -> tuple[int, NDArray[np.float64]]:
    """The fewest satisfied people still possible, and log of the smallest product for each number from there on."""
    people = sum(one.population for one in strata)
    if people > MOST_PEOPLE:
        raise ListTooLong(people, MOST_PEOPLE)
    for one in strata:
        check_counts(one.satisfied, one.answers, one.population)
    start = sum(log_ratio(one.satisfied, one.satisfied, one.answers, one.population, prior) for one in strata)
    rising = np.sort(np.concatenate([_increments(one) for one in strata]))
    return sum(one.satisfied for one in strata), start + np.concatenate([[0.0], np.cumsum(rising)])


def stratified_evidence(strata: Sequence[StratumAnswers], target: int = 900, prior: Prior = NEAR_TARGET) -> Evidence:
    """E-values for both verdicts on the whole list; with one stratum those of evidence.ratio_evidence.

    Raises CountsOutOfRange, TargetOutOfRange, ListTooLong.
    """
    if not strata:
        raise CountsOutOfRange(0, 0, 0)
    fewest, logs = _smallest(strata, prior)
    split = target_count(target, sum(one.population for one in strata)) - fewest
    below, reached = logs[: max(0, split)], logs[max(0, split) :]
    return Evidence(
        float(below.min()) if len(below) else inf,
        float(reached.min()) if len(reached) else inf,
    )


def stratified_confidence_set(
    strata: Sequence[StratumAnswers], alpha: float = 0.05, prior: Prior = UNIFORM
) -> CountInterval:
    """Satisfied people on the whole list that the evidence leaves possible at every look with chance 1 - alpha.

    Raises CountsOutOfRange, LevelOutOfRange, ListTooLong.
    """
    if not strata:
        raise CountsOutOfRange(0, 0, 0)
    fewest, logs = _smallest(strata, prior)
    inside = np.flatnonzero(logs < -log(2 * per_side(alpha)))
    return CountInterval(fewest + int(inside[0]), fewest + int(inside[-1]), sum(one.population for one in strata))
