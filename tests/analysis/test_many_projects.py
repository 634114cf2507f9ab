"""Projects side by side: what may be said of all at once, what is only chance, and that nothing hidden comes out."""

import io
import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import docx
import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from analysis.comparison import funnel
from analysis.comparison.multiplicity import holm
from analysis.comparison.target_tests import listed
from analysis.export import docx as docx_file
from analysis.export import xlsx as xlsx_file
from analysis.reporting.disclosure import Audience
from analysis.reporting.many.charts_funnel import describe, funnel_chart, ordered
from analysis.reporting.many.many_model import Many
from analysis.reporting.report import build
from analysis.reporting.report_input import FrameKind, ReportInput
from analysis.reporting.report_model import Report
from analysis.reporting.report_share import Share, share
from analysis.tallies import Cell
from tests.analysis.report_cases import SHANGHAI, answers, given, project, wave

SVG = "{http://www.w3.org/2000/svg}"
Lists = list[tuple[int, int, int]]


def case(lists: Lists, **changes: Any) -> ReportInput:
    """Projects P00, P01, ... given as (satisfied, answers, people on the list)."""
    projects = tuple(project(f"P{i:02}", f"项目{i:02}", people, n) for i, (_, n, people) in enumerate(lists))
    cells: list[Cell] = []
    for i, (x, n, _) in enumerate(lists):
        cells += answers(f"P{i:02}", "Z1", (x, 0, 0, n - x, 0))
    return given(projects=projects, cells=tuple(cells), outcomes=(), calls=(), **changes)


def many_of(made: Report) -> Many:
    assert made.many is not None
    return made.many


def projects_in(many: Many) -> set[str]:
    """Every project that any list of the section names."""
    lists: tuple[Any, ...] = (
        many.met.items, many.not_met.items, many.watch.items, many.around_target.points, many.around_average.points,
        many.ranks.placings, many.model.rows, many.remarks,
    )  # fmt: skip
    return {one.project for rows in lists for one in rows}


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from numbers(inner)


def test_the_p_values_come_from_the_counts_of_the_printed_interval() -> None:
    lists = [(98, 100, 1000), (95, 100, 1000), (91, 100, 1000), (79, 100, 1000)]
    many = many_of(build(case(lists)))
    met = [listed(x, n, people).met for x, n, people in lists]
    assert {one.project: one.adjusted for one in many.met.items} == {"P00": holm(met)[0]}
    assert many.met.sentence == "4个项目一并判断,其中1个可以同时说达到目标(只要有一个说错的可能不超过2.5%)。"
    assert [one.project for one in many.not_met.items] == ["P03"]


def test_what_holds_alone_need_not_hold_for_all_and_is_named() -> None:
    """96 of 100 is 达标 by itself (p 0.0175 <= 0.025), but not as one of twelve (12 times that)."""
    many = many_of(build(case([(96, 100, 1000)] * 3 + [(90, 100, 1000)] * 9)))
    verdicts = [row.satisfaction.verdict for row in build(case([(96, 100, 1000)] * 3 + [(90, 100, 1000)] * 9)).projects]
    assert verdicts[:3] == ["met"] * 3
    assert many.met.items == ()
    assert many.met.alone_text == "单独看判定为达标、放进一张名单一起说还不够有把握的3个:项目00、项目01、项目02。"


@settings(max_examples=25, deadline=None)
@drawn(
    st.lists(
        st.integers(30, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n), st.integers(n, 2000))),
        max_size=6,
    )
)
def test_the_section_never_says_more_than_the_verdicts_and_never_a_number_that_is_none(lists: Lists) -> None:
    made = build(case(lists))
    many, verdicts = many_of(made), {row.code: row.satisfaction.verdict for row in made.projects}
    assert all(verdicts[one.project] == "met" for one in many.met.items)
    assert all(verdicts[one.project] == "not_met" for one in many.not_met.items)
    assert not {one.project for one in many.met.items} & {one.project for one in many.watch.items}
    assert all(one.q <= 0.1 for one in many.watch.items)
    assert all(math.isfinite(one) for one in numbers(msgspec.to_builtins(many)))
    for point in (*many.around_target.points, *many.around_average.points):
        assert 0 <= point.far_low <= point.low <= point.high <= point.far_high <= 1
    for one in many.ranks.placings:
        assert one.best <= one.rank <= one.worst <= len(many.ranks.placings)


@settings(max_examples=15, deadline=None)
@drawn(st.permutations([(98, 100, 1000), (93, 100, 800), (77, 100, 1000), (45, 50, 60), (310, 320, 5000)]))
def test_the_order_of_the_programme_changes_no_statement(lists: Lists) -> None:
    many = many_of(build(case(lists)))
    said = {lists[int(one.project[1:])] for one in many.met.items}
    watched = [lists[int(one.project[1:])] for one in many.watch.items]
    bands = {lists[int(one.project[1:])]: one.band for one in many.around_average.points}
    assert said == {(98, 100, 1000), (310, 320, 5000)}
    assert watched == [(77, 100, 1000)]
    assert bands[(77, 100, 1000)] == many_of(build(case(sorted(lists)))).around_average.points[
        sorted(lists).index((77, 100, 1000))
    ].band  # fmt: skip


