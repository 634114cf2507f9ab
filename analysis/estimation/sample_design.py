"""The design of a sample: strata, clusters, weights and population counts of every stage, one entry per row. Pure.

Rows are answered or selected people. A domain never drops rows from a design; it is a mask over them. Source of the
rules: methodology.md 3, after R survey's svydesign.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import (
    ClusterCrossesStrata,
    ColumnLengthDiffers,
    PopulationCountMissing,
    PopulationSmallerThanSample,
    WeightNegative,
    WeightNotFinite,
)

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Mask = NDArray[np.bool_]


class LonelyUnit(StrEnum):
    """What a stratum with one sampled unit among several adds to the variance (methodology.md 3).

    fail raises SingleUnitStratum; remove and certainty add nothing; adjust measures from the mean of all units instead
    of the stratum's; average gives it the mean variance of the others.
    """

    fail = "fail"
    remove = "remove"
    certainty = "certainty"
    adjust = "adjust"
    average = "average"


class Adjustment(Protocol):
    """A calibration that has changed the weights: it takes out of influence values what the totals explain."""

    def residuals(self, influence: Floats) -> Floats:
        """Influence values (rows, columns), already times the calibrated weights, less their explained part."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage of sampling. unit: (rows,) code of each row's unit; stratum: (units,) code of each unit's stratum.

    sampled: (strata,) units drawn; population: (strata,) units there are, None for drawing with replacement;
    share: (strata,) product of the sampling fractions of the stages above; labels: names of the strata.
    """

    unit: Codes
    stratum: Codes
    sampled: Codes
    population: Floats | None
    share: Floats
    labels: tuple[str, ...]

    @property
    def fraction(self) -> Floats:
        """(strata,) sampled / population; 0 without population counts."""
        return np.zeros(len(self.sampled)) if self.population is None else self.sampled / self.population


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A sample as it was drawn: (rows,) weights, stages from the first, and the calibrations applied since."""

    weights: Floats
    stages: tuple[Stage, ...]
    lonely: LonelyUnit = LonelyUnit.fail
    adjust_domain_lonely: bool = False
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.weights)

    def reweighted(self, weights: Floats, adjustment: Adjustment) -> "Design":
        """The same design after a calibration."""
        return replace(self, weights=checked_weights(weights), adjustments=(*self.adjustments, adjustment))


def checked_weights(weights: ArrayLike) -> Floats:
    """Weights as floats. Raises WeightNegative, WeightNotFinite with the position of the first such row."""
    found = np.asarray(weights, dtype=np.float64)
    if not found.size or (found.min() >= 0 and found.max() < np.inf):
        return found
    if not np.isfinite(found).all():
        raise WeightNotFinite(int(np.argmin(np.isfinite(found))))
    if (found < 0).any():
        row = int(np.argmax(found < 0))
        raise WeightNegative(row, float(found[row]))
    return found


def sums_by(codes: Codes, values: ArrayLike, size: int) -> Floats:
    """(size,) sums of the values with each code."""
    return np.asarray(np.bincount(codes, weights=np.asarray(values, dtype=np.float64), minlength=size), np.float64)


def coded(labels: ArrayLike) -> tuple[Codes, tuple[str, ...]]:
    """Codes 0.. of labels in the order of the sorted labels, and the labels as text."""
    names, codes = np.unique(np.asarray(labels), return_inverse=True)
    return codes.reshape(-1).astype(np.intp), tuple(str(name) for name in names)


def combined(columns: Sequence[ArrayLike]) -> tuple[Codes, tuple[str, ...]]:
    """Codes of the combinations of several columns that occur, and their labels joined by |."""
    codes, names = coded(columns[0])
    for column in columns[1:]:
        further, others = coded(column)
        pairs, codes = np.unique(codes * len(others) + further, return_inverse=True)
        codes = codes.reshape(-1).astype(np.intp)
        names = tuple(f"{names[pair // len(others)]}|{others[pair % len(others)]}" for pair in pairs.tolist())
    return codes, names


def _population(counts: ArrayLike, row_stratum: Codes, sampled: Codes, labels: tuple[str, ...]) -> Floats:
    """One count per stratum out of one per row."""
    rows = np.asarray(counts, dtype=np.float64)
    low, high = np.full(len(sampled), np.inf), np.full(len(sampled), -np.inf)
    known = np.isfinite(rows)
    np.minimum.at(low, row_stratum[known], rows[known])
    np.maximum.at(high, row_stratum[known], rows[known])
    missing = np.bincount(row_stratum[~known], minlength=len(sampled)) > 0
    wrong = missing | (low != high)
    if wrong.any():
        raise PopulationCountMissing(labels[int(np.argmax(wrong))])
    short = low < sampled
    if short.any():
        first = int(np.argmax(short))
        raise PopulationSmallerThanSample(labels[first], float(low[first]), int(sampled[first]))
    return low


