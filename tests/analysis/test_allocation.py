"""Whole interviews over strata, and replicates over the projects that are not settled."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.allocation import neyman, variance_term
from analysis.errors import CountsOutOfRange
from analysis.reallocation import Progress, Turn, reallocate


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[int], list[float], int, list[int], list[int]]:
    strata = draw(st.integers(1, 4))
    sizes = [draw(st.integers(1, 8)) for _ in range(strata)]
    spreads = [draw(st.sampled_from((0.1, 0.25, 0.3, 0.5))) for _ in range(strata)]
    most = [draw(st.integers(1, size)) for size in sizes]
    least = [draw(st.integers(1, top)) for top in most]
    return sizes, spreads, draw(st.integers(sum(least), sum(most))), least, most


@settings(max_examples=60, deadline=None)
@given(plans())
def test_no_other_allocation_within_the_bounds_is_better(
    plan: tuple[list[int], list[float], int, list[int], list[int]],
) -> None:
    sizes, spreads, n, least, most = plan
    got = neyman(sizes, spreads, n, least, most)
    assert sum(got) == n
    assert all(low <= m <= high for low, m, high in zip(least, got, most, strict=True))
    ways = product(*(range(low, high + 1) for low, high in zip(least, most, strict=True)))
    best = min(variance_term(sizes, spreads, way) for way in ways if sum(way) == n)
    assert variance_term(sizes, spreads, got) == pytest.approx(best, rel=1e-12)


def progress(answers: int, satisfied: int, population: int = 900, settled: bool = False, still: int = 0) -> Progress:
    return Progress(population, answers + still, still, answers, satisfied, settled)


def test_replicates_go_to_the_projects_that_are_not_settled() -> None:
    projects = [progress(60, 60, settled=True), progress(60, 54), progress(60, 30, settled=True), progress(60, 55)]
    got = reallocate(projects, 120)
    assert [one.people for one in got] == [0, 60, 0, 60]
    assert [one.turn for one in got] == [Turn.settled, Turn.given, Turn.settled, Turn.given]


def test_a_project_in_the_middle_of_a_replicate_waits() -> None:
    got = reallocate([progress(50, 45, still=10), progress(60, 54)], 60)
    assert [(one.people, one.turn) for one in got] == [(0, Turn.replicate_open), (60, Turn.given)]


def test_a_list_that_is_drawn_gets_nobody_and_its_last_replicate_may_be_small() -> None:
    got = reallocate([progress(60, 50, 60), progress(60, 50, 70)], 300)
    assert [(one.people, one.turn) for one in got] == [(0, Turn.list_drawn), (10, Turn.given)]


def test_no_part_of_a_replicate_is_given() -> None:
    got = reallocate([progress(60, 50)], 29)
    assert [(one.people, one.turn) for one in got] == [(0, Turn.nothing_left)]


def test_whoever_has_nobody_yet_comes_first_and_then_whoever_is_least_known() -> None:
    assert [one.people for one in reallocate([progress(90, 80), progress(0, 0), progress(30, 27)], 30)] == [0, 30, 0]
    assert [one.people for one in reallocate([progress(90, 80), progress(30, 27)], 30)] == [0, 30]


def test_where_fewer_answer_more_are_called() -> None:
    often, seldom = Progress(5000, 300, 0, 240, 210, False), Progress(5000, 300, 0, 80, 70, False)
    got = reallocate([often, seldom], 600)
    assert got[0].people < got[1].people


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 6)), min_size=1, max_size=3),
    st.integers(0, 10),
)
def test_person_by_person_it_is_the_best_there_is(states: list[tuple[int, int]], people: int) -> None:
    projects = [Progress(12, n, 0, n, min(x, n), False) for n, x in states]
    got = reallocate(projects, people, 1)

    def variance(given: tuple[int, ...]) -> Fraction:
        return sum((one.variance / (one.drawn + more) for one, more in zip(projects, given, strict=True)), Fraction(0))

    ways = product(*(range(one.population - one.drawn + 1) for one in projects))
    total = min(people, sum(one.population - one.drawn for one in projects))
    assert sum(one.people for one in got) == total
    best = min(variance(way) for way in ways if sum(way) == total)
    assert variance(tuple(one.people for one in got)) == best


@pytest.mark.parametrize("counts", [(10, 11, 0, 5, 5), (10, 5, 6, 0, 0), (10, 5, 2, 4, 4), (10, 5, 0, 5, 6)])
def test_impossible_progress_is_refused(counts: tuple[int, int, int, int, int]) -> None:
    with pytest.raises(CountsOutOfRange):
        Progress(*counts, settled=False)


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        reallocate([], -1)
    with pytest.raises(CountsOutOfRange):
        reallocate([], 30, 0)
    assert reallocate([], 30) == ()
