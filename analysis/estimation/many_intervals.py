"""Intervals of hundreds of cells at once: the vectorised twins of rate_intervals and of HKG. Pure.

Formulas: methodology.md 3. Each bound equals the one of `interval` for the same cell.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, expit, gammaln, stdtrit

from analysis.errors import LevelOutOfRange
from analysis.estimation.five_sums import CellEstimates
from analysis.estimation.rate_intervals import Method
from analysis.estimation.sample_design import Floats, Mask
from analysis.hkg import CERTAIN, NO_VARIANCE, WHOLE, shape_low
from analysis.hypergeometric import DOUBTFUL

WIDEST = 4096  # terms of one beta-binomial sum; a wider one is left to the function for one cell
FORGOTTEN = 1e-11  # of the limit, below which the sum starts
GROUPS = 6  # cells of like width are summed together


@dataclass(frozen=True, slots=True, eq=False)
class CellIntervals:
    """Bounds (cells,) of shares; where `defined` is False there is no interval and both bounds are 0."""

    defined: Mask
    low: Floats
    high: Floats


def _quantile(df: Floats, alpha: float) -> Floats:
    return np.asarray(-stdtrit(df, alpha / 2), dtype=np.float64)


def _ratio(n: Floats, df: Floats, alpha: float) -> Floats:
    """(t(n-1)/t(df))², 1 for a single answer."""
    found: Floats = np.where(n > 1, _quantile(np.maximum(n - 1, 1), alpha) / _quantile(df, alpha), 1.0) ** 2
    return found


def _korn_graubard(p: Floats, answers: Floats, alpha: float) -> tuple[Floats, Floats]:
    x, rest = answers * p, answers * (1 - p)
    low = np.where(x > 0, betaincinv(np.maximum(x, CERTAIN), rest + 1, alpha / 2), 0.0)
    high = np.where(rest > 0, betaincinv(x + 1, np.maximum(rest, CERTAIN), 1 - alpha / 2), 1.0)
    return low, high


def _closed_form(method: Method, p: Floats, v: Floats, df: Floats, n: Floats, alpha: float) -> tuple[Floats, Floats]:
    """R's methods, 0 < p < 1 and v > 0."""
    t, se, spread = _quantile(df, alpha), np.sqrt(v), p * (1 - p)
    if method is Method.mean:
        return p - t * se, p + t * se
    if method is Method.xlogit:
        odds, step = np.log(p / (1 - p)), t * se / spread
        return expit(odds - step), expit(odds + step)
    if method is Method.asin:
        angle, step = np.arcsin(np.sqrt(p)), t * se / (2 * np.sqrt(spread))
        return np.sin(angle - step) ** 2, np.sin(angle + step) ** 2
    if method is Method.wilson:
        answers, square = spread / v, t * t
        half = t * np.sqrt(spread / answers + square / (4 * answers**2))
        scale = 1 + square / answers
        middle = p + square / (2 * answers)
        return np.maximum(0.0, (middle - half) / scale), np.minimum(1.0, (middle + half) / scale)
    if method is Method.beta:
        return _korn_graubard(p, spread / v * _ratio(n, df, alpha), alpha)
    raise ValueError(method)


def _window(people: Floats, a: Floats, b: Floats, limit: float) -> tuple[Floats, Floats, Floats]:
    """First, likely and last count of satisfied people between which the quantile lies."""
    early, guess, late = (betaincinv(a, b, share) for share in (limit * FORGOTTEN, limit, 1.1 * limit))
    start = np.floor(people * early - 7 * np.sqrt(people * early * (1 - early)) - 30)
    stop = np.ceil(people * late + 7 * np.sqrt(people * late * (1 - late)) + 30)
    return np.maximum(start, 0.0), np.minimum(np.floor(people * guess), people), np.minimum(stop, people)


def _log_term(people: Floats, a: Floats, b: Floats, k: Floats) -> Floats:
    """Log of the beta-binomial probability of k."""
    ways = gammaln(people + 1) - gammaln(k + 1) - gammaln(people - k + 1)
    found: Floats = (
        ways
        + gammaln(a + k)
        + gammaln(b + people - k)
        - gammaln(a + b + people)
        - gammaln(a)
        - gammaln(b)
        + gammaln(a + b)
    )
    return found


def _sums_of_terms(people: Floats, a: Floats, b: Floats, start: Floats, anchor: Floats, width: int) -> Floats:
    """(cells, width) distribution function on start, start + 1, ... by ratios of neighbouring terms."""
    k = start[:, np.newaxis] + np.arange(width - 1)
    left = people[:, np.newaxis] - k
    ratios = np.where(
        left > 0, left / (k + 1) * (a[:, np.newaxis] + k) / np.maximum(b[:, np.newaxis] + left - 1, CERTAIN), 0.0
    )
    terms = np.concatenate([np.ones((len(people), 1)), np.cumprod(ratios, axis=1)], axis=1)
    at_anchor = terms[np.arange(len(people)), (anchor - start).astype(np.intp)]
    height = np.exp(_log_term(people, a, b, anchor)) / at_anchor
    found: Floats = np.cumsum(terms, axis=1) * height[:, np.newaxis]
    return found


