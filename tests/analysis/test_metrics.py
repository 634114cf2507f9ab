"""The published examples of a rate come out of the registry's definitions."""

from fractions import Fraction

import pytest

from analysis.metrics import METRICS, Ratio, Unit, composite, definition_text, headline_satisfaction, metric, ratio
from analysis.scales import ScaleId

CHONGQING = {"4": 368, "3": 484, "2": 100, "98": 47}  # G01-G03: published shares in thousandths, they add up to 99.9
DISTRICT = {"5": 120, "4": 96, "3": 54, "2": 18, "1": 6, "98": 6}  # G04-G07


def share(metric_id: str, counts: dict[str, int]) -> float:
    pair = ratio(metric(metric_id), counts)
    return pair.x / pair.n


def test_g01_dont_know_counts_against_satisfaction_when_it_is_in_the_denominator() -> None:
    assert share("M02", CHONGQING) == pytest.approx(0.8529, abs=5e-5)


def test_g02_the_default_rate_leaves_dont_know_out() -> None:
    assert share("M01", CHONGQING) == pytest.approx(0.8950, abs=5e-5)


def test_g03_without_the_lowest_positive_grade_the_same_answers_give_far_less() -> None:
    pair = ratio(metric("M03"), CHONGQING)
    assert pair.x / 999 == pytest.approx(0.3684, abs=5e-5)


@pytest.mark.parametrize(
    ("metric_id", "expected"),
    [("M01", Ratio(270, 294)), ("M02", Ratio(270, 300)), ("M03", Ratio(216, 294)), ("M05", Ratio(24, 294))],
)
def test_g04_to_g06_are_kept_as_whole_numbers(metric_id: str, expected: Ratio) -> None:
    assert ratio(metric(metric_id), DISTRICT) == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [((100, 80, 60, 30, 0), 23460), ((100, 75, 50, 25, 0), 22350), ((100, 80, 60, 40, 20), 23760)],
)
def test_g07_one_set_of_answers_has_as_many_scores_as_tables_of_points(points: tuple[int, ...], expected: int) -> None:
    table = dict(zip("54321", points, strict=True))
    assert ratio(metric("M04"), DISTRICT, table) == Ratio(expected, 294)


def test_the_default_points_are_100_80_60_30_0_and_the_unit_is_not_percent() -> None:
    assert ratio(metric("M04"), DISTRICT) == Ratio(23460, 294)
    assert metric("M04").unit is Unit.POINTS


def test_g18_awareness_is_of_everybody_asked_and_satisfaction_only_of_those_shown_the_question() -> None:
    asked = {"3": 300, "2": 120, "1": 80}
    shown = {"4": 300, "3": 89, "2": 21, "98": 10}
    assert ratio(metric("M07"), asked) == Ratio(300, 500)
    assert ratio(metric("M06"), asked) == Ratio(420, 500)
    assert ratio(metric("M01"), shown) == Ratio(389, 410)
    assert ratio(metric("M02"), shown) == Ratio(389, 420)


def test_dont_know_is_not_aware_and_a_refusal_is_nobody() -> None:
    assert ratio(metric("M06"), {"3": 8, "98": 1, "97": 5, "95": 3}) == Ratio(8, 9)


def test_receipt_of_the_wrong_amount_is_benefit_but_not_consistency() -> None:
    received = {"1": 90, "3": 4, "2": 5, "98": 1, "97": 2}
    assert ratio(metric("M10"), received) == Ratio(94, 100)
    assert ratio(metric("M11"), received) == Ratio(90, 100)


def test_where_the_middle_word_is_yiban_the_strict_rate_is_the_default() -> None:
    assert headline_satisfaction(ScaleId.S5A).id == "M01"
    assert headline_satisfaction(ScaleId.S5B).id == "M03"


def test_a_composite_needs_weights_that_add_up_to_one() -> None:
    parts = {"群众": (Fraction(6, 10), Fraction(90)), "领导": (Fraction(3, 10), Fraction(80))}
    with pytest.raises(ValueError, match="add up to 1"):
        composite(parts)
    assert composite(parts | {"网络": (Fraction(1, 10), Fraction(70))}) == 85


def test_every_definition_opens_a_text_with_formula_denominator_and_interval() -> None:
    for one in METRICS.values():
        text = definition_text(one)
        assert one.id in text and "公式:" in text and "分母:" in text and "区间:" in text
