"""Brings an installation up: lock, database, keys, clock, ticker; and down again in the other order."""

import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from tortoise.context import TortoiseContext

from survey_service import db, demo_clock
from survey_service.clock import Clock, RealClock
from survey_service.db import Ledger, open_database
from survey_service.errors import DatabaseInUse
from survey_service.gateways import sms
from survey_service.operation import scheduler
from survey_service.settings import Settings
from survey_service.site import Site
from survey_service.trust import keys

STARTING = 60.0
"""Seconds that a server waits for a database which starts at the same time, after a power cut for instance."""


@contextmanager
def sole_writer(path: Path | None) -> Iterator[None]:
    """Holds the lock of an embedded database; DatabaseInUse when another process has it. PostgreSQL needs none."""
    if path is None:
        yield
        return
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise DatabaseInUse("另一个进程正在使用这个数据库；请在网页上做这件事，或先停掉服务") from problem
        yield
    finally:
        os.close(handle)


@asynccontextmanager
async def installation(
    settings: Settings, *, ticking: bool = False, reading: bool = False
) -> AsyncIterator[tuple[TortoiseContext, Site]]:
    """A running installation; on SQLite this process is the only writer, a reading one writes nothing."""
    kek = keys.read_key_file(settings.key_file)
    with sole_writer(None if reading else settings.sqlite_path):
        async with open_database(settings.database_url, settings.pg_pool, reading=reading) as context:
            if ticking:
                await db.until_answering(STARTING)
            keyring = await keys.load_keyring(kek)
            clock: Clock = await demo_clock.load() if settings.clock == "demo" else RealClock()
            ledger = Ledger(keyring, clock, settings.audit_anchor)
            site = Site(settings, clock, keyring, ledger, sms.configured(settings))
            async with scheduler.ticking(site, context) if ticking else _quiet():
                yield context, site


@asynccontextmanager
async def _quiet() -> AsyncIterator[None]:
    yield
