"""Evidence of a list called stratum by stratum: against trying every way to spread people over the strata."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, ListTooLong
from analysis.sequential.evidence import NEAR_TARGET, UNIFORM, Prior, confidence_set, log_ratio, ratio_evidence
from analysis.sequential.stratified import StratumAnswers, stratified_confidence_set, stratified_evidence
from analysis.verdicts import target_count
from tests.analysis.sequential.paths import looks
from tests.analysis.strategies import ALPHAS, TARGETS


@st.composite
def answered(draw: st.DrawFn, most: int = 9) -> StratumAnswers:
    population = draw(st.integers(1, most))
    answers = draw(st.integers(0, population))
    return StratumAnswers(population, answers, draw(st.integers(0, answers)))


def _every_way(strata: list[StratumAnswers], prior: Prior) -> dict[int, float]:
    """For each number of satisfied people the smallest log product over all ways to spread them."""
    least: dict[int, float] = {}
    for way in product(*(range(one.population + 1) for one in strata)):
        logs = sum(
            log_ratio(m, one.satisfied, one.answers, one.population, prior)
            for m, one in zip(way, strata, strict=True)
        )  # fmt: skip
        least[sum(way)] = min(least.get(sum(way), math.inf), logs)
    return least


@settings(max_examples=60, deadline=None)
@given(st.lists(answered(), min_size=1, max_size=3), TARGETS, ALPHAS)
def test_no_way_to_spread_people_is_overlooked(strata: list[StratumAnswers], target: int, alpha: float) -> None:
    least = _every_way(strata, NEAR_TARGET)
    needed = target_count(target, sum(one.population for one in strata))
    got = stratified_evidence(strata, target)
    assert got.log_met == pytest.approx(min(e for m, e in least.items() if m < needed), abs=1e-9)
    assert got.log_not_met == pytest.approx(min(e for m, e in least.items() if m >= needed), abs=1e-9)
    inside = [m for m, e in _every_way(strata, UNIFORM).items() if e < -math.log(alpha) - 1e-9]
    found = stratified_confidence_set(strata, alpha)
    assert found.low <= min(inside) and max(inside) <= found.high


@settings(deadline=None)
@given(looks(most=300), TARGETS)
def test_one_stratum_is_the_list_it_is(case: tuple[int, int, int], target: int) -> None:
    s, t, population = case
    one = [StratumAnswers(population, t, s)]
    got = stratified_evidence(one, target)
    plain = ratio_evidence(s, t, population, target_count(target, population), NEAR_TARGET)
    assert got.log_met == pytest.approx(plain.log_met, abs=1e-8)
    assert got.log_not_met == pytest.approx(plain.log_not_met, abs=1e-8)
    whole, found = confidence_set(s, t, population), stratified_confidence_set(one)
    assert abs(whole.low - found.low) <= 1 and abs(whole.high - found.high) <= 1


def test_strata_called_in_turn_and_watched_all_the_time_keep_the_level() -> None:
    """Two streets, one of them bad, one person short of the target together; stopped as soon as anything says 达标."""
    draws, wrong, paths = np.random.default_rng(11), 0, 300
    good, bad = [1] * 58 + [0] * 2, [1] * 31 + [0] * 9
    assert sum(good) + sum(bad) == target_count(900, 100) - 1
    for _ in range(paths):
        orders = [draws.permutation(good), draws.permutation(bad)]
        seen = [0, 0]
        while sum(seen) < 99:
            place = int(draws.integers(2)) if seen[0] < 60 and seen[1] < 40 else int(seen[0] == 60)
            seen[place] += 1
            strata = [StratumAnswers(len(o), n, int(o[:n].sum())) for o, n in zip(orders, seen, strict=True)]
            if stratified_evidence(strata).log_met >= math.log(40):
                wrong += 1
                break
    assert wrong / paths <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / paths)


def test_good_answers_everywhere_settle_a_stratified_list() -> None:
    clean = [StratumAnswers(300, 90, 90), StratumAnswers(200, 90, 90)]
    assert stratified_evidence(clean).met > 40
    assert stratified_evidence([StratumAnswers(300, 90, 60), StratumAnswers(200, 90, 60)]).not_met > 40


def test_impossible_strata_are_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        stratified_evidence([])
    with pytest.raises(CountsOutOfRange):
        stratified_confidence_set([])
    with pytest.raises(CountsOutOfRange):
        stratified_evidence([StratumAnswers(5, 6, 1)])
    with pytest.raises(ListTooLong):
        stratified_evidence([StratumAnswers(10**9, 6, 1)])
