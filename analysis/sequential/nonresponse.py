"""Evidence that is proved, not only measured, when nobody knows how many people would answer. Pure.

Everybody on the list counts, who does not answer as one half (the supermajority assorter of SHANGRLA): a satisfied
person is worth 1/(2θ), a dissatisfied one 0, and the mean over the list is above 1/2 exactly when more than the share θ
of those who answer are satisfied, whatever their number. ALPHA (Stark 2023) tests that mean by betting on each next
person; without replacement the mean of those left follows from those seen. For 未达标 the roles change: dissatisfied
1/(2(1-θ)), satisfied 0. Who would answer must not depend on when he is called, as for every other number on the report.

The price: it is weaker than standing.py, since the bet must guess who answers, and exactly θ counts as not reached.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.errors import CountsOutOfRange
from analysis.sequential.evidence import NEAR_TARGET, Evidence, Prior
from analysis.verdicts import target_count

Floats = NDArray[np.float64]
Marks = NDArray[np.int8]
LOST, NOT_SATISFIED, SATISFIED = 0, 1, 2
NEARLY_ALL = 0.999  # of the room between the null mean and the largest value is bet at most


def assorter_logs(marks: Marks, population: int, share: float, prior: Prior = NEAR_TARGET) -> Floats:
    """log of the e-value against "at most `share` of those who answer are SATISFIED" after each person.

    marks: shape (paths, people), int8, LOST, NOT_SATISFIED or SATISFIED in the order of the list; people <= population;
    0 < share < 1. inf where the null has become impossible. Raises CountsOutOfRange.
    """
    paths, people = marks.shape
    if people > population:
        raise CountsOutOfRange(0, people, population)
    largest = 1 / (2 * share)
    total, bet = np.zeros(paths), np.zeros(paths)
    satisfied, answered = np.zeros(paths), np.zeros(paths)
    found = np.empty((paths, people))
    for place in range(people):
        mean = (population / 2 - total) / (population - place)
        hope = (satisfied + prior.a) / (answered + prior.a + prior.b)
        answering = (answered + 1) / (place + 2)
        guess = answering * hope * largest + (1 - answering) / 2
        mark = marks[:, place]
        value = np.where(mark == SATISFIED, largest, np.where(mark == LOST, 0.5, 0.0))
        bet += _log_factor(value, mean, guess, largest)
        satisfied += mark == SATISFIED
        answered += mark != LOST
        total += value
        bet = np.where(total > population / 2 + 1e-9, np.inf, bet)
        found[:, place] = bet
    return found


def _log_factor(value: Floats, mean: Floats, guess: Floats, largest: float) -> Floats:
    """What the bet on one person gains; nothing is bet unless the guess lies above the null mean, which must be possible.

    Without that guard the factor can exceed 1 on average (methodology.md 8).
    """
    able = (guess > mean) & (mean > 0) & (mean < largest)
    safe = np.where(able, mean, largest / 2)
    capped = np.minimum(guess, safe + NEARLY_ALL * (largest - safe))
    stake = (np.where(able, capped, safe) - safe) / (largest - safe)
    return np.log1p(stake * (value / safe - 1))


def assorter_evidence(marks: Sequence[int], population: int, target: int = 900) -> Evidence:
    """Both e-values after the people of a closed prefix, in the order of the list; target in thousandths.

    marks: LOST, NOT_SATISFIED or SATISFIED for each. A target of everybody is never proved before the whole list has
    answered, and missed as soon as one is not satisfied. Raises CountsOutOfRange, TargetOutOfRange.
    """
    target_count(target, 1)
    row = np.array([marks], dtype=np.int8)
    if not len(marks):
        return Evidence(0.0, 0.0)
    if target == 1000:
        return Evidence(0.0, np.inf if NOT_SATISFIED in marks else 0.0)
    turned = np.choose(row, (LOST, SATISFIED, NOT_SATISFIED)).astype(np.int8)
    met = assorter_logs(row, population, target / 1000)
    not_met = assorter_logs(turned, population, 1 - target / 1000, Prior(1, 4))
    return Evidence(float(met[0, -1]), float(not_met[0, -1]))