def test_a_project_whose_figure_is_hidden_is_in_no_list_and_in_no_sum() -> None:
    """P5 is sensitive with 7 answers: the report hides it, so the section must stand as if it did not exist."""
    made = build(given())
    assert "P5" in {row.code for row in made.projects}
    assert projects_in(many_of(made)) == {"P1", "P2", "P3", "P4"}
    without = build(given(cells=tuple(cell for cell in given().cells if cell.project != "P5")))
    assert many_of(without) == many_of(made)
    assert "孤儿救助" not in msgspec.json.encode(made.many).decode()


def test_answers_by_an_open_link_prove_nothing() -> None:
    opened = case([(96, 100, 1000), (97, 100, 1000)])
    frames = (project("P00", "项目00", None, 100, frame_kind=FrameKind.OPEN), opened.projects[1])
    made = build(given(projects=frames, cells=opened.cells, outcomes=(), calls=()))
    assert projects_in(many_of(made)) == {"P01"}


def test_the_public_page_and_the_share_of_a_department_have_no_part_of_it() -> None:
    assert build(given(), Audience.PUBLIC).many is None
    assert share(build(given()), Share("区残联", frozenset({"P2"}))).many is None


def test_the_funnel_says_how_much_more_than_chance_the_projects_scatter() -> None:
    lists = [(99, 100, 10**6), (98, 100, 10**6), (80, 100, 10**6), (78, 100, 10**6), (90, 100, 10**6)]
    many = many_of(build(case(lists)))
    found = funnel.around_average([funnel.Unit(*one) for one in lists])
    assert many.around_average.phi == found.phi > 4
    assert f"两条界线已放宽到{math.sqrt(found.phi):.1f}倍" in many.around_average.sentence
    assert many.around_target.phi == 1 and "不放宽" in many.around_target.sentence
    alike = many_of(build(case([(89, 100, 1000), (90, 100, 1000), (91, 100, 1000)])))
    assert "没有超出碰巧的范围" in alike.around_average.sentence


def test_a_fully_answered_list_lies_in_no_band_and_needs_no_model() -> None:
    many = many_of(build(case([(29, 30, 30), (90, 100, 1000), (80, 100, 1000)])))
    assert many.around_average.points[0].band == "entire"
    assert many.model.rows[0].model is None and many.model.rows[0].model_text == "全部答复,不用估计"
    assert many.model.rows[1].text == "90.0%", "the direct rate stands first, unchanged"


def test_the_model_draws_small_projects_further_to_the_mean() -> None:
    many = many_of(build(case([(30, 40, 4000), (300, 400, 4000), (390, 400, 4000), (385, 400, 4000)])))
    direct = {one.project: point.value for one, point in zip(many.model.rows, many.around_target.points, strict=True)}
    moved = {one.project: (one.model or 0) - direct[one.project] for one in many.model.rows}
    assert moved["P00"] > moved["P01"] > 0 > moved["P02"]
    assert "只供参考" in many.model.sentence and many.model.label == "模型估计"


def test_ranks_that_chance_may_swap_are_one_group() -> None:
    many = many_of(build(case([(90, 100, 1000), (92, 100, 1000), (60, 100, 1000)])))
    assert many.ranks.groups == (("项目01", "项目00"),)
    assert [one.range_text for one in many.ranks.placings] == ["第1—2名", "第1—2名", "第3名"]
    same = many_of(build(case([(90, 100, 1000), (91, 100, 1000)])))
    assert same.ranks.sentence == "2个项目之间差异不显著,分不出先后,名次不要用来表扬或批评。"


def test_rates_by_way_of_asking_carry_the_warning() -> None:
    cells = [*answers("P00", "Z1", (95, 0, 0, 5, 0)), *answers("P00", "Z1", (35, 0, 0, 25, 0), mode="mobile")]
    many = many_of(build(given(projects=(project("P00", "项目", 1000, 160),), cells=tuple(cells))))
    assert [(one.name, one.counts_text) for one in many.modes.rows] == [("电话", "95/100"), ("手机自填", "35/60")]
    assert many.modes.sentence.startswith("不同方式的结果相差最多36.7个百分点")
    assert many.modes.rows[1].difference_text == "低36.7个百分点,超出碰巧的范围"


def test_a_hidden_way_of_asking_is_not_compared_and_its_count_not_given() -> None:
    cells = [*answers("P00", "Z1", (95, 0, 0, 5, 0)), *answers("P00", "Z1", (2, 0, 0, 1, 0), mode="mobile")]
    many = many_of(build(given(projects=(project("P00", "项目", 1000, 160),), cells=tuple(cells))))
    assert all(one.counts_text == "" for one in many.modes.rows)
    assert many.modes.sentence == "有的方式不足30份答案,各方式之间暂不能比较。"


