"""Estimates of a domain - share, mean, ratio, total - with influence values, variance, df and design effects. Pure.

Formulas: methodology.md 3 (Taylor linearisation). Shares lie in 0..1, means have the unit of the score, totals
count people.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from analysis.errors import ColumnLengthDiffers, ScoreNotFinite
from analysis.estimation.profile_likelihood import first_step
from analysis.estimation.sample_design import Design, Floats, Mask
from analysis.estimation.variance_engine import variance


class Undefined(StrEnum):
    """Why there is no estimate."""

    no_answers = "no_answers"  # no row in the domain
    zero_weight = "zero_weight"  # rows, but none with a weight


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate and what its intervals need.

    estimate, variance: None with the reason `undefined`, as in an empty domain. n: rows of the domain; n_weighted: those
    with a weight; rows: rows that R counts for its beta interval (calibrated: the whole sample); x: rows of the domain
    with a weight that count (shares only). sum_weights: people they stand for; kish_n: W²/sum w². df: units less
    strata with a weighted row in the domain; full_df: the same over the whole design. deff: variance against a simple
    random sample of n_weighted without replacement, deff_wr with; None where that has no variance.
    first_step: what R's likelihood interval needs of the rows.
    """

    estimate: float | None
    variance: float | None
    df: int
    full_df: int
    n: int
    n_weighted: int
    rows: int
    x: int | None
    sum_weights: float
    kish_n: float
    deff: float | None
    deff_wr: float | None
    undefined: Undefined | None = None
    first_step: float | None = None

    @property
    def se(self) -> float | None:
        """Standard error, the root of the variance."""
        return None if self.variance is None else float(np.sqrt(self.variance))


def degrees_of_freedom(design: Design, domain: Mask | None = None) -> int:
    """First-stage units less first-stage strata that have a row of the domain with a weight; 0 for none (R's degf)."""
    stage = design.stages[0]
    counted = design.weights > 0 if domain is None else domain & (design.weights > 0)
    seen = np.bincount(stage.unit[counted], minlength=len(stage.stratum)) > 0
    return int(seen.sum()) - len(np.unique(stage.stratum[seen]))


def _mask(design: Design, domain: ArrayLike | None) -> Mask:
    found = np.ones(design.rows, dtype=np.bool_) if domain is None else np.asarray(domain, dtype=np.bool_)
    if len(found) != design.rows:
        raise ColumnLengthDiffers("domain", len(found), design.rows)
    return found


def _values(design: Design, values: ArrayLike, domain: Mask) -> Floats:
    """The values inside the domain, 0 outside, where they may be missing."""
    given = np.asarray(values, dtype=np.float64)
    if len(given) != design.rows:
        raise ColumnLengthDiffers("values", len(given), design.rows)
    found = np.where(domain, given, 0.0)
    if not np.isfinite(found).all():
        raise ScoreNotFinite(int(np.argmin(np.isfinite(found))))
    return found


def mean_influence(design: Design, values: Floats, domain: Mask, mean: float) -> Floats:
    """(rows,) z_i = w_i d_i (y_i - mean) / W, the influence of each row on a mean or share of the domain."""
    inside: Floats = design.weights * domain
    return inside * ((values - mean) / float(inside.sum()))


def total_influence(design: Design, values: Floats, domain: Mask) -> Floats:
    """(rows,) z_i = w_i d_i y_i, the influence of each row on a total."""
    return design.weights * domain * values


def _effects(found: float, spread: float, n: int, total: float, scale: float) -> tuple[float | None, float | None]:
    """Design effects (without, with replacement) of a variance; spread = sum w d (y - mean)² / W."""
    if n < 2 or spread <= 0:
        return None, None
    with_replacement = scale * spread / (n - 1)
    without = with_replacement * (total - n) / total
    return (found / without if without > 0 else None), found / with_replacement


def _weighted_mean(weights: Floats, scores: Floats) -> float:
    """Mean of at least one score; equal scores give exactly that score, so that 1 of 1 is 1 and has no variance."""
    low, high = float(scores.min()), float(scores.max())
    return low if low == high else min(high, max(low, float(weights @ scores) / float(weights.sum())))


