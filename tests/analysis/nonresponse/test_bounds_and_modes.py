"""What stands whatever the unanswered think; rates by mode; awareness before and after."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, LevelOutOfRange, TargetOutOfRange
from analysis.intervals import newcombe_difference
from analysis.nonresponse.awareness import Awareness
from analysis.nonresponse.bounds import Robust, WorstCase
from analysis.nonresponse.modes import ModeWarning, by_mode
from analysis.verdicts import Verdict, deterministic
from tests.analysis.strategies import TARGETS, answered_lists


@given(answered_lists(), TARGETS)
def test_the_robust_verdict_is_the_one_no_further_answer_can_change(case: tuple[int, int, int], target: int) -> None:
    x, n, population = case
    found = WorstCase(population, n, x, target)
    expected = {Verdict.met: Robust.met, Verdict.not_met: Robust.not_met, None: Robust.depends}
    assert found.robust is expected[deterministic(x, n, population, target)]
    assert found.lower <= found.upper and found.sentence.endswith("。")
    if found.rate is not None:
        assert found.lower <= found.rate <= found.upper


@given(answered_lists(), TARGETS)
def test_the_tipping_point_is_exactly_where_the_target_is_reached(case: tuple[int, int, int], target: int) -> None:
    x, n, population = case
    found = WorstCase(population, n, x, target)
    if found.robust is Robust.depends:
        assert found.tipping == Fraction(found.needed, population - n)
        assert Fraction(x + found.needed, population) >= Fraction(target, 1000)
        assert Fraction(x + found.needed - 1, population) < Fraction(target, 1000)


def test_a_fully_answered_list_has_no_tipping_point() -> None:
    found = WorstCase(17, 17, 16)
    assert found.tipping is None and found.robust is Robust.met and found.lower == found.upper
    assert WorstCase(17, 17, 15).robust is Robust.not_met
    assert WorstCase(40, 0, 0).rate is None
    with pytest.raises(CountsOutOfRange):
        WorstCase(0, 0, 0)
    with pytest.raises(CountsOutOfRange):
        WorstCase(5, 6, 1)
    with pytest.raises(TargetOutOfRange):
        WorstCase(5, 5, 1, 0)


def test_modes_that_differ_are_told_with_the_largest_gap() -> None:
    found = by_mode({"mobile": (140, 200), "phone": (285, 300), "household": (38, 40)})
    assert [one.mode for one in found.rates] == ["phone", "mobile", "household"]
    assert found.rates[0].difference is None and found.rates[1].differs and not found.rates[2].differs
    assert found.rates[1].difference_interval == newcombe_difference(140, 200, 285, 300, 0.025)
    assert found.warning is ModeWarning.differ and "25.0个百分点" in found.sentence


@pytest.mark.parametrize(
    ("counts", "warning"),
    [
        ({}, ModeWarning.no_answers),
        ({"phone": (0, 0)}, ModeWarning.no_answers),
        ({"phone": (9, 10)}, ModeWarning.single),
        ({"phone": (90, 100), "mobile": (9, 10)}, ModeWarning.few),
        ({"phone": (90, 100), "mobile": (88, 100)}, ModeWarning.mixed),
        ({"phone": (100, 100), "mobile": (100, 100)}, ModeWarning.mixed),
    ],
)
def test_every_mix_of_modes_has_its_own_warning(counts: dict[str, tuple[int, int]], warning: ModeWarning) -> None:
    found = by_mode(counts)
    assert found.warning is warning and found.sentence.endswith("。")


@given(st.dictionaries(st.sampled_from("abcde"), st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1))
def test_the_order_of_the_modes_does_not_matter(drawn: dict[str, tuple[int, int]]) -> None:
    counts = {mode: (x, x + rest) for mode, (x, rest) in drawn.items()}
    assert by_mode(counts) == by_mode(dict(reversed(counts.items())))


def test_impossible_modes_are_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        by_mode({"phone": (3, 2)})
    with pytest.raises(LevelOutOfRange):
        by_mode({"phone": (1, 2)}, 0.0)


def test_awareness_before_and_after_stays_two_rates() -> None:
    found = Awareness(200, 150, 30)
    assert (found.rate_before, found.rate_after) == (Fraction(3, 4), Fraction(9, 10))
    gain = found.gain()
    assert gain is not None and gain.low < 0.15 < gain.high
    assert "知晓率(提示前)75.0%" in found.sentence and "知晓率(提示后)90.0%" in found.sentence


def test_without_an_explanation_there_is_no_rate_after_it() -> None:
    silent = Awareness(200, 150, None)
    assert silent.rate_after is None and silent.gain() is None and "没有提示后" in silent.sentence
    nobody = Awareness(0, 0, 0)
    assert nobody.rate_before is None and nobody.rate_after is None and nobody.sentence.endswith("。")
    with pytest.raises(CountsOutOfRange):
        Awareness(10, 11, None)
    with pytest.raises(CountsOutOfRange):
        Awareness(10, 6, 5)
