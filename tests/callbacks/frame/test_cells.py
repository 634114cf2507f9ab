"""The smallest steps of reading a file: cells by meaning, dates as written, delimited text in any coding."""

import datetime as dt

import pytest

from callbacks.frame.files.cells import Cells
from callbacks.frame.files.columns import Column
from callbacks.frame.files.dates import read_date, read_year
from callbacks.frame.files.tables import SourceRow, TableHead

TODAY = dt.date(2026, 3, 5)


def _cells(*uses: str) -> Cells:
    columns = tuple(Column(index, f"列{use}", use) for index, use in enumerate(uses))
    return Cells(TableHead("csv", "utf-8", "", (), 1, columns, ()))


def test_a_cell_is_found_by_its_meaning_and_a_missing_one_is_empty() -> None:
    cells, row = _cells("name", "phone", "phone"), SourceRow(2, ("王秀英", "1"))
    assert (cells.text(row, "name"), cells.text(row, "phone"), cells.text(row, "zone")) == ("王秀英", "1", "")
    assert cells.has("phone") and not cells.has("zone")
    assert (cells.header("phone"), cells.header("zone")) == ("列phone", "")
    assert _cells("name", "zone").text(SourceRow(3, ("短行",)), "zone") == ""


@pytest.mark.parametrize(
    "text",
    ["2026-03-01", "2026.3.1", "2026/3/1", "2026年3月1日", "20260301", "46082", "２０２６-3-1", "2026-3-1 09:30"],
)
def test_a_date_is_read_in_every_usual_way_of_writing(text: str) -> None:
    read = read_date(text, TODAY)
    assert (read.date, read.certain) == (dt.date(2026, 3, 1), True)


@pytest.mark.parametrize(
    ("text", "date", "words"),
    [
        ("2026年2月", dt.date(2026, 2, 28), "当月最后一天"),
        ("2026-02-30", None, "不存在"),
        ("1926-02-03", None, "不合常理"),
        ("2026-04-01", dt.date(2026, 4, 1), "在将来"),
        ("三月初", None, "认不出来"),
        ("12", None, "认不出来"),
    ],
)
def test_a_date_that_is_assumed_or_refused_says_why(text: str, date: dt.date | None, words: str) -> None:
    read = read_date(text, TODAY)
    assert read.date == date and not read.certain and words in read.remark


def test_a_year_of_birth_is_taken_from_a_year_or_a_date_between_1900_and_today() -> None:
    assert [read_year(text, TODAY) for text in ("1950", "1950-01-02", "19500102", "1899", "2027", "")] == [
        1950, 1950, 1950, None, None, None,
    ]  # fmt: skip
