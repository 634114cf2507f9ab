"""Whole lives of cases: whatever people say, no dial leaves its hours, caps, spread or wave."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.rules.dials import CaseUpdate, Dial, History, WaveFacts
from callbacks.rules.retry import plan_next
from callbacks.rules.states import FINAL, WAITING, CaseState
from tests.callbacks.normative import CALENDAR, NUMBER, SHANGHAI, WINDOWS, case, local, rows

CODES = [row["code"] for row in rows("call_outcomes") if row["level"] != "initial"]
NOT_REACHED = ["310", "311", "312", "313", "314", "221", "220"]
FIRST = local(2, 10, 9)
DAYS = 400


def live(codes: list[str], start: dt.datetime, wave: WaveFacts, **facts: object) -> tuple[History, CaseUpdate]:
    """Dials the case at each planned moment until nothing is planned or the codes run out."""
    at, history = WINDOWS.next_open(start, CALENDAR), History()
    for code in codes:
        wanted = at + dt.timedelta(hours=30)
        known = case(appointment_at=wanted if code in ("210", "211") else None, **facts)
        ended = at + dt.timedelta(minutes=3)
        update = plan_next(known, code, ended, history, CALENDAR, WINDOWS, wave, started_at=at)
        history = history.with_dial(Dial(at, ended, code, NUMBER))
        if update.next_attempt_at is None:
            break
        at = update.next_attempt_at
    return history, update


lives = st.lists(st.sampled_from(CODES), min_size=1, max_size=20)
starts = st.integers(0, DAYS * 24 * 60).map(lambda minutes: FIRST + dt.timedelta(minutes=minutes))


@given(lives, starts, st.integers(1, 60), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_no_dial_of_any_life_is_outside_hours_calendar_caps_or_wave(
    codes: list[str], start: dt.datetime, days: int, education: bool, links: bool, speaker: bool
) -> None:
    begun = WINDOWS.next_open(start, CALENDAR)
    wave = WaveFacts(begun + dt.timedelta(days=days), allow_links=links)
    history, update = live(codes, start, wave, education=education, language_agent=speaker)
    later = [d.at for d in history.dials[1:]] + ([update.next_attempt_at] if update.next_attempt_at else [])
    for at in later:
        assert WINDOWS.is_open(at, CALENDAR, education)
        assert at < wave.ends_at
    dialled = [d.at.astimezone(SHANGHAI).date() for d in history.dials]
    for day in dialled:
        assert dialled.count(day) <= 2
        assert sum(1 for other in dialled if 0 <= (day - other).days < 7) <= 4
    assert (update.state in WAITING) is (update.next_attempt_at is not None)
    assert (update.final_code is None) is (update.state not in FINAL | {CaseState.S08})


@given(st.lists(st.sampled_from(NOT_REACHED), min_size=8, max_size=8), starts, st.sampled_from([5, 6, 8]))
@settings(max_examples=300, deadline=None)
def test_three_tries_in_a_row_cover_two_times_of_day_and_two_days(
    codes: list[str], start: dt.datetime, cap: int
) -> None:
    wave = WaveFacts(start + dt.timedelta(days=300))
    history, update = live(codes, start, wave, max_attempts=cap)
    assert len(history.dials) <= cap
    assert update.state is CaseState.S07
    for three in zip(history.dials, history.dials[1:], history.dials[2:], strict=False):
        assert len({WINDOWS.band(d.at) for d in three}) >= 2
        assert len({d.at.astimezone(SHANGHAI).date() for d in three}) >= 2


@given(starts)
@settings(max_examples=150, deadline=None)
def test_after_two_unanswered_tries_by_day_comes_an_evening_or_a_rest_day(start: dt.datetime) -> None:
    history, _ = live(["310"] * 5, start, WaveFacts(start + dt.timedelta(days=300)), max_attempts=99)
    by_day = [
        CALENDAR.is_workday(d.at.astimezone(SHANGHAI).date()) and WINDOWS.band(d.at) != "晚间" for d in history.dials
    ]
    assert not any(all(by_day[place : place + 3]) for place in range(len(by_day) - 2))


@given(lives, starts)
@settings(max_examples=200, deadline=None)
def test_every_delay_of_the_table_is_kept(codes: list[str], start: dt.datetime) -> None:
    delays = {row["code"]: row["min_delay_minutes"] for row in rows("call_outcomes")}
    history, _ = live(codes, start, WaveFacts(start + dt.timedelta(days=300)))
    for one, following in pairwise(history.dials):
        if delays[one.code].isdigit():
            assert following.at >= one.ended_at + dt.timedelta(minutes=int(delays[one.code]))


@given(st.lists(st.sampled_from([c for c in CODES if c not in ("500", "240")]), min_size=40, max_size=40), starts)
@settings(max_examples=150, deadline=None)
def test_every_case_comes_to_an_end_of_calling(codes: list[str], start: dt.datetime) -> None:
    wave = WaveFacts(start + dt.timedelta(days=900))
    history, update = live(codes, start, wave, language_agent=True)
    assert update.next_attempt_at is None
    assert len(history.dials) <= 20


@given(lives, starts)
@settings(max_examples=100, deadline=None)
def test_planning_depends_on_nothing_but_its_arguments(codes: list[str], start: dt.datetime) -> None:
    wave = WaveFacts(start + dt.timedelta(days=60))
    assert live(codes, start, wave) == live(codes, start, replace(wave))
