"""Projects for the supervisor: what each has on its list against what it declared, and the few fields that are edited."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from callbacks.frame.lists.words import WITHOUT_LIST, FrameKind
from callbacks.planning import follow_ups
from callbacks.scope import Rows, Scope, conditions
from questionnaires.facts import Fact
from questionnaires.statements import day, execute, execute_many, row, rows
from survey_service.errors import BadInput, NotFound

LEAD, COOPERATING = "lead", "coop"
TEXTS = {"public_name": ("对外名称", 60), "spoken_name": ("口头名称", 60), "hint": ("提示语", 200)}
FLAGS = ("sensitive", "minor", "education")
DAYS = {"window_from_days": "回访从第几天开始", "window_to_days": "回访到第几天为止"}
MOST_DAYS = 730
FRAME_WORDS = {FrameKind.LIST: "按名单", FrameKind.AREA: "点位", FrameKind.PUBLIC: "面向公众", FrameKind.ORG: "机构"}

LIST = """
SELECT p.id, p.code, p.name, p.public_name, p.section, p.frame_kind, p.declared_count, p.declared_unit, p.unit_kind,
    p.sensitive, p.minor, p.education, p.window_from_days, p.window_to_days, p.demo,
    (SELECT count(*) FROM callbacks_entitlement e WHERE e.project_id = p.id AND {seen}) AS listed
FROM callbacks_project p JOIN callbacks_programme g ON g.id = p.programme_id
ORDER BY g.year DESC, g.id, p.position, p.id
"""
DEPARTMENTS = """
SELECT r.project_id, r.role, r.original, d.name AS department, z.name AS zone FROM callbacks_project_department r
LEFT JOIN callbacks_department d ON d.id = r.department_id LEFT JOIN callbacks_zone z ON z.id = r.zone_id ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """One project in the list."""

    code: str
    name: str
    public_name: str
    section: str
    frame: str
    without_list: str
    listed: int
    declared: int | None
    unit: str
    warning: str
    lead: str
    cooperating: str
    marks: tuple[str, ...]
    window: str


@dataclass(frozen=True, slots=True)
class Section:
    """The projects of one section of the yearly list."""

    name: str
    projects: tuple[Listed, ...]


async def sections(scope: Scope) -> list[Section]:
    """All projects by section, in the order of their list, with the people in sight counted."""
    seen, whole = conditions(scope, Rows.ENTITLEMENT, "e"), scope.zone_ids is None
    involved: dict[int, list[dict[str, Any]]] = {}
    for each in await rows(DEPARTMENTS):
        involved.setdefault(each["project_id"], []).append(each)
    listed = LIST.format(seen=seen.sql)
    found = [
        (each["section"] or "其他项目", _listed(each, involved.get(each["id"], []), whole))
        for each in await rows(listed, *seen.args)
    ]
    ordered = list(dict.fromkeys(name for name, _ in found))
    found.sort(key=lambda one: ordered.index(one[0]))
    return [Section(name, tuple(one for _, one in group)) for name, group in groupby(found, key=lambda one: one[0])]


def _listed(each: dict[str, Any], involved: Sequence[dict[str, Any]], whole: bool) -> Listed:
    frame = _frame(each["frame_kind"])
    listed, declared = int(each["listed"]), each["declared_count"]
    people = each["unit_kind"] == "person"
    warning = ""
    if whole and listed and declared and people and listed != declared:
        more = "多" if listed > declared else "少"
        warning = f"名单比上报{more}{abs(listed - int(declared)):,}人，请核对是否缺了名单或重复上报。"
    elif declared and not people and frame is FrameKind.LIST:
        warning = f"上报数的单位是“{each['declared_unit']}”，不是人数，不能和名单比较。"
    words = {"sensitive": "敏感", "minor": "监护人回答", "education": "教育"}
    return Listed(
        each["code"], each["name"], each["public_name"], each["section"], FRAME_WORDS[frame],
        "" if listed or frame is FrameKind.LIST else WITHOUT_LIST[frame], listed,
        int(declared) if declared is not None else None, each["declared_unit"] or "人", warning,
        _names(involved, LEAD), _names(involved, COOPERATING),
        (*(word for name, word in words.items() if each[name]), *(("演示",) if each["demo"] else ())),
        f"{each['window_from_days']}至{each['window_to_days']}天",
    )  # fmt: skip


