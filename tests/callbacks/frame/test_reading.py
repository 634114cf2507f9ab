"""A table is read whatever its encoding and titles, and a hostile file is refused with one sentence."""

import random
import resource
import time
from pathlib import Path

import pytest

from callbacks.frame import importing
from callbacks.frame.errors import TableRefused
from callbacks.frame.files import reading
from callbacks.frame.files.columns import Kind
from callbacks.frame.files.tables import open_table
from tests.callbacks.frame.workbook_making import GOOD, TYPES, encrypted_flag, lying_size, package, patched, workbook
from tests.callbacks.frame.world import WORLD

TEXT = "姓名,联系电话,街道\n张三,13800138001,城东街道\n"
SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
NETWORK = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'


def read(source: bytes | Path, kind: Kind = Kind.ROSTER) -> tuple[list[tuple[int, tuple[str, ...]]], str]:
    with open_table(kind, source) as table:
        return [(row.number, row.cells) for row in table.rows], table.head.encoding


def refusal(source: bytes, kind: Kind = Kind.ROSTER) -> TableRefused:
    with pytest.raises(TableRefused) as refused:
        read(source, kind)
    return refused.value


@pytest.mark.parametrize(("codec", "found"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030")])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_read_in_three_encodings_with_three_delimiters(codec: str, found: str, delimiter: str) -> None:
    rows, encoding = read(TEXT.replace(",", delimiter).encode(codec))
    assert rows == [(2, ("张三", "13800138001", "城东街道"))]
    assert encoding == found


def test_a_rare_character_of_gb18030_survives() -> None:
    rows, _ = read(TEXT.replace("张三", "张\U00020bb7").encode("gb18030"))
    assert rows[0][1][0] == "张\U00020bb7"


def test_utf8_with_one_broken_byte_is_refused_and_not_read_as_gb18030() -> None:
    body = "zone,zone_kind\n" + "".join(f"街道名称{n},街道\n" for n in "甲乙丙丁戊己")
    broken = body.encode() + b"\xe5\x9f,x\n"
    assert refusal(broken, Kind.ZONES).code == "encoding"


def test_titles_and_merged_headers_above_the_header_are_skipped() -> None:
    rows = [
        ["2026年残疾人两项补贴发放花名册", "", "", ""],
        ["单位:残联", "", "", "2026年3月"],
        ["序号", "姓名", "联系方式", ""],
        ["", "", "本人电话", "监护人电话"],
        [1, "张三", 13800138001, 13800138002],
    ]
    with open_table(Kind.ROSTER, workbook(rows)) as table:
        found = list(table.rows)
        uses = [column.use for column in table.head.columns]
    assert uses == ["serial", "name", "phone", "guardian_phone"]
    assert table.head.header_row == 4
    assert [row.number for row in found] == [5]
    assert found[0].cells[2] == "13800138001"


def test_the_first_visible_sheet_with_a_header_is_read_and_the_others_are_named() -> None:
    source = workbook([["填表说明"], ["请勿改动"]], GOOD, [["姓名", "电话"], ["李四", "1"]])
    with open_table(Kind.ROSTER, source) as table:
        assert [row.cells[0] for row in table.rows] == ["张三"]
        assert (table.head.sheet, table.head.skipped) == ("Sheet2", ("Sheet1",))


def test_a_hidden_sheet_is_not_read() -> None:
    source = workbook([["姓名", "联系电话"], ["李四", "13800138009"]], GOOD, hidden=0)
    rows, _ = read(source)
    assert rows[0][1][0] == "张三"


def test_a_file_without_a_required_column_says_which() -> None:
    refused = refusal("姓名,街道\n张三,城东街道\n".encode())
    assert refused.code == "columns"
    assert "缺少必需的列" in refused.sentence
    assert "电话" in refused.sentence


def _bad_files() -> dict[str, bytes]:
    good, chance = workbook(GOOD), random.Random(7)
    files = {
        "empty": b"",
        "spaces": b" \n \n",
        "no header": "甲,乙\n1,2\n".encode(),
        "header only in row 30": ("x\n" * 30 + TEXT).encode(),
        "utf-16": TEXT.encode("utf-16"),
        "latin": "nom,téléphone\ndupré,1\n".encode("latin-1"),
        "binary": b"\x00\x01\x02" * 500,
        "nul in csv": TEXT.encode() + b"a\0b,1,2\n",
        "open quote": TEXT.encode() + b'"' + b"x" * 200,
        "stray quote": TEXT.encode() + b'"a"b,1,2\n',
        "long cell": TEXT.encode() + b"x" * 40_000 + b",1,2\n",
        "wide": TEXT.encode() + b"x," * 300 + b"x\n",
        "many rows": TEXT.encode() + b"a,1,b\n" * 200_001,
        "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000,
        "pdf": b"%PDF-1.7\n" + bytes(range(1, 256)) * 4,
        "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        "html as xls": b"<html><table><tr><td>1</td></tr></table></html>",
        "plain zip": package({}, b"<Types/>"),
        "docx": package(
            {"word/document.xml": b"<w/>"}, TYPES.replace(b"spreadsheetml.sheet", b"wordprocessingml.document")
        ),
        "xlsm": package({"xl/vbaProject.bin": b"x"}),
        "xlsb": package({"xl/workbook.bin": b"x"}),
        "ods": package({"mimetype": b"application/vnd.oasis", "content.xml": b"<x/>"}),
        "encrypted": encrypted_flag(good),
        "nested zip": package({"xl/more.zip": b"PK"}),
        "nested xlsx": package({"xl/embeddings/a.xlsx": b"PK"}),
        "slip": package({"../../evil.xml": b"<x/>"}),
        "absolute": package({"/etc/cron.d/x": b"x"}),
        "drive": package({"C:\\x.xml": b"x"}),
        "many members": package({f"xl/x{n}.xml": b"x" for n in range(120)}),
        "bomb": package({SHEET: b" " * 60_000_000}),
        "ratio": package({SHEET: b" " * 5_000_000}),
        "lying size": lying_size(),
        "entities": patched(good, SHEET, b"<worksheet", BOMB + b"<worksheet"),
        "outside entity": patched(good, SHEET, b"<worksheet", OUTSIDE + b"<worksheet"),
        "network dtd": patched(good, "xl/workbook.xml", b"<workbook", NETWORK + b"<workbook"),
        "shared string entities": patched(good, "xl/sharedStrings.xml", b"<sst", BOMB + b"<sst"),
        "no sheets": package({"xl/workbook.xml": b"<workbook><sheets/></workbook>"}),
        "bad xml": patched(good, SHEET, b"<sheetData", b"<<sheetData"),
        "xml breaks off": patched(good, SHEET, b"</sheetData>", b""),
        "sparse": patched(good, SHEET, b"</sheetData>", _far_cell(1_048_576, "A")),
        "sparse and wide": patched(good, SHEET, b"</sheetData>", _far_cell(1_048_576, "XFD")),
        "16384 columns": patched(good, SHEET, b"</sheetData>", _far_cell(3, "XFD")),
    }
    for place in range(10):
        files[f"cut {place}"] = good[: len(good) * (place + 1) // 12]
    for place in range(12):
        damaged = bytearray(good)
        for _ in range(40):
            damaged[chance.randrange(4, len(damaged))] ^= 0xFF
        files[f"damaged {place}"] = bytes(damaged)
    return files


def _far_cell(row: int, column: str) -> bytes:
    return f'<row r="{row}"><c r="{column}{row}" t="str"><v>x</v></c></row></sheetData>'.encode()


BAD = _bad_files()


def test_there_are_sixty_bad_files() -> None:
    assert len(BAD) >= 60


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gives_one_chinese_sentence_and_no_rows_to_apply(name: str) -> None:
    started = time.monotonic()
    report = importing.check_table(Kind.ROSTER, BAD[name], WORLD)
    assert not report.acceptable, name
    assert report.content is None
    sentence = report.rows[0][3]
    assert sentence.endswith("。")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence)
    assert not any(word in sentence for word in ("Error", "Traceback", "/tmp", "None"))
    assert time.monotonic() - started < 35


def test_the_good_workbook_of_which_the_bad_ones_are_made_is_read() -> None:
    report = importing.check_table(Kind.ROSTER, workbook(GOOD), WORLD)
    assert report.acceptable
    assert report.rows_kept == 1


def test_the_reader_runs_under_limits_without_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_SECRET", "x")
    with open_table(Kind.ROSTER, workbook(GOOD)) as table:
        children = Path("/proc/self/task").glob("*/children")
        pids = [pid for path in children for pid in path.read_text().split()]
        seen = [
            Path(f"/proc/{pid}")
            for pid in pids
            if b"callbacks.frame.files.reading" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        for process in seen:
            environment = (process / "environ").read_bytes()
            assert b"SURVEY" not in environment
            assert b"PATH=" not in environment
        list(table.rows)
    assert reading.MEMORY_BYTES == 512 * 2**20
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY, "the limits are the child's alone"


def test_rows_arrive_one_at_a_time() -> None:
    """Half a file can be read and left: the child ends with the context."""
    body = TEXT.encode() + "李四,13800138002,红光街道\n".encode() * 50_000
    with open_table(Kind.ROSTER, body) as table:
        first = next(table.rows)
    assert first.cells[0] == "张三"
