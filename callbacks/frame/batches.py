"""The record of an applied file: its row, and what has to be put back when it is undone."""

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from callbacks.frame.reports import ImportReport
from callbacks.models import ImportBatch
from callbacks.references import new_reference
from questionnaires.statements import day, execute, rows

DATES = frozenset({"valid_from", "valid_to", "event_date", "callback_from", "callback_until", "frame_date"})
FLAGS = frozenset({"sensitive", "minor", "education", "demo"})


@dataclass(slots=True)
class Undo:
    """What an import changed in rows that were there before: table, id and the old values; ids only, sealed text."""

    changed: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    responsibilities: list[tuple[int, int | None, int | None, str, str]] = field(default_factory=list)
    projects: list[int] = field(default_factory=list)
    days: list[tuple[str, str, str, str]] = field(default_factory=list)

    def to_json(self) -> str:
        """For the batch's row."""
        return json.dumps(
            {
                "changed": self.changed,
                "contacts": self.contacts,
                "responsibilities": self.responsibilities,
                "projects": self.projects,
                "days": self.days,
            },
            default=_iso,
            ensure_ascii=False,
        )


def _iso(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def undo_from(text: str) -> Undo:
    """What the batch's row says."""
    read = json.loads(text)
    return Undo(
        changed=[(table, key, old) for table, key, old in read.get("changed", [])],
        contacts=read.get("contacts", []),
        responsibilities=[tuple(one) for one in read.get("responsibilities", [])],
        projects=read.get("projects", []),
        days=[tuple(one) for one in read.get("days", [])],
    )


async def open_batch(report: ImportReport, now: dt.datetime, actor_id: int | None) -> ImportBatch:
    """The row of an import that is being applied."""
    return await ImportBatch.create(
        ref=new_reference(),
        kind=report.kind.value,
        project_id=report.project_id,
        file_name=report.file_name,
        sha256=report.sha256,
        rows_read=report.rows_read,
        rows_kept=report.rows_kept,
        warnings=report.warnings,
        actor_id=actor_id,
        applied_at=now,
    )


async def upsert(table: str, code: str, values: dict[str, Any], batch_id: int, undo: Undo) -> int:
    """The id of the row with this code, made or changed; `table` and the columns are names from this package."""
    names = list(values)
    known = await rows(f"SELECT id, {', '.join(names)} FROM {table} WHERE code = $1", code)
    if not known:
        marks = ", ".join(f"${place}" for place in range(1, len(names) + 3))
        sql = f"INSERT INTO {table} (code, batch_id, {', '.join(names)}) VALUES ({marks}) RETURNING id"
        return int((await rows(sql, code, batch_id, *values.values()))[0]["id"])
    key = int(known[0]["id"])
    undo.changed.append((table, key, {name: known[0][name] for name in names}))
    await put(table, key, values)
    return key


async def put(table: str, key: int, values: dict[str, Any]) -> None:
    """Write columns of one row."""
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, start=2))
    await execute(f"UPDATE {table} SET {sets} WHERE id = $1", key, *(typed(name, it) for name, it in values.items()))


def typed(name: str, value: Any) -> Any:
    """A value as both engines take it: dates from their text, flags from 0 and 1."""
    if name in DATES:
        return day(value)
    return bool(value) if name in FLAGS else value
