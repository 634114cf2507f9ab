"""The database: its connections, and `change()`, the only way to write: one transaction, actor, now and Fact."""

import asyncio
import datetime as dt
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from asyncpg.exceptions import OperatorInterventionError, PostgresConnectionError
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError, OperationalError, TransactionManagementError
from tortoise.transactions import in_transaction

from questionnaires import statements
from questionnaires.facts import Fact
from questionnaires.statements import CONNECTION, READ_CONNECTION, REPORT_CONNECTION
from survey_service.clock import Clock, real_now
from survey_service.errors import NoFactRecorded
from survey_service.trust import audit
from survey_service.trust.audit import Actor
from survey_service.trust.privacy import Keyring

AWAY = (
    OperationalError, DBConnectionError, TransactionManagementError, OSError, OperatorInterventionError,
    PostgresConnectionError,
)  # fmt: skip
"""The disk is full or read-only, the database is restarting or gone: the same request will do later."""

LOG = logging.getLogger("survey.database")
APPS = {
    "survey_service": "survey_service.models",
    "questionnaires": "questionnaires.models",
    "callbacks": "callbacks.models",
}


def orm_config(url: str, pool: int = 8, *, reading: bool = False) -> dict[str, Any]:
    """Tortoise's configuration for a `sqlite:///path` or `postgres://` URL, with a read-only connection for reports."""
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        engine = "survey_service.operation.sqlite_immediate"
        read_only = {"engine": engine, "credentials": {"file_path": path, "query_only": "ON"}}
        writing = read_only if reading else {"engine": engine, "credentials": {"file_path": path}}
        connections = {CONNECTION: writing, READ_CONNECTION: read_only, REPORT_CONNECTION: {**read_only}}
    else:
        connections = {CONNECTION: _postgresql(url, pool), REPORT_CONNECTION: _postgresql(url, max(2, pool // 2))}
    return {
        "connections": connections,
        "apps": {app: {"models": [module], "default_connection": CONNECTION} for app, module in APPS.items()},
        "use_tz": True,
        "timezone": "UTC",
    }


async def _leave_as_it_is(connection: Any) -> None:
    """Statements here leave nothing behind in a session; clearing it cost a round trip after each one."""


def _postgresql(url: str, pool: int) -> dict[str, Any]:
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    if "statement_cache_size" in options:
        options["statement_cache_size"] = int(options["statement_cache_size"])
    return {
        "engine": "tortoise.backends.asyncpg",
        "credentials": {
            "host": options.pop("host", parts.hostname),
            "port": int(options.pop("port", parts.port or 5432)),
            "user": unquote(parts.username or options.pop("user", "")),
            "password": unquote(parts.password or ""),
            "database": parts.path.removeprefix("/"),
            "minsize": 1,
            "maxsize": int(options.pop("maxsize", pool)),
            "schema": "public,vault",
            "reset": _leave_as_it_is,
            **options,
        },
    }


@asynccontextmanager
async def open_database(url: str, pool: int = 8, *, reading: bool = False) -> AsyncIterator[TortoiseContext]:
    """The database's connections; the context is current inside the block and closed behind it."""
    async with TortoiseContext() as context:
        await context.init(config=orm_config(url, pool, reading=reading))
        try:
            yield context
        finally:
            await context.close_connections()


async def until_answering(patience: float) -> None:
    """Waits for a database that is still starting; after `patience` seconds its own error is raised.

    A worker that gave up at once would be started again and again, and the server ends when that goes on.
    """
    end = time.monotonic() + patience
    while True:
        try:
            await statements.rows("SELECT 1")
        except AWAY as problem:
            if time.monotonic() > end:
                raise
            LOG.warning("database_awaited", extra={"fields": {"error": type(problem).__name__}})
            await asyncio.sleep(0.5)
        else:
            return


@dataclass(slots=True)
class Change:
    """A change under way: who, when, and what is said of it."""

    actor: Actor
    now: dt.datetime
    facts: list[Fact] = field(default_factory=list)

    def record(self, *facts: Fact) -> None:
        """Say what was changed; a change that says nothing is rolled back."""
        self.facts += facts


@dataclass(frozen=True, slots=True)
class Ledger:
    """What every change needs beside the database: the keys, the clock and the anchor of the trail."""

    keyring: Keyring
    clock: Clock
    anchor: Path | None

    @asynccontextmanager
    async def change(self, actor: Actor) -> AsyncIterator[Change]:
        """One transaction; its facts are chained last, and the head is anchored once it is on stable storage."""
        changing = Change(actor, self.clock.now())
        async with in_transaction(CONNECTION):
            yield changing
            if not changing.facts:
                raise NoFactRecorded
            last = await audit.append(self.keyring, actor, changing.facts, changing.now, real_now())
        if last and self.anchor:
            audit.write_anchor(self.anchor, last)

    async def note(self, actor: Actor, fact: Fact, outcome: str) -> None:
        """A denied or failed attempt, in a transaction of its own."""
        async with in_transaction(CONNECTION):
            last = await audit.append(self.keyring, actor, [fact], self.clock.now(), real_now(), outcome)
        if last and self.anchor:
            audit.write_anchor(self.anchor, last)
