"""What a file would bring and what is wrong with it, row by row in plain words. Pure."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from callbacks.frame.files.columns import DROPPED, KIND_WORDS, USE_WORDS, Column, Kind
from callbacks.frame.files.tables import TableHead


class Level(StrEnum):
    """How serious a remark is: a refusal stops the whole file, a warning and a note do not."""

    REFUSE = "refuse"
    WARN = "warn"
    NOTE = "note"


LEVEL_WORDS = {Level.REFUSE: "拒绝", Level.WARN: "提醒", Level.NOTE: "说明"}
WHOLE_FILE = 0
"""Row number of a remark on the file as a whole."""
HEADER = ("行号", "列", "级别", "说明")
_FORMULA_STARTS = tuple("=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One remark; never holds a name, a phone or another personal value."""

    row: int
    column: str
    level: Level
    sentence: str


@dataclass(frozen=True, slots=True)
class Folded:
    """One remark with every row that it is made on, none for the file as a whole."""

    rows: tuple[int, ...]
    column: str
    level: Level
    sentence: str

    @property
    def places(self) -> str:
        """第3至9、12行, or 全表."""
        return f"第{'、'.join(stretches(self.rows))}行" if self.rows else "全表"


def stretches(numbers: Sequence[int]) -> list[str]:
    """Ascending numbers in short: 3至9, 12. Pure."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [str(first) if first == last else f"{first}至{last}" for first, last in found]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The outcome of checking one file; `content` is what would be written."""

    kind: Kind
    file_name: str
    sha256: str
    head: TableHead | None
    rows_read: int
    rows_kept: int
    problems: tuple[RowProblem, ...]
    content: object
    totals: tuple[tuple[str, str], ...] = ()
    project_id: int | None = None
    programme: str | None = None

    @property
    def refusals(self) -> int:
        """How many remarks stop the file."""
        return sum(problem.level is Level.REFUSE for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many remarks want to be read."""
        return sum(problem.level is Level.WARN for problem in self.problems)

    @property
    def acceptable(self) -> bool:
        """Nothing was refused, so the file can be applied."""
        return self.refusals == 0

    @property
    def rows(self) -> tuple[tuple[str, str, str, str], ...]:
        """The remarks as 行号, 列, 级别, 说明; refusals first, then by row."""
        return tuple(
            (str(problem.row) if problem.row else "全表", problem.column, LEVEL_WORDS[problem.level], problem.sentence)
            for problem in self._ranked
        )

    @property
    def folded(self) -> tuple[Folded, ...]:
        """The remarks as people read them: the same words on several rows are one; refusals first, then by first row."""
        groups: dict[tuple[Level, str, str], list[int]] = {}
        for problem in self._ranked:
            places = groups.setdefault((problem.level, problem.column, problem.sentence), [])
            if problem.row != WHOLE_FILE and problem.row not in places[-1:]:
                places.append(problem.row)
        return tuple(Folded(tuple(found), column, level, said) for (level, column, said), found in groups.items())

    @property
    def _ranked(self) -> list[RowProblem]:
        order = list(Level)
        return sorted(self.problems, key=lambda problem: (order.index(problem.level), problem.row))

    @property
    def mapping(self) -> tuple[tuple[str, str], ...]:
        """Each column of the file and what was done with it."""
        return tuple((column.header, treatment(column)) for column in self.head.columns) if self.head else ()

    @property
    def summary(self) -> str:
        """One sentence for the command line and the top of the page."""
        word = KIND_WORDS[self.kind]
        if not self.acceptable:
            return f"{word}文件有{self.refusals}处拒绝，一行也没有导入；另有{self.warnings}处提醒。"
        return f"{word}文件共{self.rows_read}行，可导入{self.rows_kept}条，{self.warnings}处提醒。"


def treatment(column: Column) -> str:
    """What happens to a column, in words."""
    if column.use in DROPPED:
        return DROPPED[column.use]
    return USE_WORDS.get(column.use, "不使用")


def guarded(text: str) -> str:
    """A csv cell that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def to_csv(report: ImportReport) -> bytes:
    """The report as a csv file: UTF-8 with BOM, remarks first, then totals and the columns' treatment."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    lines: list[Sequence[str]] = [HEADER, *report.rows, (), ("合计", report.summary)]
    lines += [*report.totals, (), ("文件中的列", "处理"), *report.mapping]
    for line in lines:
        writer.writerow([guarded(cell) for cell in line])
    return out.getvalue().encode("utf-8-sig")
