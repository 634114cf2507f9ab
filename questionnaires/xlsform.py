"""Reads XLSForm sheets (folders of csv files) into definitions; every fault is named with sheet, row and column."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from questionnaires.checks import did_you_mean, expression_problems
from questionnaires.definition import SELECTS, SHOWN, Choice, Definition, Group, Item, ItemType
from questionnaires.errors import FormProblem, FormRefused
from questionnaires.sheets import Row, Sheet, read_sheet

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)
CHOICE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
FORM_VERSION_SUFFIX = re.compile(r"_v\d+$", re.ASCII)
MODES = ("phone", "mobile", "household")
YES = frozenset({"yes", "true", "1", "true()", "是"})
NO = frozenset({"", "no", "false", "0", "false()", "否"})
# Types and columns of the format that this platform does not run; refused by name, never silently dropped.
NOT_RUN = {
    "begin_repeat": "循环(repeat)",
    "end_repeat": "循环(repeat)",
    "geopoint": "定位(geopoint)",
    "geotrace": "定位轨迹(geotrace)",
    "geoshape": "定位区域(geoshape)",
    "start-geopoint": "定位(start-geopoint)",
    "image": "拍照(image)",
    "audio": "录音(audio)",
    "video": "录像(video)",
    "file": "上传文件(file)",
    "barcode": "扫码(barcode)",
    "background-audio": "后台录音(background-audio)",
    "select_one_from_file": "外部选项文件(select_one_from_file)",
    "select_multiple_from_file": "外部选项文件(select_multiple_from_file)",
    "select_one_external": "外部选项(select_one_external)",
    "csv-external": "外部文件(csv-external)",
    "xml-external": "外部文件(xml-external)",
    "rank": "排序题(rank)",
    "range": "滑动条(range)",
    "audit": "审计日志(audit)",
}
COLUMNS_NOT_RUN = {
    "choice_filter": "选项联动(choice_filter)",
    "repeat_count": "循环次数(repeat_count)",
    "trigger": "触发计算(trigger)",
    "bind::jr:preload": "预载(preload)",
}
MEDIA = ("image", "audio", "video", "media::", "big-image")
KNOWN = frozenset({"type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message"})
KNOWN |= {"appearance", "calculation", "parameters", "default", "list_name", "value"}
KNOWN |= {"x_metric", "x_read_out", "x_stage", "x_score"}


def read_folder(path: Path) -> list[Definition]:
    """All forms of a folder: `survey.csv` or `KEY_survey.csv` each with its choices and settings beside it.

    Raises FormRefused with every FormProblem of every form; nothing is taken when anything is wrong.
    """
    surveys = sorted(found for found in path.glob("*survey.csv") if found.stem == "survey" or "_" in found.stem)
    if not surveys:
        raise FormRefused((FormProblem("survey", 0, "", "文件夹里没有 survey.csv 或 …_survey.csv"),))
    problems: list[FormProblem] = []
    definitions = [_read_form(survey, problems) for survey in surveys]
    if problems:
        raise FormRefused(tuple(problems))
    return definitions


def _read_form(survey: Path, problems: list[FormProblem]) -> Definition:
    prefix = survey.stem.removesuffix("survey")
    rows, choices, settings = (_beside(survey, prefix, noun, problems) for noun in ("survey", "choices", "settings"))
    return read_sheets(rows, choices, settings, prefix.rstrip("_"), problems)


def _beside(survey: Path, prefix: str, noun: str, problems: list[FormProblem]) -> Sheet:
    path = survey.with_name(f"{prefix}{noun}.csv")
    if path.exists():
        return read_sheet(path, problems)
    if noun == "settings":
        problems.append(FormProblem(f"{prefix}{noun}", 0, "", f"缺少 {path.name}"))
    return Sheet(path.stem)


def read_sheets(survey: Sheet, choices: Sheet, settings: Sheet, prefix: str, problems: list[FormProblem]) -> Definition:
    """A definition from three sheets; faults are added to `problems` and the definition is then not to be used."""
    form = _Form(survey.name, _choice_lists(choices, problems), problems)
    for row in survey.rows:
        form.take(row)
    form.close()
    if not survey.rows:
        problems.append(FormProblem(survey.name, 0, "", "没有题目"))
    _unused(survey, problems)
    row = settings.rows[0] if settings.rows else Row(0, {})
    form_id = row.get("form_id") or prefix
    if not NAME.fullmatch(form_id):
        problems.append(FormProblem(settings.name, row.number, "form_id", "须以字母开头,只含字母、数字、下划线"))
    key = FORM_VERSION_SUFFIX.sub("", form_id)
    definition = Definition(
        key=key,
        form_id=form_id,
        version=row.get("version") or "1",
        title=row.get("form_title") or form_id,
        mode=_mode(row.get("x_mode"), prefix, key),
        language=row.get("default_language"),
        items=tuple(form.items),
        groups=tuple(form.groups),
        settings=tuple((name, cell) for name, cell in row.cells.items() if name.startswith("x_") and cell),
    )
    problems.extend(expression_problems(definition, survey.name, form.rows))
    return definition


def _mode(*words: str) -> str:
    for word in words:
        for mode in MODES:
            if word == mode or word.startswith(f"{mode}_"):
                return mode
    return ""


def _unused(survey: Sheet, problems: list[FormProblem]) -> None:
    """Columns of the format that we do not run are refused where a cell is filled."""
    for column in survey.columns:
        reason = COLUMNS_NOT_RUN.get(column) or ("图片、声音等媒体" if column.startswith(MEDIA) else "")
        rows = (row for row in survey.rows if reason and row.get(column))
        problems.extend(FormProblem(survey.name, row.number, column, f"本系统不运行{reason}") for row in rows)


def _choice_lists(sheet: Sheet, problems: list[FormProblem]) -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, dict[str, Choice]] = {}
    for row in sheet.rows:
        name, list_name = row.get("name") or row.get("value"), row.get("list_name")
        sentence, column = "", "name"
        if not list_name:
            sentence, column = "缺少选项组名", "list_name"
        elif not CHOICE_NAME.fullmatch(name):
            sentence = "选项代码须为字母、数字,不能为空或含空格"
        elif name in lists.setdefault(list_name, {}):
            sentence = f"选项组 {list_name} 里代码 {name} 重复"
        elif not row.get("label"):
            sentence, column = f"选项 {name} 没有文字", "label"
        if sentence:
            problems.append(FormProblem(sheet.name, row.number, column, sentence))
            continue
        lists[list_name][name] = Choice(
            name=name,
            label=row.get("label"),
            read_out=row.get("x_read_out").upper() != "N",
            score=row.get("x_score"),
            extra=_extra(row),
        )
    return {list_name: tuple(choices.values()) for list_name, choices in lists.items()}


def _extra(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple((name, cell) for name, cell in row.cells.items() if cell and name not in KNOWN)


@dataclass(slots=True)
class _Form:
    """The survey sheet as far as it has been read."""

    sheet: str
    lists: dict[str, tuple[Choice, ...]]
    problems: list[FormProblem]
    items: list[Item] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    open_groups: list[tuple[str, int]] = field(default_factory=list)

    def problem(self, row: Row, column: str, sentence: str) -> None:
        self.problems.append(FormProblem(self.sheet, row.number, column, sentence))

    def take(self, row: Row) -> None:
        words = row.get("type").split()
        kind, rest = (words[0], words[1:]) if words else ("", [])
        if kind in ("begin", "end", "select") and rest:
            kind, rest = f"{kind}_{rest[0]}", rest[1:]
        if kind == "begin_group":
            self.begin(row)
        elif kind == "end_group":
            self.end(row)
        elif kind in NOT_RUN:
            self.problem(row, "type", f"本系统不运行{NOT_RUN[kind]}")
        elif kind not in frozenset(ItemType):
            known = [*ItemType, "begin_group", "end_group"]
            self.problem(row, "type", f"不认识的题型“{kind[:40]}”{did_you_mean(kind, known)}" if kind else "缺少题型")
        else:
            self.item(row, ItemType(kind), rest)

    def begin(self, row: Row) -> None:
        name = row.get("name")
        self.open_groups.append((name, row.number))
        if self.named(row, name):
            self.groups.append(Group(name=name, label=row.get("label"), relevant=row.get("relevant")))

    def end(self, row: Row) -> None:
        if not self.open_groups:
            self.problem(row, "type", "这里的 end_group 没有对应的 begin_group")
            return
        name, number = self.open_groups.pop()
        if row.get("name") and row.get("name") != name:
            self.problem(row, "name", f"end_group 写的是 {row.get('name')},但要结束的是第{number}行开始的 {name}")

    def close(self) -> None:
        for name, number in self.open_groups:
            self.problems.append(FormProblem(self.sheet, number, "type", f"分组 {name} 缺少 end_group"))

    def named(self, row: Row, name: str) -> bool:
        if not NAME.fullmatch(name):
            self.problem(row, "name", "题目名须以字母开头,只含字母、数字、下划线" if name else "缺少题目名")
            return False
        if name in self.rows:
            self.problem(row, "name", f"题目名 {name} 与第{self.rows[name]}行重复")
            return False
        self.rows[name] = row.number
        return True

    def item(self, row: Row, kind: ItemType, rest: list[str]) -> None:
        if not self.named(row, row.get("name")):
            return
        self.look_at(row, kind)
        self.items.append(
            Item(
                name=row.get("name"),
                type=kind,
                label=row.get("label"),
                hint=row.get("hint"),
                required=row.get("required").lower() in YES,
                relevant=row.get("relevant"),
                constraint=row.get("constraint"),
                constraint_message=row.get("constraint_message"),
                appearance=row.get("appearance"),
                calculation=row.get("calculation"),
                parameters=row.get("parameters"),
                default=row.get("default"),
                list_name=rest[0] if kind in SELECTS and rest else "",
                choices=self.choices(row, kind, rest),
                groups=tuple(name for name, _ in self.open_groups),
                read_out=row.get("x_read_out"),
                stage=row.get("x_stage"),
                metrics=tuple(word.strip() for word in row.get("x_metric").split(",") if word.strip()),
                extra=_extra(row),
            )
        )

    def look_at(self, row: Row, kind: ItemType) -> None:
        if row.get("required").lower() not in YES | NO:
            self.problem(row, "required", "必答只能写 yes 或留空")
        if kind in SHOWN and not row.get("label"):
            self.problem(row, "label", "没有题目文字")
        if kind is ItemType.CALCULATE and not row.get("calculation"):
            self.problem(row, "calculation", "calculate 缺少算式")
        if "${" in row.get("default") or "(" in row.get("default"):
            self.problem(row, "default", "默认值只能是写定的文字,不能是算式")

    def choices(self, row: Row, kind: ItemType, rest: list[str]) -> tuple[Choice, ...]:
        if kind not in SELECTS:
            return ()
        if not rest:
            self.problem(row, "type", f"{kind} 后面缺少选项组名")
            return ()
        if len(rest) > 1:
            self.problem(row, "type", f"本系统不运行“{' '.join(rest[1:])[:40]}”;需要“其他”请写成选项加一道文字题")
        if rest[0] not in self.lists:
            self.problem(row, "type", f"没有选项组 {rest[0]}{did_you_mean(rest[0], self.lists)}")
        return self.lists.get(rest[0], ())
