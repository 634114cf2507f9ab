"""How much answers depend on who asked: intraclass correlation, its design effect, a careful interval. Pure.

Formulas: methodology.md 10; Kish 1962 (one-way analysis of variance, deff = 1 + (m - 1) rho); the deviation on
the logit scale is that of a logistic model with one random intercept per agent, by Laplace's approximation (R's
lme4::glmer). The numbers mean something only where list positions were given to agents by chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log1p, logit

from analysis.errors import CountsOutOfRange, TooFewGroups
from analysis.hkg import hkg_interval
from analysis.intervals import Interval

Floats = NDArray[np.float64]
POINTS, ZOOMS, STEPS = 21, 11, 12
WIDEST_LOGIT, WIDEST_SD = 4.0, 4.0
NOTABLE_DEFF = 1.5


@dataclass(frozen=True, slots=True)
class InterviewerEffect:
    """n answers of k agents; n0: the size that k equal agents would have; msb, msw: mean squares between and within.

    rho may be negative: reported as computed; deff: with rho below 0 taken as 0. rho is None when all answers agree.
    """

    n: int
    k: int
    n0: float
    msb: float
    msw: float
    rho: float | None

    @property
    def mean_size(self) -> float:
        return self.n / self.k

    @property
    def deff_computed(self) -> float:
        """1 + (m - 1) rho without taking a negative rho as 0."""
        return 1 + (self.mean_size - 1) * (self.rho or 0.0)

    @property
    def deff(self) -> float:
        return max(1.0, self.deff_computed)

    @property
    def sentence(self) -> str:
        if self.rho is None:
            return "所有答案都一样,看不出访问员之间有没有差别。"
        times = f"{self.deff:.1f}"
        if self.deff >= NOTABLE_DEFF:
            return f"答案与由谁来问有关:结果的不确定性约为不考虑访问员时的{times}倍(方差),宜减少每人的访问量并复核。"
        return f"看不出答案与由谁来问有多大关系(方差为{times}倍)。"


def _answered(counts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    for x, n in counts:
        if not 0 <= x <= n:
            raise CountsOutOfRange(x, n)
    found = sorted(one for one in counts if one[1])
    if len(found) < 2:
        raise TooFewGroups("agents with answers", len(found), 2)
    return found


def interviewer_effect(counts: Sequence[tuple[int, int]]) -> InterviewerEffect:
    """One-way analysis of variance of satisfied (1) or not (0) by agent, agents given as (x satisfied, n answers).

    Raises CountsOutOfRange; TooFewGroups with fewer than two agents, or when no agent has two answers.
    """
    found = _answered(counts)
    k, n, x = len(found), sum(m for _, m in found), sum(one for one, _ in found)
    if n == k:
        raise TooFewGroups("agents with two answers", 0, 1)
    within = sum(a * (m - a) / m for a, m in found)
    between = sum((a * n - x * m) ** 2 / m for a, m in found) / n**2
    msb, msw = between / (k - 1), within / (n - k)
    n0 = (n - sum(m * m for _, m in found) / n) / (k - 1)
    spread = msb + (n0 - 1) * msw
    return InterviewerEffect(n, k, n0, msb, msw, (msb - msw) / spread if spread > 0 else None)


def careful_interval(counts: Sequence[tuple[int, int]], population: int, alpha: float = 0.05) -> Interval | None:
    """The rate's interval with each agent as one sampling unit: how unsure it is if agents matter.

    population: people on the list. Raises CountsOutOfRange, TooFewGroups, LevelOutOfRange.
    """
    found = _answered(counts)
    k, n, x = len(found), sum(m for _, m in found), sum(one for one, _ in found)
    if population < n:
        raise CountsOutOfRange(x, n, population)
    share = x / n
    variance = k / (k - 1) * sum((a - share * m) ** 2 for a, m in found) / n**2 * (1 - n / population)
    return hkg_interval(share, variance, k - 1, population, n, x, n, alpha)


def _heights(centre: Floats, sd: Floats, x: Floats, n: Floats) -> Floats:
    """Laplace's log-likelihood for each pair of centre (logit) and deviation, both of shape (p, 1)."""
    u = np.zeros((len(centre), len(x)))
    for _ in range(STEPS):
        share = np.asarray(expit(centre + sd * u))
        u = u + (sd * (x - n * share) - u) / (1 + sd**2 * n * share * (1 - share))
    eta = centre + sd * u
    share = np.asarray(expit(eta))
    fit = x * eta - n * (np.maximum(eta, 0) + log1p(np.exp(-np.abs(eta)))) - u**2 / 2
    return np.asarray(np.sum(fit - log1p(sd**2 * n * share * (1 - share)) / 2, axis=1), dtype=np.float64)


def logit_deviation(counts: Sequence[tuple[int, int]]) -> float:
    """Standard deviation between agents on the logit scale, 0 when they do not differ visibly.

    Found on a grid that closes in on the highest point. Raises CountsOutOfRange, TooFewGroups.
    """
    found = _answered(counts)
    x, n = (np.array([one[i] for one in found], dtype=np.float64) for i in (0, 1))
    if float(x.sum()) in (0.0, float(n.sum())):
        return 0.0
    middle = float(logit(x.sum() / n.sum()))
    centres, deviations = (middle - WIDEST_LOGIT, middle + WIDEST_LOGIT), (0.0, WIDEST_SD)
    best = 0.0
    for _ in range(ZOOMS):
        across, down = np.linspace(*centres, POINTS), np.linspace(*deviations, POINTS)
        pairs = np.array([(a, b) for a in across for b in down])
        top = int(np.argmax(_heights(pairs[:, :1], pairs[:, 1:], x, n)))
        centre, best = float(pairs[top, 0]), float(pairs[top, 1])
        reach = 2 * float(across[1] - across[0]), 2 * float(down[1] - down[0])
        centres, deviations = (centre - reach[0], centre + reach[0]), (max(0.0, best - reach[1]), best + reach[1])
    return best
