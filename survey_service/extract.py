"""The only bridge from the database to analysis: grouped counts, never a person, one query per kind of figure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analysis.reporting.report_input import (
    CallCounts,
    FrameKind,
    OutcomeCount,
    ProjectFrame,
    ProjectLooks,
    ReportInput,
    VoidReason,
    WaveFacts,
    WaveRole,
)
from analysis.tallies import Cell
from callbacks.calling import tallies
from callbacks.rules import dispositions
from callbacks.rules.states import SETTLED, listed
from questionnaires import statements
from survey_service.clock import real_now
from survey_service.errors import NotFound
from survey_service.settings import Settings
from survey_service.trust import origins

REPORT = statements.REPORT_CONNECTION
BROKEN_OFF = "204"
VOID = "void"
NO_ZONE = ""
COUNTED_CODES = ", ".join(f"'{one.code}'" for one in dispositions.OUTCOMES.values() if one.counts_as_attempt)

OUTCOMES = f"""
SELECT m.project_id, m.zone_id, c.contacted, s.state AS submission,
    COALESCE(c.final_code, (SELECT t.code FROM callbacks_attempt t
        WHERE t.case_id = c.id AND NOT t.contested AND t.code IN ({COUNTED_CODES})
        AND NOT EXISTS (SELECT 1 FROM callbacks_attempt r WHERE r.corrects_id = COALESCE(t.corrects_id, t.id)
            AND r.id > t.id)
        ORDER BY t.id DESC LIMIT 1), '{dispositions.NOT_ATTEMPTED}') AS code,
    count(*) AS n, sum(CASE WHEN c.state IN ({listed(SETTLED)}) THEN 0 ELSE 1 END) AS unfinished
FROM callbacks_module m JOIN callbacks_case c ON c.id = m.case_id
LEFT JOIN questionnaires_submission s ON s.id = m.submission_id AND s.state IN ('submitted', 'void')
WHERE m.wave_id = $1 GROUP BY 1, 2, 3, 4, 5
"""
CALLS = """
SELECT m.project_id, t.code, count(t.id) AS attempts
FROM callbacks_module m JOIN callbacks_case c ON c.id = m.case_id
JOIN callbacks_attempt t ON t.case_id = c.id AND t.corrects_id IS NULL AND NOT t.inbound
WHERE m.wave_id = $1 GROUP BY m.project_id, t.code
"""
CASES_CALLED = """
SELECT m.project_id, sum(CASE WHEN c.attempts > 0 THEN 1 ELSE 0 END) AS dialled,
    sum(CASE WHEN c.contacted THEN 1 ELSE 0 END) AS connected
FROM callbacks_module m JOIN callbacks_case c ON c.id = m.case_id WHERE m.wave_id = $1 GROUP BY m.project_id
"""
FRAMES = """
SELECT p.id, p.code, p.name, p.public_name, p.project_class, p.sensitive, p.frame_kind, p.hint, p.note, p.position,
    p.demo, d.name AS lead, f.population, f.drawn, f.census,
    EXISTS (SELECT 1 FROM callbacks_entitlement e WHERE e.project_id = p.id) AS has_list
FROM callbacks_project p
LEFT JOIN callbacks_project_department l ON l.project_id = p.id AND l.role = 'lead'
LEFT JOIN callbacks_department d ON d.id = l.department_id
LEFT JOIN (SELECT project_id, sum(population) AS population, sum(drawn) AS drawn,
        min(CASE WHEN drawn = population THEN 1 ELSE 0 END) AS census
    FROM callbacks_frame WHERE wave_id = $1 AND population > 0 GROUP BY project_id) f ON f.project_id = p.id
WHERE p.programme_id = $2 ORDER BY p.position, p.id
"""
LOOKS = """
SELECT f.project_id, f.population, f.settled_at, f.look_refusal, k.metric, k.people, k.answers, k.satisfied
FROM callbacks_frame f JOIN callbacks_wave w ON w.id = f.wave_id
LEFT JOIN survey_service_look k ON k.frame_id = f.id
WHERE f.wave_id = $1 AND NOT w.standing ORDER BY f.project_id, f.id, k.metric, k.number
"""
NOT_IN_WAVE = "有名单，但没有列入本批次。"
WHY_NO_LIST = {
    "list": "还没有导入受益对象名单，导入后才能回访。",
    "area": "受益的是一片区域的住户，没有名单：可按点位列出住户，导入后再抽样。",
    "public": "面向全体居民，没有名单：可用公众调查（随机号码）另行测评，本批次不出率。",
    "org": "受益的是单位：请导入单位联系人名单，由其负责人作答。",
}
ROLES = {"assessment": WaveRole.ASSESSMENT, "service": WaveRole.SERVICE, "statistical": WaveRole.STATISTICAL}


@dataclass(frozen=True, slots=True)
class Names:
    """Codes by id: projects, and zones rolled up to the street they lie in."""

    projects: dict[int, str]
    streets: dict[int, str]

    def street(self, zone_id: int | None) -> str:
        """The street's code, or "" for a row without a zone."""
        return self.streets.get(zone_id or 0, NO_ZONE)


