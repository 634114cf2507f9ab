"""Cases in the hands of agents: claimed by one at a time, kept alive, handed back, found by number, answered online."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callbacks.calling import appointments, case_queue, tallies
from callbacks.calling.appointments import AppointmentState
from callbacks.calling.case_queue import Moment, NoCase
from callbacks.calling.case_row import COLUMNS, CaseRow, by_ref, case_row, write
from callbacks.errors import ClaimLost, HeldByAnother, NotClaimed, OwnInterest, UnknownCase
from callbacks.references import LENGTH, LETTERS
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.case_machine import LEASE, Event, on_event
from callbacks.rules.dispositions import COMPLETE, better
from callbacks.rules.states import FINAL, OPEN, SETTLED, CaseState, listed
from callbacks.rules.windows import CallingWindows
from callbacks.scope import Rows, Scope, conditions, without_interest
from questionnaires import submissions
from questionnaires.facts import Fact
from questionnaires.statements import execute, row, rows
from questionnaires.submissions import Submission, SubmissionState

RELEASED_FOR = dt.timedelta(minutes=10)
"""A case handed back undialled does not come up again at once."""


class ReleaseReason(StrEnum):
    """Why an agent hands a case back without dialling."""

    BREAK = "break"
    ACQUAINTED = "acquainted"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Claim:
    """A case in the agent's hands. `attempt_ref` names the outcome to come, the same at every look at this claim."""

    case: CaseRow
    attempt_ref: str
    lease_until: dt.datetime
    again: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A case found by a caller's number; nothing readable of the person is in it."""

    ref: str
    state: CaseState
    wave_code: str
    claimable: bool
    held_by_me: bool
    own_interest: bool = False
    """The caller of this search answers for the zone, or belongs to the department, that the wave assesses."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What an answer through the respondent's own link did."""

    state: CaseState
    during_call: bool
    counted: bool


def attempt_ref(case: CaseRow) -> str:
    """The reference of the attempt that belongs to this claim: every page of one claim sends the same. Pure."""
    text = f"{case.ref}|{case.claimed_by}|{case.claimed_at.isoformat() if case.claimed_at else ''}"
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    letters = []
    for _ in range(LENGTH + 3):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(letters)


def _claim(case: CaseRow, again: bool = False) -> Claim:
    if case.lease_until is None:
        raise NotClaimed(case.ref)
    return Claim(case, attempt_ref(case), case.lease_until, again)


async def claim_next(
    scope: Scope, now: dt.datetime, calendar: WorkCalendar, windows: CallingWindows, zone: int | None = None
) -> tuple[Claim | NoCase, Fact]:
    """The next case for this agent, or why there is none; whoever holds one gets that one again with a fresh lease."""
    await case_queue.one_claim_at_a_time(scope)
    held = await row(
        f"UPDATE callbacks_case SET lease_until = $1 WHERE state = 'S02' AND claimed_by = $2 RETURNING {COLUMNS}",
        now + LEASE,
        scope.account_id,
    )
    if held is not None:
        case = case_row(held)
        return _claim(case, again=True), Fact("case_claimed_again", case.ref, chained=False)
    moment = Moment(now, calendar, windows)
    taken = await case_queue.take(scope, moment, now + LEASE, zone) if moment.is_open() else None
    if taken is None:
        return await case_queue.why_none(scope, moment, zone), Fact(
            "case_not_found", str(scope.account_id), chained=False
        )
    return _claim(taken), Fact("case_claimed", taken.ref, {"attempt": taken.attempts + 1})


async def heartbeat(case_ref: str, scope: Scope, now: dt.datetime) -> tuple[dt.datetime, Fact]:
    """Renews the lease. A lapsed case that nobody took meanwhile is taken back; else ClaimLost."""
    case = await by_ref(case_ref)
    if case is None:
        raise UnknownCase(case_ref)
    lapsed = case.state is CaseState.S01 and case.claimed_by == scope.account_id
    if not (case.held_by(scope.account_id) or lapsed):
        raise ClaimLost(case_ref, saved=False)
    if lapsed and await _holds_another(scope, case_ref):
        raise ClaimLost(case_ref, saved=False)
    until = now + LEASE
    renewed = await execute(
        "UPDATE callbacks_case SET state = 'S02', lease_until = $1 WHERE id = $2 AND state = $3 AND claimed_by = $4",
        until,
        case.id,
        case.state.value,
        scope.account_id,
    )
    if renewed != 1 or (lapsed and not await case_queue.alone(case)):
        raise ClaimLost(case_ref, saved=False)
    return until, Fact("claim_renewed", case_ref, chained=False)


