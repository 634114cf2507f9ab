"""Plays the first days of the wave: two agents call down the list through the same actions as real ones."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass

from callbacks import ticks
from callbacks.calling import attempts, cases
from callbacks.calling.cases import Claim
from callbacks.calling.outcomes import Said
from callbacks.planning import work_calendar
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.windows import CallingWindows, shipped_windows
from callbacks.scope import Scope
from questionnaires import statements, submissions, versions
from questionnaires.definition import Definition
from questionnaires.facts import Fact
from survey_service.demo import first_cases, people, profiles
from survey_service.site import Site
from survey_service.trust.audit import COMMAND

DAYS = tuple(dt.date(2026, 2, 24) + dt.timedelta(days=number) for number in range(9))
DIALS_A_DAY = 220
BLOCK = 40
FIRST_PRIORITY = (
    "UPDATE callbacks_case SET priority = $1 WHERE id IN (SELECT case_id FROM callbacks_module WHERE project_id = $2)"
)
MODULES = """
SELECT m.ref, m.sequence, p.code, p.project_class, p.spoken_name, p.hint, p.minor, p.sensitive FROM callbacks_module m
JOIN callbacks_project p ON p.id = m.project_id JOIN callbacks_case c ON c.id = m.case_id WHERE c.ref = $1 ORDER BY m.sequence
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What every dial of the play needs."""

    site: Site
    calendar: WorkCalendar
    windows: CallingWindows
    phone_version: int
    form: Definition
    mobile_version: int
    mobile_form: Definition
    chance: random.Random


async def run(site: Site, wave: str, say: Callable[[str], None]) -> None:
    """Nine days of calls, then a few answers by phone link."""
    stage = await _stage(site)
    await _set_priorities(site)
    scopes = [await _scope(name) for name in first_cases.AGENTS]
    for day in DAYS:
        moments = _moments(stage, day)
        if moments:
            say(f"演示拨打 {day.month}月{day.day}日")
        for start in range(0, len(moments), BLOCK):
            await _block(stage, scopes, moments[start : start + BLOCK])
    await _answer_online(stage, wave)


async def _stage(site: Site) -> Stage:
    phone, mobile = await versions.current("phone"), await versions.current("mobile")
    return Stage(
        site, await work_calendar.load(), shipped_windows(site.settings.zone), phone.id, await versions.load(phone.id),
        mobile.id, await versions.load(mobile.id), random.Random(people.SEED),
    )  # fmt: skip


async def _scope(name: str) -> Scope:
    zones = await statements.rows(
        "SELECT a.id, z.zone_id FROM survey_service_account a JOIN survey_service_account_zone z ON z.account_id = a.id "
        "WHERE a.name = $1",
        name,
    )
    return Scope("agent", zones[0]["id"], frozenset(int(zone["zone_id"]) for zone in zones), senior=True)


async def _set_priorities(site: Site) -> None:
    async with site.ledger.change(COMMAND) as change:
        for code, profile in profiles.PROFILES.items():
            found = await statements.row("SELECT id FROM callbacks_project WHERE code = $1", code)
            if profile.first and found:
                await statements.execute(FIRST_PRIORITY, profile.first, found["id"])
        change.record(Fact("demo_order_set", "YH2026"))


def _moments(stage: Stage, day: dt.date) -> list[dt.datetime]:
    """Dial times of a day, spread over its calling windows."""
    midnight = dt.datetime.combine(day, dt.time(), stage.windows.zone).astimezone(dt.UTC)
    minutes = [midnight + dt.timedelta(minutes=number) for number in range(24 * 60)]
    fitting = [moment for moment in minutes if stage.windows.is_open(moment, stage.calendar)]
    step = max(1, len(fitting) * 2 // DIALS_A_DAY)
    return fitting[::step]


async def _block(stage: Stage, scopes: list[Scope], moments: list[dt.datetime]) -> None:
    async with stage.site.ledger.change(COMMAND) as change:
        change.record(
            Fact("step_begun", "demo", chained=False), *await ticks.tick(moments[0], stage.calendar, stage.windows)
        )
        for moment in moments:
            for scope in scopes:
                change.record(*await _dial(stage, scope, moment))


async def _dial(stage: Stage, scope: Scope, now: dt.datetime) -> list[Fact]:
    claim, fact = await cases.claim_next(scope, now, stage.calendar, stage.windows)
    if not isinstance(claim, Claim):
        return []
    modules = await statements.rows(MODULES, claim.case.ref)
    code = profiles.outcome(tuple(module["code"] for module in modules), stage.chance)
    ended = now + dt.timedelta(minutes=4 if code == profiles.COMPLETE else 1)
    facts = [fact]
    if code == profiles.COMPLETE:
        for module in modules:
            facts += await _answer(stage, claim, module, now, ended)
    appointment = _appointment(stage, ended) if code == "210" else None
    said = Said(code, note=profiles.NOTES.get(code, "演示记录"), appointment_at=appointment, died_before_frame=False)
    _, fact = await attempts.record(
        scope, claim.case.ref, claim.attempt_ref, said, now, ended, stage.calendar, stage.windows, stage.site.keyring
    )
    return [*facts, fact]


def _appointment(stage: Stage, ended: dt.datetime) -> dt.datetime:
    opening = stage.windows.next_open(ended + dt.timedelta(hours=20), stage.calendar)
    return opening.replace(minute=opening.minute // 15 * 15, second=0, microsecond=0)


async def _answer(
    stage: Stage, claim: Claim, module: dict[str, object], now: dt.datetime, ended: dt.datetime
) -> list[Fact]:
    context = _context(module)
    given = profiles.answers(stage.form, context, str(module["code"]), stage.chance)
    submission, started = await submissions.start(stage.phone_version, "phone", f"demo:{module['ref']}", now)
    await submissions.save(submission, given, ended, stage.site.keyring, context)
    done, fact = await submissions.submit(submission, ended, stage.site.keyring, context)
    _, counted = await cases.count_submission(claim.case, str(module["ref"]), done, ended)
    return [started, fact, *counted]


def _context(module: dict[str, object]) -> dict[str, str]:
    word = str(module["project_class"])
    return {
        "p_code": str(module["code"]), "p_class": "service" if word == "training" else word,
        "p_spoken": str(module["spoken_name"]), "p_public": str(module["spoken_name"]),
        "p_hint": "" if module["sensitive"] else str(module["hint"]), "is_minor": "1" if module["minor"] else "0", "recording": "0",
    }  # fmt: skip


async def _answer_online(stage: Stage, wave: str) -> None:
    """Some of those whom nobody reached answer on their own phones."""
    waiting = await statements.rows(
        "SELECT c.ref FROM callbacks_case c JOIN callbacks_wave w ON w.id = c.wave_id "
        "WHERE w.code = $1 AND c.state IN ('S03', 'S07') AND c.assigned_agent IS NULL ORDER BY c.id LIMIT 60",
        wave,
    )
    now = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
    async with stage.site.ledger.change(COMMAND) as change:
        change.record(Fact("step_begun", "demo", chained=False))
        for case in waiting:
            for module in await statements.rows(MODULES, case["ref"]):
                change.record(*await _answer_by_link(stage, case["ref"], module, now))


async def _answer_by_link(stage: Stage, case_ref: str, module: dict[str, object], now: dt.datetime) -> list[Fact]:
    context = _context(module)
    given = profiles.answers(stage.mobile_form, context, str(module["code"]), stage.chance)
    submission, started = await submissions.start(stage.mobile_version, "mobile", f"demo-link:{module['ref']}", now)
    await submissions.save(submission, given, now, stage.site.keyring, context)
    done, fact = await submissions.submit(submission, now, stage.site.keyring, context)
    _, facts = await cases.self_complete(case_ref, str(module["ref"]), done, now)
    return [started, fact, *facts]
