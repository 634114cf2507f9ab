"""Figures as officials read them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange
from analysis.rounding import change_text, percent_text, points_text, round_half_up, share_text, target_text


@pytest.mark.parametrize(
    ("x", "n", "places", "text"),
    [(9, 10, 1, "90.0"), (1, 3, 1, "33.3"), (2, 3, 0, "67"), (1, 8, 2, "12.50"), (0, 7, 1, "0.0"), (7, 7, 1, "100.0")],
)
def test_a_rate_prints_with_its_places(x: int, n: int, places: int, text: str) -> None:
    assert percent_text(x, n, places) == text


@given(st.integers(1, 10_000), st.data())
def test_a_printed_rate_is_never_further_than_half_a_unit_and_halves_go_up(n: int, data: st.DataObject) -> None:
    x = data.draw(st.integers(0, n))
    gap = Fraction(percent_text(x, n)) - Fraction(100 * x, n)
    assert -Fraction(1, 20) < gap <= Fraction(1, 20)


@pytest.mark.parametrize(("x", "n"), [(1, 0), (3, 2), (-1, 2)])
def test_impossible_counts_have_no_text(x: int, n: int) -> None:
    with pytest.raises(CountsOutOfRange):
        percent_text(x, n)
    with pytest.raises(CountsOutOfRange):
        points_text(x, n, 900)


@pytest.mark.parametrize(
    ("x", "n", "text"),
    [
        (279, 300, "+3.0个百分点"),
        (262, 300, "-2.7个百分点"),
        (9, 10, "0.0个百分点"),
        (1799, 2000, "-0.1个百分点"),
        (179_999, 200_000, "0.0个百分点"),
    ],
)
def test_the_distance_to_the_target_carries_its_sign(x: int, n: int, text: str) -> None:
    assert points_text(x, n, 900) == text


def test_a_change_says_its_direction() -> None:
    assert change_text(262, 300, 279, 300) == "下降5.7个百分点"
    assert change_text(9, 10, 90, 100) == "持平"


def test_halves_of_negative_values_round_away_from_zero() -> None:
    assert round_half_up("-0.05") == Decimal("-0.1")


def test_targets_print_without_idle_zeros() -> None:
    assert [target_text(900), target_text(905), target_text(1000)] == ["90", "90.5", "100"]


def test_a_bound_prints_from_its_shortest_decimal() -> None:
    assert share_text(0.8995) == "90.0"
    assert share_text(0.89949) == "89.9"