async def _holds_another(scope: Scope, case_ref: str) -> str | None:
    other = await row(
        "SELECT ref FROM callbacks_case WHERE state = 'S02' AND claimed_by = $1 AND ref <> $2",
        scope.account_id,
        case_ref,
    )
    return str(other["ref"]) if other else None


async def release(case_ref: str, scope: Scope, reason: ReleaseReason, now: dt.datetime) -> Fact:
    """Hands a claimed case back undialled; it comes up again ten minutes later, a due appointment at once."""
    case = await load_claimed(case_ref, scope)
    later = case.next_attempt_at if case.priority >= appointments.PRIORITY else now + RELEASED_FOR
    values: dict[str, Any] = {
        "state": on_event(case.state, Event.release),
        "claimed_by": None,
        "claimed_at": None,
        "lease_until": None,
        "next_attempt_at": later,
    }
    if not await write(case.id, now, values, expected=CaseState.S02):
        raise ClaimLost(case_ref, saved=False)
    return Fact("case_released", case_ref, {"reason": reason.value})


async def load_claimed(case_ref: str, scope: Scope) -> CaseRow:
    """The case, if this agent holds it. Raises NotClaimed, or UnknownCase for a case out of his sight."""
    seen = conditions(scope, Rows.CASE, "c", first=2)
    found = await row(f"SELECT c.* FROM callbacks_case c WHERE c.ref = $1 AND {seen.sql}", case_ref, *seen.args)
    if found is None:
        raise UnknownCase(case_ref)
    case = case_row(found)
    if not case.held_by(scope.account_id):
        raise NotClaimed(case_ref)
    return case


async def expire_leases(now: dt.datetime) -> list[Fact]:
    """Cases of vanished agents return to the queue; those answered online during the call are finished instead.

    The last holder stays written down, so that his late outcome is his as long as nobody else took the case.
    """
    await execute(
        "UPDATE callbacks_case SET state = 'S08', final_code = $2, lease_until = NULL, next_attempt_at = NULL,"
        f" changed_at = $1 WHERE state = 'S02' AND lease_until <= $1 AND {_ANSWERED}",
        now,
        COMPLETE,
    )
    lapsed = await rows(
        "UPDATE callbacks_case SET state = 'S01', lease_until = NULL, changed_at = $1"
        " WHERE state = 'S02' AND lease_until <= $1 RETURNING ref, claimed_by",
        now,
    )
    return [Fact("lease_expired", found["ref"], {"agent": found["claimed_by"]}) for found in lapsed]


_ANSWERED = (
    "EXISTS (SELECT 1 FROM callbacks_module m JOIN questionnaires_submission s ON s.id = m.submission_id"
    " WHERE m.case_id = callbacks_case.id AND s.state = 'submitted')"
)


async def find_by_phone(phone_digest: str, scope: Scope) -> tuple[list[Found], Fact]:
    """The cases of open waves behind a number that rang us, whatever the agent's zone; the search is on record."""
    if scope.role not in ("agent", "supervisor"):
        return [], Fact("number_searched", str(scope.account_id), {"found": 0})
    free = without_interest(scope, "c", first=2)
    found = await rows(
        f"SELECT {', '.join('c.' + name.strip() for name in COLUMNS.split(','))}, w.code AS wave_code,"
        f" CASE WHEN {free.sql} THEN 0 ELSE 1 END AS own_interest"
        " FROM callbacks_case c JOIN callbacks_wave w ON w.id = c.wave_id WHERE w.state = 'open'"
        " AND (c.phone_digest = $1 OR c.person_ref IN (SELECT person_ref FROM vault_contact WHERE phone_digest = $1))"
        f" ORDER BY CASE WHEN c.state IN ({listed(SETTLED)}) THEN 1 ELSE 0 END, c.id LIMIT 20",
        phone_digest,
        *free.args,
    )
    cases = [_found(case_row(each), each["wave_code"], scope, bool(each["own_interest"])) for each in found]
    return cases, Fact("number_searched", str(scope.account_id), {"found": len(cases)})


def _found(case: CaseRow, wave_code: str, scope: Scope, own_interest: bool) -> Found:
    mine = case.held_by(scope.account_id)
    free = case.state in OPEN and (case.state is not CaseState.S02 or mine)
    return Found(case.ref, case.state, wave_code, free and not own_interest, mine, own_interest)


