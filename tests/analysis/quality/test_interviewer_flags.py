"""Interviewers whose answers are unlike everybody else's."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import CountsOutOfRange, TooFewGroups, ValueRefused
from analysis.quality.flags import Code, raised, ranked
from analysis.quality.interviewers import (
    deviating_rates,
    recall_disagreements,
    short_interview_shares,
    straight_lining_shares,
    very_satisfied_shares,
)
from analysis.quality.patterns import Answered, duplicate_patterns, little_variation, straight_lined

HONEST = {f"A{i:02}": (30 + i % 5, 60) for i in range(12)}


@pytest.mark.parametrize(
    "check", [very_satisfied_shares, recall_disagreements, short_interview_shares, straight_lining_shares]
)
def test_only_the_one_far_above_all_others_is_raised_and_stands_first(check: object) -> None:
    found = check({**HONEST, "A99": (60, 60), "A98": (3, 3)})  # type: ignore[operator]
    assert [one.subject for one in raised(found)] == ["A99"] and found[0].subject == "A99"
    assert len(found) == 14 and "60份中60份" in found[0].sentence and "不是结论" in found[0].sentence
    assert all("属正常起伏" in one.sentence for one in found[1:])


def test_nobody_is_raised_among_equals_nor_where_everybody_is_satisfied() -> None:
    assert raised(very_satisfied_shares(HONEST)) == ()
    assert raised(very_satisfied_shares({"A": (40, 40), "B": (30, 30)})) == ()
    assert very_satisfied_shares({"A": (0, 0)}) == ()
    with pytest.raises(CountsOutOfRange):
        very_satisfied_shares({"A": (2, 1)})


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1))
def test_the_ranking_does_not_depend_on_the_order(drawn: dict[str, tuple[int, int]]) -> None:
    counts = {name: (x, x + rest) for name, (x, rest) in drawn.items()}
    found = very_satisfied_shares(counts)
    assert very_satisfied_shares(dict(reversed(counts.items()))) == found
    assert all(math.isfinite(one.strength) for one in found)


def test_a_deviating_rate_is_judged_inside_its_zone() -> None:
    counts = {("东街", "A"): (59, 60), ("东街", "B"): (40, 60), ("西街", "C"): (40, 60), ("北街", "D"): (50, 60)}
    found = deviating_rates({**counts, ("西街", "E"): (42, 60)})
    assert {one.subject for one in raised(found)} == {"A", "B"}
    assert "D" not in {one.subject for one in found}
    assert raised(deviating_rates({("东街", "A"): (1940, 2000), ("东街", "B"): (1800, 2000)})) == ()
    assert "高31.7个百分点" in found[0].sentence or "低31.7个百分点" in found[0].sentence
    with pytest.raises(CountsOutOfRange):
        deviating_rates({("东街", "A"): (2, 1)})


def _submissions(random: np.random.Generator, people: int = 12, each: int = 40, items: int = 10) -> list[Answered]:
    """Honest answers: each respondent has a temper, so that patterns repeat now and then."""
    rows = []
    for who in range(people):
        for i in range(each):
            base = random.choice((5, 5, 4, 3))
            codes = tuple(int(np.clip(base + random.choice((-1, 0, 0, 0, 0)), 1, 5)) for _ in range(items))
            rows.append(Answered(f"{who}-{i}", f"A{who:02}", f"P{i % 2}", codes, float(random.integers(120, 400))))
    return rows


def _copied(rows: list[Answered], who: str) -> list[Answered]:
    """The same with one interviewer who makes his submissions from four templates."""
    templates = ((5, 4, 5, 5, 3, 5, 4, 5, 5, 4), (4, 4, 5, 3, 5, 5, 5, 4, 4, 5), (5, 5, 3, 5, 4, 4, 5, 5, 3, 5),
                 (3, 5, 5, 4, 4, 5, 3, 5, 5, 5))  # fmt: skip
    return [
        Answered(one.reference, one.interviewer, one.group, templates[i % 4], one.seconds)
        if one.interviewer == who
        else one
        for i, one in enumerate(rows)
    ]


def test_copies_are_found_and_popular_patterns_raise_nobody() -> None:
    rows = _submissions(np.random.default_rng(1))
    assert raised(duplicate_patterns(rows, seed=3, deals=199)) == ()
    found = raised(duplicate_patterns(_copied(rows, "A05"), seed=3, deals=199))
    assert [one.subject for one in found] == ["A05"]
    assert found[0].code is Code.duplicate_patterns and "多得不像偶然" in found[0].sentence


def test_a_project_with_its_own_favourite_pattern_raises_nobody_who_works_there() -> None:
    favourites = {"P0": (5,) * 9, "P1": (4,) * 9}
    rows = [
        Answered(f"{who}-{i}", f"A{who}", group, favourites[group] if i % 2 else (3, 4, 5) * 3, 200.0)
        for who in range(8)
        for group in ("P0" if who < 4 else "P1",)
        for i in range(80)
    ]
    assert raised(duplicate_patterns(rows, seed=1, deals=199)) == ()


def test_honest_interviewers_are_rarely_raised() -> None:
    """12 honest surveys of 12 interviewers: at 1% false alarms per survey hardly one raises somebody."""
    random = np.random.default_rng(2)
    alarms = [bool(raised(duplicate_patterns(_submissions(random, each=15), 1, deals=99))) for _ in range(12)]
    assert sum(alarms) <= 1


@settings(max_examples=10)
@given(st.randoms())
def test_the_same_seed_gives_the_same_ranking_in_any_order(random: object) -> None:
    rows = _submissions(np.random.default_rng(4), people=4, each=12)
    mixed = rows[:]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert duplicate_patterns(mixed, 8, deals=99) == duplicate_patterns(rows, 8, deals=99)
    assert little_variation(mixed) == little_variation(rows)


def test_too_little_to_compare_gives_an_empty_ranking() -> None:
    rows = _submissions(np.random.default_rng(5), people=1)
    assert duplicate_patterns(rows, 1) == () and duplicate_patterns([], 1) == () and little_variation([]) == ()
    with pytest.raises(TooFewGroups):
        duplicate_patterns(rows, 1, deals=5)
    with pytest.raises(ValueRefused):
        Answered("1", "A", "P", (1,), math.nan)


def test_submissions_without_any_variation_point_at_their_interviewer() -> None:
    rows = _submissions(np.random.default_rng(6))
    flat = [
        Answered(one.reference, one.interviewer, one.group, (5,) * 10, one.seconds) if one.interviewer == "A03" else one
        for one in rows
    ]
    assert [one.subject for one in raised(little_variation(flat))] == ["A03"]
    same = [Answered(str(i), f"A{i % 3}", "P", (5, 5, 5, 5), 100.0) for i in range(60)]
    assert raised(little_variation(same)) == ()


def test_one_answer_all_through_counts_only_when_it_was_quick() -> None:
    rows = [Answered(str(i), "A", "P", (5, 4) * 5, 200.0 + i) for i in range(10)]
    quick, slow = Answered("q", "A", "P", (5,) * 9, 60.0), Answered("s", "A", "P", (5,) * 9, 400.0)
    few = Answered("f", "A", "P", (5, 5, None), 60.0)
    found = straight_lined([*rows, quick, slow, few])
    assert [one.reference for one in (quick,)] == [one.subject for one in found]
    assert straight_lined([]) == ()


def test_flags_are_ranked_by_check_then_by_suspicion() -> None:
    found = ranked([*little_variation(_submissions(np.random.default_rng(7))), *very_satisfied_shares(HONEST)])
    assert found[0].code is Code.very_satisfied_share and found[-1].code is Code.little_variation
