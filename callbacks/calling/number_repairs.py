"""Numbers that somebody has to find: asked of the street or the roster's source, answered with a number or with none."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callbacks.calling import histories, outcomes
from callbacks.calling.case_row import CaseRow, load, write
from callbacks.errors import NumberRefused, UnknownRepair
from callbacks.planning import case_making
from callbacks.references import new_reference
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.case_machine import Event, Guards, on_event
from callbacks.rules.dispositions import final_code
from callbacks.rules.phone_numbers import PhoneNumber, normalise
from callbacks.rules.states import CaseState
from callbacks.rules.windows import CallingWindows
from callbacks.scope import Condition, Scope, in_zones
from questionnaires.facts import Fact
from questionnaires.sealing import Sealer
from questionnaires.statements import day, execute, execute_many, instant, row, rows

PHONE_COLUMN = "vault_contact.phone"
PHONE_INDEX = "phone"
ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True)
class Repair:
    """An open task to find a number."""

    id: int
    case_ref: str
    zone_id: int | None
    reason: str
    asked_at: dt.datetime
    due_on: dt.date
    provisional: bool
    overdue: bool


def _visible(scope: Scope, first: int) -> Condition:
    """Whose task it is: the street's, except in assessment waves, where the roster's source (the department) is asked."""
    if scope.role == "supervisor":
        return in_zones(scope, "r.zone_id", first)
    if scope.role == "street":
        return in_zones(scope, "r.zone_id", first) & Condition(f"w.measurement_role <> '{ASSESSMENT}'")
    if scope.role == "department" and scope.department_id is not None:
        return Condition(
            f"w.measurement_role = '{ASSESSMENT}' AND EXISTS (SELECT 1 FROM callbacks_module m"
            " JOIN callbacks_project_department d ON d.project_id = m.project_id"
            f" WHERE m.case_id = r.case_id AND d.department_id = ${first})",
            (scope.department_id,),
        )
    return Condition("1 = 0")


async def open_repairs(scope: Scope, today: dt.date) -> list[Repair]:
    """The open tasks of this account, the most urgent first."""
    seen = _visible(scope, 1)
    found = await rows(f"{_SELECT} WHERE r.state = 'open' AND {seen.sql} ORDER BY r.due_on, r.id", *seen.args)
    return [_repair(each, today) for each in found]


_SELECT = (
    "SELECT r.id, r.case_id, r.zone_id, r.reason, r.asked_at, r.due_on, r.provisional, c.ref AS case_ref"
    " FROM callbacks_number_repair r JOIN callbacks_case c ON c.id = r.case_id"
    " JOIN callbacks_wave w ON w.id = c.wave_id"
)


def _repair(found: dict[str, Any], today: dt.date) -> Repair:
    asked, due = instant(found["asked_at"]), day(found["due_on"])
    if asked is None or due is None:
        raise UnknownRepair(found["id"])
    return Repair(
        found["id"], found["case_ref"], found["zone_id"], found["reason"], asked, due, bool(found["provisional"]),
        due < today,
    )  # fmt: skip


async def _own(scope: Scope, repair_id: int) -> CaseRow:
    seen = _visible(scope, 2)
    found = await row(f"{_SELECT} WHERE r.id = $1 AND r.state = 'open' AND {seen.sql}", repair_id, *seen.args)
    if found is None:
        raise UnknownRepair(repair_id)
    return await load(found["case_id"])


async def fixed(
    scope: Scope,
    repair_id: int,
    phone: str,
    now: dt.datetime,
    calendar: WorkCalendar,
    windows: CallingWindows,
    sealer: Sealer,
    relation: str = "self",
) -> tuple[dt.datetime, Fact]:
    """A number was found: the case goes back to the queue and its attempts count afresh; when it may be called.

    Raises NumberRefused for an unusable or barred number, or one that was tried already.
    """
    case = await _own(scope, repair_id)
    number = normalise(phone)
    if not isinstance(number, PhoneNumber):
        raise NumberRefused(f"{number.sentence}。")
    digest = sealer.blind_index(PHONE_INDEX, number.digits)
    if digest == case.phone_digest:
        raise NumberRefused("这就是原来打不通的号码，请核对。")
    if digest in await case_making.never_contact(now):
        raise NumberRefused("这个号码在勿扰名单里，不能拨打。")
    contact_ref = await _contact(case, number, digest, relation, sealer)
    at = windows.next_open(now, calendar, case.education)
    values: dict[str, Any] = {
        "state": on_event(case.state, Event.number_fixed), "contact_ref": contact_ref, "phone_digest": digest,
        "attempts": 0, "repairs": case.repairs + 1, "next_attempt_at": at, "next_reason": "号码已核实，重新拨打",
    }  # fmt: skip
    await _finish(case, repair_id, values, "fixed", now)
    return at, Fact("number_fixed", case.ref, {"repair": repair_id})


async def _contact(case: CaseRow, number: PhoneNumber, digest: str, relation: str, sealer: Sealer) -> str:
    """The person's contact with this number, new or known; it becomes the one to call."""
    known = await row(
        "SELECT ref FROM vault_contact WHERE person_ref = $1 AND phone_digest = $2", case.person_ref, digest
    )
    if known is not None:
        await execute("UPDATE vault_contact SET status = 'valid', relation = $1 WHERE ref = $2", relation, known["ref"])
        return str(known["ref"])
    ref = new_reference()
    await execute("UPDATE vault_contact SET status = 'wrong' WHERE ref = $1", case.contact_ref)
    await execute(
        "INSERT INTO vault_contact (ref, person_ref, position, phone_sealed, phone_digest, kind, relation, status,"
        " share_count) VALUES ($1, $2, (SELECT COALESCE(MAX(position), -1) + 1 FROM vault_contact"
        " WHERE person_ref = $2), $3, $4, $5, $6, 'valid', 1)",
        ref,
        case.person_ref,
        sealer.seal(PHONE_COLUMN, ref, number.digits),
        digest,
        number.kind.value,
        relation,
    )
    return ref


