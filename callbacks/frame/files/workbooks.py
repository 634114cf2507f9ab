"""Checks an xlsx package as a zip file before any parser sees it, then gives its rows as text. Pure."""

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from callbacks.frame.errors import TableRefused

PACKED_BYTES = 10 * 2**20
UNPACKED_BYTES = 50 * 2**20
RATIO = 100
MEMBERS = 100
CHUNK = 2**16
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_ENTITY_MARKS = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
"""What zipfile raises on damaged or exotic packages."""
_WORKBOOK_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def check_package(file: IO[bytes], packed: int) -> None:
    """Refuse bombs, foreign formats, macros, encryption and entity declarations; reads every member once.

    Limits (F1): 10 MiB packed, 50 MiB unpacked, ratio 100, 100 members. Declared sizes are not believed: the bytes
    are counted while they are unpacked.
    """
    if packed > PACKED_BYTES:
        raise TableRefused("too_big", "文件超过10 MiB,请拆成几个文件，或另存为 CSV 再导入。")
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive, packed)
    except BROKEN as problem:
        raise TableRefused("broken", "文件已损坏或不是完整的 xlsx 文件，请重新另存后再导入。") from problem


def _check_members(archive: zipfile.ZipFile, packed: int) -> None:
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise TableRefused("members", "文件内部的部件超过100个，请另存为只含数据的 xlsx 或 CSV。")
    _check_names(members)
    unpacked = 0
    for member in members:
        unpacked = _read_through(archive, member, unpacked, packed)
    if _WORKBOOK_TYPE not in archive.read("[Content_Types].xml"):
        raise TableRefused("not_xlsx", "文件内容不是普通的 xlsx 工作簿，请在 Excel 或 WPS 中另存为 xlsx。")


def _check_names(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if any(member.flag_bits & 1 for member in members):
        raise TableRefused("encrypted", "文件加了密码，请去掉密码后再导入。")
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name for name in names):
        raise TableRefused("unsafe_name", "文件内部的部件名不安全，请在 Excel 或 WPS 中重新另存。")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise TableRefused("macros", "文件带宏(xlsm)，请另存为不带宏的 xlsx。")
    if "xl/workbook.bin" in names:
        raise TableRefused("xlsb", "这是 xlsb 二进制工作簿，请另存为 xlsx。")
    if "mimetype" in names and "content.xml" in names:
        raise TableRefused("ods", "这是 ods 表格，请另存为 xlsx 或 CSV。")
    if any(name.lower().endswith((".zip", ".xlsx", ".xlsm", ".xls", ".7z", ".rar")) for name in names):
        raise TableRefused("nested", "文件里还嵌着别的压缩包或工作簿，请去掉后再导入。")
    if len(set(names)) != len(names) or "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise TableRefused("not_xlsx", "这不是 xlsx 表格（可能只是改了扩展名），请另存为 xlsx 或 CSV。")


def _read_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo, unpacked: int, packed: int) -> int:
    tail, parser = b"", _strict_parser() if member.filename.endswith((".xml", ".rels")) else None
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            unpacked += len(chunk)
            if unpacked > UNPACKED_BYTES or unpacked > RATIO * max(packed, 1):
                raise TableRefused("bomb", "文件解开后太大（超过50 MiB或压缩比超过100），请拆分或另存为 CSV。")
            if any(mark in tail + chunk for mark in _ENTITY_MARKS):
                _refuse_entities()
            tail = chunk[-32:]
            if parser:
                parser.Parse(chunk, False)
    if parser:
        parser.Parse(b"", True)
    return unpacked


def _strict_parser() -> expat.XMLParserType:
    """The spreadsheet reader forgives XML that breaks off, which would be half an import; this one does not."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_entities
    return parser


def _refuse_entities(*_: object) -> None:
    raise TableRefused("entities", "文件里有实体声明，不能导入，请在 Excel 或 WPS 中重新另存。")


def cell_text(value: Any) -> str:
    """A cell as its reader would type it: whole numbers without `.0`, dates as ISO, nothing for an empty cell."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def sheets(file: IO[bytes]) -> Iterator[CalamineSheet]:
    """The visible sheets of a workbook in order; refuses what the parser cannot read."""
    try:
        book = CalamineWorkbook.from_filelike(file)
        for metadata in book.sheets_metadata:
            if metadata.visible is SheetVisibleEnum.Visible:
                yield book.get_sheet_by_name(metadata.name)
    except PasswordError as problem:
        raise TableRefused("encrypted", "文件加了密码，请去掉密码后再导入。") from problem
    except (CalamineError, OSError, ValueError) as problem:
        raise TableRefused("broken", "文件已损坏或不是完整的 xlsx 文件，请重新另存后再导入。") from problem


def sheet_rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Row number as the spreadsheet shows it, and the texts of its cells (empty rows and columns included)."""
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [cell_text(value) for value in cells]
