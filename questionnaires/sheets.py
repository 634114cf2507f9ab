"""Reads the sheets of a form from csv files: encodings, headings and row numbers as a person sees them."""

import csv
import io
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from questionnaires.errors import FormProblem

MAX_BYTES = 5_000_000
MAX_ROWS = 10_000
MAX_CELL = 10_000
ENCODINGS = ("utf-8-sig", "gb18030")
ALIASES = {"relevance": "relevant", "list name": "list_name", "constraint message": "constraint_message"}


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by heading, stripped; `number` counts from 1 with the heading."""

    number: int
    cells: dict[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its headings in their order, empty rows left out."""

    name: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def read_sheet(path: Path, problems: list[FormProblem]) -> Sheet:
    """The sheet in a csv file (UTF-8 with or without BOM, else GB18030); what is wrong is added to `problems`."""
    name = path.stem
    if path.stat().st_size > MAX_BYTES:
        problems.append(FormProblem(name, 0, "", f"文件超过{MAX_BYTES // 1_000_000}MB"))
        return Sheet(name)
    decoded = _decoded(path.read_bytes())
    if decoded is None:
        problems.append(FormProblem(name, 0, "", "文字编码不是UTF-8或GB18030"))
        return Sheet(name)
    try:
        records = list(csv.reader(io.StringIO(decoded, newline=""), strict=True))
    except csv.Error:
        problems.append(FormProblem(name, 0, "", "不是合格的CSV文件（引号不成对，或单元格过长）"))
        return Sheet(name)
    return _sheet(name, records, problems)


def _decoded(content: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _sheet(name: str, records: list[list[str]], problems: list[FormProblem]) -> Sheet:
    if not records:
        problems.append(FormProblem(name, 0, "", "是空表"))
        return Sheet(name)
    if len(records) > MAX_ROWS:
        problems.append(FormProblem(name, 0, "", f"超过{MAX_ROWS}行"))
        return Sheet(name)
    columns = _columns(records[0])
    for column in {column for column in columns if column and columns.count(column) > 1}:
        problems.append(FormProblem(name, 1, column, "列名重复"))
    rows: list[Row] = []
    for number, record in enumerate(records[1:], start=2):
        cells = {column: cell.strip() for column, cell in zip(columns, record, strict=False) if column}
        problems.extend(_cell_problems(name, number, cells))
        if any(cells.values()):
            rows.append(Row(number, cells))
    return Sheet(name, tuple(column for column in columns if column), tuple(rows))


def _columns(heading: list[str]) -> list[str]:
    columns = [unicodedata.normalize("NFKC", cell).strip() for cell in heading]
    columns = [ALIASES.get(column.lower(), column) for column in columns]
    for wanted in ("label", "hint", "constraint_message"):
        # A form in one language may carry it only in the heading: label::中文(zh).
        if wanted not in columns:
            translated = next((column for column in columns if column.startswith(f"{wanted}::")), None)
            columns = [wanted if column == translated else column for column in columns]
    return columns


def _cell_problems(name: str, number: int, cells: dict[str, str]) -> list[FormProblem]:
    found = []
    for column, cell in cells.items():
        if len(cell) > MAX_CELL:
            found.append(FormProblem(name, number, column, f"单元格超过{MAX_CELL}字"))
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\r\t" for char in cell):
            found.append(FormProblem(name, number, column, "单元格里有控制字符"))
    return found