async def not_found(
    scope: Scope, repair_id: int, now: dt.datetime, calendar: WorkCalendar, windows: CallingWindows
) -> tuple[CaseState, Fact]:
    """No number was found. The first time it is asked again; the second time the case goes another way (S07 or S11)."""
    case = await _own(scope, repair_id)
    wave = await row("SELECT allow_visits FROM callbacks_wave WHERE id = $1", case.wave_id)
    repairs = case.repairs + 1
    # Without any number only a visit is left; a link cannot be sent.
    state = on_event(
        case.state, Event.number_not_found, Guards(repairs=repairs, other_mode=bool(wave and wave["allow_visits"]))
    )
    values: dict[str, Any] = {"state": state, "repairs": repairs, "next_reason": f"号码核实{repairs}次未找到"}
    if state is CaseState.S11:
        values["final_code"] = final_code(histories.history(await histories.attempts_of(case.id)).codes())
    await _finish(case, repair_id, values, "not_found", now)
    if state is CaseState.S05:
        await outcomes.ask_number(case.id, case.zone_id, "上次未找到，请再核实", calendar, windows, now)
    return state, Fact("number_not_found", case.ref, {"repair": repair_id, "state": state.value})


async def _finish(case: CaseRow, repair_id: int, values: dict[str, Any], state: str, now: dt.datetime) -> None:
    ended = await execute(
        "UPDATE callbacks_number_repair SET state = $1, closed_at = $2 WHERE id = $3 AND state = 'open'",
        state,
        now,
        repair_id,
    )
    if ended != 1 or not await write(case.id, now, values, expected=case.state):
        raise UnknownRepair(repair_id)


async def recount_deadlines(calendar: WorkCalendar, windows: CallingWindows) -> tuple[int, Fact]:
    """After a calendar was imported: the open tasks whose deadline was 暂定 get their real one; how many moved."""
    found = await rows("SELECT id, asked_at, due_on FROM callbacks_number_repair WHERE state = 'open' AND provisional")
    moved: list[Sequence[object]] = []
    for each in found:
        asked = instant(each["asked_at"])
        if asked is None:
            continue
        due = calendar.add_workdays(windows.local(asked).date(), case_making.REPAIR_WORKDAYS)
        moved.append((due, calendar.provisional(due), each["id"]))
    await execute_many("UPDATE callbacks_number_repair SET due_on = $1, provisional = $2 WHERE id = $3", moved)
    return len(moved), Fact("deadlines_recounted", "number_repair", {"count": len(moved)}, chained=bool(moved))
