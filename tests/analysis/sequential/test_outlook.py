"""How many more answers bring a verdict that may be looked at every day."""

import pytest
from hypothesis import given, settings

from analysis.errors import CountsOutOfRange
from analysis.planning import answers_to_decide
from analysis.sequential.evidence import reaches_met, reaches_not_met
from analysis.sequential.outlook import answers_to_evidence
from analysis.verdicts import target_count
from tests.analysis.sequential.paths import looks


@given(looks(most=200))
@settings(max_examples=60, deadline=None)
def test_the_answers_bring_the_evidence_and_one_fewer_does_not(case: tuple[int, int, int]) -> None:
    s, t, population = case
    got, needed = answers_to_evidence(s, t, population), target_count(900, population)
    for more, gained in ((got.at_best, lambda k: k), (got.at_worst, lambda k: 0)):
        assert more is not None
        states = [(s + gained(k), t + k, population, needed) for k in (more, more - 1)]
        assert reaches_met(*states[0]) or reaches_not_met(*states[0])
        assert more == 0 or not (reaches_met(*states[1]) or reaches_not_met(*states[1]))


def test_a_clean_list_of_79_needs_34_answers_and_one_of_300_needs_42() -> None:
    assert answers_to_evidence(0, 0, 79).at_best == 34
    assert answers_to_evidence(30, 30, 300).at_best == 12
    assert answers_to_evidence(30, 30, 300).at_present_rate == 12
    assert answers_to_evidence(0, 0, 300).at_present_rate is None


def test_a_verdict_for_every_day_never_needs_fewer_clean_answers_than_one_for_a_single_look() -> None:
    for population in (17, 79, 300, 2000):
        single, daily = answers_to_decide(0, 0, population).at_best, answers_to_evidence(0, 0, population).at_best
        assert single is not None and daily is not None and single <= daily


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        answers_to_evidence(3, 2, 9)
    with pytest.raises(CountsOutOfRange):
        answers_to_evidence(0, 0, 0)
