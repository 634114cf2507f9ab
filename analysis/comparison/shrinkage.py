"""Empirical-Bayes rates of small units: each drawn towards the mean of all, the fewer answers the more. Pure.

Formulas: methodology.md 9 (beta-binomial, maximum marginal likelihood). A model: shown beside the direct rate and
labelled 模型估计, never instead of it and never used for a verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, psi

from analysis.errors import CountsOutOfRange, TooFewGroups

Floats = NDArray[np.float64]
SMALLEST, LARGEST = 0.05, 1e5  # answers a prior may weigh; at the largest the units do not differ visibly
POINTS, ZOOMS, HALVINGS = 25, 7, 50
NO_GAIN = 1e-6  # log-likelihood that the best strength must gain over "all units alike" to count


@dataclass(frozen=True, slots=True)
class Shrunk:
    """mean: the units' common rate (share); strength: how many answers it weighs, None when the units do not differ
    more than chance (then every unit gets the mean); shares: one shrunk rate per unit, in the order given."""

    mean: float
    strength: float | None
    shares: tuple[float, ...]


def _best_mean(strength: Floats, x: Floats, n: Floats) -> Floats:
    """For each strength S the mean that maximises the likelihood, which is concave in it: halving on its slope."""
    low, high = np.zeros_like(strength), np.ones_like(strength)
    size = strength[:, None]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        a, b = middle[:, None] * size, (1 - middle[:, None]) * size
        slope = np.sum(psi(x + a) - psi(a) - psi(n - x + b) + psi(b), axis=1)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    return (low + high) / 2


def _likelihood(strength: Floats, mean: Floats, x: Floats, n: Floats) -> Floats:
    a, b = (mean * strength)[:, None], ((1 - mean) * strength)[:, None]
    return np.asarray(np.sum(betaln(x + a, n - x + b) - betaln(a, b), axis=1))


def _strongest(x: Floats, n: Floats) -> tuple[float, float, float]:
    """Strength, mean and log-likelihood at the maximum, by a grid over log S that closes in on its best point."""
    low, high = np.log(SMALLEST), np.log(LARGEST)
    best = (LARGEST, 0.0, -np.inf)
    for _ in range(ZOOMS):
        grid = np.linspace(low, high, POINTS)
        strength = np.exp(grid)
        mean = _best_mean(strength, x, n)
        height = _likelihood(strength, mean, x, n)
        top = int(np.argmax(height))
        best = (float(strength[top]), float(mean[top]), float(height[top]))
        low, high = grid[max(0, top - 1)], grid[min(POINTS - 1, top + 1)]
    return best


def beta_binomial(counts: Sequence[tuple[int, int]]) -> Shrunk:
    """Shrunk rates (x + mean S) / (n + S) of units given as (x satisfied, n answers).

    Units without answers get the mean. Raises CountsOutOfRange, and TooFewGroups with fewer than two answered units.
    """
    for x, n in counts:
        if not 0 <= x <= n:
            raise CountsOutOfRange(x, n)
    answered = sum(1 for _, n in counts if n)
    if answered < 2:
        raise TooFewGroups("units with answers", answered, 2)
    satisfied, answers = sum(x for x, _ in counts), sum(n for _, n in counts)
    pooled = satisfied / answers
    if satisfied in (0, answers):
        return Shrunk(pooled, None, (pooled,) * len(counts))
    x_all = np.array([x for x, n in sorted(counts) if n], dtype=np.float64)
    n_all = np.array([n for _, n in sorted(counts) if n], dtype=np.float64)
    strength, mean, height = _strongest(x_all, n_all)
    alike = float(np.sum(x_all) * np.log(pooled) + np.sum(n_all - x_all) * np.log1p(-pooled))
    if height - alike <= NO_GAIN or strength >= LARGEST:
        return Shrunk(pooled, None, (pooled,) * len(counts))
    return Shrunk(mean, strength, tuple((x + mean * strength) / (n + strength) for x, n in counts))