def _frame(word: str) -> FrameKind:
    return FrameKind(word) if word in set(FrameKind) else FrameKind.LIST


def _names(involved: Sequence[dict[str, Any]], role: str) -> str:
    chosen = [each for each in involved if (each["role"] == LEAD) == (role == LEAD)]
    return "、".join(dict.fromkeys(each["department"] or each["original"] or each["zone"] or "" for each in chosen))


@dataclass(frozen=True, slots=True)
class Editable:
    """What of a project may be edited, as it is stored; `version` tells whether somebody changed it meanwhile."""

    id: int
    code: str
    name: str
    values: dict[str, Any]
    lead: int | None
    cooperating: tuple[int, ...]
    others: str
    version: str = field(default="")


async def editable(code: str) -> Editable:
    """The project with this code. Raises NotFound."""
    names = (*TEXTS, *FLAGS, *DAYS)
    found = await row(f"SELECT id, code, name, {', '.join(names)} FROM callbacks_project WHERE code = $1", code)
    if found is None:
        raise NotFound
    values = {name: bool(found[name]) if name in FLAGS else found[name] for name in names}
    involved = await rows(
        "SELECT role, department_id, original FROM callbacks_project_department WHERE project_id = $1 ORDER BY id",
        found["id"],
    )
    lead = next((each["department_id"] for each in involved if each["role"] == LEAD), None)
    cooperating = sorted({each["department_id"] for each in involved if each["role"] != LEAD} - {None})
    others = "、".join(dict.fromkeys(each["original"] for each in involved if each["department_id"] is None))
    digest = hashlib.sha256(json.dumps([values, lead, cooperating], ensure_ascii=False).encode()).hexdigest()[:20]
    return Editable(found["id"], found["code"], found["name"], values, lead, tuple(cooperating), others, digest)


@dataclass(frozen=True, slots=True)
class Edit:
    """A checked edit."""

    values: dict[str, Any]
    lead: int | None
    cooperating: tuple[int, ...]


def read_edit(given: dict[str, str], cooperating: Sequence[str], departments: frozenset[int]) -> Edit:
    """The allowed fields of a form and no others. Raises BadInput, naming the field."""
    values: dict[str, Any] = {name: _text(given, name) for name in TEXTS}
    values |= {name: given.get(name) == "yes" for name in FLAGS}
    values |= {name: _days(given, name) for name in DAYS}
    if values["window_from_days"] > values["window_to_days"]:
        raise BadInput("回访结束的天数不能早于开始的天数。", "window_to_days")
    lead = _department(given.get("lead", ""), departments, "lead")
    partners = {_department(each, departments, "cooperating") for each in cooperating} - {None, lead}
    return Edit(values, lead, tuple(sorted(each for each in partners if each is not None)))


def _text(given: dict[str, str], name: str) -> str:
    label, most = TEXTS[name]
    text = " ".join(given.get(name, "").split())
    if not text and name != "hint":
        raise BadInput(f"{label}不能空着，回访员要念给群众听。", name)
    if len(text) > most:
        raise BadInput(f"{label}最多{most}个字。", name)
    return text


def _days(given: dict[str, str], name: str) -> int:
    text = given.get(name, "").strip()
    if not text.isascii() or not text.isdigit() or int(text) > MOST_DAYS:
        raise BadInput(f"{DAYS[name]}要填0到{MOST_DAYS}的整数。", name)
    return int(text)


def _department(text: str, departments: frozenset[int], name: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) not in departments:
        raise BadInput("没有这个部门，请重新选择。", name)
    return int(text)


async def save(before: Editable, edit: Edit) -> tuple[int, Fact]:
    """Write the edit inside the caller's change; how many people got other callback dates by it."""
    names = list(edit.values)
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, start=2))
    await execute(f"UPDATE callbacks_project SET {sets} WHERE id = $1", before.id, *edit.values.values())
    if edit.lead != before.lead or edit.cooperating != before.cooperating:
        await _write_departments(before, edit)
    moved = 0
    if any(edit.values[name] != before.values[name] for name in DAYS):
        moved = await _move_callbacks(before.id, edit.values["window_from_days"], edit.values["window_to_days"])
    changed = [name for name in names if edit.values[name] != before.values[name]]
    changed += ["departments"] if edit.lead != before.lead or edit.cooperating != before.cooperating else []
    return moved, Fact("project_edited", before.code, {"fields": ",".join(changed), "callbacks_moved": moved})


