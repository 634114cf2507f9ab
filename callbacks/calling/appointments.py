"""Times that respondents were promised: made in a call or by the respondent, kept, missed, or called off."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callbacks.errors import AppointmentRefused, HeldByAnother, UnknownCase
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.states import OPEN, CaseState
from callbacks.rules.windows import CallingWindows
from questionnaires.facts import Fact
from questionnaires.statements import execute, instant, row, rows

PRIORITY = 100
"""Of a case whose appointment is due; above everything that `retry` gives, so that the queue's index leads to it."""

PREFERRED_FOR = dt.timedelta(minutes=15)
"""R08: so long the agent who made the appointment is preferred."""

MISSED_AFTER = dt.timedelta(hours=2)
"""An appointment that nobody called by then counts as missed by us; the case stays in the queue."""

FURTHEST = dt.timedelta(days=60)


class AppointmentState(StrEnum):
    """What became of a promised time."""

    OPEN = "open"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Promised:
    """An open appointment."""

    case_ref: str
    at: dt.datetime
    made_by: str
    agent_id: int | None


def check(
    at: dt.datetime, now: dt.datetime, calendar: WorkCalendar, windows: CallingWindows, education: bool = False
) -> None:
    """Raises AppointmentRefused, with the next time that works, unless a call may start at `at`, after `now`."""
    if at <= now or at > now + FURTHEST or not windows.is_open(at, calendar, education):
        wanted = min(max(at, now), now + FURTHEST)
        raise AppointmentRefused(at, windows.next_open(wanted, calendar, education))


async def add(case_id: int, at: dt.datetime, made_by: str, agent_id: int | None, now: dt.datetime) -> None:
    """Writes down the promise; an earlier open one is called off, since the new one takes its place.

    A promise is kept even if nobody else is called for the projects any more (planning/settling).
    """
    await close(case_id, AppointmentState.CANCELLED)
    await execute("UPDATE callbacks_case SET set_aside = FALSE WHERE id = $1 AND set_aside", case_id)
    await execute(
        "INSERT INTO callbacks_appointment (case_id, at, made_by, agent_id, state, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        case_id,
        at,
        made_by,
        agent_id,
        AppointmentState.OPEN.value,
        now,
    )


async def close(case_id: int, state: AppointmentState) -> int:
    """Ends the open appointments of a case."""
    return await execute(
        "UPDATE callbacks_appointment SET state = $1 WHERE case_id = $2 AND state = 'open'", state.value, case_id
    )


async def ask_callback(
    case_ref: str, at: dt.datetime, now: dt.datetime, calendar: WorkCalendar, windows: CallingWindows
) -> tuple[dt.datetime, Fact]:
    """The respondent asks on the phone's page to be called at another time (换个时间打给我).

    Any case that is neither finished nor in a call right now becomes an appointment.
    """
    case = await row(
        "SELECT c.id, c.state, c.education, w.weekends FROM callbacks_case c"
        " JOIN callbacks_wave w ON w.id = c.wave_id WHERE c.ref = $1",
        case_ref,
    )
    if case is None or CaseState(case["state"]) not in OPEN:
        raise UnknownCase(case_ref)
    check(at, now, calendar, windows, bool(case["education"]))
    moved = await execute(
        "UPDATE callbacks_case SET state = 'S04', next_attempt_at = $1, next_reason = $2, priority = $3,"
        " changed_at = $4 WHERE id = $5 AND state = $6 AND state <> 'S02'",
        at,
        "本人在网上约的时间",
        PRIORITY,
        now,
        case["id"],
        case["state"],
    )
    if moved != 1:
        raise HeldByAnother(case_ref)
    await add(case["id"], at, "respondent_online", None, now)
    return at, Fact("appointment_made", case_ref, {"on": at.date().isoformat(), "by": "respondent_online"})


async def asked_online(case_id: int | None) -> dt.datetime | None:
    """The open appointment that the respondent made on the phone's page."""
    found = await row(
        "SELECT at FROM callbacks_appointment WHERE case_id = $1 AND state = 'open' AND made_by = 'respondent_online'"
        " ORDER BY id DESC LIMIT 1",
        case_id,
    )
    return instant(found["at"]) if found else None


async def miss(now: dt.datetime) -> list[Fact]:
    """Marks what nobody called in time; the tick reports each once."""
    missed = await rows(
        "UPDATE callbacks_appointment SET state = 'missed' WHERE state = 'open' AND at <= $1"
        " AND case_id NOT IN (SELECT id FROM callbacks_case WHERE state = 'S02')"
        " RETURNING id, case_id",
        now - MISSED_AFTER,
    )
    return [Fact("appointment_missed", str(found["id"]), {"case": found["case_id"]}) for found in missed]


async def of_agent(account_id: int, until: dt.datetime) -> list[Promised]:
    """The open appointments that this agent made, up to `until`, the earliest first."""
    found = await rows(
        "SELECT c.ref, a.at, a.made_by, a.agent_id FROM callbacks_appointment a"
        " JOIN callbacks_case c ON c.id = a.case_id"
        " WHERE a.state = 'open' AND a.agent_id = $1 AND a.at < $2 ORDER BY a.at",
        account_id,
        until,
    )
    return [_promised(each) for each in found]


def _promised(found: dict[str, Any]) -> Promised:
    at = instant(found["at"])
    assert at is not None
    return Promised(found["ref"], at, found["made_by"], found["agent_id"])
