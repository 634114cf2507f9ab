"""APScheduler as a ticker only: it renews the lease each second, and its holder runs the steps each ten seconds."""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from tortoise.context import TortoiseContext, _current_context

from survey_service import ticks
from survey_service.operation import leases
from survey_service.site import Site

LOG = logging.getLogger("survey.ticks")
LEASE = "tick"
STEP_SECONDS = 10


class Ticker:
    """One process's share in ticking."""

    def __init__(self, site: Site, context: TortoiseContext) -> None:
        self.site, self.context = site, context
        self.holder = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.beats = 0
        self.work: asyncio.Task[object] | None = None

    async def beat(self) -> None:
        """Renew or try the lease; the holder ticks at every tenth beat, beside the beats: a long tick keeps its lease."""
        token = _current_context.set(self.context)
        try:
            if not await leases.hold(LEASE, self.holder):
                self.beats = 0
                return
            if self.beats % STEP_SECONDS == 0 and (self.work is None or self.work.done()):
                self.work = asyncio.create_task(ticks.run(self.site))
            self.beats += 1
        except Exception:  # the ticker must outlive any one step; the step's own trace is in the log
            LOG.exception("beat failed")
        finally:
            _current_context.reset(token)

    async def stop(self) -> None:
        """Let a tick under way come to its end, and give the lease back."""
        if self.work is not None:
            await asyncio.wait([self.work], timeout=STEP_SECONDS)
        await leases.drop(LEASE, self.holder)


@asynccontextmanager
async def ticking(site: Site, context: TortoiseContext) -> AsyncIterator[None]:
    """Ticks while the block runs."""
    ticker = Ticker(site, context)
    # a one-second stall must delay a beat, never drop it: no misfire limit, one instance, missed beats folded
    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    scheduler.add_job(ticker.beat, "interval", seconds=1, id="beat")
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        await ticker.stop()
