"""The rows of golden_vectors.csv about rates, rounding, ranks, outcome rates and the congress vote."""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest

from analysis.metrics import METRICS, ratio
from analysis.outcome_rates import OutcomeCounts, rates
from analysis.ranking import Grade, people_congress_grade, same_rank_groups, standard_competition
from analysis.rounding import percent_text, round_half_up
from analysis.verdicts import Verdict, judge
from tests.golden.tables import vectors

DONT_KNOW = "98"


def _six(value: Fraction | None) -> str:
    assert value is not None
    return str(round_half_up(Decimal(value.numerator) / Decimal(value.denominator), 6))


def _published_shares() -> dict[str, int]:
    """G01's shares in thousandths, as if 999 people had been asked; G02 and G03 say 同上."""
    (row,) = vectors("G01")
    shares = {name: int(Decimal(share) * 10) for name, share in re.findall(r"(\S+?)([\d.]+)(?= |$)", row["input"])}
    return {"4": shares["满意"], "3": shares["基本满意"], "2": shares["不满意"], DONT_KNOW: shares["说不清"]}


@pytest.mark.parametrize(
    ("row", "metric"), [(vectors("G01")[0], "M02"), (vectors("G02")[0], "M01"), (vectors("G03")[0], "")]
)
def test_the_published_shares_give_the_published_rate(row: dict[str, str], metric: str) -> None:
    counts = _published_shares()
    if metric:
        got = ratio(METRICS[metric], counts).fraction
    else:  # strict with the don't-knows in the denominator is no metric of the product: positive of M03, base of M02
        got = Fraction(ratio(METRICS["M03"], counts).x, ratio(METRICS["M02"], counts).n)
    expected = re.search(r"0\.\d{4}", row["expected"])
    assert expected is not None and got is not None
    assert round_half_up(Decimal(got.numerator) / got.denominator, 4) == Decimal(expected[0])


def _five_grades() -> dict[str, int]:
    (row,) = vectors("G04")
    numbers = [int(text) for text in re.findall(r"\d+", row["input"].partition("=")[2])]
    return dict(zip(("5", "4", "3", "2", "1", DONT_KNOW), numbers, strict=True))


@pytest.mark.parametrize(
    ("row", "metric"), [(vectors("G04")[0], "M01"), (vectors("G05")[0], "M02"), (vectors("G06")[0], "M03")]
)
def test_the_same_answers_give_three_satisfaction_rates(row: dict[str, str], metric: str) -> None:
    pair, _, value = row["expected"].partition("=")
    got = ratio(METRICS[metric], _five_grades())
    assert f"{got.x}/{got.n}" == pair
    assert _six(got.fraction) == value


@pytest.mark.parametrize("row", vectors("G07"), ids=lambda row: row["case"])
def test_a_score_depends_on_its_points(row: dict[str, str]) -> None:
    points = dict(zip("54321", map(int, row["case"].split()[1].split("/")), strict=True))
    got = ratio(METRICS["M04"], _five_grades(), points)
    pair, _, value = row["expected"].partition("=")
    assert f"{got.x}/{got.n}" == pair
    assert _six(got.fraction) == value


@pytest.mark.parametrize("row", vectors("G14"), ids=lambda row: row["case"])
def test_print_rounds_half_up_where_others_do_not(row: dict[str, str]) -> None:
    value = row["case"].split()[1]
    half_up, half_even, python = re.findall(r"=([\d.]+)", row["expected"])
    assert str(round_half_up(value, 1)) == half_up
    assert str(Decimal(value).quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN)) == half_even
    assert str(round(float(value), 1)) == python
    if Decimal(value) > 50:
        assert percent_text(int(Decimal(value) * 1000), 100_000) == half_up


def test_a_rate_that_prints_as_the_target_may_still_miss_it() -> None:
    (row,) = vectors("G15")
    x, n = (int(text) for text in re.findall(r"[xn]=(\d+)", row["input"]))
    assert f"{percent_text(x, n)}%(1位)" in row["expected"]
    assert judge(x, n, n).verdict is Verdict.not_met
    assert judge(x + 1, n, n).verdict is Verdict.met


def test_equal_rates_share_a_rank_and_the_next_is_skipped() -> None:
    (row,) = vectors("G16")
    values = [Decimal(text) for text in re.findall(r"\d+\.\d", row["input"])]
    assert ",".join(map(str, standard_competition(values))) in row["expected"]
    assert [group.label for group in same_rank_groups(values)] == ["第1", row["method"], "第4"]


def test_outcome_rates_follow_the_definitions() -> None:
    (row,) = vectors("G17")
    counts = {name: int(number) for name, number in re.findall(r"([A-Z]+)=(\d+)", row["input"])}
    got = rates(OutcomeCounts(**counts))
    expected = re.findall(r"(\w+)=([\d.]+)", row["expected"])
    assert len(expected) == 10
    for name, value in expected:
        assert f"{getattr(got, name).value:.6f}" == value, name


def test_satisfaction_is_asked_of_those_shown_the_question() -> None:
    (row,) = vectors("G18")
    expected = [Decimal(text) for text in re.findall(r"=(0\.\d+)", row["expected"])]
    aware = {"3": 300, "2": 120, "1": 80}
    asked = {"3": 389, "2": 21, DONT_KNOW: 10}
    wide = ratio(METRICS["M06"], aware)
    inside, outside = ratio(METRICS["M01"], asked), ratio(METRICS["M02"], asked)
    got = [ratio(METRICS["M07"], aware), wide, inside, outside]
    assert [round_half_up(Decimal(one.x) / one.n, 6) for one in got] == expected[:4]
    assert round_half_up(Decimal(inside.x) / wide.n, 6) == expected[4]  # the mistake, for comparison
    assert inside.n != wide.n


def test_the_congress_vote_has_three_grades_and_a_contested_half() -> None:
    (row,) = vectors("G19")
    votes = re.findall(r"\((\d+),(\d+),(\d+)\)->(\w+)", row["input"])
    assert len(votes) == 3
    for satisfied, basic, _, grade in votes:
        assert people_congress_grade(29, int(satisfied), int(basic), True).label == grade
        assert people_congress_grade(29, int(satisfied), int(basic), False).label == grade
    assert people_congress_grade(30, 15, 0, True) is Grade.satisfied
    assert people_congress_grade(30, 15, 0, False) is Grade.dissatisfied
    assert people_congress_grade(30, 10, 5, True) is Grade.basically_satisfied
