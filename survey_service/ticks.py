"""The scheduled steps, each safe to run twice: fieldwork, messages, the demonstration's clock, tidying."""

import logging
from collections.abc import Awaitable, Callable

from callbacks import ticks as fieldwork
from questionnaires.facts import Fact
from survey_service import demo_clock, field, kept_answers
from survey_service.clock import DemoClock, real_now
from survey_service.desks import staging
from survey_service.messages import outbox
from survey_service.reporting import looks
from survey_service.site import Site
from survey_service.trust import limits, notices, origins, program_tokens, sessions
from survey_service.trust.audit import SYSTEM

LOG = logging.getLogger("survey.ticks")
Step = Callable[[Site], Awaitable[list[Fact]]]


async def keep_demo_clock(site: Site) -> list[Fact]:
    """Remember where the demonstration's clock stands."""
    if isinstance(site.clock, DemoClock):
        await demo_clock.store(site.clock.now())
    return []


async def tidy(site: Site) -> list[Fact]:
    """Forget ended sessions, old limit events and answers of keyed calls, and uploads that nobody confirmed."""
    now = real_now()
    await sessions.forget(now)
    await limits.forget(now)
    await notices.forget(now)
    await program_tokens.forget(now)
    await kept_answers.forget(now)
    staging.forget(site)
    return await origins.forget()


async def work_the_field(site: Site) -> list[Fact]:
    """What the clock does to cases, imports and waves."""
    hours = await field.hours(site.settings)
    return await fieldwork.tick(site.clock.now(), hours.calendar, hours.windows)


async def look_at_evidence(site: Site) -> list[Fact]:
    """A look at each project one of whose replicates has closed."""
    return await looks.take(site.clock.now())


async def send_messages(site: Site) -> list[Fact]:
    """Hand due messages to the gateway; it opens and commits its own changes, for nothing is sent inside one."""
    return await outbox.deliver(site, site.gateway)


STEPS: tuple[Step, ...] = (keep_demo_clock, work_the_field, look_at_evidence, tidy)
OWN_CHANGES: tuple[Step, ...] = (send_messages,)
"""Steps that commit by themselves, because they speak to others between two changes."""


async def run(site: Site) -> list[Fact]:
    """Every step once; one that fails is logged and does not keep the others from running."""
    facts: list[Fact] = []
    for step in (*STEPS, *OWN_CHANGES):
        try:
            facts += await (step(site) if step in OWN_CHANGES else _changed(site, step))
        except Exception:  # the tick runner is the one place that outlives any error (architecture, rule 5)
            LOG.exception("step failed", extra={"fields": {"step": step.__name__}})
    return facts


async def _changed(site: Site, step: Step) -> list[Fact]:
    async with site.ledger.change(SYSTEM) as change:
        change.record(Fact("step_begun", step.__name__, chained=False))
        done = await step(site)
        change.record(*done)
    return done
