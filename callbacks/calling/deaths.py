"""A person who has died: whether before the list was made, and the end of every other case that waits for him."""

import datetime as dt

from callbacks.calling import appointments, links
from callbacks.calling.appointments import AppointmentState
from callbacks.errors import OutcomeRefused
from callbacks.rules.case_machine import CORRECTION
from callbacks.rules.states import TERMINATED, CaseState, listed
from questionnaires.facts import Fact
from questionnaires.statements import day, execute, row, rows

DECEASED = "230"
ENDED = (CaseState.S00, CaseState.S01, CaseState.S03, CaseState.S04, CaseState.S05, CaseState.S06, CaseState.S07)
OTHERS = f"""
SELECT DISTINCT c.id, c.ref, c.state, d.state AS ended FROM callbacks_attempt a
JOIN callbacks_case d ON d.id = a.case_id AND d.state IN ({listed(TERMINATED)})
JOIN callbacks_case c ON c.person_ref = d.person_ref AND c.id <> d.id AND c.state IN ({listed(ENDED)})
WHERE a.code = '{DECEASED}' AND NOT a.contested AND a.ended_at <= $1
AND NOT EXISTS (SELECT 1 FROM callbacks_attempt k WHERE k.corrects_id = COALESCE(a.corrects_id, a.id) AND k.id > a.id)
"""


async def before_frame(case_ref: str, died_on: dt.date, today: dt.date) -> bool:
    """Whether the person had died when the list was made, and so was never to be asked. Raises OutcomeRefused."""
    if died_on > today:
        raise OutcomeRefused("died_on", "去世日期在今天以后，请核对；不知道就空着。")
    found = await row(
        "SELECT MIN(e.frame_date) AS listed FROM callbacks_module m JOIN callbacks_case c ON c.id = m.case_id"
        " JOIN callbacks_entitlement e ON e.id = m.entitlement_id WHERE c.ref = $1",
        case_ref,
    )
    listed_on = day(found["listed"]) if found else None
    return listed_on is not None and died_on < listed_on


async def end_others(now: dt.datetime) -> list[Fact]:
    """Other open cases of a deceased person end, once the outcome that says so can no longer be withdrawn."""
    facts = []
    for each in await rows(OTHERS, now - CORRECTION):
        moved = await execute(
            "UPDATE callbacks_case SET state = $1, final_code = $2, next_attempt_at = NULL, next_reason = $3,"
            " changed_at = $4 WHERE id = $5 AND state = $6",
            each["ended"], DECEASED, "另一次回访得知本人已故", now, each["id"], each["state"],
        )  # fmt: skip
        if moved == 1:
            await appointments.close(each["id"], AppointmentState.CANCELLED)
            await links.revoke(each["id"], now)
            facts.append(Fact("case_ended_by_death", each["ref"], {"state": each["ended"]}))
    return facts
