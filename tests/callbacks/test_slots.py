"""The next moment for a dial, and the words for it."""

import datetime as dt

import pytest

from callbacks.rules.dials import Dial, History
from callbacks.rules.slots import Limits, delay_words, earliest_slot, mode_words, spread_slot, when_words
from tests.callbacks.normative import CALENDAR, NUMBER, WAVE, WINDOWS, case, local


def _limits(*dials: dt.datetime, other: tuple[dt.datetime, ...] = ()) -> Limits:
    history = History(tuple(Dial(at, at, "310", NUMBER) for at in dials))
    return Limits(case(other_dials=other), history, CALENDAR, WINDOWS, WAVE)


def test_the_earliest_slot_is_now_inside_a_window_and_the_next_opening_outside() -> None:
    inside = local(4, 16, 10)
    first = earliest_slot(_limits(), inside)
    assert first is not None and first.start == inside
    noon = earliest_slot(_limits(), local(4, 16, 12))
    assert noon is not None and noon.start == local(4, 16, 14, 30)


def test_a_number_that_had_its_calls_waits_until_tomorrow_whosever_calls_they_were() -> None:
    own, other = local(4, 16, 9), local(4, 16, 9, 30)
    slot = earliest_slot(_limits(own, other=(other,)), local(4, 16, 10))
    assert slot is not None and slot.start == local(4, 17, 9)


def test_there_is_no_slot_after_the_wave() -> None:
    assert earliest_slot(_limits(), WAVE.ends_at) is None
    assert spread_slot(_limits(), WAVE.ends_at) is None


def test_after_two_tries_in_one_band_the_third_falls_into_another() -> None:
    tries = (local(4, 14, 9, 30), local(4, 15, 9, 30))
    slot = spread_slot(_limits(*tries), local(4, 16, 9))
    assert slot is not None and slot.band != WINDOWS.band(tries[0])


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "随即"), (20, "20分钟后"), (180, "3小时后"), (7 * 24 * 60, "7天后")]
)
def test_delays_are_said_in_the_largest_whole_unit(minutes: int, words: str) -> None:
    assert delay_words(minutes) == words


def test_a_time_today_is_said_without_its_date() -> None:
    assert when_words(WINDOWS, local(4, 16, 18, 30), local(4, 16, 9)) == "今天18:30"
    assert when_words(WINDOWS, local(4, 18, 9, 30), local(4, 16, 9)) == "4月18日（周六）09:30"
    assert mode_words(["短信链接", "入户"]) == "短信链接或入户"
