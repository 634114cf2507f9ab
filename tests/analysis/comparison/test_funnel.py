"""Departments against funnel limits."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison.funnel import (
    TAILS_95,
    TAILS_998,
    Band,
    Unit,
    around_average,
    around_target,
    binomial_cdf,
    funnel,
    limit,
    limits,
    overdispersion,
    pooled,
)
from analysis.errors import CountsOutOfRange, LevelOutOfRange, RateOutOfRange
from tests.analysis.strategies import answered_lists

CENTRES = st.floats(0.01, 0.99)


@given(st.integers(1, 400), CENTRES, st.sampled_from((0.001, 0.025, 0.5, 0.975, 0.999)))
def test_a_limit_lies_where_the_tail_is(n: int, centre: float, side: float) -> None:
    r = math.ceil(limit(side, n, centre) * n - 1e-9)
    assert binomial_cdf(r, n, centre) >= side * (1 - 1e-9)
    assert binomial_cdf(r - 2, n, centre) < side


@given(st.integers(2, 300), st.integers(1, 300), CENTRES)
def test_a_known_list_draws_the_limits_closer_and_an_endless_one_leaves_them(n: int, more: int, centre: float) -> None:
    endless = limits(Unit(0, n), centre)
    huge = limits(Unit(0, n, 10**9), centre)
    assert huge.low == pytest.approx(endless.low, abs=1e-4) and huge.high == pytest.approx(endless.high, abs=1e-4)
    listed = limits(Unit(0, n, n + more), centre)
    assert listed.high - listed.low <= endless.high - endless.low + 1.5 / n


@given(answered_lists(most=300, answers=1), CENTRES)
def test_the_outer_limits_hold_the_inner_ones(case: tuple[int, int, int], centre: float) -> None:
    unit = Unit(*case)
    inner, outer = limits(unit, centre, TAILS_95), limits(unit, centre, TAILS_998)
    assert outer.low <= inner.low <= inner.high <= outer.high
    assert 0 <= outer.shown.low <= outer.shown.high <= 1


def test_limits_close_in_with_more_answers_and_end_on_the_centre_when_everybody_answered() -> None:
    widths = [limits(Unit(0, n, 1000), 0.9) for n in (10, 50, 200, 700, 1000)]
    assert all(a.high - a.low > b.high - b.low for a, b in pairwise(widths))
    assert (widths[-1].low, widths[-1].high) == (0.9, 0.9)


def test_all_bands_and_a_unit_without_answers() -> None:
    units = [Unit(60, 100), Unit(82, 100), Unit(90, 100), Unit(97, 100), Unit(100, 100), Unit(0, 0)]
    placed = around_target(units).placed
    assert [one.band for one in placed] == list(Band)
    assert placed[-1].inner is None and all(band.label for band in Band)


def test_units_that_scatter_more_than_chance_widen_the_limits_but_never_narrow_them() -> None:
    wild = [Unit(x, 200) for x in (120, 150, 165, 180, 190, 198, 200, 140)]
    calm = [Unit(180, 200)] * 8
    assert around_average(wild).phi > 3
    assert around_average(calm).phi == 1
    tight, wide = funnel(wild, 0.85, widen=False).placed[0], funnel(wild, 0.85).placed[0]
    assert tight.outer and wide.outer and wide.outer.low < tight.outer.low
    assert around_target(wild).phi == 1


def test_one_outlier_alone_does_not_widen_the_limits() -> None:
    units = [Unit(180 + d, 200) for d in (-4, -3, -2, -1, 0, 0, 1, 2, 3, 4, 5, -5)]
    found = funnel([*units, Unit(40, 200)], 0.9)
    assert found.phi == 1 and found.placed[-1].band is Band.far_below


def test_everybody_satisfied_or_nobody_asked_gives_no_warning_and_no_nan() -> None:
    everyone = around_average([Unit(20, 20), Unit(35, 35)])
    assert everyone.centre == 1 and {one.band for one in everyone.placed} == {Band.inside}
    nobody = around_average([Unit(0, 0)])
    assert nobody.placed[0].band is Band.no_answers and pooled([]) is None
    assert overdispersion([Unit(17, 17, 17)], 0.9) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40)), min_size=1, max_size=12), st.randoms())
def test_the_order_of_the_departments_does_not_matter(counts: list[tuple[int, int]], random: object) -> None:
    units = [Unit(x, x + rest) for x, rest in counts]
    order = list(range(len(units)))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight, shuffled = around_average(units), around_average([units[i] for i in order])
    assert shuffled.phi == pytest.approx(straight.phi)
    assert [one.band for one in shuffled.placed] == [straight.placed[i].band for i in order]


def test_impossible_input_is_refused_by_name() -> None:
    with pytest.raises(CountsOutOfRange):
        Unit(3, 2)
    with pytest.raises(CountsOutOfRange):
        limit(0.025, 0, 0.9)
    with pytest.raises(CountsOutOfRange):
        limit(0.025, 9, 0.9, 8)
    with pytest.raises(RateOutOfRange):
        limit(0.025, 9, math.nan)
    with pytest.raises(LevelOutOfRange):
        limit(1.0, 9, 0.9)
