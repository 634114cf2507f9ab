"""The scheduled steps, each safe to run twice: fieldwork, messages, the demonstration's clock, tidying."""

import logging
from collections.abc import Awaitable, Callable

from questionnaires.facts import Fact
from survey_service import demo_clock, limits, sessions
from survey_service.audit import SYSTEM
from survey_service.clock import DemoClock, real_now
from survey_service.site import Site

LOG = logging.getLogger("survey.ticks")
Step = Callable[[Site], Awaitable[list[Fact]]]


async def keep_demo_clock(site: Site) -> list[Fact]:
    """Remember where the demonstration's clock stands."""
    if isinstance(site.clock, DemoClock):
        await demo_clock.store(site.clock.now())
    return []


async def tidy(site: Site) -> list[Fact]:
    """Forget ended sessions and old limit events."""
    now = real_now()
    await sessions.forget(now)
    await limits.forget(now)
    return []


STEPS: tuple[Step, ...] = (keep_demo_clock, tidy)


async def run(site: Site) -> list[Fact]:
    """Every step once; one that fails is logged and does not keep the others from running."""
    facts: list[Fact] = []
    for step in STEPS:
        try:
            async with site.ledger.change(SYSTEM) as change:
                change.record(Fact("tick", step.__name__, chained=False))
                done = await step(site)
                change.record(*done)
            facts += done
        except Exception:  # the tick runner is the one place that outlives any error (architecture, rule 5)
            LOG.exception("step failed", extra={"fields": {"step": step.__name__}})
    return facts
