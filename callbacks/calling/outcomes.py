"""What an outcome does to its case: the facts that the rules look at, the next step written, its side effects and back."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from callbacks.calling import appointments, cases, histories
from callbacks.calling.appointments import AppointmentState
from callbacks.calling.case_row import CaseRow
from callbacks.errors import OutcomeRefused
from callbacks.planning.case_making import REPAIR_WORKDAYS
from callbacks.rules import retry
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.dials import CaseFacts, CaseUpdate, History, WaveFacts, wave_ends_at
from callbacks.rules.dispositions import OutcomeCode, dial_outcome
from callbacks.rules.states import CaseState
from callbacks.rules.windows import CallingWindows
from questionnaires.statements import day, execute, row

WEEK = dt.timedelta(days=7)
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What the agent gives with an outcome. `languages_spoken` are those of all agents, for 232."""

    code: str
    note: str = ""
    appointment_at: dt.datetime | None = None
    inbound: bool = False
    died_before_frame: bool | None = None
    language: str = ""
    languages_spoken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Field:
    """The wave and its hours, as the rules want them."""

    calendar: WorkCalendar
    windows: CallingWindows
    wave: WaveFacts
    wave_state: str


async def field_of(case: CaseRow, calendar: WorkCalendar, windows: CallingWindows) -> Field:
    """The wave of the case; its own choice about weekends narrows the windows."""
    found = await row(
        "SELECT state, ends_on, allow_links, allow_visits, weekends FROM callbacks_wave WHERE id = $1", case.wave_id
    )
    ends_on = day(found["ends_on"]) if found else None
    if found is None or ends_on is None:
        raise LookupError(f"wave {case.wave_id}")
    ends_at = wave_ends_at(ends_on, windows.zone)
    hours = replace(windows, weekends=windows.weekends and bool(found["weekends"]))
    wave = WaveFacts(ends_at, bool(found["allow_links"]), bool(found["allow_visits"]))
    return Field(calendar, hours, wave, found["state"])


async def check(case: CaseRow, said: Said, field: Field, now: dt.datetime) -> OutcomeCode:
    """The outcome, if everything it needs is there. Raises UnknownOutcome, OutcomeRefused, AppointmentRefused."""
    outcome = dial_outcome(said.code)
    if outcome.require_note and not said.note.strip():
        raise OutcomeRefused("note", f"“{outcome.name}”要写一句说明。")
    if len(said.note) > LONGEST_NOTE:
        raise OutcomeRefused("note", f"说明最多 {LONGEST_NOTE} 个字。")
    if outcome.needs_appointment and said.appointment_at is None:
        raise OutcomeRefused("appointment_at", "约时间要填约好的日期和时刻。")
    if said.appointment_at is not None:
        appointments.check(said.appointment_at, now, field.calendar, field.windows, case.education)
        if said.appointment_at >= field.wave.ends_at:
            raise OutcomeRefused("appointment_at", "约的时间在批次结束之后。")
    if outcome.completed and await cases.submitted_code(case.id) is None:
        raise OutcomeRefused("submission", "还没有提交答卷，不能登记为完成。")
    return outcome


async def next_step(
    case: CaseRow, said: Said, field: Field, dial: tuple[dt.datetime, dt.datetime], past: History, agent: int | None
) -> CaseUpdate:
    """What the rules say follows a dial (its start and end) of this case; `past` are the dials before it."""
    started_at, ended_at = dial
    facts = await _facts(case, said, agent, ended_at)
    return retry.plan_next(
        facts, said.code, ended_at, past, field.calendar, field.windows, field.wave,
        started_at=started_at, inbound=said.inbound,
    )  # fmt: skip


