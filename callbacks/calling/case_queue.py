"""The queue that agents call down: which case is next for whom, taken in one statement, or why there is none."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callbacks.calling.appointments import PREFERRED_FOR, PRIORITY
from callbacks.calling.case_row import COLUMNS, CaseRow, case_row
from callbacks.rules.calendar_days import DayKind, WorkCalendar
from callbacks.rules.caps import DEFAULT_CAPS, Caps, number_free_on, number_limits
from callbacks.rules.dispositions import OUTCOMES
from callbacks.rules.windows import CallingWindows
from callbacks.scope import Condition, Scope, claimable_zones, without_interest
from questionnaires.statements import dialect, execute, instant, row, rows

MONTH = dt.timedelta(days=30)
TRIES = 3
"""A claim that collides with another of the same number (see `_alone`) is given up and tried again so often."""

SET_ASIDE_LEFT_OUT = "NOT c.set_aside"
"""In the words of the queue's own index, which holds nobody who is set aside (planning/settling)."""

TALKED = ", ".join(f"'{outcome.code}'" for outcome in OUTCOMES.values() if outcome.contacted)
NOT_BARRED = (
    "NOT EXISTS (SELECT 1 FROM callbacks_do_not_contact d WHERE d.phone_digest = c.phone_digest"
    " AND (d.until IS NULL OR d.until > {now}))"
)
NOBODY_ON_THE_LINE = (
    "NOT EXISTS (SELECT 1 FROM callbacks_case o WHERE o.state = 'S02' AND o.id <> c.id"
    " AND (o.phone_digest = c.phone_digest OR o.person_ref = c.person_ref))"
)
DIALS_SINCE = (
    "(SELECT COUNT(*) FROM callbacks_attempt a WHERE a.phone_digest = c.phone_digest AND NOT a.inbound"
    " AND a.corrects_id IS NULL AND a.started_at >= {since})"
)
LEFT_ALONE = (
    "(c.contacted OR c.priority >= {promised} OR NOT EXISTS (SELECT 1 FROM callbacks_case p"
    " JOIN callbacks_attempt t ON t.case_id = p.id WHERE p.person_ref = c.person_ref AND p.id <> c.id"
    f" AND t.code IN ({TALKED})"
    " AND t.ended_at > {month}))"
)


@dataclass(frozen=True, slots=True)
class NoCase:
    """Why there is nothing to call: a sentence for the agent, when to look again, and what the counts are."""

    sentence: str
    next_at: dt.datetime | None
    counts: Mapping[str, int]


