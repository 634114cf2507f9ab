"""Which SQLite statements run at once on the event loop, and the running of them.

A statement of a few microseconds costs a multiple of that on its way to the driver's thread and back, and under load
each way waits for the interpreter: a change of eight statements held the only writer for tens of milliseconds. What is
certainly small therefore runs where it is asked for; a reading that turns out long is stopped and goes to the thread.
"""

import re
import sqlite3
from collections.abc import Sequence
from typing import Any

STEPS = 10_000
"""Steps of SQLite's machine, a part of a millisecond; twice that is the longest that a reading may hold the loop."""

MOST_ROWS = 64
"""Rows of one statement for many rows."""

READS = re.compile(r"\s*SELECT\b", re.IGNORECASE)
SMALL = re.compile(
    r"\s*(?:INSERT\s+INTO\s[^()]*\([^()]*\)\s*VALUES\b(?!.*\bSELECT\b)"
    r"|UPDATE\s[^()]*\sWHERE\s+\"?id\"?\s*=\s*[?$]\d*(?:\s+AND\s[^()]*)?\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""One row by its number, or given values: these touch no more rows than they name."""

MOST_KNOWN = 512


class AtOnce:
    """Runs what is small on one connection, in the thread of the caller; remembers what was not."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._long: set[str] = set()
        self._looked = 0

    def read(self, sql: str, values: Sequence[Any]) -> list[sqlite3.Row] | None:
        """The rows of a SELECT; None when it is none, or one for the thread."""
        if sql in self._long or not READS.match(sql):
            return None
        self._looked = 0
        self.connection.set_progress_handler(self._stop, STEPS)
        try:
            return self.connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode not in (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY):
                raise
            if problem.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT and len(self._long) < MOST_KNOWN:
                self._long.add(sql)
            return None
        finally:
            self.connection.set_progress_handler(None, 0)

    def write(self, sql: str, values: Sequence[Any]) -> tuple[int, list[sqlite3.Row]] | None:
        """Changed rows and what RETURNING says; None for what may be long."""
        if not SMALL.match(sql):
            return None
        before = self.connection.total_changes
        found = self.connection.execute(sql, values).fetchall()
        return self.connection.total_changes - before, found

    def write_many(self, sql: str, many: Sequence[Sequence[Any]]) -> bool:
        """Whether it was done: few rows and a small statement."""
        if len(many) > MOST_ROWS or not SMALL.match(sql):
            return False
        self.connection.executemany(sql, many)
        return True

    def begin(self, timeout: int) -> bool:
        """Takes the write lock if it is free; `timeout` (milliseconds) is what waiting statements get afterwards."""
        self.connection.execute("PRAGMA busy_timeout=0")
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            self.connection.execute(f"PRAGMA busy_timeout={timeout}")
        return True

    def _stop(self) -> bool:
        """SQLite counts the steps of a prepared statement through all its runs, so the first look says nothing yet."""
        self._looked += 1
        return self._looked > 1
