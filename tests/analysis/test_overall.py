"""The three forms of 总体."""

import pytest

from analysis.hkg import Stratum
from analysis.overall import overall


def test_projects_without_answers_change_nothing() -> None:
    projects = [Stratum(5325, 200, 190), Stratum(29, 27, 25)]
    assert overall([*projects, Stratum(700, 0, 0)]) == overall(projects)


def test_nothing_answered_gives_no_rate_at_all() -> None:
    got = overall([Stratum(700, 0, 0)])
    assert (got.weighted, got.weighted_se, got.weighted_interval, got.equal, got.pooled) == (None,) * 5


def test_the_weighted_rate_stands_inside_its_interval() -> None:
    got = overall([Stratum(1000, 100, 90), Stratum(3000, 100, 60)])
    assert got.weighted == pytest.approx(0.675)
    assert (got.equal, got.pooled) == (0.75, 0.75)
    assert got.weighted_interval is not None
    assert got.weighted_interval.low < 0.675 < got.weighted_interval.high


def test_a_census_of_all_projects_has_no_error() -> None:
    got = overall([Stratum(17, 17, 16), Stratum(29, 29, 29)])
    assert got.weighted_se == 0
    assert got.weighted_interval is not None and got.weighted_interval.width == 0