async def wave_row(code: str) -> dict[str, Any]:
    """The wave's row, or NotFound."""
    found = await statements.row("SELECT * FROM callbacks_wave WHERE code = $1", code, connection=REPORT)
    if found is None:
        raise NotFound
    return found


async def report_input(code: str, settings: Settings, now: dt.datetime, *, folded_only: bool = False) -> ReportInput:
    """Everything a report on this wave is made of, as counts; `folded_only` for whoever also sees single cases."""
    wave = await wave_row(code)
    frames = await statements.rows(FRAMES, wave["id"], wave["programme_id"], connection=REPORT)
    zones = await statements.rows(
        "SELECT id, code, name, level, parent_id, position FROM callbacks_zone ORDER BY position, id", connection=REPORT
    )
    names = Names({int(frame["id"]): frame["code"] for frame in frames}, streets(zones))
    outcomes = await statements.rows(OUTCOMES, wave["id"], connection=REPORT)
    return ReportInput(
        wave=await _wave(wave, settings, now, any(bool(frame["demo"]) for frame in frames)),
        projects=tuple(_project(frame, outcomes) for frame in frames),
        cells=await _cells(int(wave["id"]), names, folded_only),
        outcomes=_outcomes(outcomes, names),
        calls=await _calls(int(wave["id"]), names),
        void_reasons=await _void_reasons(int(wave["id"])),
        zones=tuple((zone["code"], zone["name"]) for zone in zones if zone["level"] == "street"),
        looks=await _looks(int(wave["id"]), names, settings),
        shared_origins=await origins.shared(int(wave["id"]), REPORT),
        departments=tuple(dict.fromkeys(unmarked(frame["lead"], frame["demo"]) for frame in frames if frame["lead"])),
    )


def streets(zones: Iterable[dict[str, Any]]) -> dict[int, str]:
    """The street's code for every zone at or below a street."""
    by_id = {int(zone["id"]): zone for zone in zones}
    found = {}
    for zone_id, zone in by_id.items():
        at: dict[str, Any] | None = zone
        while at is not None and at["level"] != "street":
            at = by_id.get(int(at["parent_id"])) if at["parent_id"] else None
        if at is not None:
            found[zone_id] = str(at["code"])
    return found


async def _wave(wave: dict[str, Any], settings: Settings, now: dt.datetime, demo: bool) -> WaveFacts:
    digests = await statements.rows(
        "SELECT digest, as_of FROM callbacks_frame WHERE wave_id = $1 ORDER BY id", wave["id"], connection=REPORT
    )
    framed = statements.instant(digests[0]["as_of"]) if digests else None
    form = await statements.row(
        "SELECT title, version FROM questionnaires_version WHERE id = $1", wave["phone_version_id"], connection=REPORT
    )
    starts, ends = statements.day(wave["starts_on"]), statements.day(wave["ends_on"])
    closed = statements.instant(wave["closed_at"])
    return WaveFacts(
        code=wave["code"], title=wave["title"], role=ROLES[wave["measurement_role"]], starts=starts or dt.date.min,
        ends=ends or dt.date.max, as_of=now.astimezone(settings.zone), issuer=wave["issuer"] or settings.office_name,
        seed=wave["seed"] if closed else wave["seed_commitment"],
        frame_digest=digests[0]["digest"] if len(digests) == 1 else f"{len(digests)}个项目各有摘要",
        district=settings.installation, closed=closed.astimezone(settings.zone) if closed else None,
        real_as_of=real_now().astimezone(settings.zone), is_demonstration=demo,
        satisfaction_target=int(wave["satisfaction_target"]), awareness_target=int(wave["awareness_target"]),
        approval_number=wave["approval_no"], approval_until=statements.day(wave["valid_until"]),
        frame_date=framed.astimezone(settings.zone).date() if framed else None,
        form_name=form["title"] if form else "", form_version=str(form["version"]) if form else "",
    )  # fmt: skip


def _project(frame: dict[str, Any], outcomes: list[dict[str, Any]]) -> ProjectFrame:
    population = int(frame["population"]) if frame["population"] is not None else None
    own = [row for row in outcomes if row["project_id"] == frame["id"]]
    return ProjectFrame(
        code=frame["code"], name=unmarked(frame["name"], frame["demo"]), public_name=frame["public_name"],
        project_class=frame["project_class"], lead_department=unmarked(frame["lead"] or "", frame["demo"]),
        population=population, drawn=int(frame["drawn"] or 0),
        census=bool(frame["census"]) and population is not None,
        tried_all=bool(own) and sum(int(row["n"]) for row in own) >= int(frame["drawn"] or 0)
        and not any(int(row["unfinished"]) for row in own),
        sensitive=bool(frame["sensitive"]),
        frame_kind=FrameKind.LIST if population is not None else FrameKind.NONE,
        why_no_list=_why_no_list(frame) if population is None else "",
        prompted=bool(frame["hint"]),
    )  # fmt: skip


