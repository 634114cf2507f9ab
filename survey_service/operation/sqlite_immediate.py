"""Tortoise backend for SQLite whose transactions take the write lock at once.

A plain BEGIN that reads first and writes later fails with "database is locked" under contention (measured: 624 of 900);
BEGIN IMMEDIATE waits its turn instead. The module name must contain "sqlite" for Tortoise to load it.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

import aiosqlite
from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from survey_service.operation.sqlite_at_once import AtOnce

BUSY_TIMEOUT = 10_000
PRAGMAS = {
    "busy_timeout": BUSY_TIMEOUT,
    "synchronous": "FULL",
    "cache_size": -65_536,
    "journal_size_limit": 67_108_864,
    "secure_delete": "ON",
}


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its first statement.

    While it lasts the driver's thread waits for nobody else, so small statements run in the caller's.
    """

    @property
    def _at_once(self) -> AtOnce:
        parent: Any = self._parent  # the client, or a transaction around this one
        found: AtOnce = parent._at_once
        return found

    async def begin(self) -> None:
        try:
            if self._connection.in_transaction:
                # whatever an earlier one left open was never acknowledged
                await self._connection.rollback()
            if not self._at_once.begin(BUSY_TIMEOUT):
                await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as problem:
            raise TransactionManagementError(problem) from problem

    @translate_exceptions
    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        if not self._lock.locked():
            if (found := self._at_once.read(query, values or ())) is not None:
                return len(found), found
            if (changed := self._at_once.write(query, values or ())) is not None:
                return changed
        return await super().execute_query(query, values)  # type: ignore[no-any-return]

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    @translate_exceptions
    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        if self._lock.locked() or not self._at_once.write_many(query, values):
            await super().execute_many(query, values)

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(ImmediateTransaction(self))


class ImmediateContext(SqliteTransactionContext):
    """Leaves neither the lock held when a transaction cannot begin, nor the transaction open when it cannot commit."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            if self.connection._connection:
                await self.connection._connection.rollback()
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        connection: TransactionalDBClient = self.connection
        return connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            await super().__aexit__(exc_type, exc_val, exc_tb)
        except BaseException:
            if not self.connection._finalized:
                await self.connection._connection.rollback()
            raise


class ImmediateSqliteClient(SqliteClient):
    """The embedded database, every acknowledged commit on stable storage.

    Beside the connection of the driver's thread it keeps one that only reads, for what is small: nobody waits there.
    """

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **{**PRAGMAS, **options})
        self._at_once: AtOnce | None = None
        self._reader: AtOnce | None = None

    async def create_connection(self, with_db: bool) -> None:
        if self._connection is None:
            # not bound to the driver's thread: within a transaction the loop's own thread takes turns with it
            self._connection = await aiosqlite.connect(self.filename, isolation_level=None, check_same_thread=False)
            self._connection._conn.row_factory = sqlite3.Row
            for pragma, value in self.pragmas.items():
                await (await self._connection.execute(f"PRAGMA {pragma}={value}")).close()
            await self._post_connect()
            self._at_once, self._reader = AtOnce(self._connection._conn), AtOnce(self._read_only())

    def _read_only(self) -> sqlite3.Connection:
        opened = sqlite3.connect(self.filename, timeout=0, isolation_level=None, check_same_thread=False)
        opened.row_factory = sqlite3.Row
        opened.execute("PRAGMA query_only=ON")
        opened.execute(f"PRAGMA cache_size={PRAGMAS['cache_size']}")
        return opened

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.connection.close()
            self._at_once = self._reader = None
        await super().close()

    @translate_exceptions
    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        found = self._reader.read(query, values or ()) if self._reader else None
        if found is not None:
            return len(found), found
        return await super().execute_query(query, values)  # type: ignore[no-any-return]

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    def _in_transaction(self) -> TransactionContext:
        return ImmediateContext(ImmediateTransaction(self), self._lock)


client_class = ImmediateSqliteClient
