"""我的今天: what an agent has to do today and has done."""

import datetime as dt
from dataclasses import dataclass

from callbacks.calling import appointments
from callbacks.calling.appointments import Promised
from callbacks.calling.case_queue import Moment
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.states import CaseState
from callbacks.rules.windows import CallingWindows
from callbacks.scope import Scope, claimable_zones
from questionnaires.statements import instant, row, rows


@dataclass(frozen=True, slots=True)
class Done:
    """One dial of today, newest first."""

    attempt_ref: str
    case_ref: str
    code: str
    at: dt.datetime
    state: CaseState
    reason: str


@dataclass(frozen=True, slots=True)
class Today:
    """`held` is the case in hand; `due` and `waiting_today` count what is due now and later today in his zones."""

    held: str | None
    appointments: tuple[Promised, ...]
    due: int
    waiting_today: int
    dialled: int
    completed: int
    done: tuple[Done, ...]
    number_repairs: int
    numbers_back: int


async def today(scope: Scope, now: dt.datetime, calendar: WorkCalendar, windows: CallingWindows) -> Today:
    """The agent's day, counted from local midnight."""
    moment = Moment(now, calendar, windows)
    start, end = moment.midnight(0), moment.midnight(1)
    held = await row("SELECT ref FROM callbacks_case WHERE state = 'S02' AND claimed_by = $1", scope.account_id)
    due, later = await _due(scope, now, end)
    done = await _done(scope, start)
    repairs, back = await _repairs(scope, start)
    return Today(
        held=held["ref"] if held else None,
        appointments=tuple(await appointments.of_agent(scope.account_id, end)) if scope.account_id else (),
        due=due,
        waiting_today=later,
        dialled=len(done),
        completed=sum(each.code in ("100", "110") for each in done),
        done=tuple(done),
        number_repairs=repairs,
        numbers_back=back,
    )


async def _due(scope: Scope, now: dt.datetime, end: dt.datetime) -> tuple[int, int]:
    zones = claimable_zones(scope, "c.zone_id", 4)
    found = await row(
        "SELECT SUM(CASE WHEN c.next_attempt_at <= $1 THEN 1 ELSE 0 END) AS due,"
        " SUM(CASE WHEN c.next_attempt_at > $1 THEN 1 ELSE 0 END) AS later FROM callbacks_case c"
        " JOIN callbacks_wave w ON w.id = c.wave_id WHERE w.state = 'open' AND c.next_attempt_at < $2"
        " AND c.state IN ('S00', 'S01', 'S03', 'S04', 'S06') AND NOT c.set_aside"
        f" AND (c.assigned_agent IS NULL OR c.assigned_agent = $3) AND {zones.sql}",
        now,
        end,
        scope.account_id,
        *zones.args,
    )
    return int((found or {}).get("due") or 0), int((found or {}).get("later") or 0)


async def _done(scope: Scope, start: dt.datetime) -> list[Done]:
    """Corrected dials show their last code; withdrawn and contested ones are left out."""
    found = await rows(
        "SELECT a.ref, a.code, a.ended_at, c.ref AS case_ref, c.state, c.next_reason, (SELECT k.code"
        " FROM callbacks_attempt k WHERE k.corrects_id = a.id ORDER BY k.id DESC LIMIT 1) AS corrected"
        " FROM callbacks_attempt a JOIN callbacks_case c ON c.id = a.case_id WHERE a.agent_id = $1"
        " AND a.started_at >= $2 AND a.corrects_id IS NULL AND NOT a.contested ORDER BY a.ended_at DESC, a.id DESC",
        scope.account_id,
        start,
    )
    done = []
    for each in found:
        code, at = each["corrected"] or each["code"], instant(each["ended_at"])
        if code != "300" and at is not None:
            done.append(Done(each["ref"], each["case_ref"], code, at, CaseState(each["state"]), each["next_reason"]))
    return done


async def _repairs(scope: Scope, start: dt.datetime) -> tuple[int, int]:
    """Numbers being looked for in cases this agent called, and those that came back today."""
    found = await row(
        "SELECT SUM(CASE WHEN r.state = 'open' THEN 1 ELSE 0 END) AS asked,"
        " SUM(CASE WHEN r.state = 'fixed' AND r.closed_at >= $2 THEN 1 ELSE 0 END) AS back"
        " FROM callbacks_number_repair r WHERE EXISTS (SELECT 1 FROM callbacks_attempt a"
        " WHERE a.case_id = r.case_id AND a.agent_id = $1)",
        scope.account_id,
        start,
    )
    return int((found or {}).get("asked") or 0), int((found or {}).get("back") or 0)
