"""The interval that is printed beside a sequential verdict: its cover at every look, and that it agrees."""

import numpy as np
import pytest
from hypothesis import given, settings

from analysis.errors import CountsOutOfRange
from analysis.sequential.evidence import reaches_met, reaches_not_met
from analysis.sequential.interval import verdict_interval
from analysis.verdicts import target_count
from tests.analysis.sequential.paths import looks
from tests.analysis.strategies import ALPHAS, TARGETS


@settings(deadline=None)
@given(looks(most=400), TARGETS, ALPHAS)
def test_enough_evidence_puts_the_interval_clear_of_the_target(
    case: tuple[int, int, int], target: int, alpha: float
) -> None:
    s, t, population = case
    needed = target_count(target, population)
    got = verdict_interval(s, t, population, needed, alpha)
    assert s <= got.low <= got.high <= population - (t - s)
    if reaches_met(s, t, population, needed, alpha):
        assert got.low >= needed
    if reaches_not_met(s, t, population, needed, alpha):
        assert got.high < needed


@settings(deadline=None)
@given(looks(most=400), TARGETS)
def test_the_most_likely_list_is_inside_and_a_smaller_error_is_wider(case: tuple[int, int, int], target: int) -> None:
    s, t, population = case
    needed = target_count(target, population)
    wide, narrow = (verdict_interval(s, t, population, needed, alpha) for alpha in (0.01, 0.2))
    assert wide.low <= narrow.low <= narrow.high <= wide.high
    if t:
        likeliest = min(max((population + 1) * s // t, s), population - (t - s))
        assert narrow.low <= likeliest <= narrow.high


@pytest.mark.parametrize("population", [12, 40])
def test_looking_after_every_answer_the_true_list_is_missed_at_most_as_often_as_promised(population: int) -> None:
    """Exact: the chance that a path ever leaves the set, for every true M, by following the distribution of s."""
    needed = target_count(900, population)
    sets = {
        (s, t): verdict_interval(s, t, population, needed, 0.2)
        for t in range(population + 1)
        for s in range(t + 1)
    }  # fmt: skip
    worst = 0.0
    for true in range(population + 1):
        chance, missed = {0: 1.0}, 0.0
        for t in range(1, population + 1):
            step: dict[int, float] = {}
            for s, weight in chance.items():
                up = (true - s) / (population - t + 1)
                step[s + 1] = step.get(s + 1, 0.0) + weight * up
                step[s] = step.get(s, 0.0) + weight * (1 - up)
            chance = {s: weight for s, weight in step.items() if weight > 0}
            for s in [s for s in chance if not sets[s, t].low <= true <= sets[s, t].high]:
                missed += chance.pop(s)
        worst = max(worst, missed)
    assert 0 < worst <= 0.2


def test_everybody_answered_leaves_one_number() -> None:
    for s in range(18):
        got = verdict_interval(s, 17, 17, 16)
        assert (got.low, got.high) == (s, s)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        verdict_interval(3, 2, 9, 9)
    with pytest.raises(CountsOutOfRange):
        verdict_interval(1, 2, 9, 0)


def test_random_looks_of_long_lists_stay_inside_the_possible() -> None:
    draws = np.random.default_rng(7)
    for _ in range(200):
        population = int(draws.integers(1000, 10**7))
        t = int(draws.integers(1, 900))
        s = int(draws.binomial(t, 0.9))
        got = verdict_interval(s, t, population, target_count(900, population))
        assert s <= got.low < got.high <= population - (t - s)
