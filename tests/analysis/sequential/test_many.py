"""Naming several projects at once by their e-values."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import LevelOutOfRange, ValueRefused
from analysis.sequential.many import e_values_adjusted, named_together

LOGS = st.lists(st.floats(-50, 50) | st.sampled_from((math.inf, -math.inf)), max_size=40)


@settings(deadline=None)
@given(LOGS, st.sampled_from((0.025, 0.1, 0.3)))
def test_the_largest_group_that_bears_the_rate_is_named(logs: list[float], rate: float) -> None:
    """As Wang and Ramdas write it: k projects are named when the k-th largest e-value is at least m / (rate k)."""
    ranked = sorted(logs, reverse=True)
    most = max((k for k, e in enumerate(ranked, 1) if e >= math.log(len(logs) / (rate * k)) + 1e-9), default=0)
    almost = max((k for k, e in enumerate(ranked, 1) if e >= math.log(len(logs) / (rate * k)) - 1e-9), default=0)
    assert most <= sum(named_together(logs, rate)) <= almost


@settings(deadline=None)
@given(LOGS)
def test_stronger_evidence_is_never_named_after_weaker(logs: list[float]) -> None:
    adjusted = e_values_adjusted(logs)
    for one, first in zip(logs, adjusted, strict=True):
        for other, second in zip(logs, adjusted, strict=True):
            assert one <= other or first <= second


def test_one_project_alone_needs_the_full_evidence() -> None:
    assert named_together([math.log(40.0001)], 0.025) == (True,)
    assert named_together([math.log(39.999)], 0.025) == (False,)
    assert named_together([]) == ()


def test_what_is_no_evidence_is_refused() -> None:
    with pytest.raises(ValueRefused):
        named_together([0.0, math.nan])
    with pytest.raises(LevelOutOfRange):
        named_together([1.0], 0.0)
