"""Weights made to agree with known population counts, and the residuals that then carry the variance. Pure.

Post-stratification, raking (iterative proportional fitting) and calibration (linear, raking, logit with bounds), with
the residual variances of methodology.md 3; Deville and Särndal 1992; R survey's postStratify, rake, calibrate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from analysis.errors import BoundsRefused, CalibrationCellEmpty, CalibrationFailed, ColumnLengthDiffers, MarginsDisagree
from analysis.estimation.sample_design import Codes, Design, Floats, coded, sums_by

RAKING_SWEEPS = 10  # of the variance, as R
RAKING_LIMIT = 200
NEWTON_LIMIT = 60
CLOSE = 1e-10  # relative to the sum of the weights
UNBOUNDED = (float("-inf"), float("inf"))
SAME_TOTAL = 1e-6  # margins may differ by rounding only, relative to their total


class Distance(StrEnum):
    """How far factors are from 1: linear (GREG), raking (exponential) or logit, which keeps them between bounds."""

    linear = "linear"
    raking = "raking"
    logit = "logit"


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """Population counts of the categories of one column. cell: (rows,) codes; counts: (cells,) people."""

    name: str
    cell: Codes
    counts: Floats
    labels: tuple[str, ...]


def margin(name: str, column: ArrayLike, counts: Mapping[str, float]) -> Margin:
    """A column (rows,) with the people of each of its categories. Raises CalibrationCellEmpty naming the category.

    Every category that occurs needs a count above 0, and every count above 0 needs a row.
    """
    cell, labels = coded(column)
    unknown = [label for label in labels if counts.get(label, 0) <= 0]
    unseen = [label for label in counts if label not in labels and counts[label] > 0]
    if unknown or unseen:
        raise CalibrationCellEmpty(f"{name}={(unknown + unseen)[0]}")
    return Margin(name, cell, np.array([float(counts[label]) for label in labels]), labels)


def _sums(given: Margin, weights: Floats) -> Floats:
    """(cells,) sums of weights; a cell whose rows have no weight is empty."""
    found = sums_by(given.cell, weights, len(given.counts))
    if (found <= 0).any():
        raise CalibrationCellEmpty(f"{given.name}={given.labels[int(np.argmax(found <= 0))]}")
    return found


def _cell_means(cell: Codes, cells: int, values: Floats, weights: Floats) -> Floats:
    """(rows, columns) weighted mean of the values in each row's cell."""
    base = sums_by(cell, weights, cells)
    sums = [sums_by(cell, weights * column, cells) for column in values.T]
    return np.column_stack([(one / base)[cell] for one in sums])


