"""The demonstration's clock between starts: it resumes where it stopped."""

import datetime as dt

from questionnaires.facts import Fact
from survey_service.clock import DemoClock, real_now
from survey_service.models import Setting

NAME = "demo_clock"
START = dt.datetime(2026, 3, 5, 2, 5, tzinfo=dt.UTC)
"""Thursday 5 March 2026, 10:05 in China: a working morning inside the calling window."""


async def load() -> DemoClock:
    """The clock at the stored moment, or at the beginning."""
    stored = await Setting.get_or_none(name=NAME)
    return DemoClock(dt.datetime.fromisoformat(stored.value) if stored else START)


async def store(moment: dt.datetime) -> None:
    """Remember the moment for the next start."""
    await Setting.update_or_create({"value": moment.isoformat(), "changed_at": real_now()}, name=NAME)


async def forward(clock: DemoClock, moment: dt.datetime) -> Fact:
    """Push the clock forward; the trail keeps the real time beside it."""
    before = clock.now()
    clock.forward_to(moment)
    await store(clock.now())
    return Fact("demo_clock_forwarded", NAME, {"from": before.isoformat(), "to": clock.now().isoformat()})
