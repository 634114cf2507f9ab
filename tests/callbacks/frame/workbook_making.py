"""Workbooks, good and hostile, made for the tests of the reader."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

import xlsxwriter

TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sheet.main+xml"/></Types>'
)
GOOD = (("姓名", "联系电话", "街道"), ("张三", "13800138001", "城东街道"))


def workbook(*sheets: Sequence[Sequence[object]], hidden: int | None = None) -> bytes:
    """An ordinary xlsx file."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for place, rows in enumerate(sheets):
            sheet = book.add_worksheet()
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
            if place == hidden:
                sheet.hide()
        if hidden == 0:
            book.worksheets()[1].activate()
    return out.getvalue()


def package(members: Mapping[str, bytes], content_types: bytes = TYPES) -> bytes:
    """A zip file with the given members and the two that make it look like a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", content_types)
        for name, body in {"xl/workbook.xml": b"<workbook/>", **members}.items():
            archive.writestr(name, body)
    return out.getvalue()


def patched(good: bytes, member: str, old: bytes, new: bytes) -> bytes:
    """A good workbook with one member changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = source.read(name)
            target.writestr(name, body.replace(old, new, 1) if name == member else body)
    return out.getvalue()


def encrypted_flag(good: bytes) -> bytes:
    """The same workbook with every member marked as encrypted."""
    changed = bytearray(good)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(mark)
        while place >= 0:
            changed[place + offset] |= 1
            place = changed.find(mark, place + 4)
    return bytes(changed)


def lying_size() -> bytes:
    """A member whose declared size is ten bytes and whose stream unpacks to a hundred million."""
    good = bytearray(package({"xl/worksheets/sheet1.xml": b" " * 100_000_000}))
    place = good.rfind(b"PK\x01\x02")
    struct.pack_into("<I", good, place + 24, 10)
    struct.pack_into("<I", good, place + 16, zlib.crc32(b" " * 10))
    return bytes(good)
