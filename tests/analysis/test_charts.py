"""The pictures parse, obey a strict content policy, and say the same without colour."""

from xml.etree import ElementTree

import pytest

from analysis.reporting.charts import ChartRow, intervals_chart, levels_bar, satisfaction_rows
from analysis.reporting.report import build
from analysis.reporting.report_model import CodeCount
from tests.analysis.report_cases import given

SVG = "{http://www.w3.org/2000/svg}"
ROWS = (
    ChartRow("参保<补偿>&其他", 0.95, 0.92, 0.97, "met", "95.0% 达标"),
    ChartRow("棚改", 0.82, 0.76, 0.88, "not_met", "82.0% 未达标"),
    ChartRow("见习", 0.91, 0.86, 0.95, "insufficient", "91.0% 证据不足"),
    ChartRow("孤儿救助", None, None, None, "insufficient", "证据不足"),
)


@pytest.mark.parametrize("width", [360, 390, 800])
def test_the_picture_is_xml_with_title_and_description_and_no_inline_style(width: int) -> None:
    picture = ElementTree.fromstring(intervals_chart(ROWS, 900, width))
    assert picture.find(f"{SVG}title") is not None
    description = picture.find(f"{SVG}desc")
    assert description is not None and "孤儿救助:证据不足" in (description.text or "")
    for element in picture.iter():
        assert "style" not in element.attrib and "class" not in element.attrib
        assert element.tag != f"{SVG}style" and element.tag != f"{SVG}script"


def test_verdicts_differ_in_shape_and_dash_and_not_only_in_colour() -> None:
    picture = ElementTree.fromstring(intervals_chart(ROWS[:3], 900, 800))
    groups = list(picture.iter(f"{SVG}g"))
    shapes = [{child.tag for child in group} - {f"{SVG}text", f"{SVG}title", f"{SVG}line"} for group in groups]
    dashes = [{line.get("stroke-dasharray") for line in group.iter(f"{SVG}line")} for group in groups]
    assert len({frozenset(one) for one in shapes}) == 3
    assert (
        len(
            {
                frozenset(
                    one,
                )
                for one in dashes
            }
        )
        == 3
    )


@pytest.mark.parametrize("width", [390, 800])
def test_nothing_is_drawn_outside_the_picture(width: int) -> None:
    picture = ElementTree.fromstring(intervals_chart(ROWS, 900, width))
    for line in picture.iter(f"{SVG}line"):
        assert 0 <= float(line.get("x1", "-1")) <= width and 0 <= float(line.get("x2", "-1")) <= width


def test_on_a_phone_the_name_stands_above_its_bar() -> None:
    picture = ElementTree.fromstring(intervals_chart(ROWS, 900, 390))
    group = next(picture.iter(f"{SVG}g"))
    name = next(group.iter(f"{SVG}text"))
    bar = next(group.iter(f"{SVG}line"))
    assert float(name.get("y", "0")) < float(bar.get("y1", "0"))
    assert name.get("x") == "16.0"


def test_a_report_gives_one_bar_for_each_project_with_people() -> None:
    assert [row.name for row in satisfaction_rows(build(given()))][-1] == "孤儿救助"


def test_the_stacked_bar_is_not_drawn_when_a_level_is_hidden() -> None:
    levels = tuple(CodeCount(code, code, n, str(n)) for code, n in zip("54321", (50, 30, 10, 6, 5), strict=True))
    assert ElementTree.fromstring(levels_bar(levels)).find(f"{SVG}desc") is not None
    assert levels_bar((*levels[:4], CodeCount("1", "非常不满意", None, "<5"))) == ""
