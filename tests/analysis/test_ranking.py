"""Ranks with ties and the vote of all members."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange
from analysis.ranking import people_congress_grade, same_rank_groups, standard_competition


@given(st.lists(st.integers(0, 20), max_size=30))
def test_a_rank_is_one_more_than_the_number_of_better_ones(values: list[int]) -> None:
    ordered = sorted(values, reverse=True)
    assert standard_competition(values) == tuple(ordered.index(value) + 1 for value in values)
    members = [i for group in same_rank_groups(values) for i in group.members]
    assert sorted(members) == list(range(len(values)))


def test_rates_that_only_print_alike_are_not_tied() -> None:
    assert standard_competition([Fraction(1799, 2000), Fraction(9, 10)]) == (2, 1)


@pytest.mark.parametrize(("total", "satisfied", "basic"), [(0, 0, 0), (10, 8, 3), (10, -1, 3)])
def test_impossible_votes_are_refused(total: int, satisfied: int, basic: int) -> None:
    with pytest.raises(CountsOutOfRange):
        people_congress_grade(total, satisfied, basic, True)
