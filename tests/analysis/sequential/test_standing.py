"""Where a project stands after its looks, and when calling may stop."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, LevelOutOfRange, TargetOutOfRange
from analysis.sequential.evidence import Evidence
from analysis.sequential.order import Prefix
from analysis.sequential.standing import Respondents, Rule, Standing, evaluate, follow, look, start
from analysis.sequential.stopping import Reason, settle
from analysis.verdicts import Verdict, deterministic, judge
from tests.analysis.sequential.paths import order, people, results
from tests.analysis.strategies import ALPHAS, TARGETS

EVEN = Evidence(0.0, 0.0)
RULES = st.builds(Rule, TARGETS, ALPHAS, respondents=st.sampled_from(Respondents))


@settings(deadline=None)
@given(results(letters="sssssssssnkou"), st.integers(1, 30), RULES)
def test_verdict_and_interval_never_contradict_at_any_look(letters: str, size: int, rule: Rule) -> None:
    for known in range(0, len(letters) + 1, size):
        got = evaluate(order(len(letters), size), people(letters[:known]), rule)
        counts = got.counts
        if counts is None:
            assert got.verdict is Verdict.insufficient
            continue
        goal = Fraction(rule.target, 1000)
        low, high = Fraction(counts.low, counts.population), Fraction(counts.high, counts.population)
        assert low <= high
        assert (got.verdict is Verdict.met) == (low >= goal)
        assert (got.verdict is Verdict.not_met) == (high < goal)


@settings(deadline=None)
@given(results(letters="ssssssssn"), st.integers(1, 30), RULES)
def test_a_verdict_once_given_stays_unless_the_looks_contradict_each_other(letters: str, size: int, rule: Rule) -> None:
    before: Standing | None = None
    for known in range(0, len(letters) + 1, size):
        got = evaluate(order(len(letters), size), people(letters[:known]), rule)
        if before is not None:
            assert got.p_met <= before.p_met and got.p_not_met <= before.p_not_met
            kept = got.verdict is before.verdict or before.verdict is Verdict.insufficient
            assert kept or got.contradicted or got.certain is not None
        before = got


@settings(deadline=None)
@given(results(letters="sssssn"), TARGETS, ALPHAS)
def test_everybody_answered_gives_the_verdict_of_the_count(letters: str, target: int, alpha: float) -> None:
    s, n = letters.count("s"), len(letters)
    got = evaluate(order(n, 30), people(letters), Rule(target, alpha))
    assert got.verdict is judge(s, n, n, target, minimum=0).verdict
    assert got.counts is not None
    assert s in range(got.counts.low, got.counts.high + 1)


@settings(deadline=None)
@given(results(), st.integers(1, 30))
def test_what_is_certain_by_counting_is_certain_by_evidence(letters: str, size: int) -> None:
    got = evaluate(order(len(letters), size), people(letters))
    if not got.looks or not got.population:
        return
    assert got.certain is deterministic(got.last.satisfied, got.last.answers, got.population)


def test_looking_step_by_step_or_at_once_is_the_same() -> None:
    prefixes = [Prefix(30, 20, 19), Prefix(60, 44, 42), Prefix(90, 63, 60)]
    step = start(300)
    for prefix in prefixes:
        step = look(step, prefix, 300)
    assert step == follow(prefixes, 300)
    assert (step.looks, step.population) == (3, 300 - 27)


def test_with_the_whole_list_instead_of_the_respondents_evidence_is_smaller() -> None:
    prefixes = [Prefix(90, 60, 60)]
    fewer, whole = follow(prefixes, 120), follow(prefixes, 120, Rule(respondents=Respondents.whole_list))
    assert (fewer.population, whole.population) == (90, 120)
    assert whole.p_met > fewer.p_met


def test_contradicting_looks_take_the_verdict_back_and_leave_what_is_certain() -> None:
    path = [Prefix(60, 60, 60), Prefix(300, 300, 200)]
    first, both = follow(path[:1], 2000), follow(path, 2000)
    assert first.verdict is Verdict.met
    assert both.contradicted and both.verdict is Verdict.insufficient
    assert both.counts is not None
    assert (both.counts.low, both.counts.high) == (200, 1900)


def test_looks_that_leave_no_whole_number_of_people_contradict_each_other_too() -> None:
    """Shares between 50.8% and 52.9% are possible, but of 32 people neither 16 nor 17 lies there."""
    fits, fits_not = (
        Standing(Rule(500), 2, Prefix(73, 21, 8), people, EVEN, EVEN, Fraction(33, 65), Fraction(9, 17), 1, None)
        for people in (65, 32)
    )
    assert (fits.contradicted, fits.verdict) == (False, Verdict.met)
    assert (fits_not.contradicted, fits_not.verdict) == (True, Verdict.insufficient)
    assert fits_not.counts is not None
    assert (fits_not.counts.low, fits_not.counts.high) == (8, 19)


def test_nobody_answers() -> None:
    got = evaluate(order(30), people("o" * 30))
    assert (got.looks, got.population, got.verdict, got.counts) == (1, 0, Verdict.insufficient, None)
    assert settle(order(30), people("o" * 30)).reason is Reason.list_closed


def test_an_interval_clear_of_the_target_is_not_printed_before_the_verdict_has_its_evidence() -> None:
    """11 of 40 asked, 7 satisfied: the set ends below the 36 people needed, the evidence is 30 to 1."""
    got = follow([Prefix(11, 11, 7)], 40)
    assert got.high < Fraction(9, 10)
    assert 30 < 1 / got.p_not_met < 40
    assert got.verdict is Verdict.insufficient
    assert got.counts is not None
    assert (got.counts.low, got.counts.high) == (11, 36)


@pytest.mark.parametrize("prefix", [Prefix(20, 20, 20), Prefix(40, 20, 20), Prefix(40, 35, 36), Prefix(401, 30, 30)])
def test_a_prefix_that_does_not_continue_the_last_one_is_refused(prefix: Prefix) -> None:
    with pytest.raises(CountsOutOfRange):
        look(follow([Prefix(30, 25, 24)], 400), prefix, 400)


def test_rules_that_cannot_be_are_refused() -> None:
    with pytest.raises(TargetOutOfRange):
        Rule(target=0)
    with pytest.raises(LevelOutOfRange):
        Rule(alpha=0.0)


def test_forty_to_one_is_asked_for_by_default() -> None:
    """79 people: 33 clean answers are not yet 40 to 1, 34 are; the fixed interval would say 达标 after 28."""
    by_one = order(79, 1)
    short, enough = (evaluate(by_one, people("s" * n)) for n in (33, 34))
    assert (short.verdict, enough.verdict) == (Verdict.insufficient, Verdict.met)
    assert 1 / short.p_met < 40 <= 1 / enough.p_met < 41 * 1.2
    assert judge(28, 28, 79).verdict is Verdict.met


@pytest.mark.parametrize(
    ("letters", "population", "stop", "reason", "verdict"),
    [
        ("", 300, False, Reason.no_replicate_closed, Verdict.insufficient),
        ("s" * 29 + "-", 300, False, Reason.no_replicate_closed, Verdict.insufficient),
        ("s" * 30, 300, False, Reason.evidence_open, Verdict.insufficient),
        ("s" * 60, 300, True, Reason.evidence_met, Verdict.met),
        ("sn" * 15, 300, True, Reason.evidence_not_met, Verdict.not_met),
        ("-" + "s" * 75, 79, True, Reason.certain_met, Verdict.met),
        ("-" + "n" * 8, 79, True, Reason.certain_not_met, Verdict.not_met),
        ("s" * 60 + "sn" * 120, 2000, False, Reason.contradicted, Verdict.insufficient),
        ("sssk", 4, True, Reason.certain_met, Verdict.met),
    ],
)
def test_the_advice_names_its_reason(
    letters: str, population: int, stop: bool, reason: Reason, verdict: Verdict
) -> None:
    got = settle(order(population), people(letters))
    assert (got.stop, got.reason, got.verdict) == (stop, reason, verdict)
    assert "{" not in got.sentence and got.sentence.endswith("。")
    assert ("可以停止拨打" in got.sentence) is stop


def test_the_advice_says_how_far_the_order_was_read_and_what_was_asked() -> None:
    assert "前60人" in settle(order(300), people("s" * 60)).sentence
    assert "40倍" in settle(order(300), people("s" * 60)).sentence


@settings(deadline=None)
@given(results(), st.integers(1, 30), TARGETS)
def test_whatever_follows_after_stopping_for_certain_changes_nothing(letters: str, known: int, target: int) -> None:
    listed, rule = order(len(letters), 5), Rule(target)
    early = settle(listed, people(letters[:known]), rule)
    if early.reason in (Reason.certain_met, Reason.certain_not_met):
        assert settle(listed, people(letters), rule).verdict is early.verdict
        valid = letters.count("s") + letters.count("n")
        closed = judge(letters.count("s"), valid, valid, target, minimum=0).verdict if valid else None
        assert closed in (None, early.verdict)


def test_evidence_is_a_number_however_long_the_path() -> None:
    got = follow([Prefix(n, n, n) for n in range(100, 90_001, 10_000)], 10**6)
    assert got.verdict is Verdict.met
    assert 0.0 <= got.p_met < 1e-300 and math.isfinite(got.best.log_met)
