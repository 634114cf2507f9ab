"""The three forms of 总体."""

import numpy as np
import pytest

from analysis.hkg import Stratum
from analysis.overall import Form, overall


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


def test_each_form_names_what_it_answers_and_prints_its_interval() -> None:
    got = overall([Stratum(5325, 200, 190), Stratum(3034, 150, 123), Stratum(188000, 300, 279), Stratum(29, 27, 25)])
    for form in (Form.weighted, Form.equal):
        share, interval = got.estimate(form), got.interval(form)
        assert share is not None and interval is not None
        assert interval.low < share < interval.high and form.label and form.meaning.endswith("。")
    assert not got.self_weighting and got.interval(Form.pooled) is None


def test_a_self_weighting_sample_pools_to_the_weighted_rate_with_the_same_interval() -> None:
    got = overall([Stratum(1000, 100, 90), Stratum(500, 50, 35)])
    assert got.self_weighting
    assert got.pooled == pytest.approx(got.weighted)
    assert got.interval(Form.pooled) == got.interval(Form.weighted)


def test_the_equal_form_of_a_census_is_a_point_and_one_answer_says_little() -> None:
    census = overall([Stratum(17, 17, 16), Stratum(29, 29, 29)])
    assert census.equal_interval is not None and census.equal_interval.width == pytest.approx(0)
    lone = overall([Stratum(50, 1, 1), Stratum(50, 25, 25)]).equal_interval
    assert lone is not None and lone.low < 0.55 and lone.high == 1


def test_the_equal_interval_holds_the_true_mean_as_often_as_claimed() -> None:
    random = np.random.default_rng(2)
    lists = [(79, 74, 30), (300, 255, 60), (1000, 960, 60), (40, 40, 20)]
    truth = sum(good / people for people, good, _ in lists) / len(lists)
    held = 0
    for _ in range(400):
        drawn = [Stratum(p, n, int(random.hypergeometric(g, p - g, n)) if g < p else n) for p, g, n in lists]
        found = overall(drawn).equal_interval
        held += found is not None and found.low <= truth <= found.high
    assert held / 400 >= 0.94


def test_four_projects_alike_halve_the_interval_of_one() -> None:
    one, four = (overall([Stratum(1000, 100, 90)] * count).equal_interval for count in (1, 4))
    assert one is not None and four is not None
    assert 0.9 - four.low == pytest.approx((0.9 - one.low) / 2)
    assert four.high - 0.9 == pytest.approx((one.high - 0.9) / 2)
