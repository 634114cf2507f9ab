"""Verdicts: what they follow from, and the sentence that is printed."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from analysis.errors import CountsOutOfRange, TargetOutOfRange
from analysis.hkg import Stratum
from analysis.intervals import Interval
from analysis.verdicts import (
    Reason,
    Verdict,
    deterministic,
    judge,
    judge_interval,
    judge_strata,
    target_count,
    wilson_verdict,
)
from tests.analysis.strategies import ALPHAS, TARGETS, answered_lists

ROUNDING = 1e-12


@given(answered_lists(most=2000), TARGETS, ALPHAS)
def test_verdict_and_interval_never_contradict(case: tuple[int, int, int], target: int, alpha: float) -> None:
    x, n, population = case
    got = judge(x, n, population, target, alpha)
    assert (got.reason is not None) == (got.verdict is Verdict.insufficient)
    if got.counts is None:
        assert (got.verdict, got.reason, got.interval) == (Verdict.insufficient, Reason.too_few, None)
        return
    goal = Fraction(target, 1000)
    low, high = Fraction(got.counts.low, population), Fraction(got.counts.high, population)
    expected = Verdict.met if low >= goal else Verdict.not_met if high < goal else Verdict.insufficient
    assert got.verdict is expected
    if got.reason is Reason.near_target_above:
        assert Fraction(x, n) >= goal
    if got.reason is Reason.near_target_below:
        assert Fraction(x, n) < goal


@given(answered_lists(most=2000, answers=5), TARGETS, ALPHAS)
def test_without_list_size_the_verdict_follows_wilsons_interval(
    case: tuple[int, int, int], target: int, alpha: float
) -> None:
    x, n, _ = case
    got = judge(x, n, None, target, alpha)
    assert got.interval is not None and got.counts is None
    assert (got.verdict is Verdict.met) == (got.interval.low >= target / 1000) or (
        abs(got.interval.low - target / 1000) < ROUNDING
    )
    assert (got.verdict is Verdict.not_met) == (got.interval.high < target / 1000) or (
        abs(got.interval.high - target / 1000) < ROUNDING
    )


@given(answered_lists(most=600, answers=5), TARGETS)
def test_what_no_answer_can_change_is_already_judged(case: tuple[int, int, int], target: int) -> None:
    settled = deterministic(*case, target)
    if settled is not None:
        assert judge(*case, target).verdict is settled


@given(answered_lists(most=300, answers=5), TARGETS, ALPHAS)
def test_a_certain_verdict_survives_whatever_the_others_say(
    case: tuple[int, int, int], target: int, alpha: float
) -> None:
    x, n, population = case
    got = judge(x, n, population, target, alpha)
    rest = population - n
    worst, best = (judge(x + more, population, population, target, alpha).verdict for more in (0, rest))
    assert got.certain is (worst is best)
    if got.certain:
        assert got.verdict is worst


def test_nothing_is_certain_where_the_list_is_not_known() -> None:
    assert not judge(300, 300, None).certain
    assert not judge_strata([Stratum(300, 280, 280)]).certain
    assert judge(280, 280, 300).certain


def test_the_people_a_target_needs_are_counted_in_whole_numbers() -> None:
    people = [1, 7, 10, 17, 20, 30, 70, 79, 100, 110, 1000]
    assert [target_count(900, one) for one in people] == [1, 7, 9, 16, 18, 27, 63, 72, 90, 99, 900]


@pytest.mark.parametrize(
    ("x", "population", "verdict"), [(16, 17, Verdict.met), (15, 17, Verdict.not_met), (9, 10, Verdict.met)]
)
def test_a_fully_answered_list_is_compared_directly(x: int, population: int, verdict: Verdict) -> None:
    got = judge(x, population, population)
    assert (got.verdict, got.reason, got.census, got.few) == (verdict, None, True, False)
    assert got.interval == Interval(x / population, x / population)


@pytest.mark.parametrize(
    ("counts", "options", "reason", "sentence"),
    [
        ((279, 300, 5325), {}, Reason.near_target_above,
         "名义率93.0%(279/300)已过90%,95%区间89.6%—95.5%,下限未到目标,待确认。"),
        ((262, 300, None), {}, Reason.near_target_below,
         "名义率87.3%(262/300)未到90%,95%区间83.1%—90.6%,上限仍过目标,待确认。"),
        ((285, 300, 188_000), {}, None,
         "名义率95.0%(285/300),95%区间91.9%—97.2%,下限不低于目标90%,达标。"),
        ((250, 300, 1000), {}, None,
         "名义率83.3%(250/300),95%区间79.4%—86.7%,上限低于目标90%,未达标。"),
        ((20, 22, 60), {}, Reason.too_few, "有效答案只有22份,不足以判定;还需继续回访。"),
        ((3, 4, 60), {}, Reason.too_few, "有效答案只有4份,不足以判定;还需继续回访。"),
        ((9, 9, 40), {"minimum": 10}, Reason.too_few, "有效答案只有9份,不足以判定;还需继续回访。"),
        ((25, 27, 29), {"drawn_all": True, "tried_all": True}, Reason.partly_answered_list,
         "名义率92.6%(25/27),名单29人中2人未答;最坏86.2%、最好93.1%,95%区间89.7%—93.1%,跨过目标90%,暂不能判定。"),
        ((25, 27, 29), {"drawn_all": True}, Reason.too_few, "有效答案只有27份,不足以判定;还需继续回访。"),
        ((24, 27, 29), {"alpha": 0.1}, None,
         "名义率88.9%(24/27),90%区间86.2%—89.7%,上限低于目标90%,未达标。"),
    ],
)  # fmt: skip
def test_every_reason_prints_its_sentence(
    counts: tuple[int, int, int | None], options: dict[str, Any], reason: Reason | None, sentence: str
) -> None:
    got = judge(*counts, **options)
    assert (got.reason, got.sentence) == (reason, sentence)


def test_few_answers_are_marked_and_may_still_settle_the_verdict() -> None:
    got = judge(29, 29, 60)
    assert (got.verdict, got.few) == (Verdict.met, True)
    assert not judge(30, 30, 60).few


def test_a_tried_list_with_missing_answers_shows_the_worst_and_the_best() -> None:
    got = judge(150, 160, 168, drawn_all=True, tried_all=True)
    assert got.worst_best == Interval(150 / 168, 158 / 168)
    assert judge(150, 160, 168, tried_all=True).worst_best is None


@pytest.mark.parametrize("counts", [(0, 0, 0), (0, 0, 9), (0, 0, None)])
def test_nothing_answered_is_too_few(counts: tuple[int, int, int | None]) -> None:
    got = judge(*counts, minimum=0)
    assert (got.verdict, got.reason, got.interval) == (Verdict.insufficient, Reason.too_few, None)


def test_a_rate_that_only_prints_as_the_target_is_below_it() -> None:
    assert judge(1799, 2000, 188_000).reason is Reason.near_target_below


def test_a_design_without_degrees_of_freedom_is_not_judged() -> None:
    got = judge_interval(1.0, None, 8, 8, 400)
    assert (got.verdict, got.reason, got.interval) == (Verdict.insufficient, Reason.cluster_df, None)
    assert got.sentence == "名义率100.0%(8/8);抽到的点位太少,算不出误差范围,暂不能判定。"


def test_one_stratum_is_judged_like_the_list_it_is() -> None:
    for x, n, population in ((279, 300, 5325), (285, 300, 5325), (240, 300, 5325), (40, 42, 79), (16, 17, 17)):
        alone, stratum = judge(x, n, population), judge_strata([Stratum(population, n, x)])
        assert (stratum.verdict, stratum.reason, stratum.sentence) == (alone.verdict, alone.reason, alone.sentence)
        assert (stratum.few, stratum.census) == (alone.few, alone.census)


def test_a_weighted_rate_is_judged_by_its_weights() -> None:
    big_and_good, small_and_bad = Stratum(9000, 300, 294), Stratum(100, 90, 45)
    assert judge_strata([big_and_good, small_and_bad]).verdict is Verdict.met
    assert judge(339, 390, 9100).verdict is not Verdict.met


@pytest.mark.parametrize("counts", [(3, 2, 9), (-1, 2, 9), (2, 5, 4), (3, 2, None)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int | None]) -> None:
    with pytest.raises(CountsOutOfRange):
        judge(*counts)


@pytest.mark.parametrize("target", [0, 1001, -5])
def test_impossible_targets_are_refused(target: int) -> None:
    with pytest.raises(TargetOutOfRange):
        judge(5, 5, 9, target)


def test_perfect_answers_of_an_unknown_list_never_prove_a_hundred_percent() -> None:
    assert wilson_verdict(5000, 5000, 1000) is Verdict.insufficient


def test_labels_are_the_words_of_the_house() -> None:
    assert [one.label for one in Verdict] == ["达标", "未达标", "证据不足"]
    assert all(one.label for one in Reason)
