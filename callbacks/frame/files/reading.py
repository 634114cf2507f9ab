"""The process that reads one uploaded table: it sees only the file on its standard input and writes JSON lines.

Run as `python -m callbacks.frame.files.reading KIND < FILE`. Before the first byte of the file is looked at, the process
limits its own memory, processor time, file sizes and processes; once the parser is loaded no further descriptor
can be opened, so neither a file nor a socket. The first line describes the table, every further line is
`[row, cells]`, the last is `{"end": rows}`; a refusal is `{"refused": code, "sentence": words}`.
"""

import codecs
import json
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any

from callbacks.frame.errors import TableRefused
from callbacks.frame.files import delimited, workbooks
from callbacks.frame.files.columns import HEADER_SEARCH_ROWS, HeaderMatch, Kind, find_header, nearest_header

MEMORY_BYTES = 512 * 2**20
CPU_SECONDS = 30
ROWS = 200_000
COLUMNS = 200
TITLE_CHARACTERS = 500

Rows = Iterator[tuple[int, list[str]]]


CODECS = ("utf-8", "utf-8-sig", "gb18030", "gb2312", "utf-16-le", "utf-16-be", "cp437", "ascii")
"""Loaded before the limits: Python opens a file for each codec it meets first."""


def limit_this_process() -> None:
    """Take away what reading a table does not need; cannot be undone."""
    for name in CODECS:
        codecs.lookup(name)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _emit(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    sys.stdout.write("\n")


def _looked_at(rows: Rows) -> tuple[list[tuple[int, list[str]]], Rows]:
    first = list(islice(rows, HEADER_SEARCH_ROWS))
    return first, rows


def _header_refusal(kind: Kind, first: list[tuple[int, list[str]]]) -> TableRefused:
    near = nearest_header(kind, [cells for _, cells in first])
    if near is None:
        return TableRefused("header", "没有认出表头：前20行里没有一行含有已知的列名，请对照说明里的列名修改表头。")
    missing = "、".join(near.missing(kind))
    return TableRefused("columns", f"表头在第{first[near.row][0]}行，但缺少必需的列：{missing}。")


def _write_table(about: dict[str, Any], found: HeaderMatch, first: list[tuple[int, list[str]]], rest: Rows) -> None:
    titles = [" ".join(filter(None, cells))[:TITLE_CHARACTERS] for _, cells in first[: found.row] if any(cells)]
    columns = [[column.header, column.use, column.unit] for column in found.columns]
    _emit({**about, "header_row": first[found.row][0], "columns": columns, "titles": titles})
    count = 0
    for number, cells in _chain(first[found.row + 1 :], rest):
        if len(cells) > COLUMNS and any(cells[COLUMNS:]):
            raise TableRefused("columns_many", f"第{number}行超过200列，请删掉多余的列。")
        texts = [cell.strip() for cell in cells[:COLUMNS]]
        if not any(texts):
            continue
        count += 1
        if count > ROWS:
            raise TableRefused("rows_many", "超过200,000行，请拆成几个文件分次导入。")
        _emit([number, texts])
    _emit({"end": count})


def _chain(first: Iterable[tuple[int, list[str]]], rest: Rows) -> Rows:
    yield from first
    yield from rest


def _read_workbook(kind: Kind, file: IO[bytes], size: int) -> None:
    workbooks.check_package(file, size)
    file.seek(0)
    refusal = TableRefused("empty", "工作簿里没有内容。")
    skipped: list[str] = []
    for sheet in workbooks.sheets(file):
        if sheet.total_height > ROWS + HEADER_SEARCH_ROWS:
            last = sheet.total_height + 1
            sentence = f"表格最后一个有内容的单元格在第{last}行，超过200,000行的上限，请删掉下面的内容或拆分。"
            raise TableRefused("rows_many", sentence)
        first, rest = _looked_at(workbooks.sheet_rows(sheet))
        found = find_header(kind, [cells for _, cells in first])
        if found:
            about = {"format": "xlsx", "encoding": "", "sheet": sheet.name, "skipped": skipped}
            return _write_table(about, found, first, rest)
        if any(any(cells) for _, cells in first):
            refusal = _header_refusal(kind, first)
            skipped.append(sheet.name)
    raise refusal


def _read_text(kind: Kind, file: IO[bytes], size: int) -> None:
    if size > delimited.TEXT_BYTES:
        raise TableRefused("too_big", "文件超过50 MiB,请拆成几个文件分次导入。")
    encoding = delimited.find_encoding(file)
    delimiter = delimited.find_delimiter(kind, file, encoding)
    first, rest = _looked_at(delimited.rows(file, encoding, delimiter))
    found = find_header(kind, [cells for _, cells in first])
    if not found:
        raise _header_refusal(kind, first)
    _write_table({"format": "csv", "encoding": encoding, "sheet": "", "skipped": []}, found, first, rest)


def read(kind: Kind, file: IO[bytes]) -> None:
    """Write the table in `file` to standard output, or raise `TableRefused`."""
    size = os.fstat(file.fileno()).st_size
    head = file.read(8)
    file.seek(0)
    if not head:
        raise TableRefused("empty", "文件是空的。")
    if head.startswith(workbooks.OLE):
        raise TableRefused("xls", "这是老的 xls 格式或加了密码的文件，请去掉密码并另存为 xlsx 或 CSV。")
    if head.startswith(b"PK"):
        return _read_workbook(kind, file, size)
    return _read_text(kind, file, size)


def main(arguments: list[str]) -> int:
    """Read standard input under limits; 0 when a table or a refusal was written."""
    limit_this_process()
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        read(Kind(arguments[0]), sys.stdin.buffer)
    except TableRefused as refusal:
        _emit({"refused": refusal.code, "sentence": refusal.sentence})
    except MemoryError:
        _emit({"refused": "memory", "sentence": "表格展开后太大，请删掉多余的行列或拆分后再导入。"})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
