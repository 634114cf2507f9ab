"""Raw statements that read the same on SQLite and PostgreSQL and run inside the current transaction."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connection

PLACEHOLDER = re.compile(r"\$(\d+)")
CONNECTION = "default"
REPORT_CONNECTION = "report"
READ_CONNECTION = "read"


def dialect(connection: str = CONNECTION) -> str:
    """`sqlite` or `postgres`."""
    return str(get_connection(connection).capabilities.dialect)


def _translated(sql: str, client: BaseDBAsyncClient) -> str:
    return _numbered(sql) if client.capabilities.dialect == "sqlite" else sql


@lru_cache(maxsize=512)
def _numbered(sql: str) -> str:
    return PLACEHOLDER.sub(r"?\1", sql)


def _bound(args: Iterable[Any]) -> list[Any]:
    return [value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value for value in args]


async def rows(sql: str, *args: Any, connection: str = CONNECTION) -> list[dict[str, Any]]:
    """Rows of a statement with `$1` placeholders; also the way to read what UPDATE ... RETURNING returned."""
    client = _reader(sql) if connection == CONNECTION else get_connection(connection)
    found = await client.execute_query_dict(_translated(sql, client), _bound(args))
    return [dict(row) for row in found]


def _reader(sql: str) -> BaseDBAsyncClient:
    """Where a statement runs: a plain SELECT outside a transaction need not wait behind SQLite's one writer.

    Inside a transaction it must stay on the writer's connection, where it sees what the transaction wrote.
    """
    client = get_connection(CONNECTION)
    free = not isinstance(client, TransactionalDBClient) and client.capabilities.dialect == "sqlite"
    return get_connection(READ_CONNECTION) if free and sql.lstrip()[:6].upper() == "SELECT" else client


async def row(sql: str, *args: Any, connection: str = CONNECTION) -> dict[str, Any] | None:
    """The first row, or None."""
    found = await rows(sql, *args, connection=connection)
    return found[0] if found else None


async def execute(sql: str, *args: Any) -> int:
    """Number of rows that the statement changed."""
    client = get_connection(CONNECTION)
    count, _ = await client.execute_query(_translated(sql, client), _bound(args))
    return int(count)


async def execute_many(sql: str, many: Sequence[Sequence[Any]]) -> None:
    """One statement for many rows, inside the current transaction."""
    if len(many) == 1:
        # a batch of one would be prepared and sent in steps
        await execute(sql, *many[0])
    elif many:
        client = get_connection(CONNECTION)
        await client.execute_many(_translated(sql, client), [_bound(args) for args in many])


def instant(value: Any) -> dt.datetime | None:
    """An instant as a raw row gives it (text on SQLite), aware and in UTC."""
    if value is None:
        return None
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def day(value: Any) -> dt.date | None:
    """A date as a raw row gives it (text on SQLite)."""
    if value is None or isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(str(value)[:10])
