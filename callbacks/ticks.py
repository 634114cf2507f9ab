"""What the clock does to fieldwork; every step may run twice, or in two processes, and changes things once."""

import datetime as dt
import secrets
from collections.abc import Callable

from tortoise.exceptions import BaseORMException
from tortoise.transactions import in_transaction

from callbacks.calling import appointments, cases, deaths, tallies
from callbacks.calling.appointments import PRIORITY
from callbacks.errors import CallbacksError
from callbacks.planning import follow_ups, settling, waves
from callbacks.planning.case_making import NEVER_CALL
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.case_machine import CORRECTION, Event, on_event
from callbacks.rules.states import WAITING, CaseState, listed
from callbacks.rules.windows import CallingWindows
from questionnaires.facts import Fact
from questionnaires.statements import CONNECTION, execute, rows

POSTPONED_BY = dt.timedelta(hours=1)
CHECKED_FROM = 3
CHECKED_AFTER_CLOSING = dt.timedelta(days=30)
"""A closed wave is still corrected by review for a while."""

PROMOTED = (CaseState.S00, *sorted(WAITING))
_EVENTS = {CaseState.S00: Event.import_ok}


async def tick(
    now: dt.datetime,
    calendar: WorkCalendar,
    windows: CallingWindows,
    new_seed: Callable[[], str] = secrets.token_hex,
) -> list[Fact]:
    """All steps once: leases, due cases, bars on numbers, deaths, appointments, imports that fall due, waves that end."""
    facts = await cases.expire_leases(now)
    await settling.set_aside()
    facts += await promote(now)
    facts += await end_barred(now)
    facts += await deaths.end_others(now)
    facts += await appointments.miss(now)
    facts += await take_up_imports(now, calendar, windows, new_seed)
    facts += await end_waves(now, windows)
    await tallies.fold()
    facts += await check_tallies(now, windows)
    return facts


async def promote(now: dt.datetime) -> list[Fact]:
    """Puts waiting cases whose time has come into the queue; a row that cannot be moved is put off by an hour."""
    try:
        async with in_transaction(CONNECTION):
            moved = {state: await _promote(state, now) for state in PROMOTED}
    except BaseORMException:
        return await _promote_singly(now)
    return [
        Fact("cases_promoted", state.value, {"count": count}, chained=False) for state, count in moved.items() if count
    ]


async def _promote(state: CaseState, now: dt.datetime, case_id: int | None = None) -> int:
    priority = f", priority = CASE WHEN priority < {PRIORITY} THEN {PRIORITY} ELSE priority END"
    return await execute(
        f"UPDATE callbacks_case SET state = $1{priority if state is CaseState.S04 else ''}, changed_at = $2"
        " WHERE state = $3 AND next_attempt_at <= $2" + (" AND id = $4" if case_id is not None else ""),
        on_event(state, _EVENTS.get(state, Event.due)).value,
        now,
        state.value,
        *([case_id] if case_id is not None else []),
    )


async def _promote_singly(now: dt.datetime) -> list[Fact]:
    facts: list[Fact] = []
    due = await rows(
        f"SELECT id, ref, state FROM callbacks_case WHERE state IN ({listed(PROMOTED)}) AND next_attempt_at <= $1 ORDER BY id",
        now,
    )
    for found in due:
        try:
            async with in_transaction(CONNECTION):
                await _promote(CaseState(found["state"]), now, found["id"])
        except BaseORMException:
            await execute(
                "UPDATE callbacks_case SET next_attempt_at = $1 WHERE id = $2 AND state = $3",
                now + POSTPONED_BY,
                found["id"],
                found["state"],
            )
            facts.append(Fact("case_postponed", found["ref"], {"minutes": int(POSTPONED_BY.total_seconds() // 60)}))
    return facts


async def end_barred(now: dt.datetime) -> list[Fact]:
    """Other open cases of a barred number end, once the outcome that barred it can no longer be withdrawn."""
    ended = await rows(
        "UPDATE callbacks_case SET state = $1, final_code = $2, next_attempt_at = NULL, next_reason = '号码在勿扰名单',"
        " changed_at = $3 WHERE state IN ('S00', 'S01', 'S03', 'S04', 'S05', 'S06', 'S07') AND phone_digest IN"
        " (SELECT d.phone_digest FROM callbacks_do_not_contact d WHERE d.at <= $4 AND (d.until IS NULL OR d.until > $3))"
        " RETURNING ref",
        on_event(CaseState.S01, Event.do_not_call).value,
        NEVER_CALL,
        now,
        now - CORRECTION,
    )
    return [Fact("case_barred", found["ref"]) for found in ended]


async def take_up_imports(
    now: dt.datetime, calendar: WorkCalendar, windows: CallingWindows, new_seed: Callable[[], str]
) -> list[Fact]:
    """Imports whose callbacks begin today; one that fails is reported and does not keep the others waiting."""
    facts: list[Fact] = []
    for batch in await follow_ups.due_batches(windows.local(now).date()):
        try:
            async with in_transaction(CONNECTION):
                facts += await follow_ups.take_up(batch, now, calendar, windows, new_seed)
        except (BaseORMException, CallbacksError) as problem:
            data = {"project": batch.project.code, "error": type(problem).__name__}
            facts.append(Fact("import_not_taken_up", batch.batch_ref, {**data}, chained=False))
    return facts


async def end_waves(now: dt.datetime, windows: CallingWindows) -> list[Fact]:
    """Waves whose last day is over are closed."""
    over = await rows(
        "SELECT code FROM callbacks_wave WHERE state = 'open' AND ends_on < $1 ORDER BY id", windows.local(now).date()
    )
    facts: list[Fact] = []
    for found in over:
        _, fact = await waves.close(found["code"], now)
        facts.append(fact)
    return facts


async def check_tallies(now: dt.datetime, windows: CallingWindows) -> list[Fact]:
    """Once a day, after three in the morning, one wave per tick: its sums against its answers; made anew if they differ."""
    local = windows.local(now)
    if local.hour < CHECKED_FROM:
        return []
    found = await rows(
        "UPDATE callbacks_wave SET tallies_checked_on = $1 WHERE id = (SELECT min(id) FROM callbacks_wave"
        " WHERE (tallies_checked_on IS NULL OR tallies_checked_on < $1) AND opened_at IS NOT NULL"
        " AND (closed_at IS NULL OR closed_at > $2)) RETURNING id, code",
        local.date(),
        now - CHECKED_AFTER_CLOSING,
    )
    facts = []
    for wave in found:
        if wrong := await tallies.differences(wave["id"]):
            await tallies.rebuild(wave["id"])
            facts.append(Fact("tallies_corrected", wave["code"], {"cells": wrong}))
    return facts