def _estimate(design: Design, values: ArrayLike, domain: ArrayLike | None, total: bool, share: bool) -> Estimate:
    inside = _mask(design, domain)
    scores = _values(design, values, inside)
    weights = np.where(inside, design.weights, 0.0)
    n, weighted = int(inside.sum()), int(np.count_nonzero(weights))
    size = float(weights.sum())
    rows = design.rows if design.adjustments else n
    full = degrees_of_freedom(design)
    counted = int(np.count_nonzero((weights > 0) & (scores != 0))) if share else None
    if not weighted:
        why = Undefined.zero_weight if n else Undefined.no_answers
        return Estimate(None, None, 0, full, n, 0, rows, counted, 0.0, 0.0, None, None, why)
    seen = weights > 0
    mean = _weighted_mean(weights[seen], scores[seen])
    influence = total_influence(design, scores, inside) if total else mean_influence(design, scores, inside, mean)
    found = variance(design, influence, inside)
    spread = float(weights @ (scores - mean) ** 2) / size
    effects = _effects(found, spread, weighted, size, size * size if total else 1.0)
    kish = size * size / float(weights @ weights)
    df = degrees_of_freedom(design, inside)
    point = mean * size if total else mean
    first = first_step(weights[seen], scores[seen] != 0, rows) if share else None
    return Estimate(point, found, df, full, n, weighted, rows, counted, size, kish, *effects, None, first)


def proportion(design: Design, satisfied: ArrayLike, domain: ArrayLike | None = None) -> Estimate:
    """Share of the domain's people who are satisfied. satisfied, domain: (rows,) of 0/1 or bool; domain default: all.

    An empty domain gives an Estimate without estimate and the reason. Raises ColumnLengthDiffers, ScoreNotFinite,
    SingleUnitStratum. Source: methodology.md 3; R svymean(~y, subset(design, domain), deff=TRUE).
    """
    return _estimate(design, np.asarray(satisfied) != 0, domain, total=False, share=True)


def mean(design: Design, scores: ArrayLike, domain: ArrayLike | None = None) -> Estimate:
    """Mean score (rows,) over the domain's people; scores outside the domain may be NaN. Raises as proportion."""
    return _estimate(design, scores, domain, total=False, share=False)


def total(design: Design, values: ArrayLike, domain: ArrayLike | None = None) -> Estimate:
    """Sum of values over the domain's people, for 0/1 the number of people. Raises as proportion. R: svytotal."""
    return _estimate(design, values, domain, total=True, share=False)


def ratio(design: Design, numerator: ArrayLike, denominator: ArrayLike, domain: ArrayLike | None = None) -> Estimate:
    """Ratio of two totals, R = sum w num / sum w den, over the domain. R: svyratio; df of the whole design.

    An estimate is absent (zero_weight) when the denominator's total is 0. Raises as proportion.
    """
    inside = _mask(design, domain)
    above, below = _values(design, numerator, inside), _values(design, denominator, inside)
    weights = np.where(inside, design.weights, 0.0)
    n, weighted = int(inside.sum()), int(np.count_nonzero(weights))
    size, base = float(weights.sum()), float(weights @ below)
    rows, full = design.rows if design.adjustments else n, degrees_of_freedom(design)
    if base == 0:
        why = Undefined.zero_weight if n else Undefined.no_answers
        return Estimate(None, None, full, full, n, weighted, rows, None, size, 0.0, None, None, why)
    same = bool((above == below)[weights > 0].all())
    found = 1.0 if same else float(weights @ above) / base
    influence = weights * (above - found * below) / base
    v = variance(design, influence, inside)
    spread = float(weights @ (above - found * below) ** 2) * size / base**2
    effects = _effects(v, spread, weighted, size, 1.0)
    kish = size * size / float(weights @ weights)
    return Estimate(found, v, full, full, n, weighted, rows, None, size, kish, *effects)