def unmarked(name: str, demo: object) -> str:
    """A name of the demonstration without its mark: title, remark and column of every report say it once for all."""
    return name.removesuffix("（演示）").removesuffix("(演示)") if demo else name


def _why_no_list(frame: dict[str, Any]) -> str:
    if frame["has_list"]:
        return NOT_IN_WAVE
    return str(frame["note"] or WHY_NO_LIST.get(frame["frame_kind"], ""))


async def _cells(wave_id: int, names: Names, folded_only: bool) -> tuple[Cell, ...]:
    rows = await tallies.cells(wave_id, REPORT, folded_only=folded_only)
    return tuple(
        Cell(
            project=names.projects[int(row["project_id"])], zone=names.street(row["zone_id"]), mode=row["mode"],
            proxy=row["proxy"], coached=bool(row["coached"]), item=row["item"], code=row["code"], n=int(row["n"]),
            void=row["state"] == VOID,
        )
        for row in rows
    )  # fmt: skip


def _outcomes(rows: list[dict[str, Any]], names: Names) -> tuple[OutcomeCount, ...]:
    totals: dict[tuple[str, str, str, bool], int] = defaultdict(int)
    for row in rows:
        key = (
            names.projects[int(row["project_id"])],
            names.street(row["zone_id"]),
            _present(row),
            bool(row["contacted"]),
        )
        totals[key] += int(row["n"])
    return tuple(
        OutcomeCount(project, zone, code, _label(code), _group(code), n, contacted)
        for (project, zone, code, contacted), n in totals.items()
    )


def _present(row: dict[str, Any]) -> str:
    """The code of one module: a person who finished another project's questions only has broken off this one."""
    if row["submission"] == VOID:
        return VOID
    completed = dispositions.code(row["code"]).completed
    if row["submission"] == "submitted":
        return str(row["code"]) if completed else dispositions.COMPLETE
    return BROKEN_OFF if completed else str(row["code"])


def _label(code: str) -> str:
    return "作废（复核剔除）" if code == VOID else dispositions.code(code).name


def _group(code: str) -> str:
    if code == VOID:
        return "O"
    return dispositions.aapor_group(code, True, None) or "UH"


async def _calls(wave_id: int, names: Names) -> tuple[CallCounts, ...]:
    attempts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in await statements.rows(CALLS, wave_id, connection=REPORT):
        attempts[int(row["project_id"])][0] += int(row["attempts"])
        if dispositions.code(row["code"]).contacted:
            attempts[int(row["project_id"])][1] += int(row["attempts"])
    cases = await statements.rows(CASES_CALLED, wave_id, connection=REPORT)
    return tuple(
        CallCounts(
            names.projects[int(row["project_id"])],
            attempts[int(row["project_id"])][0],
            attempts[int(row["project_id"])][1],
            int(row["dialled"]),
            int(row["connected"]),
        )
        for row in cases
    )


async def _looks(wave_id: int, names: Names, settings: Settings) -> tuple[ProjectLooks, ...]:
    frames: dict[int, dict[str, Any]] = {}
    taken: dict[int, dict[str, list[tuple[int, int, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in await statements.rows(LOOKS, wave_id, connection=REPORT):
        project = int(row["project_id"])
        frames[project] = row
        if row["metric"] is not None:
            look = (int(row["people"]), int(row["answers"]), int(row["satisfied"]))
            taken[project][row["metric"]].append(look)
    return tuple(
        ProjectLooks(
            names.projects[project], int(row["population"]),
            tuple((metric, tuple(looks)) for metric, looks in taken[project].items()), row["look_refusal"],
            settled.astimezone(settings.zone) if (settled := statements.instant(row["settled_at"])) else None,
        )
        for project, row in frames.items()
    )  # fmt: skip


async def _void_reasons(wave_id: int) -> tuple[VoidReason, ...]:
    rows = await statements.rows(
        "SELECT s.void_reason AS reason, count(*) AS n FROM callbacks_module m "
        "JOIN questionnaires_submission s ON s.id = m.submission_id "
        "WHERE m.wave_id = $1 AND s.state = 'void' GROUP BY s.void_reason",
        wave_id,
        connection=REPORT,
    )
    return tuple(VoidReason(row["reason"] or "", int(row["n"])) for row in rows)
