"""Outcomes of dials: recorded once, corrected or withdrawn by appended rows, never overwritten."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from callbacks.calling import case_queue, cases, escalations, histories, outcomes
from callbacks.calling.case_row import CaseRow, by_ref, load, restored, snapshot, write
from callbacks.calling.outcomes import Said
from callbacks.errors import (
    AttemptDiffers,
    ClaimLost,
    CorrectionRefused,
    HeldByAnother,
    NotClaimed,
    OutcomeRefused,
    UnknownCase,
)
from callbacks.references import new_reference
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.case_machine import CORRECTION, LEASE
from callbacks.rules.dispositions import NOT_ATTEMPTED, dial_outcome
from callbacks.rules.states import COUNTED, CaseState
from callbacks.rules.windows import CallingWindows
from callbacks.scope import Scope
from questionnaires.facts import Fact
from questionnaires.sealing import Sealer
from questionnaires.statements import execute, instant, row

NOTE_COLUMN = "callbacks_attempt.note"
CLOCK_SKEW = dt.timedelta(minutes=2)
SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An outcome as it was kept. `contested` means: saved for the supervisor, the case belongs to somebody else now."""

    attempt_ref: str
    case_ref: str
    code: str
    state: CaseState
    reason: str
    next_attempt_at: dt.datetime | None
    final_code: str | None
    undo_until: dt.datetime
    contested: bool = False
    replayed: bool = False


async def record(
    scope: Scope,
    case_ref: str,
    attempt_ref: str,
    said: Said,
    started_at: dt.datetime,
    now: dt.datetime,
    calendar: WorkCalendar,
    windows: CallingWindows,
    sealer: Sealer,
) -> tuple[Recorded, Fact]:
    """Keeps the outcome of a dial that ended now, and moves the case as the rules say.

    The same reference again gives the same result, with another code AttemptDiffers. When the lease ran out and
    somebody else took the case, the outcome is kept as contested and changes nothing: the caller commits it and then
    answers with `lost(recorded)`. Raises UnknownCase, NotClaimed, OutcomeRefused, AppointmentRefused.
    """
    known = await row("SELECT * FROM callbacks_attempt WHERE ref = $1", attempt_ref)
    if known is not None:
        return await _replayed(known, case_ref, said)
    case = await by_ref(case_ref)
    if case is None or scope.account_id is None:
        raise UnknownCase(case_ref)
    if started_at > now + CLOCK_SKEW:
        raise OutcomeRefused("started_at", "拨打开始的时刻在将来。")
    dial = (min(started_at, now), now)
    if not (case.held_by(scope.account_id) or _lapsed(case, scope)):
        return await _contested(scope, case, attempt_ref, said, dial, sealer)
    field = await outcomes.field_of(case, calendar, windows)
    outcome = await outcomes.check(case, said, field, now)
    past = histories.history(await histories.attempts_of(case.id))
    update = await outcomes.next_step(case, said, field, dial, past, scope.account_id)
    held = replace(case, state=CaseState.S02)
    await _append(attempt_ref, case, scope, said, dial, sealer, before=snapshot(held))
    values = outcomes.fields_after(case, outcome, update, said.inbound)
    if not await write(case.id, now, values, expected=case.state):
        raise ClaimLost(case_ref, saved=False)
    await outcomes.apply_effects(case, outcome, update, field, scope.account_id, now)
    recorded = Recorded(
        attempt_ref, case_ref, said.code, update.state, update.reason, update.next_attempt_at, update.final_code,
        now + CORRECTION,
    )  # fmt: skip
    return recorded, _fact("attempt_recorded", recorded, scope, roster_check=update.roster_check)


def lost(recorded: Recorded) -> ClaimLost:
    """The error to answer with once a contested outcome is committed."""
    return ClaimLost(recorded.case_ref, saved=True)


def _lapsed(case: CaseRow, scope: Scope) -> bool:
    """His lease ran out, but nobody took the case since."""
    return case.state is CaseState.S01 and case.claimed_by == scope.account_id


