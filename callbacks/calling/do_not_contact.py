"""A respondent's own no: to this survey, or to every call and message."""

import datetime as dt
from typing import Any

from callbacks.calling import appointments, links
from callbacks.calling.appointments import AppointmentState
from callbacks.calling.case_row import by_ref, write
from callbacks.errors import HeldByAnother, UnknownCase
from callbacks.rules.case_machine import Event, on_event
from callbacks.rules.states import OPEN, CaseState
from questionnaires.facts import Fact
from questionnaires.statements import execute

SOFT_REFUSAL, HARD_REFUSAL = "200", "201"


async def decline(case_ref: str, never: bool, now: dt.datetime) -> Fact:
    """The respondent takes no part: the case ends as a refusal, its links with it; `never` also bars the number.

    An answered case keeps its answer. Raises HeldByAnother while an agent has the case, UnknownCase when it is over.
    """
    case = await by_ref(case_ref)
    if case is None or case.state not in OPEN | {CaseState.S08}:
        raise UnknownCase(case_ref)
    if case.state is CaseState.S02:
        raise HeldByAnother(case_ref)
    code = HARD_REFUSAL if never else SOFT_REFUSAL
    values: dict[str, Any] = {
        "state": on_event(case.state, Event.do_not_call),
        "final_code": code if case.state in OPEN else case.final_code,
        "next_attempt_at": None,
        "next_reason": "本人在网上表示不参加",
    }
    if not await write(case.id, now, values, expected=case.state):
        raise HeldByAnother(case_ref)
    await appointments.close(case.id, AppointmentState.CANCELLED)
    await links.revoke(case.id, now)
    if never and case.phone_digest is not None:
        await bar(case.phone_digest, case.id, now)
    return Fact("case_declined", case_ref, {"code": code, "never": never})


async def bar(phone_digest: str, case_id: int, now: dt.datetime) -> None:
    """No call and no message to this number any more."""
    await execute(
        "INSERT INTO callbacks_do_not_contact (phone_digest, reason, case_id, at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (phone_digest) DO NOTHING",
        phone_digest,
        "refused",
        case_id,
        now,
    )
