"""The dials of cases as the rules want them: corrections applied, contested ones left out."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from callbacks.rules.dials import Dial, History
from callbacks.rules.dispositions import NOT_ATTEMPTED
from questionnaires.statements import instant, row, rows

COLUMNS = "id, ref, case_id, started_at, ended_at, code, note_sealed, phone_digest, inbound, contested, corrects_id"

OWN_DIAL = """
SELECT a.id, a.code, a.ended_at, a.case_id, (SELECT k.code FROM callbacks_attempt k WHERE k.corrects_id = a.id
    ORDER BY k.id DESC LIMIT 1) AS corrected
FROM callbacks_attempt a WHERE a.ref = $1 AND a.agent_id = $2 AND a.corrects_id IS NULL AND NOT a.contested
"""


def effective(attempts: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """The attempts of one case that stand, oldest first, each with the code of its last correction. Pure.

    An attempt corrected to 300 was withdrawn, a contested one waits for a supervisor: neither stands. One that a
    supervisor took over stands from then on, as the last of those there were.
    """
    ordered = sorted(attempts, key=lambda each: each["id"])
    codes = {each["corrects_id"]: each["code"] for each in ordered if each["corrects_id"] is not None}
    taken = {each["corrects_id"]: each["id"] for each in ordered if not each["contested"] and each["corrects_id"]}
    first = [each for each in ordered if each["corrects_id"] is None and not each["contested"]]
    over = [each for each in ordered if each["corrects_id"] is None and each["contested"] and each["id"] in taken]
    first = sorted([*first, *over], key=lambda each: taken[each["id"]] if each["contested"] else each["id"])
    settled = [{**each, "code": codes.get(each["id"], each["code"])} for each in first]
    return tuple(each for each in settled if each["code"] != NOT_ATTEMPTED)


def history(attempts: Iterable[Mapping[str, Any]]) -> History:
    """The standing attempts of one case as dials. Pure."""
    return History(tuple(_dial(each) for each in effective(attempts)))


def _dial(found: Mapping[str, Any]) -> Dial:
    started, ended = instant(found["started_at"]), instant(found["ended_at"])
    if started is None or ended is None:
        raise LookupError("an attempt without its time")
    return Dial(started, ended, found["code"], found["phone_digest"], bool(found["inbound"]))


async def attempts_of(case_id: int) -> list[dict[str, Any]]:
    """All attempt rows of a case, corrections and contested ones included, oldest first."""
    return await rows(f"SELECT {COLUMNS} FROM callbacks_attempt WHERE case_id = $1 ORDER BY id", case_id)


async def other_dials(phone_digest: str | None, case_id: int, since: dt.datetime) -> tuple[dt.datetime, ...]:
    """Starts of our dials to the number for other cases."""
    if phone_digest is None:
        return ()
    found = await rows(
        "SELECT started_at FROM callbacks_attempt WHERE phone_digest = $1 AND case_id <> $2 AND NOT inbound"
        " AND corrects_id IS NULL AND started_at >= $3 ORDER BY started_at",
        phone_digest,
        case_id,
        since,
    )
    return tuple(at for each in found if (at := instant(each["started_at"])) is not None)


async def case_of(attempt_ref: str) -> str | None:
    """The reference of the case that was dialled, whoever may see it; None for an unknown dial."""
    found = await row(
        "SELECT c.ref FROM callbacks_attempt a JOIN callbacks_case c ON c.id = a.case_id WHERE a.ref = $1", attempt_ref
    )
    return str(found["ref"]) if found else None


async def own_dial(attempt_ref: str, agent_id: int | None) -> dict[str, Any] | None:
    """A dial of this agent with its last correction as `corrected`; None when it is not his, or contested."""
    return await row(OWN_DIAL, attempt_ref, agent_id)
