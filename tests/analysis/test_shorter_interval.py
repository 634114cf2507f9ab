"""The shorter exact interval: never misses more often than it may, seldom wider, and refuses impossible counts."""

from fractions import Fraction
from math import comb

import pytest

from analysis.errors import CountsOutOfRange, LevelOutOfRange
from analysis.hypergeometric import exact_interval
from analysis.shorter_interval import shorter_interval


@pytest.mark.parametrize(("n", "population"), [(5, 12), (8, 17), (6, 20), (20, 33)])
@pytest.mark.parametrize("alpha", [0.1, 0.05, 0.01])
def test_every_possible_list_is_covered_as_often_as_promised(n: int, population: int, alpha: float) -> None:
    found = [shorter_interval(x, n, population, alpha) for x in range(n + 1)]
    for satisfied in range(population + 1):
        covering = sum(
            comb(satisfied, x) * comb(population - satisfied, n - x)
            for x, one in enumerate(found)
            if one.low <= satisfied <= one.high and x <= satisfied and n - x <= population - satisfied
        )
        assert Fraction(covering, comb(population, n)) >= 1 - Fraction(str(alpha))


def test_together_the_intervals_are_shorter_than_the_equal_tailed_ones() -> None:
    ours = [shorter_interval(x, 30, 150) for x in range(31)]
    equal = [exact_interval(x, 30, 150) for x in range(31)]
    assert sum(one.high - one.low for one in ours) < sum(one.high - one.low for one in equal)


def test_everybody_answered_leaves_one_number() -> None:
    assert [(one.low, one.high) for one in (shorter_interval(x, 7, 7) for x in (0, 3, 7))] == [(0, 0), (3, 3), (7, 7)]


def test_impossible_counts_and_levels_are_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        shorter_interval(3, 2, 9)
    with pytest.raises(LevelOutOfRange):
        shorter_interval(1, 2, 9, 1.0)
