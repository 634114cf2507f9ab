"""Writes checked zones, departments, calendar days and projects inside the caller's transaction."""

from collections.abc import Sequence

from callbacks.frame.batches import Undo, upsert
from callbacks.frame.lists.places import ListedDay, ListedDepartment, ListedZone
from callbacks.frame.lists.project_rows import ListedProject
from callbacks.frame.lists.projects import ProjectsContent, Responsibility
from callbacks.frame.lists.words import department_kind
from callbacks.models import Programme
from questionnaires.statements import day, execute, execute_many, rows

_RESPONSIBLE = (
    "INSERT INTO callbacks_project_department (project_id, department_id, zone_id, role, original)"
    " VALUES ($1, $2, $3, $4, $5)"
)


async def apply_zones(zones: Sequence[ListedZone], batch_id: int, undo: Undo) -> None:
    """Zones by code; parents afterwards, as a file may name a parent below its children."""
    last = await rows("SELECT COALESCE(MAX(position), 0) AS last FROM callbacks_zone")
    known = {one["code"]: one["position"] for one in await rows("SELECT code, position FROM callbacks_zone")}
    ids: dict[str, int] = {}
    for place, zone in enumerate(zones, start=int(last[0]["last"]) + 1):
        values = {
            "name": zone.name,
            "level": zone.level.value,
            "position": known.get(zone.code, place),
            "valid_from": zone.valid_from,
            "valid_to": zone.valid_to,
            **({"parent_id": None} if zone.parent else {}),
        }
        ids[zone.code] = await upsert("callbacks_zone", zone.code, values, batch_id, undo)
    every = {one["name"]: one["id"] for one in await rows("SELECT id, name FROM callbacks_zone")}
    codes = {one["code"]: one["id"] for one in await rows("SELECT id, code FROM callbacks_zone")}
    for zone in zones:
        if zone.parent:
            parent = codes.get(zone.parent) or every.get(zone.parent)
            await execute("UPDATE callbacks_zone SET parent_id = $2 WHERE id = $1", ids[zone.code], parent)


async def apply_departments(departments: Sequence[ListedDepartment], batch_id: int, undo: Undo) -> None:
    """Departments by code; successors afterwards."""
    ids: dict[str, int] = {}
    for one in departments:
        values = {"name": one.name, "kind": one.kind, "valid_from": one.valid_from, "valid_to": one.valid_to}
        ids[one.code] = await upsert("callbacks_department", one.code, values, batch_id, undo)
    every = {one["name"]: one["id"] for one in await rows("SELECT id, name FROM callbacks_department")}
    every |= {one["code"]: one["id"] for one in await rows("SELECT id, code FROM callbacks_department")}
    for one in departments:
        if one.successor:
            sql = "UPDATE callbacks_department SET successor_id = $2 WHERE id = $1"
            await execute(sql, ids[one.code], every.get(one.successor))


async def apply_calendar(days: Sequence[ListedDay], batch_id: int, undo: Undo) -> None:
    """Days of the table; a day that was there is replaced and remembered."""
    wanted = {listed.day for listed in days}
    for old in await rows("SELECT day, kind, name, source FROM callbacks_calendar_day"):
        when = day(old["day"])
        if when in wanted:
            undo.days.append((str(when), old["kind"], old["name"], old["source"]))
    await execute_many("DELETE FROM callbacks_calendar_day WHERE day = $1", [(listed.day,) for listed in days])
    await execute_many(
        "INSERT INTO callbacks_calendar_day (day, kind, name, source, batch_id) VALUES ($1, $2, $3, $4, $5)",
        [(listed.day, listed.kind.value, listed.name, listed.source, batch_id) for listed in days],
    )


async def apply_projects(content: ProjectsContent, programme: str | None, batch_id: int, undo: Undo) -> None:
    """Projects by code, the departments they name, and who is responsible for what."""
    plan = await _programme(content, programme)
    departments = {one["name"]: one["id"] for one in await rows("SELECT id, name FROM callbacks_department")}
    for name in content.new_departments:
        values = {"name": name, "kind": department_kind(name)}
        departments[name] = await upsert("callbacks_department", name, values, batch_id, undo)
    ids: dict[str, int] = {}
    for place, project in enumerate(content.projects, start=1):
        before = len(undo.changed)
        said = _values(project) | {"programme_id": plan.id, "position": place}
        ids[project.code] = await upsert("callbacks_project", project.code, said, batch_id, undo)
        if len(undo.changed) > before:
            undo.projects.append(ids[project.code])
            await _forget_responsibilities(ids[project.code], undo)
    await execute_many(_RESPONSIBLE, [_row(ids[code], one, departments) for code, one in content.responsibilities])


async def _programme(content: ProjectsContent, code: str | None) -> Programme:
    code = code or str(content.year)
    title = f"{content.district}{content.year}年民生工程"
    defaults = {"title": title, "year": content.year, "level": "district"}
    found, _ = await Programme.get_or_create(defaults=defaults, code=code)
    return found


async def _forget_responsibilities(project_id: int, undo: Undo) -> None:
    sql = "SELECT department_id, zone_id, role, original FROM callbacks_project_department WHERE project_id = $1"
    for old in await rows(sql, project_id):
        undo.responsibilities.append((project_id, old["department_id"], old["zone_id"], old["role"], old["original"]))
    await execute("DELETE FROM callbacks_project_department WHERE project_id = $1", project_id)


def _row(project_id: int, one: Responsibility, departments: dict[str, int]) -> tuple[object, ...]:
    department = departments[one.department] if one.department else None
    return (project_id, department, one.zone.id if one.zone else None, one.role, one.original)


def _values(project: ListedProject) -> dict[str, object]:
    return {
        "name": project.name,
        "full_text": project.full_text,
        "section": project.section,
        "public_name": project.public_name,
        "spoken_name": project.spoken_name,
        "project_class": project.project_class.value,
        "frame_kind": project.frame_kind.value,
        "beneficiary_kind": project.beneficiary_kind,
        "sensitive": project.sensitive,
        "minor": project.minor,
        "education": project.education,
        "declared_count": project.declared_count,
        "declared_unit": project.declared_unit,
        "unit_kind": project.unit_kind,
        "budget_fen": project.budget_fen,
        "window_from_days": project.window_from_days,
        "window_to_days": project.window_to_days,
        "note": project.note,
    }
