"""The exact interval of a list whose size is known."""

from fractions import Fraction
from math import ceil, comb, floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, LevelOutOfRange
from analysis.hypergeometric import exact_interval, per_side, tail_at_least, tail_at_most
from tests.analysis.strategies import ALPHAS, answered_lists


def _tail(x: int, satisfied: int, n: int, population: int) -> Fraction:
    ways = sum(
        comb(satisfied, k) * comb(population - satisfied, n - k) for k in range(max(x, 0), min(n, satisfied) + 1)
    )
    return Fraction(ways, comb(population, n))


@given(answered_lists(), st.data())
def test_tails_equal_counting_all_samples(case: tuple[int, int, int], data: st.DataObject) -> None:
    x, n, population = case
    satisfied = data.draw(st.integers(0, population))
    assert tail_at_least(x, satisfied, n, population) == pytest.approx(
        float(_tail(x, satisfied, n, population)), rel=1e-10
    )
    at_most = 1 - _tail(x + 1, satisfied, n, population)
    assert tail_at_most(x, satisfied, n, population) == pytest.approx(float(at_most), rel=1e-10)


@given(answered_lists(most=150), ALPHAS)
def test_the_interval_keeps_exactly_the_lists_that_are_not_refuted(case: tuple[int, int, int], alpha: float) -> None:
    x, n, population = case
    got = exact_interval(x, n, population, alpha)
    kept = [
        satisfied
        for satisfied in range(x, population - (n - x) + 1)
        if _tail(x, satisfied, n, population) > per_side(alpha)
        and 1 - _tail(x + 1, satisfied, n, population) > per_side(alpha)
    ]
    assert (got.low, got.high) == (kept[0], kept[-1])


@given(answered_lists(most=200_000, answers=1), ALPHAS)
@example((1, 19, 20), 0.2)
def test_the_interval_holds_the_rate_in_whole_people_and_every_possible_list(
    case: tuple[int, int, int], alpha: float
) -> None:
    x, n, population = case
    got = exact_interval(x, n, population, alpha)
    assert x <= got.low <= got.high <= population - (n - x)
    # a list holds whole people: 1 of 19 answers is 1.05 of 20, and the interval may be the single list with 1
    satisfied = Fraction(x * population, n)
    assert got.low <= ceil(satisfied) and got.high >= floor(satisfied)


@given(answered_lists(most=3000, answers=1), ALPHAS)
def test_one_more_satisfied_never_lowers_a_bound(case: tuple[int, int, int], alpha: float) -> None:
    x, n, population = case
    if x == n:
        x -= 1
    fewer, more = exact_interval(x, n, population, alpha), exact_interval(x + 1, n, population, alpha)
    assert fewer.low <= more.low
    assert fewer.high <= more.high


@given(st.integers(1, 500), st.data())
def test_the_interval_is_a_point_when_everybody_answered(population: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, population))
    got = exact_interval(x, population, population)
    assert got.low == got.high == x


def test_one_missing_person_is_seen_while_the_list_is_shorter_than_one_over_the_error() -> None:
    assert exact_interval(38, 38, 39).low == 38  # the missing one may be dissatisfied: chance 1/39 > 2.5%
    assert exact_interval(39, 39, 40).low == 40  # chance 1/40 = 2.5%: refuted at this level


def test_a_tail_of_exactly_the_limit_is_outside() -> None:
    # One answer of a list of 40: P(X >= 1 | M = 1) is exactly 1/40, the limit of one side.
    assert exact_interval(1, 1, 40, 0.05).low == 2
    assert exact_interval(0, 1, 40, 0.05).high == 38


def test_a_large_list_gives_the_whole_numbers_found_by_counting() -> None:
    got = exact_interval(279, 300, 188_000)
    side = Fraction(1, 40)
    assert _tail(279, got.low, 300, 188_000) > side >= _tail(279, got.low - 1, 300, 188_000)
    assert 1 - _tail(280, got.high, 300, 188_000) > side >= 1 - _tail(280, got.high + 1, 300, 188_000)


@pytest.mark.parametrize(("x", "n", "population"), [(3, 2, 9), (-1, 2, 9), (2, 5, 4)])
def test_impossible_counts_are_refused(x: int, n: int, population: int) -> None:
    with pytest.raises(CountsOutOfRange):
        exact_interval(x, n, population)


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_impossible_levels_are_refused(alpha: float) -> None:
    with pytest.raises(LevelOutOfRange):
        exact_interval(2, 5, 9, alpha)


def test_an_empty_list_says_nothing() -> None:
    got = exact_interval(0, 0, 0).interval
    assert (got.low, got.high) == (0.0, 1.0)
