"""Intervals where the size of the list is unknown."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, LevelOutOfRange
from analysis.intervals import (
    Interval,
    agresti_coull,
    clopper_pearson,
    jeffreys,
    mid_p,
    newcombe_difference,
    wald,
    wilson,
    wilson_continuity,
    wilson_finite,
)
from tests.analysis.strategies import ALPHAS

Method = Callable[..., Interval]
METHODS = (wilson, clopper_pearson, jeffreys, agresti_coull, mid_p, wald, wilson_continuity)
ROUNDING = 1e-12


@pytest.mark.parametrize("method", METHODS)
@given(n=st.integers(1, 300), alpha=ALPHAS, data=st.data())
def test_an_interval_holds_the_rate_and_mirrors(method: Method, n: int, alpha: float, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n))
    got, mirrored = method(x, n, alpha), method(n - x, n, alpha)
    assert 0 <= got.low <= x / n + ROUNDING
    assert x / n - ROUNDING <= got.high <= 1
    assert got.low == pytest.approx(1 - mirrored.high, abs=1e-9)


@pytest.mark.parametrize("method", [wilson, clopper_pearson, mid_p, wald, jeffreys])
def test_no_answers_say_nothing(method: Method) -> None:
    got = method(0, 0)
    assert (got.low, got.high) == (0.0, 1.0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("x", "n"), [(3, 2), (-1, 2)])
def test_impossible_counts_are_refused(method: Method, x: int, n: int) -> None:
    with pytest.raises(CountsOutOfRange):
        method(x, n)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1])
def test_impossible_levels_are_refused(method: Method, alpha: float) -> None:
    with pytest.raises(LevelOutOfRange):
        method(2, 5, alpha)


def test_the_finite_wilson_is_a_point_at_a_census_and_refuses_too_many_answers() -> None:
    assert wilson_finite(15, 17, 17).width == 0
    with pytest.raises(CountsOutOfRange):
        wilson_finite(2, 5, 4)


def test_a_change_between_equal_samples_straddles_zero_and_needs_answers() -> None:
    got = newcombe_difference(90, 100, 90, 100)
    assert got.low < 0 < got.high
    with pytest.raises(CountsOutOfRange):
        newcombe_difference(0, 0, 9, 10)
