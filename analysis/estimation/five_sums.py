"""Hundreds of domains at once from the five sums of each stratum and cell, without going back to the rows. Pure.

For samples of elements (no clusters) the sums n, sum w, sum wy, sum w², sum w²y of every stratum x cell are sufficient:
    v = sum_h (1-f_h) n_h/(n_h-1) [ sum z² - (sum z)²/n_h ],   z = w (y-p)/W on rows of the cell, 0 elsewhere
(methodology.md 3). Numbers equal those of the rows to rounding. A cell is any domain: a project, a street of a project,
an age group; regrouping the cells of one pass gives those of a coarser one.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import PopulationCountMissing, PopulationSmallerThanSample, SingleUnitStratum
from analysis.estimation.estimators import Estimate, Undefined
from analysis.estimation.sample_design import Codes, Floats, LonelyUnit, Mask, checked_weights, sums_by
from analysis.estimation.variance_engine import SELF_REPRESENTING

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CellSums:
    """One entry (all arrays (entries,) long) per stratum and cell that meet.

    n, x: rows with a weight, and those of them satisfied; w, wy, w2, w2y: sums of w, w y, w², w² y over them.
    sampled: (strata,) rows of the design in each stratum, also those outside every cell; population: (strata,) people,
    None for drawing with replacement. cells: how many cells there are.
    """

    stratum: Codes
    cell: Codes
    n: Counts
    x: Counts
    w: Floats
    wy: Floats
    w2: Floats
    w2y: Floats
    sampled: Counts
    population: Floats | None
    cells: int

    def regrouped(self, cell_of_cell: ArrayLike, cells: int) -> "CellSums":
        """The same sums for coarser cells. cell_of_cell: (cells,) the new code of each cell, -1 to leave it out."""
        codes = np.asarray(cell_of_cell, dtype=np.intp)[self.cell]
        kept = codes >= 0
        joint, inverse = np.unique(self.stratum[kept] * cells + codes[kept], return_inverse=True)

        def added(values: NDArray[np.generic]) -> Floats:
            return sums_by(inverse, values[kept], len(joint))

        return replace(
            self, stratum=joint // cells, cell=joint % cells, cells=cells, w=added(self.w), wy=added(self.wy),
            w2=added(self.w2), w2y=added(self.w2y), n=added(self.n).astype(np.int64), x=added(self.x).astype(np.int64),
        )  # fmt: skip


def cell_sums(
    stratum: ArrayLike,
    cell: ArrayLike,
    satisfied: ArrayLike,
    weights: ArrayLike | None = None,
    population: ArrayLike | None = None,
    cells: int | None = None,
) -> CellSums:
    """Sum rows in one pass. Giving the same array as stratum and as cell makes every stratum a cell and is fastest.

    stratum, cell: (rows,) codes 0..; cell -1 for rows of no cell (no valid answer). satisfied: (rows,) 0/1; weights:
    (rows,), default population / sampled; population: (strata,) people. Raises as cell_totals, and WeightNegative,
    WeightNotFinite.
    """
    same = cell is stratum
    strata_of = np.asarray(stratum, dtype=np.intp)
    cell_of = strata_of if same else np.asarray(cell, dtype=np.intp)
    strata = int(strata_of.max(initial=-1)) + 1 if population is None else len(np.asarray(population))
    many = int(cell_of.max(initial=-1)) + 1 if cells is None else cells
    groups = np.arange(strata) if same else np.arange(strata * (many + 1))
    stratum_of, cell_of_group = (groups, groups) if same else (groups // (many + 1), groups % (many + 1) - 1)
    codes = strata_of * 2 if same else (strata_of * (many + 1) + (cell_of + 1)) * 2
    codes += np.asarray(satisfied, dtype=np.bool_)

    def tabled(rows: Codes, values: Floats | None = None) -> Floats:
        found = np.bincount(rows, weights=values, minlength=2 * len(groups))
        return np.asarray(found.reshape(-1, 2), dtype=np.float64)

    n = tabled(codes)
    sampled = sums_by(stratum_of, n.sum(axis=1), strata).astype(np.int64)
    if weights is None:
        base = _people_per_row(sampled, population)[stratum_of][:, np.newaxis]
        w, w2 = n * base, n * base**2
    else:
        given = checked_weights(weights)
        if (nothing := given == 0).any():
            n -= tabled(codes[nothing])
        w, w2 = tabled(codes, given), tabled(codes, given * given)
    kept = np.flatnonzero((n[:, 0] + n[:, 1] > 0) & (cell_of_group >= 0))
    n, w, w2 = n[kept], w[kept], w2[kept]
    return cell_totals(
        stratum_of[kept], cell_of_group[kept], n.sum(axis=1), w.sum(axis=1), w[:, 1], w2.sum(axis=1), w2[:, 1],
        sampled, population, many, n[:, 1],
    )  # fmt: skip


def _people_per_row(sampled: Counts, population: ArrayLike | None) -> Floats:
    """(strata,) population / sampled, 1 without population counts; 0 for a stratum without rows."""
    people = sampled if population is None else np.asarray(population, dtype=np.float64)
    return np.where(sampled > 0, people / np.maximum(sampled, 1), 0.0)


def cell_totals(
    stratum: ArrayLike,
    cell: ArrayLike,
    n: ArrayLike,
    w: ArrayLike,
    wy: ArrayLike,
    w2: ArrayLike,
    w2y: ArrayLike,
    sampled: ArrayLike,
    population: ArrayLike | None,
    cells: int,
    x: ArrayLike | None = None,
) -> CellSums:
    """Sums that were kept elsewhere (tallies), checked. x: satisfied rows; default n wy/w, right for equal weights
    inside a stratum. Raises PopulationCountMissing, PopulationSmallerThanSample naming the stratum.
    """
    counts, base, hits = np.asarray(n, dtype=np.int64), np.asarray(w, dtype=np.float64), np.asarray(wy, np.float64)
    drawn = np.asarray(sampled, dtype=np.int64)
    people = None if population is None else np.asarray(population, dtype=np.float64)
    if people is not None and not np.isfinite(people).all():
        raise PopulationCountMissing(str(int(np.argmin(np.isfinite(people)))))
    if people is not None and (people < drawn).any():
        short = int(np.argmax(people < drawn))
        raise PopulationSmallerThanSample(str(short), float(people[short]), int(drawn[short]))
    known = np.rint(counts * hits / np.where(base > 0, base, 1.0)) if x is None else np.asarray(x)
    return CellSums(
        np.asarray(stratum, dtype=np.intp), np.asarray(cell, dtype=np.intp), counts, known.astype(np.int64), base, hits,
        np.asarray(w2, dtype=np.float64), np.asarray(w2y, dtype=np.float64), drawn, people, cells,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class CellEstimates:
    """Shares of all cells, every array (cells,); see Estimate. Where `defined` is False the other figures are 0."""

    defined: Mask
    estimate: Floats
    variance: Floats
    df: Counts
    n: Counts
    x: Counts
    sum_weights: Floats
    kish_n: Floats
    full_df: int

    def __len__(self) -> int:
        return len(self.defined)

    def one(self, cell: int) -> Estimate:
        """The estimate of one cell (without design effects)."""
        n, x, df = int(self.n[cell]), int(self.x[cell]), int(self.df[cell])
        if not self.defined[cell]:
            return Estimate(None, None, 0, self.full_df, n, 0, n, 0, 0.0, 0.0, None, None, Undefined.no_answers)
        p, v, size = float(self.estimate[cell]), float(self.variance[cell]), float(self.sum_weights[cell])
        return Estimate(p, v, df, self.full_df, n, n, n, x, size, float(self.kish_n[cell]), None, None)


def _lonely_scale(sums: CellSums, lonely: LonelyUnit, open_strata: Mask) -> tuple[Mask, Floats]:
    """(entries,) entries of a single-unit stratum among several, and (cells,) the factor of the rule `average`."""
    single = (open_strata & (sums.sampled == 1))[sums.stratum]
    if single.any() and lonely is LonelyUnit.fail:
        raise SingleUnitStratum(str(int(sums.stratum[int(np.argmax(single))])))
    factor = np.ones(sums.cells)
    if lonely is LonelyUnit.average:
        present = np.bincount(sums.cell, minlength=sums.cells)
        usable = present - np.bincount(sums.cell[single], minlength=sums.cells)
        factor = np.where(usable > 0, present / np.maximum(usable, 1), 1.0)
    return single, factor


def estimates(sums: CellSums, lonely: LonelyUnit | str = LonelyUnit.fail) -> CellEstimates:
    """Shares of every cell with variance and degrees of freedom. Raises SingleUnitStratum naming the stratum."""

    def per_cell(values: NDArray[np.generic]) -> Floats:
        return sums_by(sums.cell, values, sums.cells)

    rule = LonelyUnit(lonely)
    n, x, size = per_cell(sums.n), per_cell(sums.x), per_cell(sums.w)
    defined = size > 0
    whole = np.where(defined, size, 1.0)
    share = np.clip(per_cell(sums.wy) / whole, 0.0, 1.0)
    share = np.where(x == n, np.where(defined, 1.0, 0.0), np.where(x == 0, 0.0, share))
    p, base = share[sums.cell], whole[sums.cell]
    squares = (sums.w2y * (1 - p) ** 2 + (sums.w2 - sums.w2y) * p**2) / base**2
    z = (sums.wy * (1 - p) - (sums.w - sums.wy) * p) / base
    fraction = np.zeros(len(sums.sampled)) if sums.population is None else sums.sampled / np.maximum(sums.population, 1)
    open_strata = (1 - fraction) > SELF_REPRESENTING
    single, factor = _lonely_scale(sums, rule, open_strata)
    drawn = sums.sampled[sums.stratum].astype(np.float64)
    spread = np.where(single, squares if rule is LonelyUnit.adjust else 0.0, squares - z * z / np.maximum(drawn, 1))
    scale = np.where(open_strata, 1 - fraction, 0.0)[sums.stratum] * drawn / np.maximum(drawn - 1, 1)
    variance = per_cell(scale * np.maximum(spread, 0.0)) * factor
    df = n - np.bincount(sums.cell[sums.n > 0], minlength=sums.cells)
    kish = size**2 / np.where(defined, per_cell(sums.w2), 1.0)
    full = int(sums.sampled.sum() - np.count_nonzero(sums.sampled))
    whole_df, whole_n, whole_x = (found.astype(np.int64) for found in (df, n, x))
    return CellEstimates(defined, share, variance, whole_df, whole_n, whole_x, size, kish, full)