@dataclass(slots=True)
class _Sql:
    """Collects conditions and numbers their arguments."""

    args: list[Any]
    parts: list[str]

    def mark(self, value: Any) -> str:
        self.args.append(value)
        return f"${len(self.args)}"

    def add(self, condition: Condition) -> None:
        self.parts.append(condition.sql)
        self.args += condition.args


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant of a claim with everything that windows and calendar say of it."""

    now: dt.datetime
    calendar: WorkCalendar
    windows: CallingWindows
    caps: Caps = DEFAULT_CAPS

    @property
    def today(self) -> dt.date:
        """The local date."""
        return self.windows.local(self.now).date()

    def midnight(self, days: int) -> dt.datetime:
        """The local midnight `days` from today, in UTC."""
        day = self.today + dt.timedelta(days=days)
        return dt.datetime.combine(day, dt.time(), self.windows.zone).astimezone(dt.UTC)

    def is_open(self, education: bool = False) -> bool:
        """A dial may start now."""
        return self.windows.is_open(self.now, self.calendar, education)

    def is_weekend(self) -> bool:
        """A day on which waves without weekends rest."""
        return self.calendar.ordinary_kind(self.today) is DayKind.weekend


async def take(scope: Scope, moment: Moment, lease_until: dt.datetime, zone: int | None = None) -> CaseRow | None:
    """Claims the next case for the agent in one statement, or returns None. The windows are evaluated by the caller.

    His own due appointments come first; then everybody's by priority and due time. On PostgreSQL two agents never
    wait for each other's rows; a number or person that another claim took at the same moment is given back.
    """
    for own_appointments in (True, False):
        for _ in range(TRIES):
            taken = await _take(scope, moment, lease_until, zone, own_appointments)
            if taken is None:
                break
            if await alone(taken):
                return taken
            await _give_back(taken)
    return None


async def _take(
    scope: Scope, moment: Moment, lease_until: dt.datetime, zone: int | None, own_appointments: bool
) -> CaseRow | None:
    sql = _Sql([scope.account_id, moment.now, lease_until], [])
    _eligible(sql, scope, moment, zone)
    if own_appointments:
        sql.parts.append(f"c.keep_agent = $1 AND c.priority >= {PRIORITY}")
    locking = " FOR UPDATE OF c SKIP LOCKED" if dialect() == "postgres" else ""
    found = await rows(
        "UPDATE callbacks_case SET state = 'S02', claimed_by = $1, claimed_at = $2, lease_until = $3, changed_at = $2"
        f" WHERE id = (SELECT c.id FROM callbacks_case c WHERE {' AND '.join(sql.parts)}"
        f" ORDER BY c.priority DESC, c.next_attempt_at LIMIT 1{locking}) AND state = 'S01' RETURNING {COLUMNS}",
        *sql.args,
    )
    return case_row(found[0]) if found else None


def _eligible(sql: _Sql, scope: Scope, moment: Moment, zone: int | None) -> None:
    now = sql.mark(moment.now)
    sql.parts.append(f"c.state = 'S01' AND c.next_attempt_at <= {now}")
    _assigned(sql, scope, moment, zone)
    if not scope.senior:
        sql.parts.append("NOT c.requires_senior")
    spoken = "".join(f", {sql.mark(language)}" for language in sorted(scope.languages))
    sql.parts.append(f"c.language IN (''{spoken})")
    preferred = sql.mark(moment.now - PREFERRED_FOR)
    me = sql.mark(scope.account_id)
    sql.parts.append(f"(c.keep_agent IS NULL OR c.keep_agent = {me} OR c.next_attempt_at <= {preferred})")
    if not moment.is_open(education=True):
        sql.parts.append("NOT c.education")
    sql.parts.append(NOT_BARRED.format(now=now))
    sql.parts.append(NOBODY_ON_THE_LINE)
    sql.parts.append(number_free(moment, sql.mark))
    sql.parts.append(LEFT_ALONE.format(promised=PRIORITY, month=sql.mark(moment.now - MONTH)))


def _assigned(sql: _Sql, scope: Scope, moment: Moment, zone: int | None) -> None:
    """The cases of open waves that are this agent's to call.

    The plus signs keep planners from leading with these columns: the queue's own index gives the first row at once.
    """
    rest = " AND weekends" if moment.is_weekend() else ""
    sql.parts.append(SET_ASIDE_LEFT_OUT)
    sql.parts.append(f"+c.wave_id IN (SELECT id FROM callbacks_wave WHERE state = 'open'{rest})")
    sql.add(claimable_zones(scope, "+c.zone_id", len(sql.args) + 1))
    me = sql.mark(scope.account_id)
    sql.parts.append(f"(c.assigned_agent IS NULL OR c.assigned_agent = {me})")
    sql.add(without_interest(scope, "c", len(sql.args) + 1))
    if zone is not None:
        sql.parts.append(f"c.zone_id = {sql.mark(zone)}")


def number_free(moment: Moment, mark: Callable[[Any], str]) -> str:
    """R12 as a condition on case `c`, over all cases that share its number; `mark` takes a value, gives its placeholder.

    The limits are those of `caps.number_limits`, which the planner asks too. Contested and withdrawn dials count here:
    the phone rang, or may have.
    """
    return " AND ".join(
        f"{DIALS_SINCE.format(since=mark(moment.midnight(1 - limit.days)))} < {limit.dials}"
        for limit in number_limits(moment.caps)
    )


async def one_claim_at_a_time(scope: Scope) -> None:
    """Two clicks of one agent are answered one after the other; SQLite has one writer anyhow."""
    if dialect() == "postgres":
        await rows("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"claim agent {scope.account_id}")


async def alone(taken: CaseRow) -> bool:
    """No other claim holds the number or the person.

    The claiming statement cannot see claims that are not committed yet. Each claim therefore holds its number and
    person until it commits, and looks again when it got hold of them; of two at once the later one sees the earlier.
    """
    if dialect() != "postgres":
        return True
    for kind, key in (("phone", taken.phone_digest), ("person", taken.person_ref)):
        await rows("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"claim {kind} {key}")
    other = await row(
        "SELECT 1 AS found FROM callbacks_case WHERE state = 'S02' AND id <> $1"
        " AND (phone_digest = $2 OR person_ref = $3) LIMIT 1",
        taken.id,
        taken.phone_digest,
        taken.person_ref,
    )
    return other is None


async def _give_back(taken: CaseRow) -> None:
    await execute(
        "UPDATE callbacks_case SET state = 'S01', claimed_by = NULL, claimed_at = NULL, lease_until = NULL"
        " WHERE id = $1 AND state = 'S02'",
        taken.id,
    )


async def why_none(scope: Scope, moment: Moment, zone: int | None = None) -> NoCase:
    """The sentence, the counts and the next time for an agent who found the queue empty."""
    counts, earliest = await _counts(scope, moment, zone)
    opens = moment.windows.next_open(moment.now, moment.calendar)
    if opens > moment.now:
        # what only waits for the hour is not somebody else's: it is due as soon as the window opens
        counts = {"ready": counts["for_others"], **counts, "for_others": 0}
        at = max(opens, earliest) if earliest and not counts["ready"] else opens
        sentence = f"现在不在可拨时段，下一个时段从{_clock(moment, opens)}开始。{_summary(counts)}"
        return NoCase(sentence, at if sum(counts.values()) else opens, counts)
    candidates = [moment.windows.next_open(max(earliest, moment.now), moment.calendar)] if earliest else []
    if counts["capped"]:
        candidates.append(moment.windows.next_open(await _first_uncapped(scope, moment, zone), moment.calendar))
    next_at = min(candidates, default=None)
    if not sum(counts.values()):
        return NoCase("您片区里没有要回访的个案。", None, counts)
    words = f"最早{_clock(moment, next_at)}有个案到期。" if next_at else ""
    return NoCase(f"现在没有可拨的个案：{_summary(counts)}{words}", next_at, counts)


async def _counts(scope: Scope, moment: Moment, zone: int | None) -> tuple[dict[str, int], dt.datetime | None]:
    sql = _Sql([], [])
    _assigned(sql, scope, moment, zone)
    found = await rows(
        "SELECT c.state, COUNT(*) AS n, MIN(CASE WHEN c.state <> 'S01' OR c.next_attempt_at > "
        f"{sql.mark(moment.now)} THEN c.next_attempt_at END) AS earliest FROM callbacks_case c"
        f" WHERE c.state IN ('S00', 'S01', 'S02', 'S03', 'S04', 'S05', 'S06', 'S07') AND {' AND '.join(sql.parts)}"
        " GROUP BY c.state",
        *sql.args,
    )
    of = {each["state"]: int(each["n"]) for each in found}
    waiting = [
        at
        for each in found
        if (at := instant(each["earliest"])) is not None and each["state"] not in (*WITH_OTHERS, "S02")
    ]
    counts = {
        "waiting": sum(of.get(state, 0) for state in ("S00", "S03", "S06")),
        "appointments": of.get("S04", 0),
        "in_call": of.get("S02", 0),
        "with_others": sum(of.get(state, 0) for state in WITH_OTHERS),
        **await _blocked(scope, moment, zone),
    }
    return counts, min(waiting, default=None)


WITH_OTHERS = ("S05", "S07")


async def _blocked(scope: Scope, moment: Moment, zone: int | None) -> dict[str, int]:
    """Due cases that this agent may not call now, by the first reason that applies."""
    sql = _Sql([], [])
    _assigned(sql, scope, moment, zone)
    now = sql.mark(moment.now)
    capped = f"NOT ({number_free(moment, sql.mark)})"
    found = await row(
        "SELECT COUNT(*) AS due,"
        f" SUM(CASE WHEN c.requires_senior THEN 1 ELSE 0 END) AS senior,"
        f" SUM(CASE WHEN NOT c.requires_senior AND {capped} THEN 1 ELSE 0 END) AS capped"
        f" FROM callbacks_case c WHERE c.state = 'S01' AND c.next_attempt_at <= {now} AND {' AND '.join(sql.parts)}",
        *sql.args,
    )
    due, senior, over = (int((found or {}).get(name) or 0) for name in ("due", "senior", "capped"))
    senior = 0 if scope.senior else senior
    return {"needs_senior": senior, "capped": over, "for_others": max(0, due - senior - over)}


async def _first_uncapped(scope: Scope, moment: Moment, zone: int | None) -> dt.datetime:
    """The local midnight after which the first of the due cases that wait for R12 alone may ring again."""
    sql = _Sql([], [])
    _assigned(sql, scope, moment, zone)
    now, since = (
        sql.mark(moment.now),
        sql.mark(moment.midnight(1 - max(limit.days for limit in number_limits(moment.caps)))),
    )
    found = await rows(
        "SELECT c.phone_digest, a.started_at FROM callbacks_case c JOIN callbacks_attempt a"
        f" ON a.phone_digest = c.phone_digest AND NOT a.inbound AND a.corrects_id IS NULL AND a.started_at >= {since}"
        f" WHERE c.state = 'S01' AND c.next_attempt_at <= {now} AND {' AND '.join(sql.parts)}"
        f" AND NOT ({number_free(moment, sql.mark)}) GROUP BY c.phone_digest, a.id, a.started_at",
        *sql.args,
    )
    days: dict[str, list[dt.date]] = {}
    for each in found:
        if (at := instant(each["started_at"])) is not None:
            days.setdefault(each["phone_digest"], []).append(moment.windows.local(at).date())
    tomorrow = moment.today + dt.timedelta(days=1)
    first = min((number_free_on(of, tomorrow, moment.caps) for of in days.values()), default=tomorrow)
    return moment.midnight((first - moment.today).days)


_WORDS = (
    ("ready", "到时段就能拨"),
    ("waiting", "等待重拨"),
    ("appointments", "已约时间"),
    ("in_call", "别人正在拨"),
    ("needs_senior", "只派资深员"),
    ("capped", "号码今天或本周已拨满"),
    ("for_others", "暂时只派其他坐席或对方近期已接过回访"),
    ("with_others", "在核实号码或已转访"),
)


def _summary(counts: Mapping[str, int]) -> str:
    parts = [f"{words} {counts[name]} 个" for name, words in _WORDS if counts.get(name)]
    return "，".join(parts) + "。" if parts else ""


def _clock(moment: Moment, at: dt.datetime) -> str:
    local = moment.windows.local(at)
    day = local.date() - moment.today
    words = {0: "今天", 1: "明天"}.get(day.days, f"{local.month}月{local.day}日")
    return f"{words} {local:%H:%M}"
