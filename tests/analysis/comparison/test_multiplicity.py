"""Claims about many projects at once."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison import multiplicity, target_tests
from analysis.comparison.multiplicity import Claim, claims, watch_list
from analysis.errors import CountsOutOfRange, LevelOutOfRange, TargetOutOfRange, ValueRefused
from analysis.hkg import Stratum, rate_interval, stratified_rate
from analysis.verdicts import Verdict, judge
from tests.analysis.strategies import answered_lists

PROBABILITIES = st.lists(st.floats(0, 1), max_size=40)
ALL = (
    multiplicity.bonferroni,
    multiplicity.holm,
    multiplicity.hochberg,
    multiplicity.benjamini_hochberg,
    multiplicity.benjamini_yekutieli,
)


@given(PROBABILITIES)
def test_holm_never_asks_for_more_than_bonferroni_nor_less_than_hochberg(p: list[float]) -> None:
    holm = multiplicity.holm(p)
    assert all(h <= b for h, b in zip(holm, multiplicity.bonferroni(p), strict=True))
    assert all(g <= h for g, h in zip(multiplicity.hochberg(p), holm, strict=True))
    assert all(q <= h + 1e-15 for q, h in zip(multiplicity.benjamini_hochberg(p), holm, strict=True))


@given(PROBABILITIES, st.randoms())
def test_the_order_of_the_projects_does_not_matter(p: list[float], random: object) -> None:
    order = list(range(len(p)))
    random.shuffle(order)  # type: ignore[attr-defined]
    for adjust in ALL:
        straight, shuffled = adjust(p), adjust([p[i] for i in order])
        assert shuffled == tuple(straight[i] for i in order)


@given(PROBABILITIES)
def test_an_adjusted_p_value_is_a_probability_no_smaller_than_it_was(p: list[float]) -> None:
    for adjust in ALL:
        adjusted = adjust(p)
        assert all(one <= new <= 1 for one, new in zip(p, adjusted, strict=True))
        order = np.argsort(p, kind="stable")
        assert all(a <= b for a, b in zip([adjusted[i] for i in order], [adjusted[i] for i in order[1:]], strict=False))


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan, math.inf])
def test_what_is_no_probability_is_refused_by_its_place(wrong: float) -> None:
    for adjust in ALL:
        with pytest.raises(ValueRefused) as refused:
            adjust([0.5, wrong])
        assert refused.value.position == 1


def test_no_project_proves_nothing() -> None:
    assert [adjust([]) for adjust in ALL] == [()] * 5
    assert claims([], Claim.met).proven == ()
    assert watch_list([]) == ()


def test_claims_hold_together_and_say_how_often_they_would_be_wrong() -> None:
    found = claims([0.001, 0.012, 0.02, 0.5], Claim.met)
    assert found.proven == (0,)
    assert claims([0.006, 0.5, 0.5], Claim.met).proven == (0,)
    assert "1个可以同时说达到目标" in found.sentence and "2.5%" in found.sentence
    assert "没有一个" in claims([0.5], Claim.not_met).sentence
    with pytest.raises(LevelOutOfRange):
        claims([0.1], Claim.met, 1.0)


def test_the_watch_list_starts_with_the_most_doubtful() -> None:
    found = watch_list([0.4, 0.001, 0.02, 0.0005])
    assert [one.position for one in found] == [3, 1, 2]
    with pytest.raises(LevelOutOfRange):
        watch_list([0.1], 0.0)


@given(answered_lists(most=200, answers=5))
def test_the_p_value_and_the_printed_verdict_never_contradict(case: tuple[int, int, int]) -> None:
    x, n, population = case
    found = target_tests.listed(x, n, population)
    verdict = judge(x, n, population, minimum=0).verdict
    assert (found.met <= 0.025) == (verdict is Verdict.met)
    assert (found.not_met <= 0.025 and found.met > 0.025) == (verdict is Verdict.not_met)


@given(st.integers(1, 300), st.data())
def test_a_list_without_end_gives_the_binomial_p_value(n: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n))
    endless, listed = target_tests.unlisted(x, n), target_tests.listed(x, n, 50_000_000)
    assert endless.met == pytest.approx(listed.met, rel=0.01, abs=1e-300)
    assert endless.not_met == pytest.approx(listed.not_met, rel=0.01, abs=1e-300)


def test_nothing_asked_and_impossible_counts() -> None:
    assert target_tests.listed(0, 0, 40) == target_tests.TargetTest(1.0, 1.0)
    assert target_tests.unlisted(0, 0) == target_tests.TargetTest(1.0, 1.0)
    with pytest.raises(CountsOutOfRange):
        target_tests.listed(3, 2, 10)
    with pytest.raises(CountsOutOfRange):
        target_tests.unlisted(3, 2)
    with pytest.raises(TargetOutOfRange):
        target_tests.unlisted(1, 2, 0)
    with pytest.raises(TargetOutOfRange):
        target_tests.inverted(lambda alpha: None, 1001)


def test_the_p_value_of_a_design_is_where_its_interval_touches_the_target() -> None:
    rate = stratified_rate([Stratum(500, 60, 59), Stratum(900, 80, 79)])
    found = target_tests.inverted(lambda alpha: rate_interval(rate, alpha))
    below, above = rate_interval(rate, 2 * found.met * 1.001), rate_interval(rate, 2 * found.met * 0.999)
    assert below is not None and below.low >= 0.9 - 1e-12
    assert above is not None and above.low < 0.9
    assert found.not_met == 1.0
    assert target_tests.inverted(lambda alpha: None) == target_tests.TargetTest(1.0, 1.0)


def test_of_projects_just_below_the_target_holm_claims_one_in_few_surveys() -> None:
    """20 lists of 400 with 359 satisfied each, 150 answers: a false claim at 2.5% in at most about 2.5% of surveys."""
    random = np.random.default_rng(7)
    drawn = random.hypergeometric(359, 41, 150, size=(400, 20))
    p_of = {x: target_tests.listed(x, 150, 400).met for x in set(drawn.ravel().tolist())}
    false = [bool(claims([p_of[x] for x in row], Claim.met).proven) for row in drawn.tolist()]
    naive = [min(p_of[x] for x in row) <= 0.025 for row in drawn.tolist()]
    assert np.mean(false) <= 0.05
    assert np.mean(naive) > 0.2