def _ratio(values: Floats, weights: Floats) -> Floats:
    """values / weights, 0 where the weight is 0 (rows that count for nothing)."""
    base = np.where(weights > 0, weights, 1.0)[:, np.newaxis]
    return np.where(weights[:, np.newaxis] > 0, values / base, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class PostStratified:
    """Residuals from the cell means under the weights before."""

    margin: Margin
    before: Floats
    after: Floats

    def residuals(self, influence: Floats) -> Floats:
        """z -> w' (u - mean of u in the cell), u = z / w'."""
        u = _ratio(influence, self.after)
        return self.after[:, np.newaxis] * (u - _cell_means(self.margin.cell, len(self.margin.counts), u, self.before))


@dataclass(frozen=True, slots=True, eq=False)
class Raked:
    """Residuals after ten sweeps over the margins, each taking out plain category means."""

    margins: tuple[Margin, ...]
    after: Floats

    def residuals(self, influence: Floats) -> Floats:
        """z -> z - w' (mean of z / w' over the category), margin by margin, ten times."""
        rows, weights = np.ones(len(self.after)), self.after[:, np.newaxis]
        u = _ratio(influence, self.after)
        for _ in range(RAKING_SWEEPS):
            for one in self.margins:
                u = u - _cell_means(one.cell, len(one.counts), u, rows)
        return weights * u


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """Residuals of the regression on the calibration columns (rows, columns) under the weights before."""

    columns: Floats
    before: Floats
    after: Floats

    def residuals(self, influence: Floats) -> Floats:
        """z -> w' (u - X b), u = z / w', b by least squares with the weights before."""
        u = _ratio(influence, self.after)
        root = np.sqrt(self.before)[:, np.newaxis]
        slopes = np.linalg.lstsq(self.columns * root, u * root, rcond=None)[0]
        return self.after[:, np.newaxis] * (u - self.columns @ slopes)


def _check_length(design: Design, margins: Sequence[Margin]) -> None:
    for one in margins:
        if len(one.cell) != design.rows:
            raise ColumnLengthDiffers(one.name, len(one.cell), design.rows)


def _check_totals(margins: Sequence[Margin]) -> float:
    total = float(margins[0].counts.sum())
    for one in margins[1:]:
        if abs(float(one.counts.sum()) - total) > SAME_TOTAL * total:
            raise MarginsDisagree(one.name, float(one.counts.sum()), total)
    return total


def poststratify(design: Design, cells: Margin) -> Design:
    """Weights times N_g / sum of weights in cell g. Raises CalibrationCellEmpty, ColumnLengthDiffers."""
    _check_length(design, [cells])
    after = design.weights * (cells.counts / _sums(cells, design.weights))[cells.cell]
    return design.reweighted(after, PostStratified(cells, design.weights, after))


def rake(design: Design, margins: Sequence[Margin]) -> Design:
    """Iterative proportional fitting until every margin is within 1e-10 of the sum of weights.

    Raises CalibrationCellEmpty, MarginsDisagree, CalibrationFailed, ColumnLengthDiffers.
    """
    _check_length(design, margins)
    _check_totals(margins)
    weights, limit = design.weights, CLOSE * float(design.weights.sum())
    for _ in range(RAKING_LIMIT):
        weights = _sweep(weights, margins)
        apart = max(float(np.abs(_sums(one, weights) - one.counts).max()) for one in margins)
        if apart < limit:
            weights = _sweep(weights, margins)  # R sees only after one more that nothing changes
            return design.reweighted(weights, Raked(tuple(margins), weights))
    raise CalibrationFailed(RAKING_LIMIT, apart)


def _sweep(weights: Floats, margins: Sequence[Margin]) -> Floats:
    for one in margins:
        weights = weights * (one.counts / _sums(one, weights))[one.cell]
    return weights


def _columns(margins: Sequence[Margin]) -> tuple[Floats, Floats]:
    """Model columns 1 + factor(margins) without each first category, and their totals."""
    total = _check_totals(margins)
    rows = len(margins[0].cell)
    columns, totals = [np.ones(rows)], [total]
    for one in margins:
        for cell in range(1, len(one.counts)):
            columns.append((one.cell == cell).astype(np.float64))
            totals.append(float(one.counts[cell]))
    return np.column_stack(columns), np.array(totals)


def _factor(distance: Distance, eta: Floats, bounds: tuple[float, float]) -> tuple[Floats, Floats]:
    """Factors g(eta) and their slopes g'(eta); linear and raking factors are cut off at the bounds."""
    low, high = bounds
    if distance is not Distance.logit:
        free = 1 + eta if distance is Distance.linear else np.exp(np.clip(eta, -700, 700))
        slope = np.ones_like(eta) if distance is Distance.linear else free
        return np.clip(free, low, high), np.where((free > low) & (free < high), slope, 0.0)
    steep = (high - low) / ((1 - low) * (high - 1))
    grown = np.exp(np.clip(steep * eta, -350, 350))
    base = (high - 1) + (1 - low) * grown
    found = (low * (high - 1) + high * (1 - low) * grown) / base
    return found, steep * (high - low) * (high - 1) * (1 - low) * grown / base**2


def _solve(columns: Floats, totals: Floats, weights: Floats, distance: Distance, bounds: tuple[float, float]) -> Floats:
    """Factors that meet the totals, by Newton's method with halved steps."""
    slopes = np.zeros(columns.shape[1])
    factors, steepness = _factor(distance, np.zeros(len(weights)), bounds)
    gap = totals - columns.T @ (weights * factors)
    limit = CLOSE * 1e-2 * float(np.abs(totals).max())
    for _ in range(NEWTON_LIMIT):
        if float(np.abs(gap).max()) <= limit:
            return factors
        information = (columns * (weights * steepness)[:, np.newaxis]).T @ columns
        step = np.linalg.lstsq(information, gap, rcond=None)[0]
        before = float(np.abs(gap).max())
        for _halving in range(30):
            factors, steepness = _factor(distance, columns @ (slopes + step), bounds)
            gap = totals - columns.T @ (weights * factors)
            if float(np.abs(gap).max()) < before:
                break
            step = step / 2
        slopes = slopes + step
    if float(np.abs(gap).max()) <= 100 * limit:
        return factors
    raise CalibrationFailed(NEWTON_LIMIT, float(np.abs(gap).max()))


def calibrate(
    design: Design,
    margins: Sequence[Margin],
    distance: Distance | str = Distance.linear,
    bounds: tuple[float, float] = UNBOUNDED,
) -> Design:
    """Calibrate on the model 1 + factor(margins). bounds: smallest and largest factor; logit needs finite ones.

    Linear factors may be negative, then WeightNegative is raised: choose raking or logit. Raises also MarginsDisagree,
    CalibrationFailed, BoundsRefused, ColumnLengthDiffers.
    """
    kind = Distance(distance)
    _check_length(design, margins)
    if not bounds[0] < 1 < bounds[1] or (kind is Distance.logit and not np.isfinite(bounds).all()):
        raise BoundsRefused(*bounds)
    for one in margins:
        _sums(one, design.weights)
    columns, totals = _columns(margins)
    after = design.weights * _solve(columns, totals, design.weights, kind, bounds)
    return design.reweighted(after, Calibrated(columns, design.weights, after))
