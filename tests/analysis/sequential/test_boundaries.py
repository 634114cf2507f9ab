"""Looking every day: what the fixed interval does then, and that evidence keeps its level; exact, without chance."""

from itertools import product

import pytest

from analysis.errors import CountsOutOfRange, ListTooLong
from analysis.sequential.boundaries import (
    MOST_PEOPLE,
    Boundary,
    crossing,
    every,
    evidence_boundary,
    fixed_boundary,
)
from analysis.sequential.evidence import reaches_met, reaches_not_met
from analysis.verdicts import Verdict, judge, target_count

LEVEL = 0.025


@pytest.mark.parametrize("population", [17, 79, 150, 300])
@pytest.mark.parametrize("step", [1, 7, 30])
def test_under_every_look_false_verdicts_stay_within_their_level(population: int, step: int) -> None:
    boundary, needed = evidence_boundary(population), target_count(900, population)
    looks = every(population, step)
    for satisfied in {needed - 1, needed - 2, population * 4 // 5} - {needed}:
        assert crossing(boundary, satisfied, looks[:-1]).met[-1] <= LEVEL
    for satisfied in {needed, needed + 1, population} - {population + 1}:
        assert crossing(boundary, satisfied, looks[:-1]).not_met[-1] <= LEVEL


@pytest.mark.parametrize(("population", "at_least"), [(79, 0.08), (300, 0.17)])
def test_the_fixed_interval_breaks_its_level_when_it_is_looked_at_after_every_call(
    population: int, at_least: float
) -> None:
    boundary, needed = fixed_boundary(population), target_count(900, population)
    after_each = crossing(boundary, needed - 1, every(population)[:-1])
    assert after_each.met[-1] > at_least > 3 * LEVEL


@pytest.mark.parametrize("population", [79, 300])
def test_the_fixed_interval_keeps_its_level_when_it_is_looked_at_once(population: int) -> None:
    boundary, needed = fixed_boundary(population), target_count(900, population)
    for n in range(1, population):
        assert crossing(boundary, needed - 1, [n]).met[-1] <= LEVEL


def test_looking_less_often_never_breaks_more() -> None:
    boundary = fixed_boundary(300)
    often, seldom = (crossing(boundary, 269, every(300, step)[:-1]).met[-1] for step in (1, 30))
    assert LEVEL < seldom < often


def test_the_limits_of_the_fixed_interval_are_its_verdicts() -> None:
    boundary = fixed_boundary(60)
    for n in range(61):
        for x in range(n + 1):
            verdict = judge(x, n, 60, minimum=0).verdict
            if n:
                assert (x >= boundary.met[n], x <= boundary.not_met[n]) == (
                    verdict is Verdict.met,
                    verdict is Verdict.not_met,
                )


def test_the_limits_of_the_evidence_are_its_verdicts() -> None:
    boundary, needed = evidence_boundary(60), target_count(900, 60)
    for t in range(61):
        for s in range(t + 1):
            assert bool(s >= boundary.met[t]) is reaches_met(s, t, 60, needed)
            assert bool(s <= boundary.not_met[t]) is reaches_not_met(s, t, 60, needed)


def test_chances_are_those_of_counting_every_order() -> None:
    boundary = Boundary(6, evidence_boundary(6, 500, 0.5).met, evidence_boundary(6, 500, 0.5).not_met)
    orders = [path for path in product((0, 1), repeat=6) if sum(path) == 2]

    def first_verdict(path: tuple[int, ...]) -> str:
        for t in range(1, 7):
            s = sum(path[:t])
            if s >= boundary.met[t]:
                return "met"
            if s <= boundary.not_met[t]:
                return "not_met"
        return "open"

    got = crossing(boundary, 2, every(6))
    for name, chance in (("met", got.met[-1]), ("not_met", got.not_met[-1])):
        assert chance == pytest.approx(sum(first_verdict(path) == name for path in orders) / len(orders))


def test_a_clean_list_is_settled_after_few_answers() -> None:
    assert crossing(evidence_boundary(79), 79, every(79)).answers == pytest.approx(34)
    assert crossing(evidence_boundary(300), 300, every(300, 30)).answers == pytest.approx(60)


def test_chances_never_leave_nought_to_one_however_long_the_list() -> None:
    got = crossing(evidence_boundary(500), 485, every(500))
    assert 0 <= got.met[-1] <= 1 + 1e-12 and 0 <= got.not_met[-1] <= LEVEL
    assert got.answers < 500


def test_tables_of_impossible_lists_are_refused() -> None:
    with pytest.raises(ListTooLong):
        evidence_boundary(MOST_PEOPLE + 1)
    with pytest.raises(ListTooLong):
        fixed_boundary(0)
    with pytest.raises(CountsOutOfRange):
        crossing(fixed_boundary(5), 6, [1])
