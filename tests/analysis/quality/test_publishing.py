"""Which rates may be shown, and with which marks."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, RateOutOfRange, ValueRefused
from analysis.hypergeometric import exact_interval
from analysis.intervals import Interval
from analysis.quality.flags import Code
from analysis.quality.publishing import RateToShow, Standard, nchs, publication
from tests.analysis.strategies import answered_lists


def _rate(x: int, n: int, population: int) -> RateToShow:
    interval = exact_interval(x, n, population).interval if population else None
    return RateToShow("P01", n, x / n if n else 0.0, interval, n, None, 0 < n == population)


def _codes(rate: RateToShow, least: int = 5) -> list[Code]:
    return [one.code for one in publication(rate, least).flags]


@given(answered_lists(most=300), st.sampled_from((5, 10)))
def test_too_few_answers_are_never_shown_and_wide_intervals_neither(case: tuple[int, int, int], least: int) -> None:
    x, n, population = case
    rate = _rate(x, n, population)
    found = publication(rate, least)
    assert found.shown == (n >= least and rate.interval is not None and rate.interval.width < 0.30)
    assert all(one.sentence.endswith("。") and "nan" not in one.sentence for one in found.flags)
    assert found.shown == (not any(one.code.hides for one in found.flags))


def test_privacy_comes_before_everything_and_holds_for_fully_answered_lists_too() -> None:
    assert _codes(_rate(4, 4, 4)) == [Code.few_for_privacy]
    assert _codes(_rate(8, 9, 9), least=10) == [Code.few_for_privacy]
    assert "不足10份" in publication(_rate(8, 9, 9), 10).flags[0].sentence


def test_a_fully_answered_short_list_is_shown_without_a_mark() -> None:
    assert _codes(_rate(17, 17, 17)) == []
    assert Code.small_sample in _codes(_rate(20, 20, 23))


def test_marks_of_a_design_with_few_points() -> None:
    rate = RateToShow("S03", 200, 0.9, Interval(0.80, 0.97), 24.5, 6)
    found = publication(rate)
    assert found.shown and [one.code for one in found.flags] == [
        Code.small_sample,
        Code.few_points,
        Code.unstable_complement,
    ]
    assert "24份" in found.flags[0].sentence


def test_a_rate_without_an_interval_is_hidden() -> None:
    found = publication(RateToShow("S03", 20, 0.9, None, 20, 0))
    assert not found.shown and found.flags[0].code is Code.wide_interval


@pytest.mark.parametrize(
    ("rate", "se", "expected"),
    [
        (RateToShow("a", 29, 0.5, Interval(0.4, 0.6), 29), 0.0928, Standard.hide),  # fewer than 30 effective answers
        (RateToShow("a", 900, 0.9, Interval(0.88, 0.92), 900), 0.01, Standard.show),  # narrow
        (RateToShow("a", 60, 0.5, Interval(0.35, 0.65), 60), 0.064, Standard.hide),  # as wide as 0.30
        (RateToShow("a", 100, 0.05, Interval(0.01, 0.10), 100), 0.02, Standard.hide),  # wider than 1.3 times itself
        (RateToShow("a", 100, 0.90, Interval(0.83, 0.95), 100), 0.03, Standard.show),
        (RateToShow("a", 100, 0.90, Interval(0.83, 0.95), 100, 7), 0.03, Standard.review),
        (RateToShow("a", 100, 1.0, Interval(0.97, 1.0), 100), 0.0, Standard.show),
        (RateToShow("a", 100, 0.9, None, 100), 0.03, Standard.hide),
    ],
)
def test_the_published_standard(rate: RateToShow, se: float, expected: Standard) -> None:
    assert nchs(rate, se) is expected


def test_impossible_rates_are_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        RateToShow("a", -1, 0.5, None, 0)
    for share in (1.1, math.nan):
        with pytest.raises(RateOutOfRange):
            RateToShow("a", 1, share, None, 0)
    with pytest.raises(ValueRefused):
        RateToShow("a", 1, 0.5, None, math.nan)
    with pytest.raises(ValueRefused):
        nchs(_rate(5, 6, 60), math.nan)
