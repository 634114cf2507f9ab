"""Outcome rates at their edges."""

import pytest

from analysis.errors import CountsOutOfRange
from analysis.outcome_rates import OutcomeCounts, Ratio, rates


def test_rates_keep_the_people_they_came_from() -> None:
    got = rates(OutcomeCounts(I=420, P=15, R=60, NC=110, O=12, UH=0, UO=130, NE=18))
    assert Ratio(420, 747) == got.RR1
    assert Ratio(420, 507) == got.COOP1


def test_nobody_worked_on_means_no_rate() -> None:
    got = rates(OutcomeCounts(I=0))
    assert (got.RR1, got.RR3, got.COOP1, got.e) == (None, None, None, None)


def test_only_unknown_people_leave_the_estimated_rates_open() -> None:
    got = rates(OutcomeCounts(I=0, UO=5))
    assert Ratio(0, 5) == got.RR1
    assert (got.RR3, got.RR5) == (None, None)


def test_without_unknown_people_the_lowest_and_the_estimated_rate_agree() -> None:
    got = rates(OutcomeCounts(I=30, R=10, NC=20, NE=5))
    assert got.RR1 is not None and got.RR3 is not None and got.RR5 is not None
    assert got.RR1.value == got.RR3.value == got.RR5.value == 0.5


def test_negative_counts_are_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        OutcomeCounts(I=5, R=-1)
