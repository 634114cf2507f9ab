"""How the cases of a wave end when it closes."""

import datetime as dt
import itertools

from callbacks.calling import histories
from callbacks.rules.case_machine import Event, Guards, on_event
from callbacks.rules.dispositions import final_code
from callbacks.rules.states import OPEN, CaseState, listed
from questionnaires.statements import execute, execute_many, rows


async def end_cases(wave_id: int, now: dt.datetime) -> dict[str, int]:
    """Finishes answered cases, then gives every open one its final state and code; cases by state afterwards."""
    await execute(
        "UPDATE callbacks_case SET state = $1, changed_at = $2 WHERE wave_id = $3 AND state = 'S08'",
        on_event(CaseState.S08, Event.wave_closed).value,
        now,
        wave_id,
    )
    open_cases = {
        found["id"]: CaseState(found["state"])
        for found in await rows(
            f"SELECT id, state FROM callbacks_case WHERE wave_id = $1 AND state IN ({listed(OPEN)})", wave_id
        )
    }
    codes = await _last_codes(wave_id)
    await execute_many(
        "UPDATE callbacks_case SET state = $2, final_code = $3, changed_at = $4, next_attempt_at = NULL,"
        " next_reason = '批次已结束', lease_until = NULL WHERE id = $1",
        [_ending(case, state, codes.get(case, final_code(())), now) for case, state in open_cases.items()],
    )
    await _end_tasks(wave_id, now)
    found = await rows("SELECT state, COUNT(*) AS n FROM callbacks_case WHERE wave_id = $1 GROUP BY state", wave_id)
    return {each["state"]: int(each["n"]) for each in sorted(found, key=lambda each: str(each["state"]))}


def _ending(case: int, state: CaseState, code: str, now: dt.datetime) -> tuple[int, str, str, dt.datetime]:
    return case, on_event(state, Event.wave_closed, Guards(last_code=code)).value, code, now


async def _last_codes(wave_id: int) -> dict[int, str]:
    """The final code by case, for the cases that were called at least once."""
    found = await rows(
        f"SELECT {', '.join('a.' + name for name in histories.COLUMNS.split(', '))} FROM callbacks_attempt a"
        f" JOIN callbacks_case c ON c.id = a.case_id WHERE c.wave_id = $1 AND c.state IN ({listed(OPEN)})"
        " ORDER BY a.case_id, a.id",
        wave_id,
    )
    by_case = itertools.groupby(found, key=lambda each: int(each["case_id"]))
    return {case: final_code(histories.history(attempts).codes()) for case, attempts in by_case}


async def _end_tasks(wave_id: int, now: dt.datetime) -> None:
    """Nobody needs to find numbers or keep appointments for a closed wave."""
    of_wave = "case_id IN (SELECT id FROM callbacks_case WHERE wave_id = $1)"
    await execute(
        f"UPDATE callbacks_number_repair SET state = 'expired', closed_at = $2 WHERE state = 'open' AND {of_wave}",
        wave_id,
        now,
    )
    await execute(
        f"UPDATE callbacks_appointment SET state = 'cancelled' WHERE state = 'open' AND {of_wave}",
        wave_id,
    )
