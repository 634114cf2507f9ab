"""Limits: counted per kind and key inside the window, forgotten behind it, and no list of people in the table."""

import datetime as dt

import pytest
from tortoise.context import TortoiseContext

from survey_service.models import LimitEvent
from survey_service.trust import limits
from survey_service.trust.limits import Limit
from survey_service.trust.privacy import Keyring

THREE = Limit("three", 3, dt.timedelta(minutes=10))
pytestmark = pytest.mark.usefixtures("db")


async def test_the_limit_is_reached_by_the_last_allowed_event_and_not_before(
    keyring: Keyring, now: dt.datetime
) -> None:
    for expected in (False, False, False, True):
        assert await limits.reached(keyring, THREE, "somebody", now) is expected
        await limits.count(keyring, THREE, "somebody", now)
    assert await limits.used(keyring, THREE, "somebody", now) == 4


async def test_events_leave_the_window_one_by_one(keyring: Keyring, now: dt.datetime) -> None:
    for minute in (0, 4, 8):
        await limits.count(keyring, THREE, "somebody", now + dt.timedelta(minutes=minute))
    at = [now + dt.timedelta(minutes=minute) for minute in (8, 10, 14, 18)]
    assert [await limits.used(keyring, THREE, "somebody", moment) for moment in at] == [3, 2, 1, 0]


async def test_another_key_and_another_kind_have_their_own_count(keyring: Keyring, now: dt.datetime) -> None:
    for _ in range(3):
        await limits.count(keyring, THREE, "somebody", now)
    assert not await limits.reached(keyring, THREE, "somebody else", now)
    assert not await limits.reached(keyring, Limit("other", 3, THREE.window), "somebody", now)


async def test_nobody_can_be_found_in_the_table(keyring: Keyring, db: TortoiseContext, now: dt.datetime) -> None:
    await limits.count(keyring, THREE, "agent.chen|203.0.113.9", now)
    kept = await LimitEvent.get()
    assert "chen" not in kept.key_digest and "203.0.113" not in kept.key_digest and len(kept.key_digest) == 64


async def test_what_no_window_reaches_any_more_is_forgotten(keyring: Keyring, now: dt.datetime) -> None:
    longest = max((each for each in vars(limits).values() if isinstance(each, Limit)), key=lambda limit: limit.window)
    await limits.count(keyring, longest, "old", now - longest.window - dt.timedelta(hours=2))
    await limits.count(keyring, longest, "young", now - longest.window + dt.timedelta(minutes=1))
    assert await limits.forget(now) == 1
    assert await limits.used(keyring, longest, "young", now) == 1
