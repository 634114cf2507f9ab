"""One row of a project list: class, names, frame and responsibility read or proposed, each proposal said. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from callbacks.frame.files.cells import Cells
from callbacks.frame.files.cleaning import clean, squeeze
from callbacks.frame.files.figures import UnitKind, figures
from callbacks.frame.files.tables import SourceRow
from callbacks.frame.lists.figure_checks import check_conflict, check_declared, check_text
from callbacks.frame.lists.words import (
    FRAME_KINDS,
    NEUTRAL_NAMES,
    NO,
    PROJECT_CLASSES,
    YES,
    FrameKind,
    ProjectClass,
)
from callbacks.frame.remarks import Remarks
from callbacks.frame.reports import Level, RowProblem

NAME_CHARACTERS = 24
TO_CONFIRM = "待确认"
_CHILDREN = re.compile("学生|儿童|幼儿|孤儿|新生儿|未成年|子女")
_GROWN = re.compile("高校|大学")
_GUARDED = re.compile("监护人|精神病|精神障碍")
_UNIT_KINDS: Mapping[str, str] = {
    "人次": "visit",
    "件次": "visit",
    "人(次)": "visit",
    "户": "household",
    "套": "household",
    "岗位": "post",
    "个(岗位)": "post",
    "个岗位": "post",
}


@dataclass(frozen=True, slots=True)
class ListedProject:
    """A project of a file. `lead` and `coop` are names; `coop_all` stands for all streets of the year."""

    row: int
    code: str
    name: str
    full_text: str
    section: str
    public_name: str
    spoken_name: str
    project_class: ProjectClass
    frame_kind: FrameKind
    beneficiary_kind: str
    sensitive: bool
    minor: bool
    education: bool
    declared_count: int | None
    declared_unit: str
    unit_kind: str
    budget_fen: int | None
    window_from_days: int
    window_to_days: int
    note: str
    lead: str
    coop: tuple[str, ...]
    coop_all: str
    year: int | None
    district: str


class ProjectReader:
    """Reads the rows of one project list."""

    def __init__(self, cells: Cells, remarks: Remarks) -> None:
        self.cells = cells
        self.remarks = remarks

    def read(self, row: SourceRow) -> ListedProject | None:
        """The project, or None when the row was refused."""
        project_class = self._class(row)
        text = self._cleaned(row)
        name = self._name(row, text)
        if project_class is None or not name:
            return None
        beneficiary = self._beneficiary(row)
        sensitive = self._yes(row, "sensitive")
        count, unit, unit_kind = self._count(row, text)
        window = self._window(row)
        coop, coop_all = self._coop(row)
        notes = [word for word in (self.cells.text(row, "note"), self.cells.text(row, "extra")) if word]
        if self.cells.text(row, "sampling") == "frame_needed":
            notes.append("须按子项另取名单")
            self.remarks.warn(row.number, "", "没有单一名单，须按子项另取名单后再导入，之前不能抽样。")
        year = re.match(r"\d{4}", self.cells.text(row, "year"))
        return ListedProject(
            row=row.number,
            code=self._code(row, year[0] if year else "", name),
            name=name,
            full_text=text,
            section=self.cells.text(row, "section"),
            public_name=self._public_name(row, name, sensitive, project_class),
            spoken_name=self._spoken_name(row, name, sensitive, project_class),
            project_class=project_class,
            frame_kind=self._frame(row),
            beneficiary_kind=beneficiary,
            sensitive=sensitive,
            minor=self._minor(row, beneficiary),
            education=self._education(row),
            declared_count=count,
            declared_unit=unit,
            unit_kind=unit_kind,
            budget_fen=self._budget(row),
            window_from_days=window[0],
            window_to_days=window[1],
            note=";".join(notes),
            lead=squeeze(self.cells.text(row, "lead")),
            coop=coop,
            coop_all=coop_all,
            year=int(year[0]) if year else None,
            district=self.cells.text(row, "district"),
        )

    def _code(self, row: SourceRow, year: str, name: str) -> str:
        code = squeeze(self.cells.text(row, "code"))
        number = squeeze(self.cells.text(row, "item_no"))
        return code or ("-".join(filter(None, (year, number.zfill(2)))) if number else name)

    def _class(self, row: SourceRow) -> ProjectClass | None:
        word = squeeze(self.cells.text(row, "project_class"))
        found = PROJECT_CLASSES.get(word.removesuffix("类"))
        if found is None:
            found = next((one for one in ProjectClass if one.value == word), None)
        if found is None:
            sentence = "类别应为补助、工程、参保补偿、服务、治理或培训就业。"
            self.remarks.refuse(row.number, self.cells.header("project_class") or "类别", sentence)
        elif self.cells.header("project_class").startswith("derived_"):
            self.remarks.once(Level.WARN, "类别", f"类别、受益对象、敏感和名单类型是推定的，均{TO_CONFIRM}")
        return found

    def _cleaned(self, row: SourceRow) -> str:
        original = self.cells.text(row, "text")
        cleaned = clean(original)
        for remark in cleaned.remarks:
            self.remarks.warn(row.number, self.cells.header("text"), remark)
        problems = [*check_text(cleaned.text), *check_conflict(self.cells.text(row, "name"), cleaned.text)]
        for problem in problems:
            self.remarks.problems.append(_on_row(row, self.cells.header("text"), problem.level, problem.sentence))
        # The original is what a citizen or an auditor can look up, so it is what is kept.
        return original

    def _name(self, row: SourceRow, text: str) -> str:
        name = clean(self.cells.text(row, "name")).text
        if name:
            return name
        if not text:
            self.remarks.refuse(row.number, self.cells.header("name") or "名称", "没有项目名称，也没有内容。")
            return ""
        self.remarks.once(Level.WARN, "名称", f"没有项目名称，简称由原文截取，均{TO_CONFIRM}")
        return short_name(text)

    def _public_name(self, row: SourceRow, name: str, sensitive: bool, kind: ProjectClass) -> str:
        given = self.cells.text(row, "public_name")
        return given or (NEUTRAL_NAMES[kind] if sensitive else name)

    def _spoken_name(self, row: SourceRow, name: str, sensitive: bool, kind: ProjectClass) -> str:
        given = self.cells.text(row, "spoken_name")
        if given:
            return given
        if sensitive:
            sentence = f"敏感项目没有口头名称，暂用“{NEUTRAL_NAMES[kind]}”，{TO_CONFIRM}。"
            self.remarks.warn(row.number, "口头名称", sentence)
            return NEUTRAL_NAMES[kind]
        return name

    def _frame(self, row: SourceRow) -> FrameKind:
        word = squeeze(self.cells.text(row, "frame"))
        if word and word not in FRAME_KINDS:
            self.remarks.warn(row.number, self.cells.header("frame"), "名单类型认不出来，按有名单登记，请核对。")
        return FRAME_KINDS.get(word, FrameKind.LIST)

    def _beneficiary(self, row: SourceRow) -> str:
        return self.cells.text(row, "beneficiary")

    def _minor(self, row: SourceRow, beneficiary: str) -> bool:
        if self.cells.text(row, "minor"):
            return self._yes(row, "minor")
        why = self.cells.text(row, "sensitive_why")
        said = f"{beneficiary} {self.cells.text(row, 'respondent')}"
        child = bool(_CHILDREN.search(beneficiary)) and not _GROWN.search(beneficiary)
        guarded = bool(_GUARDED.search(said)) and "本人" not in said
        found = child or guarded or bool(re.search("未成年|周岁", why))
        if found:
            self.remarks.once(
                Level.WARN, "未成年", f"对象是未成年人或须由监护人回答的人，按“监护人回答”登记，{TO_CONFIRM}"
            )
        return found

    def _education(self, row: SourceRow) -> bool:
        if self.cells.text(row, "education"):
            return self._yes(row, "education")
        return bool(re.search("教育|学有所教", f"{self.cells.text(row, 'section')}{self.cells.text(row, 'lead')}"))

    def _yes(self, row: SourceRow, use: str) -> bool:
        word = squeeze(self.cells.text(row, use)).lower()
        if word not in YES | NO:
            self.remarks.refuse(row.number, self.cells.header(use), "请填“是”或“否”。")
        return word in YES

    def _count(self, row: SourceRow, text: str) -> tuple[int | None, str, str]:
        unit = squeeze(self.cells.text(row, "unit"))
        kind = self.cells.text(row, "unit_kind") or _UNIT_KINDS.get(unit, "person")
        written = squeeze(self.cells.text(row, "count"))
        if not written:
            if self.cells.has("count"):
                self.remarks.warn(row.number, self.cells.header("count"), "没有受益人数，待名单导入后以名单为准。")
            return None, unit, kind
        found = figures(f"{written}{'' if written[-1] in '人名户件' else '人'}")
        # A unit in the cell itself (6.87万人) is read; anything approximate is no count.
        if len(found) != 1 or found[0].value.denominator != 1:
            self.remarks.refuse(row.number, self.cells.header("count"), "受益人数认不出来，请填整数。")
            return None, unit, kind
        if found[0].approx:
            self.remarks.warn(row.number, self.cells.header("count"), "受益人数是约数(近、余、约)，不作总体数使用。")
            return None, unit, kind
        count = int(found[0].value)
        for problem in check_declared(text, count):
            self.remarks.problems.append(_on_row(row, self.cells.header("count"), problem.level, problem.sentence))
        if kind != "person" and not _mentions(text, kind):
            self.remarks.warn(row.number, self.cells.header("unit"), f"单位是“{unit}”，不是人数，不能作抽样总数。")
        return count, unit, kind

    def _budget(self, row: SourceRow) -> int | None:
        text = squeeze(self.cells.text(row, "budget")).removesuffix("万元")
        if not text:
            return None
        if not re.fullmatch(r"\d+(\.\d+)?", text):
            self.remarks.warn(row.number, self.cells.header("budget"), "资金认不出来(应为万元数)，没有登记。")
            return None
        return int(Fraction(text) * 10_000 * 100)

    def _window(self, row: SourceRow) -> tuple[int, int]:
        words = (self.cells.text(row, "window_from") or "7", self.cells.text(row, "window_to") or "90")
        if not all(word.isdecimal() for word in words) or not 0 <= int(words[0]) < int(words[1]) <= 730:
            self.remarks.refuse(row.number, "回访起始天", "回访起始天应小于截止天，均为0至730的整数。")
            return 7, 90
        return int(words[0]), int(words[1])

    def _coop(self, row: SourceRow) -> tuple[tuple[str, ...], str]:
        names = tuple(filter(None, re.split(r"[|、,;,;]", squeeze(self.cells.text(row, "coop")))))
        collective = next((name for name in names if name.startswith("各") and len(name) <= 8), "")
        return tuple(name for name in names if name != collective), collective


def _on_row(row: SourceRow, column: str, level: Level, sentence: str) -> RowProblem:
    return RowProblem(row.number, column, level, sentence)


def _mentions(text: str, kind: str) -> bool:
    """The text itself already had the remark about its unit."""
    kinds = {"visit": UnitKind.VISIT, "post": UnitKind.POST, "household": UnitKind.HOUSEHOLD}
    return any(figure.kind is kinds.get(kind) for figure in figures(text)) and kind != "household"


def short_name(text: str) -> str:
    """A name from a text: the quoted project's name when there is one, else the first clause."""
    quoted = re.search("“([^”]{2,14}(?:工程|计划|服务|活动|改造|补助|补贴))”", text)
    first = re.split("[\uff0c,;\uff1b\u3002:\uff1a]", text, maxsplit=1)[0]
    return (quoted[1] if quoted else first)[:NAME_CHARACTERS]