def _quantiles(
    people: Floats, a: Floats, b: Floats, window: tuple[Floats, Floats, Floats], limit: float
) -> tuple[Floats, Mask]:
    """min{k: F(k) > limit} of each cell, and whether floats cannot tell."""
    start, anchor, stop = window
    width = int((stop - start).max()) + 2
    total = _sums_of_terms(people, a, b, start, np.maximum(anchor, start), width)
    place = np.count_nonzero(total <= limit, axis=1)
    around = np.clip(place[:, np.newaxis] + np.array([-1, 0]), 0, width - 1)
    near = np.abs(np.take_along_axis(total, around, axis=1) - limit).min(axis=1) <= DOUBTFUL * limit
    return np.minimum(start + place, people), near | (place >= width)


def _shape_lows(share: Floats, answers: Floats, population: Floats, alpha: float) -> Floats:
    """shape_low of hkg.py for many cells; share > 0 and answers < population."""
    x, people, limit = share * answers, population - answers, alpha / 2
    window = _window(people, x, answers - x + 1, limit)
    width = window[2] - window[0]
    found, alone = np.zeros(len(share)), width >= WIDEST
    for group in np.array_split(np.argsort(width)[: int(np.count_nonzero(~alone))], GROUPS):
        if not len(group):
            continue
        people_of, x_of, answers_of, *window_of = (one[group] for one in (people, x, answers, *window))
        satisfied, alone[group] = _quantiles(
            people_of, x_of, answers_of - x_of + 1, (window_of[0], window_of[1], window_of[2]), limit
        )
        found[group] = (x_of + satisfied) / population[group]
    for cell in np.flatnonzero(alone).tolist():
        found[cell] = shape_low(float(share[cell]), int(answers[cell]), int(population[cell]), alpha)
    return found


def _shapes(share: Floats, answers: Floats, population: Floats, alpha: float) -> Floats:
    found = np.where(answers == population, share, 0.0)
    asked = (share * answers > CERTAIN) & (answers < population)
    if asked.any():
        found[asked] = _shape_lows(share[asked], answers[asked], population[asked], alpha)
    return found


def _hkg(p: Floats, v: Floats, df: Floats, n: Floats, x: Floats, size: Floats, kish: Floats, alpha: float) -> Floats:
    """(2, cells) bounds with at least one degree of freedom, by the steps of methodology.md 3."""
    people = np.maximum(n, np.floor(size + 0.5))
    ratio = _ratio(n, np.maximum(df, 1), alpha)
    degenerate = (np.minimum(p, 1 - p) <= CERTAIN) | (v <= NO_VARIANCE) | (n == 1)
    spread = np.where(n > 1, n / np.maximum(n - 1, 1), 1.0) * p * (1 - p)
    alike = np.where(degenerate, kish, spread / np.where(degenerate, 1.0, v + spread / people))
    star = np.where(degenerate, kish * ratio, np.minimum(kish, ratio * alike))
    answers = np.minimum(np.maximum(np.floor(star + WHOLE), 1.0), people)
    low = np.maximum(_shapes(p, answers, people, alpha), x / people)
    high = np.minimum(1 - _shapes(1 - p, answers, people, alpha), 1 - (n - x) / people)
    everybody = n >= people
    return np.stack([np.where(everybody, p, low), np.where(everybody, p, high)])


def cell_intervals(given: CellEstimates, method: Method | str = Method.hkg, alpha: float = 0.05) -> CellIntervals:
    """Intervals of every cell, 1 - alpha two-sided: hkg, kg_nchs, beta, wilson, xlogit, asin or mean.

    Raises LevelOutOfRange; ValueError for a method that has no vectorised form.
    """
    if not 0 < alpha < 1:
        raise LevelOutOfRange(alpha)
    kind = Method(method)
    p, v, size = given.estimate, given.variance, given.sum_weights
    n, df, x = (one.astype(np.float64) for one in (given.n, given.df, given.x))
    if kind is Method.hkg:
        there = given.defined & ((df >= 1) | (n >= np.floor(size + 0.5)))
    elif kind is Method.kg_nchs:
        there = given.defined & (df >= 1)
    else:
        there = given.defined & (df >= 1) & (v > NO_VARIANCE) & (p > 0) & (p < 1)
    low, high = np.zeros(len(given)), np.zeros(len(given))
    if there.any():
        p, v, df, n, x, size, kish = (one[there] for one in (p, v, df, n, x, size, given.kish_n))
        if kind is Method.hkg:
            low[there], high[there] = _hkg(p, v, df, n, x, size, kish, alpha)
        elif kind is Method.kg_nchs:
            regular = (p * (1 - p) > 0) & (v > NO_VARIANCE)
            answers = np.where(regular, p * (1 - p) / np.where(regular, v, 1.0), n) * _ratio(n, df, alpha)
            low[there], high[there] = _korn_graubard(p, np.minimum(n, answers), alpha)
        else:
            low[there], high[there] = _closed_form(kind, p, v, df, n, alpha)
    return CellIntervals(there, low, high)