async def _facts(case: CaseRow, said: Said, agent: int | None, ended_at: dt.datetime) -> CaseFacts:
    reach = await row(
        "SELECT (SELECT kind FROM vault_contact WHERE ref = $1) AS kind,"
        " (SELECT COUNT(*) FROM vault_person WHERE ref = $2 AND guardian_sealed IS NOT NULL) AS guardians",
        case.contact_ref,
        case.person_ref,
    )
    language = said.language or case.language
    return CaseFacts(
        number=case.phone_digest,
        max_attempts=case.max_attempts,
        education=case.education,
        link_possible=reach is not None and reach["kind"] == "mobile",
        has_guardian=reach is not None and reach["guardians"] > 0,
        died_before_frame=said.died_before_frame,
        language=language,
        language_agent=language in said.languages_spoken,
        appointment_at=said.appointment_at,
        agent=agent,
        repairs=case.repairs,
        submitted_code=await cases.submitted_code(case.id),
        other_dials=await histories.other_dials(case.phone_digest, case.id, ended_at - WEEK),
    )


def fields_after(case: CaseRow, outcome: OutcomeCode, update: CaseUpdate, inbound: bool) -> dict[str, Any]:
    """The case's fields after the step. Pure."""
    return {
        "state": update.state,
        "priority": update.priority,
        "next_attempt_at": update.next_attempt_at,
        "next_reason": update.reason,
        "attempts": case.attempts + (1 if outcome.counts_as_attempt and not inbound else 0),
        "contacted": case.contacted or outcome.contacted,
        "requires_senior": update.requires_senior,
        "language": update.language or "",
        "keep_agent": update.keep_agent,
        "final_code": update.final_code,
        "claimed_by": None,
        "claimed_at": None,
        "lease_until": None,
    }


async def apply_effects(
    case: CaseRow, outcome: OutcomeCode, update: CaseUpdate, field: Field, agent: int | None, at: dt.datetime
) -> None:
    """Appointments, the bar on the number, and the search for another one; all carry the instant `at` of the outcome."""
    await appointments.close(case.id, AppointmentState.KEPT)
    if update.state is CaseState.S04 and update.next_attempt_at is not None:
        made_by = "other" if outcome.code == "211" else "respondent"
        await appointments.add(case.id, update.next_attempt_at, made_by, agent, at)
    if update.do_not_contact and case.phone_digest is not None:
        await execute(
            "INSERT INTO callbacks_do_not_contact (phone_digest, reason, case_id, at) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (phone_digest) DO NOTHING",
            case.phone_digest,
            "refused",
            case.id,
            at,
        )
    if update.number_repair:
        await ask_number(case.id, case.zone_id, outcome.name, field.calendar, field.windows, at)


async def ask_number(
    case_id: int, zone_id: int | None, reason: str, calendar: WorkCalendar, windows: CallingWindows, at: dt.datetime
) -> None:
    """Somebody has to find a number within three workdays."""
    due = calendar.add_workdays(windows.local(at).date(), REPAIR_WORKDAYS)
    await execute(
        "INSERT INTO callbacks_number_repair (case_id, zone_id, reason, state, asked_at, due_on, provisional)"
        " VALUES ($1, $2, $3, 'open', $4, $5, $6)",
        case_id,
        zone_id,
        reason,
        at,
        due,
        calendar.provisional(due),
    )


async def call_off_tasks(case_id: int, now: dt.datetime) -> None:
    """Before another outcome takes the place of the case's present one: nothing of that is left to be done."""
    await appointments.close(case_id, AppointmentState.CANCELLED)
    await execute(
        "UPDATE callbacks_number_repair SET state = 'withdrawn', closed_at = $2 WHERE case_id = $1 AND state = 'open'",
        case_id,
        now,
    )


async def take_back_effects(case_id: int, at: dt.datetime) -> None:
    """Undoes what the outcome recorded at `at` had caused beside the case itself."""
    await execute("DELETE FROM callbacks_do_not_contact WHERE case_id = $1 AND at = $2", case_id, at)
    await execute(
        "UPDATE callbacks_appointment SET state = 'cancelled' WHERE case_id = $1 AND created_at = $2"
        " AND state = 'open'",
        case_id,
        at,
    )
    await execute(
        "UPDATE callbacks_number_repair SET state = 'withdrawn', closed_at = $2 WHERE case_id = $1 AND asked_at = $2"
        " AND state = 'open'",
        case_id,
        at,
    )


def without(attempts: Iterable[Mapping[str, Any]], attempt_id: int) -> History:
    """The history of a case without one of its dials. Pure."""
    return histories.history([each for each in attempts if attempt_id not in (each["id"], each["corrects_id"])])