def _fact(name: str, recorded: Recorded, scope: Scope, roster_check: bool = False, **more: str) -> Fact:
    data: dict[str, str | int | bool | None] = {
        "attempt": recorded.attempt_ref, "code": recorded.code, "state": recorded.state.value,
        "agent": scope.account_id, **more,
    }  # fmt: skip
    if roster_check:
        data["roster_check"] = True
    return Fact(name, recorded.case_ref, data)


async def _replayed(known: dict[str, Any], case_ref: str, said: Said) -> tuple[Recorded, Fact]:
    case = await load(known["case_id"])
    if case.ref != case_ref or known["code"] != said.code:
        raise AttemptDiffers(known["ref"])
    ended = instant(known["ended_at"])
    recorded = Recorded(
        known["ref"], case.ref, known["code"], case.state, case.next_reason, case.next_attempt_at, case.final_code,
        (ended or dt.datetime.min.replace(tzinfo=dt.UTC)) + CORRECTION, bool(known["contested"]), replayed=True,
    )  # fmt: skip
    return recorded, Fact("attempt_repeated", case.ref, chained=False)


async def _contested(
    scope: Scope, case: CaseRow, attempt_ref: str, said: Said, dial: tuple[dt.datetime, dt.datetime], sealer: Sealer
) -> tuple[Recorded, Fact]:
    dial_outcome(said.code)
    if case.claimed_at is None and not await histories.attempts_of(case.id):
        raise NotClaimed(case.ref)  # nobody ever had this case, so nobody can have lost it
    await _append(attempt_ref, case, scope, said, dial, sealer, contested=True)
    recorded = Recorded(attempt_ref, case.ref, said.code, case.state, "", None, None, dial[1], contested=True)
    return recorded, _fact("attempt_contested", recorded, scope)


async def _append(
    ref: str,
    case: CaseRow,
    scope: Scope,
    said: Said,
    dial: tuple[dt.datetime, dt.datetime],
    sealer: Sealer,
    before: str = "{}",
    contested: bool = False,
    corrects: dict[str, Any] | None = None,
) -> None:
    """One row more. A correction keeps the number of the dial it corrects and counts on no phone number."""
    note = said.note.strip()
    await execute(
        "INSERT INTO callbacks_attempt (ref, case_id, number, agent_id, phone_digest, inbound, started_at, ended_at,"
        " code, note_sealed, appointment_at, contested, corrects_id, before) VALUES ($1, $2, COALESCE($3, (SELECT"
        " COUNT(*) + 1 FROM callbacks_attempt WHERE case_id = $2 AND corrects_id IS NULL)), $4, $5, $6, $7, $8, $9,"
        " $10, $11, $12, $13, $14)",
        ref,
        case.id,
        corrects["number"] if corrects else None,
        scope.account_id,
        None if corrects else case.phone_digest,
        said.inbound,
        *dial,
        said.code,
        sealer.seal(NOTE_COLUMN, ref, note) if note else None,
        said.appointment_at,
        contested,
        corrects["id"] if corrects else None,
        before,
    )


async def correct(
    scope: Scope,
    attempt_ref: str,
    said: Said,
    now: dt.datetime,
    calendar: WorkCalendar,
    windows: CallingWindows,
    sealer: Sealer,
    reason: str = "",
) -> tuple[Recorded, Fact]:
    """Another outcome for the last dial of a case: by its agent within two minutes, later by a supervisor with a reason.

    The case is put back to what it was before the dial and the rules are asked again. Raises CorrectionRefused.
    """
    original, case = await _correctable(scope, attempt_ref, now, reason)
    field = await outcomes.field_of(case, calendar, windows)
    if field.wave_state != "open":
        raise CorrectionRefused(attempt_ref, "closed")
    started, ended = instant(original["started_at"]), instant(original["ended_at"])
    if started is None or ended is None:
        raise CorrectionRefused(attempt_ref, "superseded")
    before = replace(case, **{**restored(case, original["before"]), "state": CaseState.S02})
    outcome = await outcomes.check(before, said, field, now)
    await outcomes.take_back_effects(case.id, ended)
    past = outcomes.without(await histories.attempts_of(case.id), original["id"])
    update = await outcomes.next_step(before, said, field, (started, ended), past, original["agent_id"])
    values = outcomes.fields_after(before, outcome, update, bool(original["inbound"]))
    noted = replace(said, note=said.note or reason)
    await _append(new_reference(), case, scope, noted, (now, now), sealer, corrects=original)
    if not await write(case.id, now, values, expected=case.state):
        raise CorrectionRefused(attempt_ref, "taken")
    await outcomes.apply_effects(before, outcome, update, field, original["agent_id"], ended)
    recorded = Recorded(
        attempt_ref, case.ref, said.code, update.state, update.reason, update.next_attempt_at, update.final_code,
        ended + CORRECTION,
    )  # fmt: skip
    return recorded, _fact("attempt_corrected", recorded, scope, was=original["code"])


