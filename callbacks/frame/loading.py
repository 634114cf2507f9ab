"""Reads from the database what the checks want to know."""

import datetime as dt

from callbacks.frame.context import Context, KnownDepartment, KnownProject, KnownZone
from callbacks.frame.errors import AlreadyImported, UnknownProject
from callbacks.frame.files.columns import Kind
from questionnaires.statements import day, row, rows

_ZONES = "SELECT id, code, name, level, parent_id, valid_from, valid_to FROM callbacks_zone ORDER BY position, id"
_DEPARTMENTS = "SELECT id, code, name FROM callbacks_department ORDER BY id"
_PROJECTS = (
    "SELECT p.id, p.code, p.name, p.programme_id, p.position, p.minor, p.frame_kind, p.unit_kind, p.window_from_days,"
    " p.window_to_days, d.department_id FROM callbacks_project p"
    " LEFT JOIN callbacks_project_department d ON d.project_id = p.id AND d.role = 'lead' ORDER BY p.position, p.id"
)
_SAME_FILE = (
    "SELECT ref, applied_at FROM callbacks_import_batch WHERE kind = $1 AND sha256 = $2 AND undone_at IS NULL"
    " AND (project_id = $3 OR (project_id IS NULL AND $4 = 0)) LIMIT 1"
)


async def load_context(today: dt.date, project_code: str | None = None, programme: str | None = None) -> Context:
    """The installation as a check sees it; raises `UnknownProject` when the roster's project is not there."""
    projects = [_project(found) for found in await rows(_PROJECTS)]
    chosen = next((project for project in projects if project.code == project_code), None)
    if project_code and chosen is None:
        raise UnknownProject(project_code)
    plan = await row("SELECT id, year FROM callbacks_programme WHERE code = $1", programme) if programme else None
    return Context(
        today=today,
        zones=[_zone(found) for found in await rows(_ZONES)],
        departments=[KnownDepartment(one["id"], one["code"], one["name"]) for one in await rows(_DEPARTMENTS)],
        projects=projects,
        project=chosen,
        programme_id=plan["id"] if plan else None,
        year=plan["year"] if plan else None,
    )


def _zone(found: dict[str, object]) -> KnownZone:
    return KnownZone(
        id=int(str(found["id"])),
        code=str(found["code"]),
        name=str(found["name"]),
        level=str(found["level"]),
        parent_id=None if found["parent_id"] is None else int(str(found["parent_id"])),
        valid_from=day(found["valid_from"]),
        valid_to=day(found["valid_to"]),
    )


def _project(found: dict[str, object]) -> KnownProject:
    def number(name: str) -> int:
        return int(str(found[name]))

    return KnownProject(
        id=number("id"),
        code=str(found["code"]),
        name=str(found["name"]),
        programme_id=number("programme_id"),
        position=number("position"),
        needs_guardian=bool(found["minor"]),
        frame_kind=str(found["frame_kind"]),
        unit_kind=str(found["unit_kind"]),
        window_from_days=number("window_from_days"),
        window_to_days=number("window_to_days"),
        lead_department_id=None if found["department_id"] is None else number("department_id"),
    )


async def refuse_same_file(kind: Kind, sha256: str, project_id: int | None) -> None:
    """Raises `AlreadyImported` when these very bytes are in force for the same project."""
    found = await row(_SAME_FILE, kind.value, sha256, project_id or 0, project_id or 0)
    if found:
        raise AlreadyImported(str(found["ref"]), str(found["applied_at"])[:10])
