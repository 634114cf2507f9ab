"""How many answers are needed, and what they can prove."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, ListTooLong, RateOutOfRange
from analysis.hypergeometric import exact_interval
from analysis.planning import (
    answers_needed,
    answers_to_decide,
    c_max,
    chance_to_prove,
    clean_answers_needed,
    exact_precision,
    exact_sample_size,
    least_successes,
    needed_for_precision,
    precision,
    sample_size,
)
from analysis.verdicts import Verdict, judge
from tests.analysis.strategies import answered_lists


@pytest.mark.parametrize(
    ("population", "alpha", "needed"),
    [
        (79, 0.1, [24, 37, 47]),
        (150, 0.1, [25, 39, 50]),
        (400, 0.1, [27, 43, 57]),
        (17, 0.1, [13, 17, None]),
        (79, 0.05, [28, 41, 51]),
        (17, 0.05, [14, 17, None]),
    ],
)
def test_clean_answers_that_settle_a_list(population: int, alpha: float, needed: list[int | None]) -> None:
    assert [clean_answers_needed(population, 900, alpha, failures) for failures in (0, 1, 2)] == needed


def test_three_hundred_answers_seldom_prove_ninety_at_ninety_three() -> None:
    assert round(chance_to_prove(300, 188_000, 0.93), 2) == 0.38
    assert round(chance_to_prove(300, None, 0.93), 2) == 0.38
    assert 700 <= (answers_needed(188_000, 0.93) or 0) <= 800


@pytest.mark.parametrize(("population", "rate"), [(79, 0.97), (300, 0.95), (619, 0.93)])
def test_from_the_answers_needed_on_the_chance_stays_high(population: int, rate: float) -> None:
    chances = [chance_to_prove(n, population, rate) for n in range(population + 1)]
    first = next(n for n in range(population + 1) if min(chances[n:]) >= 0.8)
    assert answers_needed(population, rate) == first


def test_a_rate_below_the_target_is_never_proved() -> None:
    assert answers_needed(5325, 0.89) is None
    assert answers_needed(None, 0.9) is None
    assert chance_to_prove(5325, 5325, 0.89) == 0.0
    assert chance_to_prove(5325, 5325, 0.95) == 1.0


def test_too_few_answers_prove_nothing() -> None:
    assert chance_to_prove(4, 4, 1.0) == 0.0
    assert answers_needed(4, 1.0) is None


@given(answered_lists(most=120, answers=1))
@settings(max_examples=40)
def test_the_chance_is_the_share_of_samples_judged_met(case: tuple[int, int, int]) -> None:
    _, n, population = case
    most = c_max(population, 900, 0.05, n)
    met = [x for x in range(n + 1) if judge(x, n, population, minimum=0).verdict is Verdict.met]
    assert met == list(range(n - most, n + 1))


@given(answered_lists(most=300))
@settings(max_examples=60)
def test_the_answers_to_decide_do_decide_and_one_fewer_does_not(case: tuple[int, int, int]) -> None:
    x, n, population = case
    got = answers_to_decide(x, n, population)
    gains: dict[str, Callable[[int], int]] = {
        "at_best": lambda more: more,
        "at_worst": lambda more: 0,
        "at_present_rate": lambda more: (2 * x * more + n) // (2 * n),
    }
    for name, gained in gains.items():
        more = getattr(got, name)
        if more is None:
            assert population < 5 or (name == "at_present_rate" and n == 0)
            continue
        assert judge(x + gained(more), n + more, population).verdict is not Verdict.insufficient
        if more:
            fewer = judge(x + gained(more - 1), n + more - 1, population)
            assert fewer.verdict is Verdict.insufficient


def test_a_settled_verdict_needs_no_further_answers() -> None:
    got = answers_to_decide(290, 300, 5325)
    assert (got.at_best, got.at_present_rate, got.at_worst) == (0, 0, 0)


def test_exactly_ninety_percent_of_an_unknown_list_is_never_settled() -> None:
    assert answers_to_decide(900, 1000, None).at_present_rate is None


def test_fifty_answers_cannot_prove_ninety_five_percent() -> None:
    assert least_successes(50, "wilson", 950) is None


@given(st.integers(1, 5000), st.sampled_from((0.02, 0.03, 0.05)))
def test_the_sample_size_reaches_its_precision(population: int, margin: float) -> None:
    n = sample_size(0.9, margin, population)
    assert precision(n, population) <= margin + 1e-9
    assert n <= population


@given(st.integers(1, 160), st.sampled_from((0.8, 0.9, 0.97)), st.sampled_from((0.03, 0.05, 0.1)))
@settings(max_examples=40)
def test_on_a_short_list_every_larger_sample_keeps_the_printed_precision(
    population: int, p: float, margin: float
) -> None:
    n = exact_sample_size(p, margin, population)
    for size in range(n, population + 1):
        for x in (int(p * size), min(size, int(p * size) + 1)):
            found = exact_interval(x, size, population)
            assert (found.high - found.low) / 2 <= margin * population
    assert n == 1 or exact_precision(n - 1, population, p) > margin


def test_on_short_lists_the_exact_interval_asks_for_more_than_the_formula() -> None:
    assert [needed_for_precision(0.9, 0.03, population) for population in (79, 300, 999)] == [66, 174, 302]
    assert [sample_size(0.9, 0.03, population) for population in (79, 300, 999)] == [66, 169, 278]
    assert needed_for_precision(0.9, 0.03, 1000) == sample_size(0.9, 0.03, 1000)
    assert needed_for_precision(0.9, 0.03, None) == sample_size(0.9, 0.03)


def test_a_long_list_is_not_searched_answer_by_answer() -> None:
    with pytest.raises(ListTooLong):
        exact_sample_size(0.9, 0.03, 1000)
    with pytest.raises(CountsOutOfRange):
        exact_sample_size(0.9, 0.03, 0)
    with pytest.raises(CountsOutOfRange):
        exact_precision(0, 10)


def test_impossible_plans_are_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        precision(0, 10)
    with pytest.raises(CountsOutOfRange):
        chance_to_prove(11, 10, 0.9)
    with pytest.raises(RateOutOfRange):
        chance_to_prove(5, 10, 1.1)
    with pytest.raises(RateOutOfRange):
        sample_size(0.9, 0.0)
