"""Ranks with ties and the vote of all members."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, LengthsDiffer
from analysis.intervals import Interval
from analysis.ranking import (
    indistinct_groups,
    overlap,
    people_congress_grade,
    rank_ranges,
    same_rank_groups,
    standard_competition,
    standings,
)


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


ENDS = st.tuples(st.integers(0, 40), st.integers(0, 15)).map(lambda pair: Interval(pair[0] / 60, sum(pair) / 60))


@given(st.lists(ENDS, max_size=12))
def test_the_range_of_ranks_holds_every_order_the_intervals_allow(intervals: list[Interval]) -> None:
    ranges = rank_ranges(intervals)
    for bound in ("low", "high"):
        ranks = standard_competition([getattr(one, bound) for one in intervals])
        assert all(found.best <= rank <= found.worst for found, rank in zip(ranges, ranks, strict=True))


@given(st.lists(ENDS, max_size=12))
def test_units_stand_in_a_common_group_exactly_when_they_cannot_be_told_apart(intervals: list[Interval]) -> None:
    groups = indistinct_groups(intervals)
    for i, one in enumerate(intervals):
        together = {j for group in groups if i in group for j in group}
        assert together == {j for j, other in enumerate(intervals) if overlap(one, other)}
    assert not any(set(a) < set(b) for a in groups for b in groups)


def test_small_units_are_not_ranked_and_neighbours_alike_are_marked() -> None:
    shares = [Fraction(97, 100), Fraction(95, 100), Fraction(9, 10), Fraction(9, 10), Fraction(1), Fraction(1)]
    around = [Interval(float(share) - 0.015, min(1.0, float(share) + 0.015)) for share in shares]
    found = standings(shares, around, [100, 100, 100, 100, 7, 7], censuses=[False] * 5 + [True])
    assert [one.label for one in found] == [
        "第2(与前后差异不显著)",
        "第3(与前一名差异不显著)",
        "并列第4",
        "并列第4",
        "样本不足,不排名",
        "第1(与后一名差异不显著)",
    ]
    assert rank_ranges(around)[0].label == "第1—4名"
    with pytest.raises(LengthsDiffer):
        standings(shares, around[:2], [100] * 6)
