"""A project list as a whole: codes unique, departments and streets found or announced, totals compared. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from callbacks.frame.context import Context, KnownZone
from callbacks.frame.files.cells import Cells
from callbacks.frame.files.tables import SourceRow, TableHead
from callbacks.frame.lists.figure_checks import check_announced
from callbacks.frame.lists.places import old_name
from callbacks.frame.lists.project_rows import ListedProject, ProjectReader
from callbacks.frame.lists.words import REORGANISED, WITHOUT_LIST, FrameKind
from callbacks.frame.remarks import Remarks
from callbacks.frame.reports import WHOLE_FILE, RowProblem


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who leads or cooperates: a department by name, or a zone, or only the original words of a collective."""

    role: str
    department: str
    zone: KnownZone | None
    original: str


@dataclass(frozen=True, slots=True)
class ProjectsContent:
    """The projects of a checked list, who is responsible, and the departments that have to be made."""

    projects: tuple[ListedProject, ...]
    responsibilities: tuple[tuple[str, Responsibility], ...]
    new_departments: tuple[str, ...]
    year: int
    district: str


def check(
    head: TableHead, rows: Iterable[SourceRow], context: Context, remarks: Remarks
) -> tuple[ProjectsContent, int, int]:
    """Projects of the file, rows read and kept."""
    cells = Cells(head)
    reader = ProjectReader(cells, remarks)
    read, projects = 0, dict[str, ListedProject]()
    for row in rows:
        read += 1
        project = reader.read(row)
        if project is None:
            continue
        if project.code in projects:
            remarks.refuse(row.number, "代码", f"项目代码{project.code}与第{projects[project.code].row}行重复。")
        _foreign(project, context, remarks)
        projects[project.code] = project
    if not projects and not remarks.refused:
        remarks.refuse(WHOLE_FILE, "", "文件里没有一个可以导入的项目。")
    for problem in check_announced(" ".join(head.titles), read):
        remarks.problems.append(RowProblem(WHOLE_FILE, "标题", problem.level, problem.sentence))
    content = _content(tuple(projects.values()), context, remarks)
    _count(content, remarks)
    return content, read, len(projects)


def _foreign(project: ListedProject, context: Context, remarks: Remarks) -> None:
    known = next((one for one in context.projects if one.code == project.code), None)
    if known and context.programme_id and known.programme_id != context.programme_id:
        remarks.refuse(project.row, "代码", f"项目代码{project.code}已用在另一个年度计划里，请换代码。")


def _content(projects: tuple[ListedProject, ...], context: Context, remarks: Remarks) -> ProjectsContent:
    years = {project.year for project in projects if project.year}
    year = context.year or (years.pop() if len(years) == 1 else context.today.year)
    if years:
        remarks.warn(WHOLE_FILE, "年份", "文件里有不止一个年份，按今年的计划登记，请核对。")
    responsibilities = [
        (project.code, one) for project in projects for one in _responsible(project, context, year, remarks)
    ]
    wanted = {one.department: None for _, one in responsibilities if one.department}
    new = tuple(name for name in wanted if name not in context.departments_by_name)
    for name in new:
        known = f";{old_name(name)}" if name in REORGANISED else "。"
        remarks.warn(WHOLE_FILE, "责任部门", f"部门“{name}”没有登记，将自动新建；旧名称可能已更名或合并，请核对{known}")
    district = next((project.district for project in projects if project.district), "")
    return ProjectsContent(projects, tuple(responsibilities), new, year, district)


def _responsible(project: ListedProject, context: Context, year: int, remarks: Remarks) -> list[Responsibility]:
    found = [_one("lead", project.lead, context)] if project.lead else []
    if not project.lead:
        remarks.warn(project.row, "责任部门", "没有写责任部门，须在项目页补上，整改工单才有去处。")
    found += [_one("coop", name, context) for name in project.coop]
    if not project.coop and not project.coop_all:
        remarks.note(project.row, "配合部门", "没有配合部门，按原文留空，不默认为各街乡。")
    return found + (_streets(project, context, year, remarks) if project.coop_all else [])


def _one(role: str, name: str, context: Context) -> Responsibility:
    exact = [zone for zone in context.streets if zone.name == name]
    return Responsibility(role, "" if exact else name, exact[0] if exact else None, name)


def _streets(project: ListedProject, context: Context, year: int, remarks: Remarks) -> list[Responsibility]:
    streets = [zone for zone in context.streets if zone.valid_in(year)] or list(context.streets)
    if not streets:
        sentence = f"“{project.coop_all}”是集合，还没有导入街道，暂按原文保存；导入片区后重新导入项目即可展开。"
        remarks.warn(project.row, "配合部门", sentence)
        return [Responsibility("coop", "", None, project.coop_all)]
    remarks.note(project.row, "配合部门", f"“{project.coop_all}”按{year}年的{len(streets)}个街道展开，原文保留。")
    return [Responsibility("coop", "", zone, project.coop_all) for zone in streets]


def _count(content: ProjectsContent, remarks: Remarks) -> None:
    kinds = [project.frame_kind for project in content.projects]
    remarks.totals["项目"] = len(kinds)
    remarks.totals["有名单的项目"] = kinds.count(FrameKind.LIST)
    remarks.totals["没有名单的项目"] = len(kinds) - kinds.count(FrameKind.LIST)
    remarks.totals["敏感项目"] = sum(project.sensitive for project in content.projects)
    remarks.totals["新建部门"] = len(content.new_departments)
    for project in content.projects:
        if project.frame_kind is not FrameKind.LIST:
            remarks.warn(project.row, "名单类型", WITHOUT_LIST[project.frame_kind])