def _stage(
    row_stratum: Codes, row_unit: Codes, counts: ArrayLike | None, row_share: Floats, labels: tuple[str, ...]
) -> Stage:
    units = int(row_unit.max(initial=-1)) + 1
    stratum = np.zeros(units, dtype=np.intp)
    stratum[row_unit] = row_stratum
    sampled = np.bincount(stratum, minlength=len(labels)).astype(np.intp)
    share = np.ones(len(labels))
    share[row_stratum] = row_share
    population = None if counts is None else _population(counts, row_stratum, sampled, labels)
    return Stage(row_unit, stratum, sampled, population, share, labels)


def _check_nesting(row_stratum: Codes, row_unit: Codes, labels: tuple[str, ...]) -> None:
    first = np.zeros(int(row_unit.max(initial=-1)) + 1, dtype=np.intp)
    first[row_unit] = row_stratum
    crossing = first[row_unit] != row_stratum
    if crossing.any():
        raise ClusterCrossesStrata(labels[int(row_unit[int(np.argmax(crossing))])])


def _columns(
    rows: int, strata: ArrayLike | None, clusters: Sequence[ArrayLike], population: Sequence[ArrayLike]
) -> None:
    named = [("strata", strata)] if strata is not None else []
    named += [(f"clusters[{place}]", column) for place, column in enumerate(clusters)]
    named += [(f"population[{place}]", column) for place, column in enumerate(population)]
    for name, column in named:
        if len(np.asarray(column)) != rows:
            raise ColumnLengthDiffers(name, len(np.asarray(column)), rows)


def _rows(*columns: Any) -> int:
    return next((len(np.asarray(column)) for column in columns if column is not None), 0)


def design(
    *,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: Sequence[ArrayLike] = (),
    population: Sequence[ArrayLike] = (),
    nest: bool = False,
    lonely: LonelyUnit | str = LonelyUnit.fail,
    adjust_domain_lonely: bool = False,
    rows: int | None = None,
) -> Design:
    """Describe a sample. Every column has one entry per row.

    strata: labels of the first stage's strata; clusters: labels of the units, first stage first, none when every row
    is its own unit; nest: a label names a unit only inside its stratum; population: for each stage from the first the
    number of units in the population of the row's stratum (stages without it count as drawn with replacement, and end
    the recursion); weights: default the product over stages of population / sampled, or 1 without any counts.
    Raises ColumnLengthDiffers, ClusterCrossesStrata, PopulationCountMissing, PopulationSmallerThanSample,
    WeightNegative, WeightNotFinite.
    """
    size = _rows(weights, strata, *clusters, *population) if rows is None else rows
    _columns(size, strata, clusters, population)
    if weights is not None and len(np.asarray(weights)) != size:
        raise ColumnLengthDiffers("weights", len(np.asarray(weights)), size)
    everyone: Codes = np.arange(size, dtype=np.intp)
    units = [coded(column) for column in clusters] or [(everyone, ())]
    row_stratum, labels = (np.zeros(size, dtype=np.intp), ("all",)) if strata is None else coded(strata)
    share, factor = np.ones(size), np.ones(size)
    stages: list[Stage] = []
    for place, (own, names) in enumerate(units):
        if place == 0 and clusters and not nest:
            _check_nesting(row_stratum, own, names)
        row_unit, unit_labels = (own, names) if place == 0 and not nest else _inside(row_stratum, labels, own, names)
        counts = population[place] if place < len(population) else None
        stage = _stage(row_stratum, row_unit, counts, share, labels)
        stages.append(stage)
        if stage.population is None:
            break
        share = share * stage.fraction[row_stratum]
        factor = factor / stage.fraction[row_stratum]
        row_stratum, labels = row_unit, unit_labels
    found = checked_weights(factor if weights is None else weights)
    return Design(found, tuple(stages), LonelyUnit(lonely), adjust_domain_lonely)


def _inside(
    row_stratum: Codes, labels: tuple[str, ...], own: Codes, names: tuple[str, ...]
) -> tuple[Codes, tuple[str, ...]]:
    """Units whose labels are unique only inside their stratum, numbered through."""
    if not names:
        return own, names
    wide = max(len(names), 1)
    pairs, codes = np.unique(row_stratum * wide + own, return_inverse=True)
    joined = tuple(f"{labels[pair // wide]}|{names[pair % wide]}" for pair in pairs.tolist())
    return codes.reshape(-1).astype(np.intp), joined
