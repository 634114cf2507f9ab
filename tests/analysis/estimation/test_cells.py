"""Hundreds of cells at once: the five sums give what the rows give, and vectors what single cells give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import PopulationCountMissing, PopulationSmallerThanSample, SingleUnitStratum, WeightNotFinite
from analysis.estimation import (
    LonelyUnit,
    Method,
    cell_intervals,
    cell_sums,
    cell_totals,
    design,
    estimates,
    interval,
    proportion,
)
from analysis.hkg import shape_low
from analysis.hypergeometric import exact_interval

VECTORISED = [Method.hkg, Method.kg_nchs, Method.beta, Method.wilson, Method.xlogit, Method.asin, Method.mean]


def _sample(seed: int, strata: int = 5, cells: int = 4, rows: int = 120) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(seed)
    stratum = np.sort(np.concatenate([np.arange(strata), np.arange(strata), chance.integers(0, strata, rows)]))
    drawn = np.bincount(stratum, minlength=strata)
    weights = chance.choice([0.0, 0.5, 1.0, 1.25, 3.0], len(stratum), p=[0.05, 0.2, 0.35, 0.2, 0.2])
    return {
        "stratum": stratum,
        "cell": chance.integers(-1, cells, len(stratum)),
        "satisfied": chance.random(len(stratum)) < chance.choice([0.0, 0.6, 0.95, 1.0]),
        "weights": weights * 3,
        "population": drawn + chance.integers(0, 30, strata),
    }


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), with_counts=st.booleans(), lonely=st.sampled_from(["remove", "adjust", "average"]))
def test_five_sums_give_the_numbers_of_the_rows(seed: int, with_counts: bool, lonely: str) -> None:
    one = _sample(seed)
    counts = one["population"] if with_counts else None
    found = estimates(cell_sums(one["stratum"], one["cell"], one["satisfied"], one["weights"], counts, 4), lonely)
    stages = [counts[one["stratum"]]] if counts is not None else []
    sampled = design(weights=one["weights"], strata=one["stratum"], population=stages, lonely=lonely)
    for cell in range(4):
        slow = proportion(sampled, one["satisfied"], one["cell"] == cell)
        fast = found.one(cell)
        assert (fast.n_weighted, fast.x, fast.df, fast.full_df) == (slow.n_weighted, slow.x, slow.df, sampled_df(one))
        assert fast.estimate == pytest.approx(slow.estimate, rel=1e-12)
        assert fast.variance == pytest.approx(slow.variance, rel=1e-9, abs=1e-16)
        assert fast.kish_n == pytest.approx(slow.kish_n, rel=1e-12)


def sampled_df(one: dict[str, np.ndarray]) -> int:
    """Rows less strata of the whole sample."""
    return len(one["stratum"]) - len(np.unique(one["stratum"]))


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    method=st.sampled_from(VECTORISED),
    alpha=st.sampled_from([0.2, 0.1, 0.05, 0.01]),
)
def test_intervals_of_many_cells_are_those_of_single_cells(seed: int, method: Method, alpha: float) -> None:
    one = _sample(seed, strata=6, cells=30, rows=400)
    found = estimates(cell_sums(one["stratum"], one["cell"], one["satisfied"], one["weights"], one["population"], 30))
    many = cell_intervals(found, method, alpha)
    for cell in range(30):
        single = interval(found.one(cell), method, alpha)
        assert bool(many.defined[cell]) is (single is not None)
        if single is not None:
            assert (many.low[cell], many.high[cell]) == pytest.approx((single.low, single.high), rel=1e-10, abs=1e-12)


def test_cells_can_be_regrouped_without_the_rows() -> None:
    one = _sample(7, cells=6)
    fine = cell_sums(one["stratum"], one["cell"], one["satisfied"], one["weights"], one["population"], 6)
    groups = np.array([0, 0, 1, 1, -1, 1])
    coarse_cell = np.where(one["cell"] < 0, -1, groups[one["cell"]])
    direct = cell_sums(one["stratum"], coarse_cell, one["satisfied"], one["weights"], one["population"], 2)
    for found, wanted in zip(
        (estimates(fine.regrouped(groups, 2)).one(0), estimates(fine.regrouped(groups, 2)).one(1)),
        (estimates(direct).one(0), estimates(direct).one(1)),
        strict=True,
    ):
        assert found.n == wanted.n
        assert found.estimate == pytest.approx(wanted.estimate, rel=1e-12)
        assert found.variance == pytest.approx(wanted.variance, rel=1e-12)


def test_tallies_kept_elsewhere_need_no_count_of_the_satisfied_when_weights_are_equal() -> None:
    found = estimates(cell_totals([0], [0], [29], [29.0], [27.0], [29.0], [27.0], [31], [79.0], 1))
    assert int(found.x[0]) == 27
    assert float(found.estimate[0]) == pytest.approx(27 / 29)


def test_a_cell_without_answers_has_no_estimate_and_no_interval() -> None:
    found = estimates(cell_sums([0, 0, 1, 1], [0, 0, -1, 0], [1, 0, 1, 1], None, [9, 9], 3))
    assert found.defined.tolist() == [True, False, False]
    assert found.one(2).estimate is None
    assert cell_intervals(found).defined.tolist() == [True, False, False]
    assert np.isfinite(cell_intervals(found).low).all()


def test_what_is_wrong_with_a_stratum_names_it() -> None:
    with pytest.raises(SingleUnitStratum, match="stratum 1"):
        estimates(cell_sums([0, 0, 1], [0, 0, 0], [1, 1, 0], None, [5, 5]))
    with pytest.raises(PopulationSmallerThanSample, match="stratum 1"):
        cell_sums([0, 1, 1], [0, 0, 0], [1, 1, 0], None, [5, 1])
    with pytest.raises(PopulationCountMissing, match="1"):
        cell_sums([0, 1, 1], [0, 0, 0], [1, 1, 0], None, [5, np.nan])
    with pytest.raises(WeightNotFinite):
        cell_sums([0, 0], [0, 0], [1, 1], [1.0, np.inf])


def test_a_billion_people_take_no_longer_than_a_thousand() -> None:
    found = estimates(cell_sums([0] * 900, [0] * 900, [1] * 801 + [0] * 99, None, [10**9]))
    many = cell_intervals(found)
    single = interval(found.one(0))
    assert single is not None
    assert (float(many.low[0]), float(many.high[0])) == pytest.approx((single.low, single.high), abs=1e-9)
    exact = exact_interval(801, 900, 10**9).interval
    assert (single.low, single.high) == pytest.approx((exact.low, exact.high), abs=1e-9)


@pytest.mark.parametrize(("share", "answers"), [(0.893, 401), (0.5004, 97), (0.9871, 955)])
def test_the_short_cut_for_long_lists_continues_the_sum(share: float, answers: int) -> None:
    summed = shape_low(share, answers, 1_000_000 + answers)
    short_cut = shape_low(share, answers, 1_000_001 + answers)
    assert short_cut == pytest.approx(summed, abs=1.1e-6)


@pytest.mark.parametrize("lonely", [LonelyUnit.remove, LonelyUnit.certainty])
def test_a_single_unit_stratum_adds_nothing_when_it_is_removed(lonely: LonelyUnit) -> None:
    found = estimates(cell_sums([0, 0, 1], [0, 0, 0], [1, 0, 0], None, [5, 5]), lonely)
    assert float(found.variance[0]) > 0