def test_a_wide_interval_is_printed_with_the_words_not_to_quote_it() -> None:
    many = many_of(build(case([(9, 12, 1000), (960, 1000, 10**5)])))
    assert [(one.project, one.code) for one in many.remarks] == [("P00", "wide_interval")]
    assert "不要单独引用" in many.remarks[0].sentence and "不显示" not in many.remarks[0].sentence


def test_lists_of_an_open_wave_say_that_they_move() -> None:
    closed = datetime(2026, 5, 1, 9, 0, tzinfo=SHANGHAI)
    assert "对外说请等批次结束" in many_of(build(given())).interim_text
    assert many_of(build(given(wave=wave(closed=closed)))).interim_text == ""


@pytest.mark.parametrize(
    "lists",
    [[], [(95, 100, 1000)], [(100, 100, 1000)] * 4, [(0, 100, 1000)] * 4, [(30, 30, 30)] * 3, [(5, 5, 10**9)] * 2],
    ids=["none", "one", "all satisfied", "none satisfied", "all answered", "tiny"],
)
def test_extremes_give_numbers_words_and_pictures(lists: Lists) -> None:
    many = many_of(build(case(lists)))
    assert many.judged == len(lists)
    assert all(math.isfinite(one) for one in numbers(msgspec.to_builtins(many)))
    for view in (many.around_target, many.around_average):
        assert "nan" not in funnel_chart(view, 358).lower() + view.sentence
        assert bool(funnel_chart(view)) == bool(lists)


@pytest.mark.parametrize("width", [358, 880])
def test_the_funnel_picture_has_words_for_those_who_do_not_see_it_and_keeps_inside(width: int) -> None:
    view = many_of(build(given())).around_target
    picture = ElementTree.fromstring(funnel_chart(view, width, "f"))
    description = picture.find(f"{SVG}desc")
    assert description is not None and description.text == describe(view)
    assert "棚户区改造160份答案，82.5%，偏低" in describe(view)
    assert picture.get("aria-labelledby") == "f-title f-desc"
    for element in picture.iter():
        assert "style" not in element.attrib and "class" not in element.attrib
        if element.tag == f"{SVG}rect":
            left = float(element.get("x", "-1"))
            assert left >= 0 and left + float(element.get("width", "0")) <= width
        if element.tag in (f"{SVG}circle", f"{SVG}text"):
            assert 0 <= float(element.get("cx", element.get("x", "-1"))) <= width


def test_bands_differ_in_shape_and_filling_and_not_only_in_colour() -> None:
    lists = [(70, 100, 10**6), (83, 100, 10**6), (90, 100, 10**6), (96, 100, 10**6), (100, 100, 10**6), (28, 30, 30)]
    view = many_of(build(case(lists))).around_target
    assert [one.band for one in view.points] == ["far_below", "below", "inside", "above", "far_above", "entire"]
    picture = ElementTree.fromstring(funnel_chart(view, 880))
    looks = set()
    for group in picture.iter(f"{SVG}g"):
        marks = [one for one in group if one.tag in (f"{SVG}circle", f"{SVG}polygon")]
        corners = marks[0].get("points", "").split()
        first_y = float(corners[0].split(",")[1]) - float(corners[-1].split(",")[1]) if corners else 0.0
        looks.add((len(corners), first_y > 0, marks[0].get("fill") == "#ffffff"))
    assert len(looks) == 6


def test_few_answers_stand_on_top_so_that_the_bands_narrow_downwards() -> None:
    view = many_of(build(case([(360, 400, 10**6), (36, 40, 10**6), (90, 100, 10**6)]))).around_target
    widths = [one.high - one.low for one in ordered(view)]
    assert widths == sorted(widths, reverse=True)


def test_the_written_report_has_the_claims_and_the_workbook_alone_the_watch_list() -> None:
    made = build(given())
    document = docx.Document(io.BytesIO(docx_file.export(made)))
    texts = "\n".join(one.text for one in document.paragraphs)
    assert "多个项目一起看" in texts and "可以一起对外说达标的项目：4个项目一并判断" in texts
    table = next(one for one in document.tables if "可以一起说" in [cell.text for cell in one.rows[0].cells])
    assert [cell.text for cell in table.rows[3].cells][:4] == ["棚户区改造", "160", "82.5%", "未达标"]
    assert "需要关注" not in texts
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_file.export(made)))
    watched = book.get_sheet_by_name("需要关注(内部)").to_python()
    assert [row[0] for row in watched[3:]] == ["棚户区改造"]
    assert {"多个项目", "可以一起说", "分方式", "数字提示"} <= set(book.sheet_names)
