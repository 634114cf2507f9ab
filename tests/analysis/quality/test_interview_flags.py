"""Single interviews that cannot have gone as noted."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ValueRefused
from analysis.quality.flags import Code
from analysis.quality.interviews import (
    Interview,
    at_night,
    checked,
    in_rapid_sequence,
    sharing_a_device,
    sharing_a_number,
    short,
    without_call,
)

TEN = datetime(2026, 3, 5, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PLAIN = [Interview(f"r{i}", f"A{i % 3}", TEN + timedelta(minutes=4 * i), 240.0 + i, 900) for i in range(40)]


def _subjects(flags: tuple[object, ...]) -> list[str]:
    return [one.subject for one in flags]  # type: ignore[attr-defined]


def test_ordinary_interviews_raise_nothing() -> None:
    assert checked(PLAIN) == () and checked([]) == ()


def test_an_interview_shorter_than_reading_aloud_is_raised() -> None:
    quick = replace(PLAIN[7], seconds=80.0)
    found = short([*PLAIN[:7], quick, *PLAIN[8:]])
    assert _subjects(found) == ["r7"] and "只用80秒" in found[0].sentence and "150秒" in found[0].sentence
    assert short([replace(one, seconds=0.0, characters=0) for one in PLAIN]) == ()


def test_the_quickest_twentieth_is_raised_only_below_full_reading() -> None:
    almost = [replace(PLAIN[0], seconds=120.0), *PLAIN[1:]]
    assert _subjects(short(almost)) == ["r0"]
    assert short([replace(one, seconds=140.0) for one in PLAIN]) == ()


@pytest.mark.parametrize(
    ("hour", "minute", "night"), [(7, 59, True), (8, 0, False), (21, 40, False), (22, 0, True), (2, 0, True)]
)
def test_calls_completed_at_night_are_raised_and_own_answers_never(hour: int, minute: int, night: bool) -> None:
    late = replace(PLAIN[0], completed=TEN.replace(hour=hour, minute=minute))
    assert bool(at_night([late])) is night
    assert at_night([replace(late, called=False)]) == ()


def test_a_call_that_is_not_on_record_is_raised() -> None:
    assert _subjects(without_call([replace(PLAIN[0], connected=False), PLAIN[1]])) == ["r0"]
    assert without_call([replace(PLAIN[0], connected=False, called=False)]) == ()


def test_completions_in_a_row_are_raised_per_interviewer() -> None:
    next_one = Interview("x", "A0", TEN + timedelta(seconds=29), 200.0, 900)
    assert _subjects(in_rapid_sequence([next_one, PLAIN[0], PLAIN[1]])) == ["x"]
    assert in_rapid_sequence([replace(next_one, interviewer="A1"), PLAIN[0]]) == ()
    assert in_rapid_sequence([replace(next_one, completed=TEN + timedelta(seconds=30)), PLAIN[0]]) == ()


def test_one_number_for_two_households_and_one_device_for_three_are_raised() -> None:
    pair = [replace(PLAIN[0], number="n", household="h1"), replace(PLAIN[1], number="n", household="h1")]
    assert sharing_a_number(pair) == ()
    assert len(sharing_a_number([*pair, replace(PLAIN[2], number="n", household="h2")])) == 3
    assert len(sharing_a_number([replace(PLAIN[0], number="n"), replace(PLAIN[1], number="n")])) == 2
    three = [replace(one, device="d") for one in PLAIN[:3]]
    assert sharing_a_device(three[:2]) == () and len(sharing_a_device(three)) == 3


@given(st.randoms())
def test_the_order_of_the_interviews_does_not_matter(random: object) -> None:
    rows = [*PLAIN, replace(PLAIN[3], reference="y", seconds=10.0, number="n"), replace(PLAIN[4], number="n")]
    mixed = rows[:]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert checked(mixed) == checked(rows)
    assert {one.code for one in checked(rows)} == {Code.short_interview, Code.rapid_sequence, Code.shared_number}


def test_impossible_durations_are_refused() -> None:
    for seconds in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueRefused):
            replace(PLAIN[0], seconds=seconds)
    with pytest.raises(ValueRefused):
        replace(PLAIN[0], characters=-1)
