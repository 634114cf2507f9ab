"""Rows of a csv file whose encoding and delimiter are found strictly, never guessed away. Pure."""

import codecs
import csv
import io
import itertools
from collections.abc import Iterator
from typing import IO

from callbacks.frame.errors import TableRefused
from callbacks.frame.files.columns import HEADER_SEARCH_ROWS, Kind, find_header

TEXT_BYTES = 50 * 2**20
CELL_CHARACTERS = 32_767
"""What a spreadsheet cell can hold."""
DELIMITERS = (",", ";", "\t")
COMMON_SHARE = 0.85
"""At least this share of the non-ASCII characters of a GB18030 file is in GB2312; UTF-8 with a broken byte, read as
GB18030, gives rare characters and stays far below (about one half)."""
_CHUNK = 2**20
_ENCODING = "文字编码认不出来（只认 UTF-8 和 GB18030），请在 Excel 或 WPS 中另存为“CSV UTF-8”。"


def find_encoding(file: IO[bytes]) -> str:
    """`utf-8-sig`, `utf-8` or `gb18030`; refuses anything that is not strictly one of them."""
    file.seek(0)
    head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise TableRefused("encoding", _ENCODING)
    if head.startswith(codecs.BOM_UTF8):
        return _strict(file, "utf-8-sig") or _refuse()
    return _strict(file, "utf-8") or _strict(file, "gb18030") or _refuse()


def _refuse() -> str:
    raise TableRefused("encoding", _ENCODING)


def _strict(file: IO[bytes], encoding: str) -> str | None:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    foreign = common = 0
    try:
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            if "\0" in text:
                raise TableRefused("binary", "这不是文本表格（含有二进制内容），请另存为 xlsx 或 CSV。")
            beyond = "".join(letter for letter in text if letter > "\x7f")
            foreign += len(beyond)
            common += len(beyond.encode("gb2312", "ignore")) // 2
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    if encoding == "gb18030" and common < COMMON_SHARE * foreign:
        return None
    return encoding


def find_delimiter(kind: Kind, file: IO[bytes], encoding: str) -> str:
    """The delimiter under which the header row is recognised; the comma when none is."""
    for delimiter in DELIMITERS:
        first = itertools.islice(_records(file, encoding, delimiter, strict=False), HEADER_SEARCH_ROWS)
        if find_header(kind, [cells for _, cells in first]):
            return delimiter
    return ","


def _records(file: IO[bytes], encoding: str, delimiter: str, strict: bool) -> Iterator[tuple[int, list[str]]]:
    file.seek(0)
    csv.field_size_limit(CELL_CHARACTERS)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=strict), start=1):
            yield number, cells
    except csv.Error as problem:
        sentence = f"第{number + 1}行的引号没有配对或单元格过长，无法读下去，请检查这一行后再导入。"
        raise TableRefused("quotes", sentence) from problem
    finally:
        text.detach()


def rows(file: IO[bytes], encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Record number (as a spreadsheet would number its rows) and cells; refuses unbalanced quotes."""
    return _records(file, encoding, delimiter, strict=True)
