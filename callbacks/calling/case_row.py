"""The stored fields of a case, read, kept beside an attempt as they were before it, and written back."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callbacks.rules.states import CaseState
from questionnaires.statements import day, execute, instant, row

COLUMNS = (
    "id, ref, wave_id, person_ref, contact_ref, phone_digest, zone_id, state, priority, next_attempt_at, next_reason,"
    " overdue_on, attempts, max_attempts, contacted, education, requires_senior, language, assigned_agent, keep_agent,"
    " claimed_by, claimed_at, lease_until, final_code, repairs"
)

RESTORED = (
    "state", "priority", "next_attempt_at", "next_reason", "attempts", "contacted", "requires_senior", "language",
    "keep_agent", "final_code", "repairs",
)  # fmt: skip
"""What an outcome may change and a correction puts back."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A row of callbacks_case with its Python types."""

    id: int
    ref: str
    wave_id: int
    person_ref: str
    contact_ref: str | None
    phone_digest: str | None
    zone_id: int | None
    state: CaseState
    priority: int
    next_attempt_at: dt.datetime | None
    next_reason: str
    overdue_on: dt.date | None
    attempts: int
    max_attempts: int
    contacted: bool
    education: bool
    requires_senior: bool
    language: str
    assigned_agent: int | None
    keep_agent: int | None
    claimed_by: int | None
    claimed_at: dt.datetime | None
    lease_until: dt.datetime | None
    final_code: str | None
    repairs: int

    def held_by(self, account_id: int | None) -> bool:
        """In a call, and in this agent's hands."""
        return self.state is CaseState.S02 and account_id is not None and self.claimed_by == account_id


def case_row(found: Mapping[str, Any]) -> CaseRow:
    """The row with instants, dates, flags and the state as what they are (SQLite returns text and integers)."""
    known = {name: found[name] for name in CaseRow.__slots__}
    for name in ("next_attempt_at", "claimed_at", "lease_until"):
        known[name] = instant(known[name])
    for name in ("contacted", "education", "requires_senior"):
        known[name] = bool(known[name])
    known["overdue_on"] = day(known["overdue_on"])
    known["state"] = CaseState(known["state"])
    return CaseRow(**known)


async def load(case_id: int) -> CaseRow:
    """The case with this id, which exists."""
    found = await row(f"SELECT {COLUMNS} FROM callbacks_case WHERE id = $1", case_id)
    if found is None:
        raise LookupError(f"case {case_id}")
    return case_row(found)


async def by_ref(ref: str) -> CaseRow | None:
    """The case with this reference; callers check the scope."""
    found = await row(f"SELECT {COLUMNS} FROM callbacks_case WHERE ref = $1", ref)
    return case_row(found) if found else None


def snapshot(case: CaseRow) -> str:
    """The restorable fields as JSON; no personal data is among them."""
    values = {name: getattr(case, name) for name in RESTORED}
    values["next_attempt_at"] = case.next_attempt_at.isoformat() if case.next_attempt_at else None
    return json.dumps(values, ensure_ascii=False)


def restored(case: CaseRow, text: str) -> dict[str, Any]:
    """The fields of a snapshot, ready to be written."""
    values: dict[str, Any] = json.loads(text)
    values["next_attempt_at"] = instant(values["next_attempt_at"])
    return {name: values.get(name, getattr(case, name)) for name in RESTORED}


async def write(case_id: int, now: dt.datetime, values: Mapping[str, Any], expected: CaseState) -> bool:
    """Writes fields if the case is still in the state the decision was made on; False when it moved meanwhile."""
    names = list(values)
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(names, 4))
    changed = await execute(
        f"UPDATE callbacks_case SET changed_at = $1, {sets} WHERE id = $2 AND state = $3",
        now,
        case_id,
        expected.value,
        *[values[name].value if isinstance(values[name], CaseState) else values[name] for name in names],
    )
    return changed == 1
