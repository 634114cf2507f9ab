"""The report as a workbook: sheets to print, one clean sheet for machines, outcomes and definitions. Pure."""

import io
import math
from collections.abc import Mapping
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from analysis import wording
from analysis.export import evidence, many, tables
from analysis.export.tables import Table, Value
from analysis.reporting.report_model import Report

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_TITLE_WIDTH, _COLUMN_WIDTH = 80, 8.43  # a long title runs over the empty columns beside a narrow table
_BODY = {"font_name": "仿宋", "font_size": 10, "border": 1, "valign": "vcenter", "text_wrap": True}
_STYLES: Mapping[str, Mapping[str, object]] = {
    "title": {"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"},
    "remark": {"font_name": "仿宋", "font_size": 10, "align": "left", "text_wrap": True, "valign": "top"},
    "head": {**_BODY, "font_name": "黑体", "align": "center", "bg_color": "#EDEDED"},
    "text": _BODY,
    "number": {**_BODY, "align": "right", "num_format": "#,##0"},
    "plain_text": {"num_format": "@"},
    "plain_number": {"num_format": "General"},
}


def export(report: Report) -> bytes:
    """An .xlsx file; every text is a typed string cell, so nothing in it can run."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    formats = {name: book.add_format(dict(style)) for name, style in _STYLES.items()}
    _properties(book, report)
    for name, table in _printed(report):
        if report.part and not table.rows:
            continue  # whose part it is has no such rows; the whole report keeps every sheet
        _print_sheet(book, formats, name, table, report)
    _clean_sheet(book, formats, tables.all_figures(report))
    _print_sheet(book, formats, "指标解释", tables.definitions(report), report)
    book.close()
    return out.getvalue()


def _printed(report: Report) -> tuple[tuple[str, Table], ...]:
    return (
        ("总体", tables.headline(report)),
        ("分项目", tables.projects(report)),
        *((("边看边定论", evidence.table(report)),) if report.evidence else ()),
        ("分街道", tables.zones(report)),
        ("分部门", tables.departments(report)),
        ("不满意原因", tables.reasons(report)),
        ("执行情况", tables.groups(report)),
        ("拨打结果", tables.outcomes(report)),
        ("执行率", tables.rates(report)),
        ("多个项目", many.together(report)),
        ("可以一起说", many.claimed(report)),
        ("需要关注(内部)", many.watched(report)),
        ("分方式", many.modes(report)),
        ("数字提示", many.remarks(report)),
    )


def _properties(book: Workbook, report: Report) -> None:
    created = datetime.fromisoformat(report.wave.as_of).replace(tzinfo=None)
    book.set_properties({"title": report.wave.title, "author": report.wave.issuer, "created": created})


def _print_sheet(book: Workbook, formats: Mapping[str, Format], name: str, table: Table, report: Report) -> None:
    sheet = book.add_worksheet(name)
    last = len(table.header) - 1
    over = max(last, last + math.ceil((_TITLE_WIDTH - sum(table.widths)) / _COLUMN_WIDTH))
    sheet.merge_range(0, 0, 0, over, "", formats["title"])
    sheet.write_string(0, 0, wording.typeset(f"{report.wave.title}:{table.title}"), formats["title"])
    sheet.merge_range(1, 0, 1, over, "", formats["remark"])
    sheet.write_string(1, 0, wording.typeset(_remark(report)), formats["remark"])
    sheet.set_row(0, 30)
    sheet.set_row(1, 34)
    for column, (word, width) in enumerate(zip(table.header, table.widths, strict=True)):
        sheet.write_string(2, column, wording.typeset(word), formats["head"])
        sheet.set_column(column, column, width)
    for line, row in enumerate(table.rows, 3):
        printed = tuple(wording.typeset(value) if isinstance(value, str) else value for value in row)
        _write_row(sheet, line, printed, formats["text"], formats["number"])
    _page(sheet, 3, last)


def _remark(report: Report) -> str:
    wave = report.wave
    part = f"本表只含{report.part}的部分;全区只列总数。" if report.part else ""
    parts = (part, wave.demonstration_text, wave.interim_text, f"数据时间:{wave.as_of_text}。", f"发布:{wave.issuer}。")
    return "".join(part for part in parts if part)


def _clean_sheet(book: Workbook, formats: Mapping[str, Format], table: Table) -> None:
    """No merged cells, no units, one header row: for other programs."""
    sheet = book.add_worksheet("明细(机读)")
    for column, (word, width) in enumerate(zip(table.header, table.widths, strict=True)):
        sheet.write_string(0, column, word, formats["plain_text"])
        sheet.set_column(column, column, width)
    for line, row in enumerate(table.rows, 1):
        _write_row(sheet, line, row, formats["plain_text"], formats["plain_number"])
    sheet.freeze_panes(1, 0)


def _write_row(sheet: Worksheet, line: int, row: tuple[Value, ...], text: Format, number: Format) -> None:
    for column, value in enumerate(row):
        if value is None:
            sheet.write_blank(line, column, None, text)
        elif isinstance(value, str):
            sheet.write_string(line, column, value, text)
        else:
            sheet.write_number(line, column, value, number)


def _page(sheet: Worksheet, header_rows: int, last: int) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, header_rows - 1)
    sheet.freeze_panes(header_rows, min(2, last))
    sheet.set_footer("&C— &P —")
