"""Rates of stratified samples and their interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, LonelyStratum, RateOutOfRange
from analysis.hkg import Lonely, Stratum, hkg_interval, rate_interval, stratified_rate
from analysis.hypergeometric import exact_interval
from tests.analysis.strategies import ALPHAS, answered_lists, strata


@given(answered_lists(most=3000, answers=2), ALPHAS)
def test_one_stratum_gives_the_exact_interval(case: tuple[int, int, int], alpha: float) -> None:
    x, n, population = case
    got = rate_interval(stratified_rate([Stratum(population, n, x)]), alpha)
    exact = exact_interval(x, n, population, alpha).interval
    assert got is not None
    assert (got.low, got.high) == pytest.approx((exact.low, exact.high), abs=1e-12)


@given(st.lists(strata(), max_size=6), ALPHAS)
def test_the_interval_holds_the_estimate_or_does_not_exist(given_strata: list[Stratum], alpha: float) -> None:
    rate = stratified_rate(given_strata)
    got = rate_interval(rate, alpha)
    if rate.estimate is None:
        assert got is None
        return
    assert 0 <= rate.estimate <= 1
    assert rate.variance >= 0
    assert rate.kish_n <= rate.n + 1e-9
    if got is not None:
        assert 0 <= got.low <= got.high <= 1
    else:
        assert rate.df < 1


def test_a_census_of_every_stratum_is_a_point() -> None:
    rate = stratified_rate([Stratum(17, 17, 16), Stratum(29, 29, 20)])
    got = rate_interval(rate)
    assert got is not None
    assert got.low == got.high == pytest.approx(36 / 46)


def test_a_lonely_stratum_joins_its_neighbour_and_keeps_its_weight() -> None:
    lonely = [Stratum(100, 1, 1), Stratum(50, 10, 8)]
    rate = stratified_rate(lonely)
    assert rate.estimate == pytest.approx((100 + 40) / 150)
    assert rate.df == 10  # eleven answers, one joint stratum
    assert rate.variance > stratified_rate([Stratum(1, 1, 1), Stratum(50, 10, 8)]).variance * (51 / 150) ** 2
    with pytest.raises(LonelyStratum) as refused:
        stratified_rate(lonely, Lonely.fail)
    assert (refused.value.position, refused.value.population) == (0, 100)


def test_one_answer_for_many_people_has_no_interval() -> None:
    assert rate_interval(stratified_rate([Stratum(100, 1, 1)])) is None


def test_strata_without_interviews_are_not_covered() -> None:
    rate = stratified_rate([Stratum(100, 20, 18), Stratum(900, 0, 0)])
    assert rate.sum_weights == pytest.approx(100)
    assert stratified_rate([Stratum(900, 0, 0)]).estimate is None


def test_people_without_a_valid_answer_stay_in_the_weights() -> None:
    stratum = Stratum(200, 40, 30, 50)
    assert stratum.answering_population == 160
    assert stratified_rate([stratum]).sum_weights == pytest.approx(160)


@pytest.mark.parametrize("counts", [(10, 11, 5), (10, 5, 6), (10, 5, -1), (10, 5, 4, 4), (10, 5, 4, 11)])
def test_impossible_strata_are_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(CountsOutOfRange):
        Stratum(*counts)


def test_an_impossible_share_is_refused() -> None:
    with pytest.raises(RateOutOfRange):
        hkg_interval(1.2, 0.01, 10, 100, 11, 9, 11)
