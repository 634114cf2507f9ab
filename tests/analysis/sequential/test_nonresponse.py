"""Evidence that counts people who do not answer: proved for any number of them."""

import math
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, TargetOutOfRange
from analysis.sequential.nonresponse import LOST, NOT_SATISFIED, SATISFIED, assorter_evidence, assorter_logs
from tests.analysis.strategies import TARGETS

MARKS = st.lists(st.sampled_from((LOST, NOT_SATISFIED, SATISFIED)), min_size=1, max_size=60)


@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(4, 5), Fraction(9, 10)])
@pytest.mark.parametrize("listed", [(0, 1, 2, 2, 2, 2), (0, 0, 1, 2, 2, 2), (0, 0, 0, 0, 1, 2), (1, 1, 2, 2, 2, 2)])
def test_no_e_value_promises_more_than_one_whatever_the_number_who_answer(
    listed: tuple[int, ...], share: Fraction
) -> None:
    """Mean over every order of the list <= 1 after every person, where at most the share is satisfied."""
    answered = [mark for mark in listed if mark != LOST]
    if Fraction(answered.count(SATISFIED), len(answered)) > share:
        return
    orders = np.array(list(permutations(listed)), dtype=np.int8)
    means = np.exp(assorter_logs(orders, len(listed), float(share))).mean(axis=0)
    assert (means <= 1 + 1e-9).all()


@settings(deadline=None)
@given(MARKS, TARGETS)
def test_a_whole_list_is_never_conclusive_for_the_wrong_side(marks: list[int], target: int) -> None:
    answered = [mark for mark in marks if mark != LOST]
    got = assorter_evidence(marks, len(marks), target)
    satisfied = answered.count(SATISFIED)
    if 1000 * satisfied <= target * len(answered):
        assert got.log_met < math.inf
    if 1000 * satisfied >= target * len(answered):
        assert got.log_not_met < math.inf
    if answered and 1000 * satisfied > target * len(answered):
        assert got.log_met == math.inf


def test_clean_answers_prove_and_bad_ones_disprove_without_knowing_who_would_answer() -> None:
    half = [SATISFIED, LOST] * 100
    assert assorter_evidence(half, 300).met > 40
    bad = [SATISFIED, LOST, NOT_SATISFIED, SATISFIED] * 40
    assert assorter_evidence(bad, 300).not_met > 40
    assert assorter_evidence(bad, 300).met < 1


def test_nobody_answering_says_nothing() -> None:
    got = assorter_evidence([LOST] * 50, 80)
    assert (got.log_met, got.log_not_met) == pytest.approx((0.0, 0.0), abs=0.3)
    assert assorter_evidence([], 80).met == 1.0


def test_a_target_of_everybody_falls_with_the_first_who_is_not_satisfied() -> None:
    assert assorter_evidence([SATISFIED, NOT_SATISFIED], 80, 1000).not_met == math.inf
    assert assorter_evidence([SATISFIED] * 80, 80, 1000).met == 1.0


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        assorter_evidence([SATISFIED] * 3, 2)
    with pytest.raises(TargetOutOfRange):
        assorter_evidence([SATISFIED], 2, 0)
