"""Opens an uploaded table through the limited reader process and hands its rows on one at a time."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from callbacks.frame.errors import TableRefused
from callbacks.frame.files.columns import Column, Kind

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "2"}
"""All that the reader sees of our environment: no secret, no database address."""
_TOO_SLOW = "读取这个文件用了超过30秒的处理时间，已停止；请删掉多余的行列或另存为 CSV。"
_TOO_MUCH = "表格展开后太大或内部结构异常，已停止读取；请删掉多余的行列或另存为 CSV。"


@dataclass(frozen=True, slots=True)
class TableHead:
    """How the file was read: format, encoding, sheet, header row (1-based), columns, and the titles above them."""

    format: str
    encoding: str
    sheet: str
    skipped: tuple[str, ...]
    header_row: int
    columns: tuple[Column, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row: its number in the file and its trimmed cells."""

    number: int
    cells: tuple[str, ...]

    def cell(self, index: int) -> str:
        """The cell, or `""` when the row is shorter."""
        return self.cells[index] if index < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table being read; `rows` can be walked once and raises `TableRefused` where the reader gives up."""

    head: TableHead
    rows: Iterator[SourceRow]


def digest(source: Path | bytes) -> str:
    """SHA-256 (hex) of the file's bytes."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _as_file(source: Path | bytes) -> Iterator[IO[bytes]]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
        return
    # Uploaded names and phones stay in memory: an anonymous file never touches a disk.
    with os.fdopen(os.memfd_create("upload"), "w+b") as file:
        file.write(source)
        file.flush()
        file.seek(0)
        yield file


@contextmanager
def open_table(kind: Kind, source: Path | bytes) -> Iterator[Table]:
    """The table in `source`, read by a child process that ends with this context; refusals raise `TableRefused`."""
    command = [sys.executable, "-E", "-s", "-m", "callbacks.frame.files.reading", kind.value]
    with _as_file(source) as file:
        child = subprocess.Popen(
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT, cwd=ROOT
        )
        try:
            assert child.stdout is not None
            yield _table(child, child.stdout)
        finally:
            child.kill()
            child.communicate()


def _table(child: subprocess.Popen[bytes], lines: IO[bytes]) -> Table:
    about = _message(child, lines.readline())
    columns = tuple(Column(index, *described) for index, described in enumerate(about["columns"]))
    head = TableHead(
        format=about["format"],
        encoding=about["encoding"],
        sheet=about["sheet"],
        skipped=tuple(about["skipped"]),
        header_row=about["header_row"],
        columns=columns,
        titles=tuple(about["titles"]),
    )
    return Table(head, _rows(child, lines))


def _rows(child: subprocess.Popen[bytes], lines: IO[bytes]) -> Iterator[SourceRow]:
    while True:
        message = _message(child, lines.readline())
        if isinstance(message, dict):
            return
        yield SourceRow(message[0], tuple(message[1]))


def _message(child: subprocess.Popen[bytes], line: bytes) -> Any:
    if not line.endswith(b"\n"):
        code = child.wait()
        slow = code in (-signal.SIGXCPU, -signal.SIGKILL)
        raise TableRefused("slow" if slow else "memory", _TOO_SLOW if slow else _TOO_MUCH)
    message = json.loads(line)
    if isinstance(message, dict) and "refused" in message:
        raise TableRefused(message["refused"], message["sentence"])
    return message
