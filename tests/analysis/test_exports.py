"""The files open in the programs of an office, say what the report says, and carry nothing that runs."""

import csv
import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import docx
import pytest
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from analysis import wording
from analysis.export import FORMATS
from analysis.export import csv as csv_file
from analysis.export import docx as docx_file
from analysis.export import html as html_file
from analysis.export import json as json_file
from analysis.export import xlsx as xlsx_file
from analysis.reporting.report import build
from analysis.reporting.report_model import Report
from tests.analysis.report_cases import PROJECTS, given, wave

PAYLOADS = (
    '=HYPERLINK("http://x","点我")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠a",
    "=cmd|' /C calc'!A0", '"=1"', "\n=1",
)  # fmt: skip


@pytest.fixture(scope="module")
def report() -> Report:
    return build(given())


@pytest.fixture(scope="module", params=PAYLOADS)
def hostile(request: pytest.FixtureRequest) -> Report:
    named = tuple(replace(one, name=request.param, lead_department=request.param) for one in PROJECTS)
    return build(given(projects=named, zones=(("Z1", request.param), ("Z2", "乙"), ("Z3", "丙"))))


def test_json_reads_back_as_the_same_report(report: Report) -> None:
    assert json_file.read(json_file.export(report)) == report


def test_csv_has_a_bom_and_a_row_for_each_figure(report: Report) -> None:
    data = csv_file.export(report)
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    found = next(row for row in rows if row["代码"] == "P3" and row["指标编号"] == "M01")
    assert (found["分子"], found["分母"], found["判定"]) == ("132", "160", "未达标")
    hidden = next(row for row in rows if row["代码"] == "P5" and row["指标编号"] == "M01")
    assert (hidden["分子"], hidden["分母"], hidden["数值"]) == ("", "", "")


def test_no_csv_cell_begins_like_a_formula(hostile: Report) -> None:
    rows = csv.reader(io.StringIO(csv_file.export(hostile).decode("utf-8-sig"), newline=""))
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(hostile: Report) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_file.export(hostile))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any("hyperlink" in name.lower() for name in book.namelist())
    assert sheets and not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_the_workbook_opens_with_print_sheets_and_a_clean_one(report: Report) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_file.export(report)))
    assert {"总体", "分项目", "分街道", "分部门", "拨打结果", "明细(机读)", "指标解释"} <= set(book.sheet_names)
    printed = book.get_sheet_by_name("分项目").to_python()
    line = next(row for row in printed if row[1] == "棚户区改造")
    assert line[4] == 3034 and line[8] == "82.5%" and line[10] == "未达标"
    clean = book.get_sheet_by_name("明细(机读)").to_python()
    assert clean[0][0] == "范围" and any(row[1] == "P3" and row[6] == 132 for row in clean)


def test_the_word_file_is_set_in_the_official_style(report: Report) -> None:
    document = docx.Document(io.BytesIO(docx_file.export(report)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    headings = [text for text in texts if text[:2] in {"一、", "二、", "三、", "四、", "五、", "六、", "七、"}]
    assert headings == [
        "一、调查基本情况", "二、总体结果", "三、分项目结果", "四、分街道结果", "五、分责任部门", "六、存在问题", "七、说明",
    ]  # fmt: skip
    assert texts[-1] == "2026年4月9日"
    assert any("调查时间为2026年3月5日至4月30日" in text for text in texts)
    assert any(text.startswith("棚户区改造：名义率82.5%（132/160），95%区间") for text in texts)
    section = document.sections[0]
    assert section.top_margin is not None and round(section.top_margin.mm) == 37
    footer = section.footer.paragraphs[0]
    assert footer.text.replace("\t", "") == "—  —" and "PAGE" in footer._p.xml


def test_word_fonts_are_named_for_chinese_and_table_headers_repeat(report: Report) -> None:
    document = docx.Document(io.BytesIO(docx_file.export(report)))
    fonts = {
        run._element.rPr.rFonts.get(qn("w:eastAsia")) for paragraph in document.paragraphs for run in paragraph.runs
    }
    assert {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"} <= fonts
    assert len(document.tables) >= 6
    for table in document.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml


def test_a_control_character_in_a_name_does_not_stop_the_word_file() -> None:
    named = tuple(replace(one, name="棚\x0b户\x00区") for one in PROJECTS)
    built = build(given(projects=named))
    assert docx.Document(io.BytesIO(docx_file.export(built))).paragraphs
    assert CalamineWorkbook.from_filelike(io.BytesIO(xlsx_file.export(built))).sheet_names


def test_the_html_page_needs_nothing_from_elsewhere_and_escapes_names(report: Report) -> None:
    named = tuple(replace(one, name="<script>alert(1)</script>") for one in PROJECTS)
    page = html_file.export(build(given(projects=named))).decode()
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    plain = html_file.export(report).decode()
    assert "<svg" in plain and "棚户区改造" in plain and "工作人员代答6份" in plain


def test_hidden_counts_are_in_no_file(report: Report) -> None:
    page = html_file.export(report).decode()
    assert "孤儿救助 满意率" not in page.replace("\n", " ")


def test_every_format_of_the_command_gives_bytes(report: Report) -> None:
    for export, media_type in FORMATS.values():
        assert export(report) and "/" in media_type


def test_an_empty_wave_can_be_exported_in_every_format() -> None:
    empty = build(given(cells=(), outcomes=(), calls=(), wave=wave(is_demonstration=True)))
    for export, _ in FORMATS.values():
        assert export(empty)


def test_dates_have_no_leading_zeros_and_marks_inside_numbers_stay() -> None:
    assert wording.day(wave().starts) == "2026年3月5日"
    assert (
        wording.typeset("甲:90.0%(9/10),截至9:05,共1,200人;sha256:00ff")
        == "甲：90.0%（9/10），截至9:05，共1,200人；sha256:00ff"
    )


def test_the_svg_inside_the_page_is_xml(report: Report) -> None:
    page = html_file.export(report).decode()
    for piece in page.split("<svg")[1:]:
        assert ElementTree.fromstring("<svg" + piece.split("</svg>")[0] + "</svg>").tag.endswith("svg")