async def _write_departments(before: Editable, edit: Edit) -> None:
    # rows that name zones or kept words (各街乡) are the importer's and stay
    await execute(
        "DELETE FROM callbacks_project_department WHERE project_id = $1 AND role <> $2 AND department_id IS NOT NULL",
        before.id, LEAD,
    )  # fmt: skip
    added = [(before.id, each, COOPERATING) for each in edit.cooperating]
    if edit.lead != before.lead:
        await execute("DELETE FROM callbacks_project_department WHERE project_id = $1 AND role = $2", before.id, LEAD)
        added += [(before.id, edit.lead, LEAD)] if edit.lead is not None else []
    await execute_many(
        "INSERT INTO callbacks_project_department (project_id, department_id, role, original) VALUES ($1, $2, $3, '')",
        added,
    )


async def _move_callbacks(project_id: int, first: int, last: int) -> int:
    """New dates for those of whom no case was made yet."""
    where = (
        "project_id = $1 AND event_date IS NOT NULL AND NOT EXISTS (SELECT 1 FROM callbacks_module m"
        " WHERE m.entitlement_id = callbacks_entitlement.id)"
    )
    dates = await rows(f"SELECT DISTINCT event_date FROM callbacks_entitlement WHERE {where}", project_id)
    moved = 0
    for each in dates:
        event = day(each["event_date"])
        if event is not None:
            moved += await execute(
                f"UPDATE callbacks_entitlement SET callback_from = $2, callback_until = $3 WHERE event_date = $4 AND {where}",
                project_id, event + dt.timedelta(days=first), event + dt.timedelta(days=last), event,
            )  # fmt: skip
    await follow_ups.expect(project_id)
    return moved


async def departments() -> list[tuple[int, str]]:
    """Every department, by name."""
    found = await rows("SELECT id, name FROM callbacks_department ORDER BY name, id")
    return [(int(each["id"]), each["name"]) for each in found]


async def programmes() -> list[tuple[str, str]]:
    """Code and title of every programme, the newest year first."""
    found = await rows("SELECT code, title FROM callbacks_programme ORDER BY year DESC, id")
    return [(each["code"], each["title"]) for each in found]


async def projects_for_files() -> list[tuple[str, str]]:
    """Code and official name of every project, those that call for a list first."""
    found = await rows(
        "SELECT p.code, p.name FROM callbacks_project p JOIN callbacks_programme y ON y.id = p.programme_id"
        " ORDER BY CASE WHEN p.frame_kind = 'list' THEN 0 ELSE 1 END, y.year DESC, y.id, p.position, p.id"
    )
    return [(each["code"], f"{each['name']}（{each['code']}）") for each in found]


async def projects_with_people() -> list[tuple[str, str]]:
    """Code and official name of the projects that have somebody on their list."""
    found = await rows(
        "SELECT p.code, p.name FROM callbacks_project p JOIN callbacks_programme y ON y.id = p.programme_id"
        " WHERE EXISTS (SELECT 1 FROM callbacks_entitlement e"
        " WHERE e.project_id = p.id) ORDER BY y.year DESC, y.id, p.position, p.id"
    )
    return [(each["code"], f"{each['name']}（{each['code']}）") for each in found]


async def within(scope: Scope) -> list[dict[str, Any]]:
    """Code, public name and number of listed people of the projects that this person may see."""
    seen = conditions(scope, Rows.PROJECT, "p")
    return await rows(
        "SELECT p.code, p.public_name, (SELECT count(*) FROM callbacks_entitlement e WHERE e.project_id = p.id) AS n"
        f" FROM callbacks_project p WHERE {seen.sql} ORDER BY p.position, p.id",
        *seen.args,
    )


def nothing_saved(project: Editable) -> Fact:
    """Said of a form that was sent back."""
    return Fact("project_not_edited", project.code, chained=False)
