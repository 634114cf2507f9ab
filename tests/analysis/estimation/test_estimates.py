"""The estimation library as a statistician uses it: designs, domains, calibration, intervals, and what it refuses."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import (
    BoundsRefused,
    CalibrationCellEmpty,
    CalibrationFailed,
    ClusterCrossesStrata,
    ColumnLengthDiffers,
    LevelOutOfRange,
    MarginsDisagree,
    PopulationCountMissing,
    PopulationSmallerThanSample,
    ScoreNotFinite,
    SingleUnitStratum,
    WeightNegative,
    WeightNotFinite,
)
from analysis.estimation import (
    Method,
    Undefined,
    calibrate,
    covariance,
    design,
    interval,
    margin,
    mean,
    mean_influence,
    poststratify,
    proportion,
    rake,
    ratio,
    total,
)
from analysis.hypergeometric import exact_interval

ALWAYS_THERE = (Method.kg_nchs, Method.hkg)


def test_the_example_of_the_package() -> None:
    street = ["东", "东", "东", "西", "西", "西", "西"]
    people_on_the_list = [30, 30, 30, 8, 8, 8, 8]
    satisfied = [1, 1, 0, 1, 1, 1, 0]
    valid_answer = [1, 1, 1, 1, 1, 1, 0]
    sampled = design(strata=street, population=[people_on_the_list])
    rate = proportion(sampled, satisfied, valid_answer)
    assert sampled.weights.tolist() == [10, 10, 10, 2, 2, 2, 2]
    assert rate.estimate == pytest.approx((20 + 6) / (30 + 6))
    assert (rate.n, rate.x, rate.df, rate.sum_weights) == (6, 5, 4, 36)
    bounds = interval(rate)
    assert bounds is not None
    assert 0 < bounds.low < 26 / 36 < bounds.high < 1


def test_a_simple_random_sample_has_the_exact_hypergeometric_interval() -> None:
    rate = proportion(design(population=[[79] * 31], rows=31), [1] * 27 + [0] * 4)
    bounds, exact = interval(rate), exact_interval(27, 31, 79).interval
    assert bounds is not None
    assert (bounds.low, bounds.high) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_a_fully_answered_list_leaves_no_doubt() -> None:
    rate = proportion(design(population=[[5] * 5], rows=5), [1, 1, 1, 1, 0])
    bounds = interval(rate)
    assert (rate.variance, bounds and bounds.low, bounds and bounds.high) == (0.0, 0.8, 0.8)


def test_a_domain_keeps_the_rows_outside_in_the_design() -> None:
    sampled = design(strata=[0] * 6, population=[[60] * 6])
    inside = np.array([1, 1, 1, 0, 0, 0])
    as_domain = proportion(sampled, [1, 1, 0, 0, 1, 0], inside)
    dropped = proportion(design(strata=[0] * 3, population=[[30] * 3]), [1, 1, 0])
    assert as_domain.estimate == dropped.estimate
    assert as_domain.variance != pytest.approx(dropped.variance)


def test_an_empty_domain_and_one_without_weight_say_so() -> None:
    sampled = design(weights=[1.0, 0.0])
    nobody, weightless = proportion(sampled, [1, 1], [0, 0]), proportion(sampled, [1, 1], [0, 1])
    assert (nobody.estimate, nobody.undefined) == (None, Undefined.no_answers)
    assert (weightless.estimate, weightless.undefined, weightless.n) == (None, Undefined.zero_weight, 1)
    assert all(interval(nobody, method) is None for method in Method)


def test_one_answer_and_unanimous_answers_have_hkg_but_none_of_the_methods_without_variance() -> None:
    one = proportion(design(weights=[5.0, 5.0]), [1, 0], [1, 0])
    assert (one.estimate, one.df, interval(one)) == (1.0, 0, None)
    for satisfied in (1, 0):
        rate = proportion(design(population=[[40] * 8], rows=8), [satisfied] * 8)
        for method in set(Method) - {Method.t}:
            found = interval(rate, method)
            assert (found is not None) == (method in ALWAYS_THERE)
        bounds = interval(rate)
        assert bounds is not None
        assert (bounds.high if satisfied else bounds.low) == satisfied
        assert 0.05 < bounds.width < 0.5


def test_a_ratio_of_counts_is_the_proportion_and_a_total_is_its_numerator() -> None:
    sampled = design(strata=[0, 0, 0, 1, 1, 1], population=[[9, 9, 9, 30, 30, 30]])
    y, d = np.array([1, 0, 1, 1, 1, 0]), np.array([1, 1, 1, 1, 1, 0])
    share, quotient, people = proportion(sampled, y, d), ratio(sampled, y * d, d), total(sampled, y, d)
    assert quotient.estimate == pytest.approx(share.estimate)
    assert quotient.variance == pytest.approx(share.variance)
    assert people.estimate == pytest.approx(3 * 2 + 10 * 2)
    assert mean(sampled, np.where(y, 100.0, 30.0), d).estimate == pytest.approx(30 + 70 * (share.estimate or 0))


def test_the_difference_of_two_domains_comes_from_their_joint_covariance() -> None:
    sampled = design(clusters=[["a", "a", "b", "b", "c", "d"]], weights=[2.0] * 6)
    y = np.array([1.0, 1, 0, 0, 1, 0])
    first, second = np.array([1, 0, 1, 0, 1, 1]) > 0, np.array([0, 1, 0, 1, 0, 0]) > 0
    columns = [mean_influence(sampled, y, part, mean(sampled, y, part).estimate or 0.0) for part in (first, second)]
    both = covariance(sampled, np.column_stack(columns))
    apart = covariance(sampled, columns[1] - columns[0])
    assert both[0, 0] == pytest.approx(proportion(sampled, y, first).variance)
    assert float(apart[0, 0]) == pytest.approx(both[0, 0] + both[1, 1] - 2 * both[0, 1])
    assert both[0, 1] > 0


def test_two_stages_add_the_variance_inside_the_clusters() -> None:
    clusters = [["a"] * 3 + ["b"] * 3 + ["c"] * 3, list(range(9))]
    y = [1, 1, 0, 1, 0, 0, 1, 1, 1]
    one = proportion(design(clusters=clusters[:1], population=[[6] * 9], weights=[4.0] * 9), y)
    two = proportion(design(clusters=clusters, population=[[6] * 9, [6] * 9]), y)
    assert two.estimate == one.estimate
    assert two.variance is not None and one.variance is not None
    within = sum(1 / 2 * (1 - 3 / 6) * 3 / 2 * sum((v - np.mean(c)) ** 2 for v in c) for c in ([1, 1, 0], [1, 0, 0]))
    assert two.variance == pytest.approx(one.variance + within / 81)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(seed: int, order: np.random.Generator) -> None:
    chance = np.random.default_rng(seed)
    stratum = np.concatenate([[0, 0, 1, 1, 2, 2], chance.integers(0, 3, 20)])
    weights, y, d = chance.uniform(1, 9, 26), chance.random(26) < 0.8, chance.random(26) < 0.9
    assume((d & y).any())
    moved = list(range(26))
    order.shuffle(moved)
    first = proportion(design(weights=weights, strata=stratum), y, d)
    second = proportion(design(weights=weights[moved], strata=stratum[moved]), y[moved], d[moved])
    assert (first.n, first.x, first.df) == (second.n, second.x, second.df)
    assert first.estimate == pytest.approx(second.estimate, rel=1e-12)
    assert first.variance == pytest.approx(second.variance, rel=1e-9, abs=1e-16)


@settings(deadline=None, max_examples=60)
@given(n=st.integers(3, 40), more=st.integers(0, 60), data=st.data())
def test_intervals_grow_with_the_satisfied_and_with_the_level(n: int, more: int, data: st.DataObject) -> None:
    method = data.draw(st.sampled_from([*ALWAYS_THERE, Method.wilson, Method.xlogit, Method.beta]))
    x = data.draw(st.integers(1, n - 2))
    sampled = design(population=[[n + more] * n], rows=n)
    fewer, further = (proportion(sampled, [1] * count + [0] * (n - count)) for count in (x, x + 1))
    for alpha in (0.1, 0.05):
        low, high = interval(fewer, method, alpha), interval(further, method, alpha)
        if low is None or high is None:
            assert more == 0  # everybody answered: no variance, no interval of R
            continue
        assert low.low <= high.low + 1e-12 and low.high <= high.high + 1e-12
        wider = interval(fewer, method, 0.01)
        assert wider is not None
        assert wider.low <= low.low + 1e-12 and wider.high >= low.high - 1e-12


def test_calibrated_weights_meet_the_totals_and_bounds_hold() -> None:
    sex, age = ["0", "0", "1", "1", "1", "0"], ["a", "b", "a", "b", "b", "a"]
    margins = [margin("sex", sex, {"0": 30, "1": 50}), margin("age", age, {"a": 44, "b": 36})]
    plain = design(weights=[10.0] * 6)
    made = [rake(plain, margins), poststratify(plain, margins[0])]
    made += [calibrate(plain, margins, kind, (0.3, 3.0)) for kind in ("linear", "raking", "logit")]
    for one in made:
        assert one.weights[np.array(sex) == "0"].sum() == pytest.approx(30)
        assert (one.weights / 10).min() >= 0.3 and (one.weights / 10).max() <= 3
    assert made[0].weights == pytest.approx(made[3].weights)
    known = proportion(made[0], [one == "1" for one in sex])
    assert known.estimate == pytest.approx(50 / 80)
    assert known.variance == pytest.approx(0, abs=1e-16)  # a share that the totals fix has no variance left


def test_impossible_calibrations_are_refused_with_the_cell() -> None:
    plain = design(weights=[1.0] * 4)
    with pytest.raises(CalibrationCellEmpty, match="sex=1"):
        margin("sex", ["0", "1"], {"0": 3})
    with pytest.raises(CalibrationCellEmpty, match="sex=2"):
        margin("sex", ["0", "1"], {"0": 3, "1": 3, "2": 1})
    sex = margin("sex", list("0101"), {"0": 5, "1": 5})
    with pytest.raises(MarginsDisagree, match="age"):
        rake(plain, [sex, margin("age", list("0011"), {"0": 5, "1": 6})])
    with pytest.raises(BoundsRefused):
        calibrate(plain, [sex], "logit", (1.1, 2.0))
    with pytest.raises(CalibrationFailed):
        calibrate(plain, [sex], "logit", (0.5, 1.5))
    with pytest.raises(ColumnLengthDiffers):
        rake(design(weights=[1.0] * 3), [sex])


def test_impossible_designs_are_refused_with_the_stratum_or_row() -> None:
    with pytest.raises(WeightNegative, match="row 1"):
        design(weights=[1, -2])
    with pytest.raises(WeightNotFinite, match="row 0"):
        design(weights=[np.nan, 2])
    with pytest.raises(PopulationCountMissing, match="stratum 西"):
        design(strata=["东", "西"], population=[[3, np.nan]])
    with pytest.raises(PopulationCountMissing, match="stratum 东"):
        design(strata=["东", "东"], population=[[3, 4]])
    with pytest.raises(PopulationSmallerThanSample, match="stratum 东"):
        design(strata=["东", "东"], population=[[1, 1]])
    with pytest.raises(ColumnLengthDiffers, match="strata"):
        design(weights=[1, 2], strata=[1])
    with pytest.raises(ClusterCrossesStrata, match="cluster a"):
        design(strata=[1, 2], clusters=[["a", "a"]])
    with pytest.raises(SingleUnitStratum, match="stratum 东"):
        proportion(design(strata=["东", "西", "西"], weights=[1, 1, 1]), [1, 1, 0])
    with pytest.raises(ScoreNotFinite, match="row 1"):
        mean(design(weights=[1, 1]), [1, np.nan])
    assert mean(design(weights=[1, 1]), [1, np.nan], [1, 0]).estimate == 1
    with pytest.raises(LevelOutOfRange):
        interval(proportion(design(weights=[1, 1]), [1, 0]), alpha=0.0)


def test_a_billion_people_on_the_list_are_no_burden() -> None:
    rate = proportion(design(population=[[10**9] * 600], rows=600), [1] * 553 + [0] * 47)
    bounds, exact = interval(rate), exact_interval(553, 600, 10**9).interval
    assert bounds is not None
    assert (bounds.low, bounds.high) == pytest.approx((exact.low, exact.high), abs=1e-8)


def test_a_share_without_variance_between_0_and_1_has_no_interval_of_r_and_never_a_width_of_nothing() -> None:
    margins = [margin("sex", list("00111"), {"0": 20, "1": 30})]
    fixed = proportion(poststratify(design(weights=[10.0] * 5), margins[0]), [0, 0, 1, 1, 1])
    assert fixed.estimate == pytest.approx(0.6)
    assert interval(fixed, Method.xlogit) is None
    bounds = interval(fixed)
    assert bounds is not None
    assert bounds.width > 0.3
