"""Streets' own calls against blind re-calls, and answers that depend on who asked."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, LengthsDiffer, LevelOutOfRange, RecallsMissing, TooFewGroups, ValueRefused
from analysis.hkg import hkg_interval
from analysis.hypergeometric import exact_interval
from analysis.nonresponse.double_sampling import Kind, corrected, corrected_score
from analysis.nonresponse.interviewers import careful_interval, interviewer_effect, logit_deviation

COUNTS = {"满意": True, "不满意": False, "说不清": None}


@st.composite
def _kinds(draw: st.DrawFn) -> list[Kind]:
    kinds = []
    for name in draw(
        st.lists(st.sampled_from(("满意", "不满意", "说不清")), min_size=1, unique=True).filter(
            lambda names: names != ["说不清"]
        )
    ):
        own = draw(st.integers(1, 200))
        recalled = draw(st.integers(1, own))
        kinds.append(Kind(name, own, recalled, draw(st.integers(0, recalled)), COUNTS[name]))
    return kinds


@given(_kinds(), st.integers(0, 500))
def test_the_corrected_rate_lies_inside_its_interval_whatever_the_order(kinds: list[Kind], more: int) -> None:
    population = sum(one.own for one in kinds) + more
    found = corrected(kinds, population)
    assert 0 <= found.estimate <= 1 and math.isfinite(found.variance)
    if found.interval is not None:
        assert found.interval.low - 1e-12 <= found.estimate <= found.interval.high + 1e-12
    assert corrected(kinds[::-1], population).estimate == pytest.approx(found.estimate, abs=1e-15)


def test_re_calling_everybody_of_one_kind_is_the_plain_exact_survey() -> None:
    found = corrected([Kind("满意", 60, 60, 54, True)], 200)
    assert found.estimate == 0.9 and found.interval is not None
    exact = exact_interval(54, 60, 200).interval
    assert found.interval.low == pytest.approx(exact.low, abs=0.011)
    assert found.interval.high == pytest.approx(exact.high, abs=0.011)


def test_re_calling_everybody_without_any_disagreement_leaves_the_error_of_the_sample() -> None:
    found = corrected([Kind("满意", 90, 90, 90, True), Kind("不满意", 10, 10, 0, False)], 200)
    assert found.variance == pytest.approx(0.9 * 0.1 / 99 * (1 - 100 / 200))


def test_a_street_that_notes_better_answers_than_it_got_is_found_out() -> None:
    kinds = [Kind("满意", 285, 60, 48, True), Kind("不满意", 15, 12, 0, False)]
    found = corrected(kinds, 300)
    assert found.own == 0.95 and found.estimate == pytest.approx(0.76)
    assert found.disagreeing == 12 and found.significant
    assert "自访95.0%" in found.sentence and "校正后76.0%" in found.sentence and "偏高19.0个百分点" in found.sentence


def test_honest_calls_are_left_in_peace() -> None:
    found = corrected([Kind("满意", 180, 40, 40, True), Kind("不满意", 20, 10, 0, False)], 200)
    assert not found.significant and "没有发现" in found.sentence
    assert found.disagreeing == 0


def test_people_who_told_their_street_nothing_are_corrected_but_do_not_lower_its_own_rate() -> None:
    kinds = [Kind("满意", 90, 30, 27, True), Kind("不满意", 10, 5, 1, False), Kind("说不清", 100, 20, 10, None)]
    found = corrected(kinds, 200)
    assert (found.own_x, found.own_n, found.disagreeing) == (90, 100, 4)
    assert found.estimate == pytest.approx(0.45 * 0.9 + 0.05 * 0.2 + 0.5 * 0.5)
    with pytest.raises(TooFewGroups):
        corrected(kinds[2:], 200)


def test_all_re_called_satisfied_is_no_certainty() -> None:
    found = corrected([Kind("满意", 300, 30, 30, True)], 400)
    assert found.variance == 0 and found.interval is not None and found.interval.low < 0.93


def test_the_correction_is_right_on_average_and_its_variance_is_too() -> None:
    """List of 600, 300 own calls, 85% noted satisfied but 10% of those untrue, 60 + 20 re-calls, 1,500 times."""
    random = np.random.default_rng(6)
    noted = np.arange(600) < 510
    true = np.where(noted, np.arange(600) % 10 != 0, np.arange(600) % 5 == 0)
    estimates, variances, held = [], [], 0
    for _ in range(1500):
        called = random.choice(600, 300, replace=False)
        kinds = []
        for name, mask, m in (("满意", noted[called], 60), ("不满意", ~noted[called], 20)):
            people = called[mask]
            again = random.choice(people, m, replace=False)
            kinds.append(Kind(name, len(people), m, int(true[again].sum()), name == "满意"))
        found = corrected(kinds, 600)
        estimates.append(found.estimate)
        variances.append(found.variance)
        held += found.interval is not None and found.interval.low <= true.mean() <= found.interval.high
    assert np.mean(estimates) == pytest.approx(true.mean(), abs=0.004)
    assert np.mean(variances) == pytest.approx(np.var(estimates), rel=0.12)
    assert held / 1500 >= 0.94


def test_corrections_that_cannot_be_made_are_refused() -> None:
    kind = Kind("满意", 20, 5, 4, True)
    with pytest.raises(RecallsMissing) as missing:
        corrected([kind, Kind("不满意", 7, 0, 0, False)], 50)
    assert (missing.value.cell, missing.value.answers) == ("不满意", 7)
    with pytest.raises(CountsOutOfRange):
        corrected([kind], 19)
    with pytest.raises(TooFewGroups):
        corrected([Kind("满意", 0, 0, 0, True)], 50)
    with pytest.raises(CountsOutOfRange):
        replace(kind, recalled=21)
    with pytest.raises(LevelOutOfRange):
        corrected([kind], 50, 1.0)
    assert corrected([Kind("满意", 1, 1, 1, True)], 1).estimate == 1


def test_scores_are_corrected_by_regression() -> None:
    random = np.random.default_rng(8)
    truth = random.normal(80, 10, 400)
    own = truth + 6 + random.normal(0, 3, 400)
    again = random.choice(400, 60, replace=False)
    found = corrected_score(own.tolist(), [(float(own[i]), float(truth[i])) for i in again], 1000)
    assert found.own == pytest.approx(float(own.mean()))
    assert abs(found.estimate - truth.mean()) < 1.5 and found.slope == pytest.approx(0.9, abs=0.15)
    assert 0 < found.se < 1.2
    flat = corrected_score([80.0] * 5, [(80.0, 70.0), (80.0, 75.0), (80.0, 80.0)], 5)
    assert (flat.estimate, flat.slope) == (75.0, 0.0)


def test_scores_that_cannot_be_corrected_are_refused() -> None:
    pairs = [(80.0, 70.0), (60.0, 75.0), (80.0, 80.0)]
    with pytest.raises(TooFewGroups):
        corrected_score([80.0, 60.0], pairs[:2], 5)
    with pytest.raises(LengthsDiffer):
        corrected_score([80.0, 60.0], pairs, 5)
    with pytest.raises(CountsOutOfRange):
        corrected_score([80.0] * 6, pairs, 5)
    with pytest.raises(ValueRefused):
        corrected_score([80.0, 60.0, math.nan], pairs, 5)


AGENTS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=10).filter(
    lambda drawn: sum(1 for x, rest in drawn if x + rest > 1) >= 1 and sum(1 for x, rest in drawn if x + rest) >= 2
)


@given(AGENTS, st.randoms())
def test_the_effect_of_agents_does_not_depend_on_their_order(drawn: list[tuple[int, int]], random: object) -> None:
    counts = [(x, x + rest) for x, rest in drawn]
    mixed = counts[:]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    found = interviewer_effect(counts)
    assert interviewer_effect(mixed) == found
    assert found.rho is None or -1 <= found.rho <= 1
    assert found.deff >= 1 and found.sentence.endswith("。")


def test_agents_who_each_hear_one_thing_are_told() -> None:
    split = interviewer_effect([(30, 30), (0, 30), (30, 30), (0, 30)])
    assert split.rho == pytest.approx(1) and split.deff == pytest.approx(30) and "减少每人" in split.sentence
    same = interviewer_effect([(27, 30)] * 4)
    assert same.rho is not None and same.rho < 0 and same.deff == 1 and same.deff_computed < 1
    assert interviewer_effect([(30, 30), (20, 20)]).rho is None
    assert logit_deviation([(30, 30), (20, 20)]) == 0
    assert logit_deviation([(27, 30)] * 4) == pytest.approx(0, abs=1e-6)


def test_the_deviation_of_agents_is_found_again() -> None:
    random = np.random.default_rng(10)
    share = 1 / (1 + np.exp(-(2 + 0.6 * random.normal(size=150))))
    counts = [(int(random.binomial(60, one)), 60) for one in share]
    assert logit_deviation(counts) == pytest.approx(0.6, abs=0.12)


def test_an_interval_with_agents_as_units_is_wider_where_they_differ() -> None:
    apart = careful_interval([(30, 30), (18, 30), (29, 30), (20, 30), (28, 30)], 1000)
    alike = careful_interval([(25, 30)] * 5, 1000)
    assert apart is not None and alike is not None and apart.width > 1.5 * alike.width
    variance = 5 / 4 * sum((x - 125 / 150 * 30) ** 2 for x in (30, 18, 29, 20, 28)) / 150**2 * (1 - 150 / 300)
    nearly_all = careful_interval([(30, 30), (18, 30), (29, 30), (20, 30), (28, 30)], 160)
    assert nearly_all is not None and nearly_all.width < 0.4 * apart.width
    half = careful_interval([(30, 30), (18, 30), (29, 30), (20, 30), (28, 30)], 300)
    assert half == hkg_interval(125 / 150, variance, 4, 300, 150, 125, 150)
    for counts, population, error in (
        ([(3, 2), (1, 2)], 10, CountsOutOfRange),
        ([(1, 2)], 10, TooFewGroups),
        ([(1, 6), (1, 6)], 10, CountsOutOfRange),
    ):
        with pytest.raises(error):
            careful_interval(counts, population)
    with pytest.raises(TooFewGroups):
        interviewer_effect([(1, 1), (0, 1)])
