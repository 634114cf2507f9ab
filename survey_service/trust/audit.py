"""The trail: every chained Fact becomes an entry whose digest covers the one before it."""

import datetime as dt
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.operation.logs import redacted
from survey_service.trust.privacy import Keyring

FIRST = "0" * 64
COLUMNS = (
    "seq", "at", "real_at", "actor", "role", "address", "action", "object",
    "outcome", "reason", "request", "details", "prev", "mac",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an account's reference, or `system`, `respondent`, `command`, `anonymous`."""

    ref: str
    role: str
    address: str = ""
    request: str = ""
    account_id: int | None = None


SYSTEM = Actor("system", "system")
COMMAND = Actor("command", "command")


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the chain."""

    seq: int
    mac: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What `audit verify` found; `problems` is empty for a sound chain."""

    entries: int
    anchored: int
    problems: tuple[str, ...]


async def head() -> Head:
    """The last entry, or the beginning of an empty chain."""
    last = await statements.row("SELECT seq, mac FROM survey_service_audit_entry ORDER BY seq DESC LIMIT 1")
    return Head(int(last["seq"]), str(last["mac"])) if last else Head(0, FIRST)


async def _held_head() -> Head:
    """The last entry, nobody else's until this transaction ends; on SQLite the single writer is the lock.

    Lock and look are one request: everybody waits for whoever has the chain, so each round trip less counts for all.
    """
    if statements.dialect() == "sqlite":
        return await head()
    last = await statements.row("SELECT seq, mac FROM survey_service_audit_head()")
    return Head(int(last["seq"]), str(last["mac"])) if last else Head(0, FIRST)


async def append(
    keyring: Keyring, actor: Actor, facts: Sequence[Fact], at: dt.datetime, real_at: dt.datetime, outcome: str = "done"
) -> Head | None:
    """Append chained facts inside the caller's transaction; the new head, or None when nothing is chained."""
    chained = [fact for fact in facts if fact.chained]
    if not chained:
        return None
    last = await _held_head()
    entries = []
    for fact in chained:
        fields = _fields(last, actor, fact, at, real_at, outcome)
        last = Head(int(fields["seq"]), keyring.mac("audit", _canonical(fields)))
        entries.append([*_row(fields), last.mac])
    places = ", ".join(f"${number}" for number in range(1, len(COLUMNS) + 1))
    sql = f"INSERT INTO survey_service_audit_entry ({', '.join(COLUMNS)}) VALUES ({places})"
    await statements.execute_many(sql, entries)
    return last


def _fields(
    last: Head, actor: Actor, fact: Fact, at: dt.datetime, real_at: dt.datetime, outcome: str
) -> dict[str, str | int]:
    details = dict(fact.data)
    reason = redacted(str(details.pop("reason", "")))
    return {
        "seq": last.seq + 1,
        "at": _instant(at),
        "real_at": _instant(real_at),
        "actor": actor.ref,
        "role": actor.role,
        "address": actor.address,
        "action": fact.name,
        "object": fact.object,
        "outcome": outcome,
        "reason": reason,
        "request": actor.request,
        "details": json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "prev": last.mac,
    }


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _row(fields: dict[str, str | int]) -> list[object]:
    instants = ("at", "real_at")
    return [dt.datetime.fromisoformat(str(fields[name])) if name in instants else fields[name] for name in COLUMNS[:-1]]


def _canonical(fields: dict[str, str | int]) -> str:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write_anchor(path: Path, last: Head) -> None:
    """Append `seq mac` to the anchor outside the database; one write, so that processes may share the file."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{last.seq} {last.mac}\n".encode())
    finally:
        os.close(handle)


def read_anchor(path: Path) -> dict[int, str]:
    """Every anchored (seq, mac); a torn last line is passed over.

    The first mac of a number stands: a database rolled back to yesterday and worked on anchors its numbers once more.
    """
    found: dict[int, str] = {}
    for pair in (line.split() for line in path.read_text("utf-8").splitlines()) if path.exists() else ():
        if len(pair) == 2 and pair[0].isdigit() and len(pair[1]) == len(FIRST):
            found.setdefault(int(pair[0]), pair[1])
    return found


async def verify(keyring: Keyring, anchor: Path | None, page: int = 5_000) -> Verification:
    """Recompute the whole chain and compare it with the anchor: edits, swaps, deletions and cut tails show."""
    anchored = read_anchor(anchor) if anchor else {}
    expected, problems, last = dict(anchored), list[str](), Head(0, FIRST)
    while found := await statements.rows(
        f"SELECT {', '.join(COLUMNS)} FROM survey_service_audit_entry WHERE seq > $1 ORDER BY seq LIMIT {page}",
        last.seq,
    ):
        for row in found:
            problems += _problems(keyring, row, last, expected.pop(int(row["seq"]), None))
            last = Head(int(row["seq"]), str(row["mac"]))
    if anchor and last.seq and not anchored:
        problems.append("锚点文件不在或是空的，看不出末尾的记录是否被删")
    problems += [
        f"锚点文件记有第{seq}条，数据库里没有：末尾的记录可能被删，或数据库被换成了旧的" for seq in sorted(expected)[:3]
    ]
    return Verification(last.seq, len(anchored), tuple(problems))


def _problems(keyring: Keyring, row: dict[str, object], last: Head, anchored: str | None) -> list[str]:
    fields: dict[str, str | int] = {name: row[name] for name in COLUMNS[:-1]}  # type: ignore[misc]
    for name in ("at", "real_at"):
        moment = statements.instant(row[name])
        fields[name] = _instant(moment) if moment else ""
    seq, found = int(str(row["seq"])), []
    if seq != last.seq + 1:
        found.append(f"第{last.seq}条之后缺了{seq - last.seq - 1}条")
    if row["prev"] != last.mac and seq == last.seq + 1:
        found.append(f"第{seq}条与上一条接不上")
    if keyring.mac("audit", _canonical(fields)) != row["mac"]:
        found.append(f"第{seq}条的内容被改动")
    if anchored is not None and anchored != row["mac"]:
        found.append(f"第{seq}条与锚点文件不符")
    return found
