"""The report as a Word file in the style of GB/T 9704: A4, 仿宋 body, 黑体 and 楷体 headings, "— 1 —" page numbers. Pure."""

import io
from datetime import datetime

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION_START
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as _Grid
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from analysis import wording
from analysis.export.narrative import Part, sections, titled
from analysis.export.tables import Table, Value
from analysis.reporting.report_model import Report

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE, BODY, LEVEL_ONE, LEVEL_TWO, FOOTER = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
_LATIN = "Times New Roman"
_ORDINALS = "一二三四五六七八九十"
_TEXT_WIDTH = 156
_SIDE_TWIPS = 40


def export(report: Report) -> bytes:
    """A .docx file; fonts are named, not embedded."""
    document = docx.Document()
    _page(document)
    _properties(document, report)
    _cover(document, report)
    table_number = 0
    for section in sections(report):
        _paragraph(document, section.title, LEVEL_ONE, keep=True)
        place = 0
        for part in section.parts:
            place += 1 if part.heading else 0
            table_number = _part(document, part, place, table_number)
    _signature(document, report)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Document) -> None:
    section = document.sections[0]
    section.start_type = WD_SECTION_START.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _LATIN, Pt(16)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    _page_number(section.footer.paragraphs[0])


def _properties(document: Document, report: Report) -> None:
    moment = datetime.fromisoformat(report.wave.as_of).replace(tzinfo=None)
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = report.wave.title, report.wave.issuer, "", ""
    core.created = core.modified = moment
    core.language = "zh-CN"


def _font(run: Run, name: str, size: float, bold: bool | None = None) -> Run:
    run.font.name, run.font.size, run.bold = _LATIN, Pt(size), bold
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)
    fonts.set(qn("w:hint"), "eastAsia")
    return run


def _lines(paragraph: Paragraph, points: float = 28) -> None:
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points)
    form.space_before = form.space_after = Pt(0)


def _paragraph(
    document: Document, text: str, font: str = BODY, size: float = 16, align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = True, keep: bool = False,
) -> Paragraph:  # fmt: skip
    paragraph = document.add_paragraph()
    _font(paragraph.add_run(wording.typeset(text)), font, size)
    _lines(paragraph)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if align is None else align
    paragraph.paragraph_format.keep_with_next = keep
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)  # for readers that do not count in letters
        paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "200")
    return paragraph


def _cover(document: Document, report: Report) -> None:
    title = _paragraph(document, titled(report), TITLE, 22, WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    _lines(title, 36)
    title.paragraph_format.space_after = Pt(14)
    wave = report.wave
    lines = (f"委托方:{wave.commissioner}" if wave.commissioner else "", f"执行方:{wave.issuer}", wave.district)
    for text in lines:
        if text:
            _paragraph(document, text, LEVEL_TWO, 16, WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    _paragraph(document, "", indent=False)


def _part(document: Document, part: Part, place: int, table_number: int) -> int:
    if part.heading:
        _paragraph(document, f"（{_ORDINALS[place - 1]}）{part.heading}", LEVEL_TWO, keep=True)
    for text in part.paragraphs:
        _paragraph(document, text)
    for table in part.tables:
        if table.rows:
            table_number += 1
            caption = f"附表{table_number}  {table.title}"
            _paragraph(document, caption, LEVEL_ONE, 12, WD_ALIGN_PARAGRAPH.CENTER, indent=False, keep=True)
            _table(document, table)
    return table_number


def _table(document: Document, table: Table) -> None:
    grid = document.add_table(rows=1, cols=len(table.header))
    grid.style = "Table Grid"
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    _margins(grid)
    widths = [Mm(_TEXT_WIDTH * width / sum(table.widths)) for width in table.widths]
    for cell, word in zip(grid.rows[0].cells, table.header, strict=True):
        _cell(cell, word, LEVEL_ONE)
    _repeat(grid.rows[0])
    for values in table.rows:
        row = grid.add_row()
        _whole(row)
        for cell, value in zip(row.cells, values, strict=True):
            _cell(cell, value, BODY)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
    _paragraph(document, "", indent=False)


def _margins(grid: _Grid) -> None:
    """Cells with little air at their sides: a figure and its sign fit on one line."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(_SIDE_TWIPS))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    look = grid._tbl.tblPr.find(qn("w:tblLook"))
    if look is None:
        grid._tbl.tblPr.append(margins)
    else:
        look.addprevious(margins)  # the order the format asks for


def _cell(cell: _Cell, value: Value, font: str) -> None:
    paragraph = cell.paragraphs[0]
    _font(paragraph.add_run(wording.DASH if value is None or value == "" else wording.typeset(str(value))), font, 9)
    _lines(paragraph, 13)
    is_number = isinstance(value, int | float)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if is_number else WD_ALIGN_PARAGRAPH.CENTER


def _mark(row: _Row, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _repeat(row: _Row) -> None:
    """The header row is printed again on each page."""
    _whole(row)
    _mark(row, "w:tblHeader")


def _whole(row: _Row) -> None:
    """A row is not broken over two pages."""
    _mark(row, "w:cantSplit")


def _signature(document: Document, report: Report) -> None:
    _paragraph(document, "", indent=False)
    day = wording.day(datetime.fromisoformat(report.wave.as_of).date())
    for text in (report.wave.issuer, day):
        paragraph = _paragraph(document, text, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False)
        paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn("w:rightChars"), "400")


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(paragraph.add_run("— "), FOOTER, 14)
    for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = _font(paragraph.add_run(), FOOTER, 14)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = code
        run._r.append(mark)
    _font(paragraph.add_run(" —"), FOOTER, 14)
