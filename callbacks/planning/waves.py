"""Waves of fieldwork: planned, opened with a sample that was fixed before the first call, extended, closed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from callbacks.calling import links
from callbacks.errors import PlanRefused, ProjectSettled, ReserveEmpty, UnknownWave, WaveNotOpen
from callbacks.planning import case_making, endings, frames
from callbacks.planning.frames import FramedProject, FrameRow, Listed
from callbacks.planning.plan_file import Plan, ProjectPlan
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.sampling import Draw, Method, allocate, seed_commitment
from callbacks.rules.windows import CallingWindows
from questionnaires.facts import Fact
from questionnaires.statements import day, execute, row

WITHOUT_LIST = {
    "list": "还没有导入名单。",
    "area": "没有名单：可按点位（小区、路段）入户访问，或取得点位住户名册后按名单导入。",
    "public": "面向公众，没有名单：公开二维码征集的意见只作参考；要计区间须另取抽样电话名单。",
    "org": "对象是机构：请提供各机构联系人名单后按名单导入。",
}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One project of a plan: N people on the list, how they are chosen, n of them; or why there is no list."""

    project_id: int
    code: str
    name: str
    population: int
    method: Method | None
    sample: int
    why_no_list: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan against what is stored. `cases` after merging is exact when `exact`, else what an example draw gives."""

    rows: tuple[PlanRow, ...]
    cases: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A wave that was opened."""

    wave_id: int
    code: str
    seed_commitment: str
    cases: int
    modules: int
    without_number: int
    do_not_contact: int


@dataclass(frozen=True, slots=True)
class _Part:
    project: FramedProject
    people: list[Listed]
    draw: Draw
    max_attempts: int | None


async def preview(plan: Plan) -> Preview:
    """What opening the plan would do; changes nothing. Raises PlanRefused when it does not fit what is stored."""
    _, wishes = await _fitting(plan)
    shown: list[PlanRow] = []
    example: list[case_making.Drawn] = []
    for project, wish in wishes:
        people = await frames.list_of(project.id)
        if not people:
            why = WITHOUT_LIST.get(project.frame_kind, WITHOUT_LIST["list"])
            shown.append(PlanRow(project.id, project.code, project.name, 0, None, 0, why))
            continue
        draw = _draw(plan, len(people), wish)
        shown.append(PlanRow(project.id, project.code, project.name, len(people), draw.method, draw.n))
        order = frames.order_of("example", project.code, people)
        chosen = [(place, people[index]) for place, index in enumerate(order[: draw.n])]
        frame = FrameRow(0, project.id, len(people), draw.n, plan.replicate_size)
        example += frames.drawn(frame, project, chosen, dt.datetime.max.replace(tzinfo=dt.UTC), None)
    exact = all(each.method in (None, Method.census) for each in shown)
    return Preview(tuple(shown), sum(1 for _ in case_making.calls(example)), exact)


async def open_wave(
    plan: Plan,
    seed: str,
    now: dt.datetime,
    calendar: WorkCalendar,
    windows: CallingWindows,
    phone_version_id: int,
    mobile_version_id: int | None = None,
) -> tuple[Opened, Fact]:
    """Opens a wave. The seed's commitment and each list's digest and order are stored before anybody is drawn."""
    programme_id, wishes = await _fitting(plan)
    parts = [part for project, wish in wishes if (part := await _part(plan, project, wish)) is not None]
    if not parts:
        raise PlanRefused(("计划里的项目都没有名单，批次里没有一个人可以回访。",))
    wave_id = await add(plan, programme_id, seed, now, phone_version_id, mobile_version_id)
    windows = replace(windows, weekends=windows.weekends and plan.weekends)
    starts = dt.datetime.combine(plan.starts, dt.time(), windows.zone).astimezone(dt.UTC)
    sample: list[case_making.Drawn] = []
    for part in parts:
        order = frames.order_of(seed, part.project.code, part.people)
        frame_id = await frames.store(wave_id, part.project, part.people, order, part.draw, plan.replicate_size, now)
        frame = FrameRow(frame_id, part.project.id, len(part.people), part.draw.n, plan.replicate_size)
        chosen = [(place, part.people[index]) for place, index in enumerate(order[: part.draw.n])]
        sample += frames.drawn(frame, part.project, chosen, max(now, starts), plan.ends, part.max_attempts)
    made = await case_making.make_cases(wave_id, sample, now, calendar, windows)
    opened = Opened(
        wave_id, plan.code, seed_commitment(seed), made.cases, made.modules, made.without_number, made.do_not_contact
    )
    return opened, Fact(
        "wave_opened",
        plan.code,
        {"commitment": opened.seed_commitment, "projects": len(parts), "cases": made.cases, "modules": made.modules},
    )


async def add(
    plan: Plan,
    programme_id: int,
    seed: str,
    now: dt.datetime,
    phone_version_id: int | None,
    mobile_version_id: int | None,
    standing: bool = False,
) -> int:
    """Stores the wave's own row, open; its id."""
    values: dict[str, Any] = {
        "code": plan.code, "title": plan.title, "programme_id": programme_id, "standing": standing,
        "measurement_role": plan.measurement_role.value, "state": "open", "starts_on": plan.starts,
        "ends_on": plan.ends, "seed": seed, "seed_commitment": seed_commitment(seed),
        "phone_version_id": phone_version_id, "mobile_version_id": mobile_version_id, "recording": plan.recording,
        "allow_links": plan.allow_links, "allow_visits": plan.allow_visits, "weekends": plan.weekends,
        "form_no": plan.form_no, "issuer": plan.issuer, "approval_no": plan.approval_no,
        "valid_until": plan.valid_until, "satisfaction_target": plan.satisfaction_target,
        "awareness_target": plan.awareness_target, "plan": msgspec.json.encode(plan).decode(), "opened_at": now,
    }  # fmt: skip
    marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    added = await row(
        f"INSERT INTO callbacks_wave ({', '.join(values)}) VALUES ({marks}) RETURNING id", *values.values()
    )
    if added is None:
        raise UnknownWave(plan.code)
    return int(added["id"])


