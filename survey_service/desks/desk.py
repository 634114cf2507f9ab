"""The supervisor's desk in numbers: callbacks due, open waves, what waits for a decision, messages; counts only."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from callbacks.planning import follow_ups
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.dispositions import OUTCOMES
from callbacks.rules.states import SETTLED
from callbacks.scope import Rows, Scope, conditions
from questionnaires import statements
from questionnaires.statements import day, instant, rows
from survey_service.desks import wave_progress
from survey_service.desks.wave_progress import StateCount
from survey_service.site import Site


@dataclass(frozen=True, slots=True)
class DueProject:
    """今日应回访, 超期未回访, 已回访 of one project."""

    code: str
    name: str
    due: int
    overdue: int
    done: int
    waiting: int
    ended: int


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How often an outcome was recorded today."""

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class OpenWave:
    """An open wave at this moment."""

    code: str
    title: str
    starts: dt.date | None
    ends: dt.date | None
    standing: bool
    cases: int
    finished: int
    states: tuple[StateCount, ...]
    outcomes: tuple[OutcomeCount, ...]
    dials: int
    due_today: int
    overdue: int
    expired_claims: int
    repairs: int
    repairs_late: int
    invitations: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Suspended:
    """A case that an agent handed up."""

    ref: str
    wave: str
    zone: str
    code: str
    since: dt.datetime | None
    attempts: int


MESSAGE_WORDS = {
    "queued": "待发", "sending": "正在发", "sent": "已发出", "delivered": "已送达", "failed": "没送到",
    "unknown": "不明", "cancelled": "已取消", "exported": "已下载代发",
}  # fmt: skip
OUTCOMES_TODAY = """
SELECT a.code, count(*) AS n FROM callbacks_attempt a JOIN callbacks_case c ON c.id = a.case_id
WHERE c.wave_id = $1 AND a.started_at >= $2 AND a.corrects_id IS NULL AND NOT a.contested AND {seen}
GROUP BY a.code ORDER BY n DESC, a.code
"""
EXPIRED_TODAY = """
SELECT count(*) AS n FROM survey_service_audit_entry t JOIN callbacks_case c ON c.ref = t.object
WHERE t.action = 'lease_expired' AND t.at >= $2 AND c.wave_id = $1 AND {seen}
"""
REPAIRS = """
SELECT count(*) AS n, sum(CASE WHEN r.due_on < $2 THEN 1 ELSE 0 END) AS late FROM callbacks_number_repair r
JOIN callbacks_case c ON c.id = r.case_id WHERE r.state = 'open' AND c.wave_id = $1 AND {seen}
"""
INVITATIONS = """
SELECT o.state, count(*) AS n FROM survey_service_outbox o JOIN callbacks_case c ON c.id = o.case_id
WHERE o.wave_id = $1 AND {seen} GROUP BY o.state ORDER BY o.state
"""
SUSPENDED = """
SELECT c.ref, c.changed_at, c.attempts, w.code AS wave, z.name AS zone,
    (SELECT a.code FROM callbacks_attempt a WHERE a.case_id = c.id AND NOT a.contested ORDER BY a.id DESC LIMIT 1) AS code
FROM callbacks_case c JOIN callbacks_wave w ON w.id = c.wave_id LEFT JOIN callbacks_zone z ON z.id = c.zone_id
WHERE c.state = 'S14' AND w.state = 'open'
"""


async def due_projects(scope: Scope, today: dt.date) -> list[DueProject]:
    """Projects whose callbacks carry a date, the ones with overdue callbacks first."""
    counted = {found.project_id: found for found in await follow_ups.counts(scope, today)}
    named = await rows("SELECT id, code, name FROM callbacks_project ORDER BY position, id")
    found = [
        DueProject(each["code"], each["name"], of.due, of.overdue, of.done, of.waiting, of.ended)
        for each in named
        if (of := counted.get(each["id"])) is not None
    ]
    return sorted(found, key=lambda one: one.overdue == 0)


async def open_waves(site: Site, scope: Scope, midnight: dt.datetime) -> list[OpenWave]:
    """Every open wave with the counts that `scope` may see, the dated ones first."""
    found = await rows(
        "SELECT id, code, title, starts_on, ends_on, standing FROM callbacks_wave WHERE state = 'open'"
        " ORDER BY standing, ends_on, id"
    )
    return [await _open_wave(site, scope, each, midnight) for each in found]


async def _open_wave(site: Site, scope: Scope, wave: dict[str, object], midnight: dt.datetime) -> OpenWave:
    key, code, now = int(str(wave["id"])), str(wave["code"]), site.clock.now()
    today = now.astimezone(site.settings.zone).date()
    progress = await wave_progress.progress(key, code, now, site.settings.zone, scope)
    outcomes = await _counted(OUTCOMES_TODAY, scope, key, midnight, connection=statements.REPORT_CONNECTION)
    expired = (await _counted(EXPIRED_TODAY, scope, key, midnight))[0]
    repairs = (await _counted(REPAIRS, scope, key, today))[0]
    sent = await _counted(INVITATIONS, scope, key)
    return OpenWave(
        code=code, title=str(wave["title"]), starts=day(wave["starts_on"]), ends=day(wave["ends_on"]),
        standing=bool(wave["standing"]), cases=progress.cases,
        finished=sum(one.n for one in progress.states if one.state in SETTLED), states=progress.states,
        outcomes=tuple(OutcomeCount(OUTCOMES[each["code"]].name, int(each["n"])) for each in outcomes),
        dials=sum(int(each["n"]) for each in outcomes), due_today=progress.due_today, overdue=progress.overdue,
        expired_claims=int(expired["n"] or 0), repairs=int(repairs.get("n") or 0),
        repairs_late=int(repairs.get("late") or 0),
        invitations=tuple((MESSAGE_WORDS.get(each["state"], each["state"]), int(each["n"])) for each in sent),
    )  # fmt: skip


async def _counted(
    sql: str, scope: Scope, *args: object, connection: str = statements.CONNECTION
) -> list[dict[str, Any]]:
    seen = conditions(scope, Rows.CASE, "c", first=len(args) + 1)
    return await rows(sql.format(seen=seen.sql), *args, *seen.args, connection=connection)


async def suspended(scope: Scope) -> list[Suspended]:
    """Cases that wait for the supervisor's word, the oldest first."""
    seen = conditions(scope, Rows.CASE, "c")
    found = await rows(f"{SUSPENDED} AND {seen.sql} ORDER BY c.changed_at, c.id LIMIT 100", *seen.args)
    return [
        Suspended(
            each["ref"], each["wave"], each["zone"] or "片区不详",
            OUTCOMES[each["code"]].name if each["code"] in OUTCOMES else "—", instant(each["changed_at"]),
            int(each["attempts"]),
        )
        for each in found
    ]  # fmt: skip


def calendar_warning(calendar: WorkCalendar, today: dt.date, waves: list[OpenWave]) -> str:
    """The standing warning while days of an open wave lie in a year without an official table; empty when none do."""
    last = max([wave.ends for wave in waves if wave.ends] or [today])
    missing = [
        year
        for year in range(today.year, max(today, last).year + 1)
        if calendar.provisional_between(dt.date(year, 1, 1), dt.date(year, 12, 31))
    ]
    if not missing:
        return ""
    years = "、".join(f"{year}年" for year in missing)
    return f"{years}还没有官方放假通知，节假日和期限按暂定日历推算；在“导入”里上传官方日历后自动重算。"
