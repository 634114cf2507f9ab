"""Text tables: the coding and the delimiter are found strictly, or the file is refused."""

import io

import pytest

from callbacks.frame.errors import TableRefused
from callbacks.frame.files import delimited
from callbacks.frame.files.columns import Kind

LIST = "姓名,联系电话,街道\n王秀英,13800138000,城东街道\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_coding_of_a_list_is_found(encoding: str) -> None:
    assert delimited.find_encoding(io.BytesIO(LIST.encode(encoding))) == encoding


@pytest.mark.parametrize(
    "raw",
    [
        LIST.encode("utf-16"),
        LIST.encode()[:-1] + b"\xe7\x8e\n",
        "姓名,電話,街道\n王秀英,1,城東街道\n".encode("big5"),
        LIST.encode() + b"\0",
    ],
    ids=["utf-16", "a broken character", "big5", "binary"],
)
def test_a_coding_that_is_not_strictly_one_of_them_is_refused(raw: bytes) -> None:
    with pytest.raises(TableRefused):
        delimited.find_encoding(io.BytesIO(raw))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_makes_a_header(delimiter: str) -> None:
    file = io.BytesIO(LIST.replace(",", delimiter).encode())
    assert delimited.find_delimiter(Kind.ROSTER, file, "utf-8") == delimiter


def test_rows_carry_the_number_a_spreadsheet_would_show_and_an_open_quote_is_refused_with_it() -> None:
    read = list(delimited.rows(io.BytesIO(LIST.encode()), "utf-8", ","))
    assert [number for number, _ in read] == [1, 2] and read[1][1][0] == "王秀英"
    with pytest.raises(TableRefused) as refused:
        list(delimited.rows(io.BytesIO((LIST + '"李建国,1\n').encode()), "utf-8", ","))
    assert refused.value.sentence.startswith("第3行的引号")
