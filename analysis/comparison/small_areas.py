"""Fay-Herriot: rates of small areas drawn towards what their known features predict, with their error. Pure.

Formulas: Fay and Herriot 1979; Prasad and Rao 1990; Datta and Lahiri 2000; the same numbers as R's sae::mseFH.
A model: shown beside the direct rate and labelled 模型估计, never instead of it and never used for a verdict.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from analysis.errors import CollinearColumns, LengthsDiffer, TooFewGroups, ValueRefused

Floats = NDArray[np.float64]
STEPS = 200
CLOSE = 1e-13  # relative change of the variance between areas at which the search ends
NOTHING = 1e-12  # a variance between areas this small beside those of the areas is none


class Method(StrEnum):
    """How the variance between the areas is estimated: restricted or full likelihood, or Fay and Herriot's moments."""

    reml = "REML"
    ml = "ML"
    moments = "FH"


@dataclass(frozen=True, slots=True)
class SmallAreas:
    """sigma2: variance between areas that the features leave unexplained; beta: coefficients, the constant first;
    eblup: one estimate per area in the unit of y (not forced into [0, 1]); mse: its mean squared error;
    weights: the share of each direct estimate in its EBLUP."""

    sigma2: float
    beta: tuple[float, ...]
    eblup: tuple[float, ...]
    mse: tuple[float, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Fit:
    """Weighted least squares at one value of the variance between areas."""

    inverse: Floats  # 1 / (sigma2 + v)
    spread: Floats  # (X' V^-1 X)^-1
    beta: Floats
    residual: Floats


def smoothed_variance(deff: float, pooled: float, n: Sequence[int]) -> tuple[float, ...]:
    """v_i = deff p (1 - p) / n_i with the pooled rate: direct variances of small areas are too unsteady themselves.

    Raises ValueRefused for a deff or n that is not positive or a rate outside (0, 1).
    """
    if not (isfinite(deff) and deff > 0):
        raise ValueRefused("design effect", 0, deff)
    if not 0 < pooled < 1:
        raise ValueRefused("pooled rate", 0, pooled)
    for position, answers in enumerate(n):
        if answers < 1:
            raise ValueRefused("number of answers", position, answers)
    return tuple(deff * pooled * (1 - pooled) / answers for answers in n)


def _fit(sigma2: float, y: Floats, x: Floats, v: Floats) -> _Fit:
    inverse = 1 / (sigma2 + v)
    spread = np.asarray(np.linalg.inv((x * inverse[:, None]).T @ x), dtype=np.float64)
    beta = spread @ (x.T @ (inverse * y))
    return _Fit(inverse, spread, beta, y - x @ beta)


def _restricted_step(sigma2: float, y: Floats, x: Floats, v: Floats) -> float:
    fit = _fit(sigma2, y, x, v)
    weighted = x * fit.inverse[:, None]
    p = np.diag(fit.inverse) - weighted @ fit.spread @ weighted.T
    py = p @ y
    return (float(np.sum(py**2)) - float(np.trace(p))) / float(np.sum(p * p))


def _likelihood_step(sigma2: float, y: Floats, x: Floats, v: Floats) -> float:
    fit = _fit(sigma2, y, x, v)
    scaled = fit.inverse * fit.residual
    return (float(scaled @ scaled) - float(np.sum(fit.inverse))) / float(np.sum(fit.inverse**2))


def _moment_step(sigma2: float, y: Floats, x: Floats, v: Floats) -> float:
    fit = _fit(sigma2, y, x, v)
    squares = fit.residual * fit.residual
    slope = float(np.sum(fit.inverse * fit.inverse * squares))
    excess = float(np.sum(fit.inverse * squares)) - (len(y) - x.shape[1])
    return excess / slope if slope else 0.0


_STEPS: dict[Method, Callable[[float, Floats, Floats, Floats], float]] = {
    Method.reml: _restricted_step,
    Method.ml: _likelihood_step,
    Method.moments: _moment_step,
}


def _between(method: Method, y: Floats, x: Floats, v: Floats) -> float:
    """The variance between areas by scoring; a step below 0 is halved until there is nothing left.

    The moments' equation falls and is convex, so steps from 0 reach its root without passing it.
    """
    typical = float(np.median(v))
    sigma2 = 0.0 if method is Method.moments else typical
    for _ in range(STEPS):
        step = _STEPS[method](sigma2, y, x, v)
        following = sigma2 + step if sigma2 + step > 0 else sigma2 / 2
        if following <= NOTHING * typical:
            return 0.0
        if abs(following - sigma2) <= CLOSE * following:
            return following
        sigma2 = following
    return sigma2


def _errors(method: Method, sigma2: float, fit: _Fit, x: Floats, v: Floats) -> Floats:
    """g1 + g2 + 2 g3, less the bias of the variance for ML and for the moments."""
    areas, shrink = len(v), v * fit.inverse
    squares, sums = float(np.sum(fit.inverse**2)), float(np.sum(fit.inverse))
    g1 = sigma2 * v * fit.inverse
    g2 = shrink**2 * np.einsum("ij,jk,ik->i", x, fit.spread, x)
    of_sigma2 = 2 * areas / sums**2 if method is Method.moments else 2 / squares
    g3 = shrink**2 * fit.inverse * of_sigma2
    bias = 0.0
    if method is Method.ml:
        bias = -float(np.trace(fit.spread @ ((x * fit.inverse[:, None] ** 2).T @ x))) / squares
    elif method is Method.moments:
        bias = 2 * (areas * squares - sums**2) / sums**3
    return np.asarray(g1 + g2 + 2 * g3 - bias * shrink**2)


def _matrix(areas: int, columns: Sequence[Sequence[float]]) -> Floats:
    for number, column in enumerate(columns):
        if len(column) != areas:
            raise LengthsDiffer(f"column {number}", areas, len(column))
        _all_finite("feature", column)
    x = np.column_stack([np.ones(areas), *(np.asarray(column, dtype=np.float64) for column in columns)])
    rank = int(np.linalg.matrix_rank(x))
    if rank < x.shape[1]:
        raise CollinearColumns(x.shape[1], rank)
    return x


def _all_finite(what: str, values: Sequence[float]) -> None:
    for position, value in enumerate(values):
        if not isfinite(value):
            raise ValueRefused(what, position, value)


def fay_herriot(
    y: Sequence[float],
    v: Sequence[float],
    columns: Sequence[Sequence[float]] = (),
    method: Method = Method.reml,
) -> SmallAreas:
    """EBLUPs of areas with direct estimates y, their (smoothed) variances v > 0 and explaining columns.

    A constant is always added.
    Raises LengthsDiffer, ValueRefused, CollinearColumns, and TooFewGroups without two more areas than coefficients.
    """
    if len(v) != len(y):
        raise LengthsDiffer("variances", len(y), len(v))
    _all_finite("estimate", y)
    for position, value in enumerate(v):
        if not (isfinite(value) and value > 0):
            raise ValueRefused("variance", position, value)
    if len(y) < len(columns) + 3:
        raise TooFewGroups("areas", len(y), len(columns) + 3)
    x, direct, variances = _matrix(len(y), columns), np.asarray(y, np.float64), np.asarray(v, np.float64)
    sigma2 = _between(method, direct, x, variances)
    fit = _fit(sigma2, direct, x, variances)
    weights = sigma2 * fit.inverse
    return SmallAreas(
        sigma2,
        tuple(fit.beta.tolist()),
        tuple((direct - (1 - weights) * fit.residual).tolist()),
        tuple(_errors(method, sigma2, fit, x, variances).tolist()),
        tuple(weights.tolist()),
    )
