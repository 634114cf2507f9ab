"""R's likelihood interval for a share: svyciprop(method="likelihood"), its search grid and spline included. Pure.

The exact interval solves 2 ne D(p, q) = t² n/(n-1). R finds it only approximately: a weighted logistic regression whose
information comes from its last step but one, a profile in steps of a fifth of the widest quantile, a cubic spline on
three points per step, and straight lines between those. Differences reach 2e-4, so the reference numbers need all of it.
Sources: R survey 4.5 confint.svyglm, MASS profile.glm, R stats glm.fit, spline (fmm: Forsythe, Malcolm, Moler 1977).
"""

from math import log, sqrt

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri, stdtrit

from analysis.estimation.sample_design import Floats, Mask

STEPS = 9
CONVERGED = 1e-8
MOST_ITERATIONS = 25
CLAMPED = 30.0  # R's inverse logit cuts log odds off here
EPSILON = float(np.finfo(np.float64).eps)


def first_step(weights: Floats, satisfied: Mask, rows: int) -> float:
    """Log odds after the first step of R's logistic regression. weights: (n,) of the domain's weighted rows.

    rows: rows R keeps, over which it scales the weights to a mean of 1.
    """
    scaled = weights * (rows / weights.sum())
    start = (scaled * satisfied + 0.5) / (scaled + 1)
    information = start * (1 - start)
    working = logit(start) + (satisfied - start) / information
    return float((scaled * information) @ working / (scaled @ information))


def _deviance(p: float, odds: float) -> float:
    """-2 times the mean log likelihood at log odds; beyond 30 as R, which clamps the share there."""
    if abs(odds) > CLAMPED:
        odds = log(EPSILON) if odds < 0 else -log(EPSILON)
    return 2 * (p * float(np.logaddexp(0, -odds)) + (1 - p) * float(np.logaddexp(0, odds)))


def _last_but_one(p: float, first: float, rows: int) -> float:
    """mu (1 - mu) of the last step but one of the regression, which R reports as its information."""
    odds, before = first, _deviance(p, first) * rows
    for _ in range(MOST_ITERATIONS):
        share = float(expit(odds))
        information = share * (1 - share)
        odds += (p - share) / information
        deviance = _deviance(p, odds) * rows
        if abs(deviance - before) / (abs(deviance) + 0.1) < CONVERGED:
            break
        before = deviance
    return information


def _profile(p: float, answers: float, widest: float, stride: float) -> tuple[Floats, Floats]:
    """Log odds and signed roots of the deviance, from the estimate outwards until the widest quantile is passed."""
    centre = log(p / (1 - p))
    least = _deviance(p, centre)
    odds, roots = [centre], [0.0]
    for sign in (-1, 1):
        root, step = 0.0, 1
        while step <= STEPS and abs(root) < widest:
            odds.append(centre + sign * step * stride)
            root = sign * sqrt(max(0.0, answers * (_deviance(p, odds[-1]) - least)))
            roots.append(root)
            step += 1
    order = np.argsort(odds)
    return np.array(odds)[order], np.array(roots)[order]


def _curvatures(x: Floats, y: Floats) -> Floats:
    """Second derivatives / 6 of the fmm spline, whose ends follow the cubic through the outer four points."""
    gap = np.diff(x)
    slope = np.diff(y) / gap
    diagonal = np.concatenate(([-gap[0]], 2 * (gap[:-1] + gap[1:]), [-gap[-1]]))
    right = np.concatenate(([0.0], np.diff(slope), [0.0]))
    if len(x) > 3:
        first = right[2] / (x[3] - x[1]) - right[1] / (x[2] - x[0])
        last = right[-2] / (x[-1] - x[-3]) - right[-3] / (x[-2] - x[-4])
        right[0] = first * gap[0] ** 2 / (x[3] - x[0])
        right[-1] = -last * gap[-1] ** 2 / (x[-1] - x[-4])
    for i in range(1, len(x)):
        factor = gap[i - 1] / diagonal[i - 1]
        diagonal[i] -= factor * gap[i - 1]
        right[i] -= factor * right[i - 1]
    right[-1] /= diagonal[-1]
    for i in range(len(x) - 2, -1, -1):
        right[i] = (right[i] - gap[i] * right[i + 1]) / diagonal[i]
    return right


def _spline(x: Floats, y: Floats, at: Floats) -> Floats:
    curved, gap = _curvatures(x, y), np.diff(x)
    slope = np.diff(y) / gap - gap * (curved[1:] + 2 * curved[:-1])
    cubic = np.diff(curved) / gap
    place = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(gap) - 1)
    beyond = at - x[place]
    found: Floats = y[place] + beyond * (slope[place] + beyond * (3 * curved[place] + beyond * cubic[place]))
    return found


def likelihood_bounds(
    p: float, variance: float, df: float, n: int, rows: int, first: float, alpha: float
) -> tuple[float, float]:
    """Bounds as R finds them, 0 < p < 1 and variance > 0; 0 or 1 where R's search ends before the bound (R: NA or 0).

    n: weighted rows of the domain; rows: rows R keeps; first: see first_step; alpha: two-sided.
    """
    spread = p * (1 - p)
    ratio = variance * rows * _last_but_one(p, first, rows) / spread**2
    tail = float(ndtr(stdtrit(df, alpha / 2) * sqrt(ratio))) / 2
    if tail <= 0 or n < 2:
        return 0.0, 1.0
    widest = -float(stdtrit(rows - 1, tail / 2))
    odds, roots = _profile(p, rows * (n - 1) / n, widest, widest / 5 * sqrt(variance) / spread)
    grid = np.linspace(odds[0], odds[-1], 3 * len(odds))
    curve = _spline(odds, roots, grid)
    order = np.argsort(curve, kind="stable")
    cut = float(ndtri(2 * tail))
    low, high = np.interp([cut, -cut], curve[order], grid[order], left=-np.inf, right=np.inf)
    return float(expit(low)), float(expit(high))