async def undo(scope: Scope, attempt_ref: str, now: dt.datetime, sealer: Sealer) -> tuple[cases.Claim, Fact]:
    """Withdraws an outcome within two minutes: the case is in its agent's hands again, the row of the dial stays."""
    if scope.role == SUPERVISOR:
        raise CorrectionRefused(attempt_ref, "not_yours")
    original, case = await _correctable(scope, attempt_ref, now, "")
    holding = await row("SELECT ref FROM callbacks_case WHERE state = 'S02' AND claimed_by = $1", scope.account_id)
    if holding is not None:
        raise HeldByAnother(case.ref, holding["ref"])
    ended = instant(original["ended_at"])
    if ended is not None:
        await outcomes.take_back_effects(case.id, ended)
    withdrawn = Said(NOT_ATTEMPTED)
    await _append(new_reference(), case, scope, withdrawn, (now, now), sealer, corrects=original)
    values = {
        **restored(case, original["before"]), "state": CaseState.S02, "claimed_by": scope.account_id,
        "claimed_at": now, "lease_until": now + LEASE,
    }  # fmt: skip
    if not await write(case.id, now, values, expected=case.state):
        raise CorrectionRefused(attempt_ref, "taken")
    back = await load(case.id)
    if not await case_queue.alone(back):
        raise CorrectionRefused(attempt_ref, "taken")
    claim = cases.Claim(back, cases.attempt_ref(back), now + LEASE, again=True)
    return claim, Fact("attempt_withdrawn", case.ref, {"attempt": attempt_ref, "code": original["code"]})


async def _correctable(scope: Scope, attempt_ref: str, now: dt.datetime, reason: str) -> tuple[dict[str, Any], CaseRow]:
    """The dial and its case, if this person may change its outcome now."""
    original = await row("SELECT * FROM callbacks_attempt WHERE ref = $1", attempt_ref)
    if original is None or original["corrects_id"] is not None:
        raise UnknownCase(attempt_ref)
    case = await load(original["case_id"])
    if scope.role == SUPERVISOR:
        await escalations.find(scope, case.ref)  # a supervisor of other zones has nothing to correct here
        if not reason.strip():
            raise OutcomeRefused("reason", "更正别人登记的结果要写理由。")
        if case.state in COUNTED:  # a standing answer is removed by a review with its reason, never by another outcome
            raise CorrectionRefused(attempt_ref, "answered")
    elif original["agent_id"] != scope.account_id:
        raise CorrectionRefused(attempt_ref, "not_yours")
    elif now - (instant(original["ended_at"]) or now) > CORRECTION:
        raise CorrectionRefused(attempt_ref, "late")
    if case.state in COUNTED and not dial_outcome(original["code"]).completed:
        # the respondent has answered by the link since: that answer stands, whatever the dial was
        raise CorrectionRefused(attempt_ref, "answered")
    standing = histories.effective(await histories.attempts_of(case.id))
    if original["contested"] or not standing or standing[-1]["id"] != original["id"]:
        raise CorrectionRefused(attempt_ref, "superseded")
    if case.state is CaseState.S02:
        raise CorrectionRefused(attempt_ref, "taken")
    return original, case