async def claim_inbound(case_ref: str, scope: Scope, now: dt.datetime) -> tuple[Claim, Fact]:
    """Takes the case of a person who rang us, unless another agent has it or the agent has a stake in its assessment.

    Windows and caps govern our dials only. Raises UnknownCase, OwnInterest, HeldByAnother.
    """
    case = await by_ref(case_ref)
    if case is None or case.state not in OPEN or scope.role not in ("agent", "supervisor"):
        raise UnknownCase(case_ref)
    if case.held_by(scope.account_id):
        return _claim(case, again=True), Fact("case_claimed_again", case_ref, chained=False)
    free = without_interest(scope, "c", first=2)
    if await row(f"SELECT 1 AS free FROM callbacks_case c WHERE c.id = $1 AND {free.sql}", case.id, *free.args) is None:
        raise OwnInterest(case_ref)
    other = await _holds_another(scope, case_ref)
    if other or case.state is CaseState.S02:
        raise HeldByAnother(case_ref, other)
    values = {
        "state": CaseState.S02, "claimed_by": scope.account_id, "claimed_at": now, "lease_until": now + LEASE,
        "next_attempt_at": case.next_attempt_at or now,
    }  # fmt: skip
    if not await write(case.id, now, values, expected=case.state):
        raise HeldByAnother(case_ref)
    claimed = await by_ref(case_ref)
    if claimed is None or not await case_queue.alone(claimed):
        raise HeldByAnother(case_ref)
    return _claim(claimed), Fact("case_claimed", case_ref, {"attempt": case.attempts + 1, "inbound": True})


async def self_complete(
    case_ref: str, module_ref: str, submission: Submission, now: dt.datetime, code: str = COMPLETE
) -> tuple[Completion, list[Fact]]:
    """An answer came through the respondent's link or as a visit; `code` 100, or 110 when only the key items are in.

    Any unfinished case is then complete. During a call it stays with the agent, whose outcome is weighed against this
    one when he records it. Of two answers for one module the better counts, the earlier if equal; the other is kept
    as superseded. A finished case (S09 to S13) takes no answer: UnknownCase.
    """
    case = await by_ref(case_ref)
    if case is None or case.state in FINAL:
        raise UnknownCase(case_ref)
    counted, facts = await count_submission(case, module_ref, submission, now, code)
    if case.state is CaseState.S02:
        done = Completion(CaseState.S02, during_call=True, counted=counted)
        return done, [*facts, Fact("case_answered_in_call", case_ref, {"code": code})]
    state = on_event(case.state, Event.self_complete)
    best = code if case.state is not CaseState.S08 else better(case.final_code or code, code)
    values: dict[str, Any] = {"state": state, "final_code": best, "next_attempt_at": None, "next_reason": "已自助完成"}
    if not await write(case.id, now, values, expected=case.state):
        raise ClaimLost(case_ref, saved=False)
    await appointments.close(case.id, AppointmentState.CANCELLED)
    await execute(
        "UPDATE callbacks_number_repair SET state = 'not_needed', closed_at = $1 WHERE case_id = $2 AND state = 'open'",
        now,
        case.id,
    )
    return Completion(state, False, counted), [*facts, Fact("case_answered", case_ref, {"code": best})]


async def count_submission(
    case: CaseRow, module_ref: str, submission: Submission, now: dt.datetime, code: str = COMPLETE
) -> tuple[bool, list[Fact]]:
    """Makes the submission the one that counts for the module, unless a better or earlier one does already."""
    module = await row(
        "SELECT m.id, m.submission_id, s.state FROM callbacks_module m"
        " LEFT JOIN questionnaires_submission s ON s.id = m.submission_id WHERE m.ref = $1 AND m.case_id = $2",
        module_ref,
        case.id,
    )
    if module is None:
        raise UnknownCase(case.ref)
    if module["submission_id"] == submission.id:
        return True, []
    facts: list[Fact] = []
    if module["submission_id"] is not None:
        before = await submissions.by_id(module["submission_id"])
        stands = before.state == SubmissionState.SUBMITTED and not (
            case.final_code not in (None, COMPLETE) and code == COMPLETE
        )
        if stands:
            return False, [await submissions.supersede(submission, before, now)]
        await tallies.remove(module["id"])
        if before.state in (SubmissionState.DRAFT, SubmissionState.SUBMITTED):
            facts.append(await submissions.supersede(before, submission, now))
    await execute("UPDATE callbacks_module SET submission_id = $1 WHERE id = $2", submission.id, module["id"])
    await tallies.add(module["id"])
    return True, facts


async def submitted_code(case_id: int) -> str | None:
    """100 when an answer of the case stands already, else None."""
    found = await row(
        "SELECT 1 AS found FROM callbacks_module m JOIN questionnaires_submission s ON s.id = m.submission_id"
        " WHERE m.case_id = $1 AND s.state = 'submitted' LIMIT 1",
        case_id,
    )
    return COMPLETE if found else None
