"""What only a supervisor decides: suspended cases go on or end, and outcomes that came too late are looked at."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callbacks.calling import histories, outcomes
from callbacks.calling.case_row import CaseRow, case_row, snapshot, write
from callbacks.calling.outcomes import Said
from callbacks.errors import ClaimLost, CorrectionRefused, OutcomeRefused, UnknownCase
from callbacks.references import new_reference
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.case_machine import Event, on_event
from callbacks.rules.dispositions import final_code
from callbacks.rules.states import COUNTED, OPEN, CaseState
from callbacks.rules.windows import CallingWindows
from callbacks.scope import Rows, Scope, conditions
from questionnaires.facts import Fact
from questionnaires.sealing import Sealer
from questionnaires.statements import execute, instant, row, rows

NOTE_COLUMN = "callbacks_attempt.note"


@dataclass(frozen=True, slots=True)
class LateResult:
    """An outcome that came after somebody else had taken the case; it counts for nothing until a supervisor acts."""

    attempt_ref: str
    case_ref: str
    wave_code: str
    code: str
    at: dt.datetime
    state: CaseState


async def find(scope: Scope, case_ref: str) -> CaseRow:
    """The case, if it is in sight of `scope`. Raises UnknownCase."""
    seen = conditions(scope, Rows.CASE, "c", first=2)
    found = await row(f"SELECT c.* FROM callbacks_case c WHERE c.ref = $1 AND {seen.sql}", case_ref, *seen.args)
    if found is None:
        raise UnknownCase(case_ref)
    return case_row(found)


async def resume(
    scope: Scope, case_ref: str, now: dt.datetime, calendar: WorkCalendar, windows: CallingWindows
) -> tuple[dt.datetime, Fact]:
    """A suspended case is called again from the next open window on; when that is. Raises IllegalMove otherwise."""
    case = await find(scope, case_ref)
    at = windows.next_open(now, calendar, case.education)
    values: dict[str, Any] = {
        "state": on_event(case.state, Event.resume), "next_attempt_at": at, "next_reason": "督导放行，继续拨打",
        "keep_agent": None,
    }  # fmt: skip
    if not await write(case.id, now, values, expected=case.state):
        raise ClaimLost(case_ref, saved=False)
    return at, Fact("case_resumed", case_ref)


async def close(scope: Scope, case_ref: str, now: dt.datetime) -> tuple[str, Fact]:
    """A suspended case ends with the last outcome that counts; that code. Raises IllegalMove otherwise."""
    case = await find(scope, case_ref)
    code = final_code(histories.history(await histories.attempts_of(case.id)).codes())
    values: dict[str, Any] = {
        "state": on_event(case.state, Event.close), "final_code": code, "next_attempt_at": None,
        "next_reason": "督导终止",
    }  # fmt: skip
    if not await write(case.id, now, values, expected=case.state):
        raise ClaimLost(case_ref, saved=False)
    return code, Fact("case_closed", case_ref, {"code": code})


async def late_results(scope: Scope, limit: int = 100) -> list[LateResult]:
    """Late outcomes nobody has looked at yet, the oldest first."""
    seen = conditions(scope, Rows.CASE, "c", first=2)
    found = await rows(
        "SELECT a.ref, a.code, a.ended_at, c.ref AS case_ref, c.state, w.code AS wave_code FROM callbacks_attempt a"
        " JOIN callbacks_case c ON c.id = a.case_id JOIN callbacks_wave w ON w.id = c.wave_id"
        " WHERE a.contested AND a.corrects_id IS NULL AND w.state = 'open'"
        " AND NOT EXISTS (SELECT 1 FROM callbacks_attempt k WHERE k.corrects_id = a.id)"
        f" AND {seen.sql} ORDER BY a.id LIMIT $1",
        limit,
        *seen.args,
    )
    return [
        LateResult(each["ref"], each["case_ref"], each["wave_code"], each["code"], at, CaseState(each["state"]))
        for each in found
        if (at := instant(each["ended_at"])) is not None
    ]


async def settle_late_result(scope: Scope, attempt_ref: str, now: dt.datetime, reason: str, sealer: Sealer) -> Fact:
    """Marks a late outcome as dealt with, by an appended row that carries the reason; the case itself stays as it is."""
    late, case = await _unsettled(scope, attempt_ref, reason)
    await _append(scope, case, late, now, reason, sealer, contested=True)
    return Fact("late_result_settled", case.ref, {"attempt": attempt_ref, "code": late["code"]})


async def take_over_late_result(
    scope: Scope,
    attempt_ref: str,
    now: dt.datetime,
    calendar: WorkCalendar,
    windows: CallingWindows,
    reason: str,
    sealer: Sealer,
) -> tuple[CaseState, Fact]:
    """Makes a late outcome the one that counts, by an appended row with the reason; the other dials stay as they were.

    The rules are asked as if its dial were the last, and no new one comes up earlier than they allow after any of
    them. Raises CorrectionRefused while somebody has the case (taken) or when it is settled (answered, closed), and
    OutcomeRefused for a completed interview, whose answers were kept apart and are not in the case.
    """
    late, case = await _unsettled(scope, attempt_ref, reason)
    field = await outcomes.field_of(case, calendar, windows)
    if case.state not in OPEN - {CaseState.S02} or field.wave_state != "open":
        why = "taken" if case.state is CaseState.S02 else "answered" if case.state in COUNTED else "closed"
        raise CorrectionRefused(attempt_ref, why)
    said = Said(late["code"], reason.strip()[:500], instant(late["appointment_at"]), bool(late["inbound"]))
    outcome = await outcomes.check(case, said, field, now)
    past = histories.history(await histories.attempts_of(case.id))
    started, ended = instant(late["started_at"]) or now, instant(late["ended_at"]) or now
    ended = max([ended, *(dial.ended_at for dial in past.dials)])
    update = await outcomes.next_step(case, said, field, (started, ended), past, late["agent_id"])
    await _append(scope, case, late, now, reason, sealer, contested=False)
    if not await write(case.id, now, outcomes.fields_after(case, outcome, update, said.inbound), expected=case.state):
        raise CorrectionRefused(attempt_ref, "taken")
    await outcomes.call_off_tasks(case.id, now)
    await outcomes.apply_effects(case, outcome, update, field, late["agent_id"], now)
    data = {"attempt": attempt_ref, "code": late["code"], "before": case.state.value, "state": update.state.value}
    return update.state, Fact("late_result_taken_over", case.ref, {**data})


async def _unsettled(scope: Scope, attempt_ref: str, reason: str) -> tuple[dict[str, Any], CaseRow]:
    """A late outcome that nobody has dealt with, and its case, both in sight of `scope`."""
    late = await row(
        "SELECT * FROM callbacks_attempt WHERE ref = $1 AND contested AND corrects_id IS NULL", attempt_ref
    )
    if late is None:
        raise UnknownCase(attempt_ref)
    found = await row("SELECT ref FROM callbacks_case WHERE id = $1", late["case_id"])
    case = await find(scope, str(found["ref"]) if found else attempt_ref)
    if not reason.strip():
        raise OutcomeRefused("reason", "请写一句怎么处理的。")
    if await row("SELECT 1 AS found FROM callbacks_attempt WHERE corrects_id = $1", late["id"]):
        raise CorrectionRefused(attempt_ref, "superseded")
    return late, case


async def _append(
    scope: Scope, case: CaseRow, late: Mapping[str, Any], now: dt.datetime, reason: str, sealer: Sealer, contested: bool
) -> None:
    """One row more about a late outcome: `contested` as before, or from now on one that counts."""
    ref = new_reference()
    await execute(
        "INSERT INTO callbacks_attempt (ref, case_id, number, agent_id, inbound, started_at, ended_at, code,"
        " note_sealed, contested, corrects_id, before) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11)",
        ref, case.id, late["number"], scope.account_id, bool(late["inbound"]), now, late["code"],
        sealer.seal(NOTE_COLUMN, ref, reason.strip()[:500]), contested, late["id"], snapshot(case),
    )  # fmt: skip