async def _fitting(plan: Plan) -> tuple[int, list[tuple[FramedProject, ProjectPlan]]]:
    """The programme and the plan's projects with their wishes; PlanRefused names everything that is not stored."""
    programme = await row("SELECT id FROM callbacks_programme WHERE code = $1", plan.programme)
    mistakes = [] if programme else [f"没有代码为 {plan.programme} 的民生项目清单(programme)。"]
    if await row("SELECT id FROM callbacks_wave WHERE code = $1", plan.code):
        mistakes.append(f"批次 {plan.code} 已经存在。")
    projects = await frames.projects_of(programme["id"]) if programme else []
    by_code = {project.code: project for project in projects}
    if programme:
        mistakes += [
            f"清单 {plan.programme} 里没有项目 {wish.code}。" for wish in plan.projects if wish.code not in by_code
        ]
    if mistakes or programme is None:
        raise PlanRefused(tuple(mistakes))
    if plan.projects:
        return programme["id"], [(by_code[wish.code], wish) for wish in plan.projects]
    return programme["id"], [(project, ProjectPlan(project.code)) for project in projects]


async def _part(plan: Plan, project: FramedProject, wish: ProjectPlan) -> _Part | None:
    people = await frames.list_of(project.id)
    return _Part(project, people, _draw(plan, len(people), wish), wish.max_attempts) if people else None


def _draw(plan: Plan, population: int, wish: ProjectPlan) -> Draw:
    if wish.sample == 0:
        return Draw(Method.census, population)
    return allocate(population, wish.sample, plan.census_below)


async def release_replicate(
    wave_code: str, project_code: str, now: dt.datetime, calendar: WorkCalendar, windows: CallingWindows
) -> tuple[int, Fact]:
    """Draws the next replicate of a project's random order; how many people that were. Raises ReserveEmpty, ProjectSettled."""
    wave = await find(wave_code)
    if wave["state"] != "open":
        raise WaveNotOpen(wave_code, wave["state"])
    found = await row(
        f"SELECT f.id AS frame_id, f.population, f.drawn, f.replicate_size, f.settled_at,"
        f" {frames.PROJECT_COLUMNS}"
        " FROM callbacks_frame f JOIN callbacks_project p ON p.id = f.project_id"
        " WHERE f.wave_id = $1 AND p.code = $2 AND f.drawn < f.population ORDER BY f.id LIMIT 1",
        wave["id"],
        project_code,
    )
    if found is None:
        raise ReserveEmpty(wave_code, project_code)
    if found["settled_at"] is not None:
        raise ProjectSettled(wave_code, project_code)
    frame = FrameRow(found["frame_id"], found["id"], found["population"], found["drawn"], found["replicate_size"])
    size = frame.replicate_size
    stop = min(frame.population, (frame.drawn // size + 1) * size)
    moved = await execute(
        "UPDATE callbacks_frame SET drawn = $1 WHERE id = $2 AND drawn = $3", stop, frame.id, frame.drawn
    )
    if moved != 1:
        raise ReserveEmpty(wave_code, project_code)
    project = FramedProject(
        found["id"], found["code"], found["name"], found["position"], found["frame_kind"],
        bool(found["education"]), bool(found["minor"]),
    )  # fmt: skip
    chosen = await frames.members(frame.id, frame.drawn, stop)
    windows = replace(windows, weekends=windows.weekends and bool(wave["weekends"]))
    sample = await _after_other_cases(wave["id"], frames.drawn(frame, project, chosen, now, day(wave["ends_on"])))
    await case_making.make_cases(wave["id"], sample, now, calendar, windows)
    return len(chosen), Fact("replicate_released", wave_code, {"project": project_code, "people": len(chosen)})


async def _after_other_cases(wave_id: int, sample: Sequence[case_making.Drawn]) -> list[case_making.Drawn]:
    """Who already has an unfinished case in the wave is asked about the new project 30 days later."""
    result = []
    for each in sample:
        busy = await row(
            "SELECT 1 AS found FROM callbacks_case WHERE wave_id = $1 AND person_ref = $2 LIMIT 1",
            wave_id,
            each.person_ref,
        )
        later = each.not_before + case_making.NEXT_CALL_AFTER
        result.append(replace(each, not_before=later) if busy else each)
    return result


async def find(code: str) -> dict[str, Any]:
    """The wave's row. Raises UnknownWave."""
    found = await row("SELECT * FROM callbacks_wave WHERE code = $1", code)
    if found is None:
        raise UnknownWave(code)
    return found


async def close(code: str, now: dt.datetime) -> tuple[dict[str, int], Fact]:
    """Closes a wave: answered cases are finished first, the others end by their last outcome; links die.

    Returns the number of cases by final state. A call that is going on ends unanswered here; its outcome, when it
    comes, is kept for review.
    """
    wave = await find(code)
    closed = await execute(
        "UPDATE callbacks_wave SET state = 'closed', closed_at = $1 WHERE id = $2 AND state = 'open'", now, wave["id"]
    )
    if closed != 1:
        raise WaveNotOpen(code, wave["state"])
    counts = await endings.end_cases(wave["id"], now)
    await links.revoke_wave(wave["id"], now)
    return counts, Fact("wave_closed", code, {**counts})
