"""The evidence of a prefix: against its definition in exact fractions, and what makes it valid at every look."""

from fractions import Fraction
from math import comb, exp, inf, isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, LevelOutOfRange, PriorOutOfRange
from analysis.sequential.evidence import (
    NEAR_TARGET,
    UNIFORM,
    Prior,
    confidence_set,
    log_ratio,
    mixture_evidence,
    ratio_evidence,
    reaches_met,
    reaches_not_met,
)
from analysis.verdicts import target_count
from tests.analysis.sequential.paths import looks
from tests.analysis.strategies import ALPHAS, TARGETS

PRIORS = st.builds(Prior, st.integers(1, 12), st.integers(1, 4))


def _likelihood(m: int, s: int, t: int, population: int) -> Fraction:
    if not s <= m <= population - (t - s):
        return Fraction(0)
    return Fraction(comb(population - t, m - s), comb(population, m))


def _beta(a: int, b: int) -> Fraction:
    return Fraction(1, (a + b - 1) * comb(a + b - 2, a - 1))


def _weight(m: int, population: int, prior: Prior) -> Fraction:
    return comb(population, m) * _beta(prior.a + m, prior.b + population - m)


def _mixture(s: int, t: int, population: int, side: range, rivals: range, prior: Prior) -> Fraction | None:
    """Section 6.3 as it is written: the average over one side against the largest of the other."""
    rival = max((_likelihood(m, s, t, population) for m in rivals), default=Fraction(0))
    weights = {m: _weight(m, population, prior) for m in side}
    average = sum((weight * _likelihood(m, s, t, population) for m, weight in weights.items()), Fraction(0))
    return average / sum(weights.values()) / rival if rival else None


def _same(found: float, expected: Fraction | None) -> bool:
    return found == inf if expected is None else isclose(found, float(expected), rel_tol=1e-11, abs_tol=1e-300)


@settings(deadline=None)
@given(looks(most=60), TARGETS, PRIORS)
def test_both_e_values_are_what_their_definition_says(case: tuple[int, int, int], target: int, prior: Prior) -> None:
    s, t, population = case
    needed = target_count(target, population)
    below, reached = range(needed), range(needed, population + 1)
    got = mixture_evidence(s, t, population, needed, prior)
    met = _mixture(s, t, population, reached, below, prior)
    not_met = _mixture(s, t, population, below, reached, prior)
    assert _same(got.met, met)
    assert _same(got.not_met, not_met)
    assert reaches_met(s, t, population, needed, 0.05, prior) is (met is None or met >= 40)
    assert reaches_not_met(s, t, population, needed, 0.05, prior) is (not_met is None or not_met >= 40)


@settings(deadline=None)
@given(looks(most=60), ALPHAS, PRIORS)
def test_the_confidence_set_is_what_its_definition_says(case: tuple[int, int, int], alpha: float, prior: Prior) -> None:
    s, t, population = case
    mixture = _beta(prior.a + s, prior.b + t - s) / _beta(prior.a, prior.b)
    limit = mixture * Fraction(repr(alpha))
    inside = [m for m in range(population + 1) if _likelihood(m, s, t, population) > limit]
    got = confidence_set(s, t, population, alpha, prior)
    assert inside == list(range(got.low, got.high + 1))


@settings(deadline=None)
@given(looks(most=60), PRIORS)
def test_the_ratio_of_each_m_is_what_its_definition_says(case: tuple[int, int, int], prior: Prior) -> None:
    s, t, population = case
    mixture = _beta(prior.a + s, prior.b + t - s) / _beta(prior.a, prior.b)
    for m in range(population + 1):
        likelihood = _likelihood(m, s, t, population)
        found = log_ratio(m, s, t, population, prior)
        assert _same(inf if found == inf else exp(found), mixture / likelihood if likelihood else None)


@pytest.mark.parametrize(("population", "target"), [(17, 900), (40, 900), (40, 500)])
def test_no_e_value_promises_more_than_one_while_its_null_is_true(population: int, target: int) -> None:
    """Mean over all orders <= 1 after any number of answers, for every list on the wrong side: what Ville needs."""
    needed = target_count(target, population)
    for m in range(population + 1):
        for t in range(population + 1):
            mean = sum(
                comb(m, s) * comb(population - m, t - s) / comb(population, t)
                * (mixture_evidence(s, t, population, needed).met if m < needed
                   else mixture_evidence(s, t, population, needed).not_met)
                for s in range(max(0, t - (population - m)), min(m, t) + 1)
            )  # fmt: skip
            assert mean <= 1 + 1e-9, (m, t)


@settings(deadline=None)
@given(looks(most=300), TARGETS, PRIORS)
def test_one_more_satisfied_answer_never_speaks_against_the_target(
    case: tuple[int, int, int], target: int, prior: Prior
) -> None:
    s, t, population = case
    if s == t:
        return
    needed = target_count(target, population)
    fewer, more = (mixture_evidence(x, t, population, needed, prior) for x in (s, s + 1))
    assert more.log_met >= fewer.log_met - 1e-9
    assert more.log_not_met <= fewer.log_not_met + 1e-9


@settings(deadline=None)
@given(looks(most=400), TARGETS)
def test_evidence_is_conclusive_exactly_when_the_other_side_is_impossible(
    case: tuple[int, int, int], target: int
) -> None:
    s, t, population = case
    needed = target_count(target, population)
    for got in (mixture_evidence(s, t, population, needed), ratio_evidence(s, t, population, needed)):
        assert (got.met == inf) is (s >= needed)
        assert (got.not_met == inf) is (t - s > population - needed)


@settings(deadline=None)
@given(looks(most=2000))
def test_a_smaller_error_gives_a_wider_set(case: tuple[int, int, int]) -> None:
    sets = [confidence_set(*case, alpha) for alpha in (0.2, 0.05, 0.01)]
    assert sets[0].low >= sets[1].low >= sets[2].low
    assert sets[0].high <= sets[1].high <= sets[2].high


def test_before_the_first_answer_nothing_is_known() -> None:
    got = mixture_evidence(0, 0, 79, 72)
    assert (got.met, got.not_met) == (1.0, 1.0)
    assert (confidence_set(0, 0, 79).low, confidence_set(0, 0, 79).high) == (0, 79)


def test_a_list_of_a_thousand_million_costs_no_more_than_a_short_one() -> None:
    population = 10**9
    needed = target_count(900, population)
    huge, long = (mixture_evidence(290, 300, n, target_count(900, n)) for n in (population, 10**7))
    assert isclose(huge.log_met, long.log_met, rel_tol=1e-3)
    assert reaches_met(290, 300, population, needed)
    got = confidence_set(290, 300, population)
    assert 0.9 < got.low / population < 290 / 300 < got.high / population < 1


def test_evidence_beyond_all_floats_is_infinite_and_no_error() -> None:
    got = mixture_evidence(50_000, 50_000, 100_000, 90_000)
    assert got.met == inf and got.log_met < inf
    assert got.not_met == 0.0


@pytest.mark.parametrize(("t", "population", "alpha"), [(39, 40, 0.05), (19, 20, 0.1), (38, 40, 0.1), (3, 4, 0.5)])
def test_a_threshold_that_is_hit_exactly_counts_as_reached(t: int, population: int, alpha: float) -> None:
    """Of N people t are asked and satisfied, all must be: E_met = N / (N - t), here 2/alpha to the last digit."""
    assert _mixture(t, t, population, range(population, population + 1), range(population), UNIFORM) == 2 / Fraction(
        repr(alpha)
    )
    assert reaches_met(t, t, population, population, alpha, UNIFORM)
    assert not reaches_met(t, t, population, population, alpha - 1e-12, UNIFORM)


@pytest.mark.parametrize("counts", [(3, 2, 9), (-1, 2, 9), (2, 5, 4)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(CountsOutOfRange):
        mixture_evidence(*counts, 1)
    with pytest.raises(CountsOutOfRange):
        confidence_set(*counts)
    with pytest.raises(CountsOutOfRange):
        ratio_evidence(0, 0, 9, 10)


def test_impossible_levels_and_priors_are_refused() -> None:
    with pytest.raises(LevelOutOfRange):
        confidence_set(1, 2, 9, 1.0)
    with pytest.raises(PriorOutOfRange):
        Prior(0, 1)
    assert (UNIFORM.a, UNIFORM.b, NEAR_TARGET.a, NEAR_TARGET.b) == (1, 1, 9, 1)
