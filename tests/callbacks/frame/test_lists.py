"""Projects, zones, departments and calendars: the official files as they are, and what is proposed or refused."""

import datetime as dt
from pathlib import Path

import pytest

from callbacks.frame import importing
from callbacks.frame.context import KnownZone
from callbacks.frame.files.columns import Kind, find_header, meaning
from callbacks.frame.lists.places import CalendarContent, DepartmentsContent, ZonesContent
from callbacks.frame.lists.project_rows import ListedProject
from callbacks.frame.lists.projects import ProjectsContent
from callbacks.frame.reports import ImportReport, stretches
from tests.callbacks.frame.world import WORLD, check, said

GOLDEN = Path(__file__).parents[2] / "golden"
OWN = "代码,名称,对外名称,口头名称,说明,类别,责任部门,配合部门,受益人数,单位,敏感,未成年,回访起始天,回访截止天,教育类\n"


def golden(kind: Kind, name: str) -> ImportReport:
    return importing.check_table(kind, GOLDEN / f"{name}.csv", WORLD)


def projects(report: ImportReport) -> dict[str, ListedProject]:
    assert isinstance(report.content, ProjectsContent), report.rows
    return {project.code: project for project in report.content.projects}


def test_the_67_items_come_with_departments_and_say_what_to_do_without_a_list() -> None:
    report = golden(Kind.PROJECTS, "nanguan_67_items")
    found = projects(report)
    assert report.acceptable
    assert len(found) == 67
    assert (
        sum("没有名单：" in sentence or "对象是机构" in sentence or "面向公众" in sentence for sentence in said(report))
        == 27
    )
    assert found["2016-12"].sensitive
    assert found["2016-12"].spoken_name == "一项民生补助"
    assert (found["2016-31"].coop, found["2016-31"].coop_all) == (("自强街道", "新春街道"), "")
    assert (found["2016-33"].coop, found["2016-33"].coop_all) == ((), "")
    assert (found["2016-13"].lead, found["2016-13"].coop, found["2016-13"].coop_all) == (
        "民政局",
        ("卫计局",),
        "各街乡",
    )
    assert found["2016-45"].minor and found["2016-45"].education
    assert not found["2016-10"].minor, "students of a university are grown"
    assert any("待确认" in sentence for sentence in said(report))


def test_the_same_words_on_many_rows_are_one_remark_that_names_every_row() -> None:
    report = golden(Kind.PROJECTS, "nanguan_67_items")
    tidied = [one for one in report.folded if "已规整" in one.sentence]
    rows = sorted(int(row) for row, _, _, sentence in report.rows if "已规整" in sentence)
    assert len(tidied) == 1 and len(rows) > 40
    assert list(tidied[0].rows) == rows
    assert len(report.folded) < len(report.rows) / 3
    assert sum(max(1, len(one.rows)) for one in report.folded) == len(report.rows)
    assert [one.level for one in report.folded] == sorted(
        (one.level for one in report.folded), key=["refuse", "warn", "note"].index
    )


def test_rows_that_follow_each_other_are_named_as_a_stretch() -> None:
    assert stretches([2, 4, 5, 6, 9]) == ["2", "4至6", "9"]
    assert stretches([]) == []


def test_the_yaohai_projects_come_with_counts_units_and_money() -> None:
    found = projects(golden(Kind.PROJECTS, "yaohai_projects"))
    assert len(found) == 18
    assert (found["YH01"].declared_count, found["YH01"].budget_fen) == (68_700, 5_714_800_000)
    assert found["YH02"].budget_fen == 111_140_000
    assert (found["YH10"].unit_kind, found["YH03"].unit_kind) == ("visit", "post")
    assert found["YH08"].declared_count is None
    assert "须按子项另取名单" in found["YH08"].note
    assert found["YH15"].minor
    assert found["YH16"].minor
    assert not found["YH14"].minor, "a disabled person may answer"
    assert found["YH01"].education


def test_a_declared_count_of_another_magnitude_is_doubted() -> None:
    text = "代码,名称,类别,内容,受益人数,单位\nA1,免学杂费,补助,为6.87万名学生免除学杂费,6870,名\n"
    assert any("不一致" in sentence for sentence in said(check(Kind.PROJECTS, text), "提醒"))
    same = text.replace(",6870,", ",68700,")
    assert not any("不一致" in sentence for sentence in said(check(Kind.PROJECTS, same)))


def test_a_subset_larger_than_its_whole_refuses_the_list() -> None:
    text = "代码,名称,类别,内容\nA1,签约,服务,签约服务人口15.8万人，其中重点人群457647人\n"
    assert not check(Kind.PROJECTS, text).acceptable


@pytest.mark.parametrize("written", ["近10万名", "2000余", "约3000人"])
def test_an_approximate_count_is_not_taken(written: str) -> None:
    report = check(Kind.PROJECTS, f"代码,名称,类别,受益人数\nA1,保险,参保补偿,{written}\n")
    assert projects(report)["A1"].declared_count is None
    assert any("约数" in sentence for sentence in said(report, "提醒"))


def test_our_own_headers_are_taken_without_any_proposal() -> None:
    row = "A1,孤儿救助,孤儿基本生活保障,一项民生补助,每月发放,补助类,民政局,教育局|各街道,17,人,是,是,10,60,否\n"
    report = check(Kind.PROJECTS, OWN + row, zones=(KnownZone(1, "1", "城东街道", "street"),))
    project = projects(report)["A1"]
    assert (project.window_from_days, project.window_to_days) == (10, 60)
    assert (project.coop, project.coop_all) == (("教育局",), "各街道")
    assert (project.sensitive, project.minor, project.education) == (True, True, False)
    assert not any("待确认" in sentence for sentence in said(report))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A1,甲,,,,扶贫类,民政局,,,,,,,,\n", "类别应为"),
        ("A1,甲,,,,补助类,民政局,,许多,,,,,,\n", "受益人数认不出来"),
        ("A1,甲,,,,补助类,民政局,,,,也许,,,,\n", "请填“是”或“否”"),
        ("A1,甲,,,,补助类,民政局,,,,,,90,7,\n", "起始天应小于截止天"),
        ("A1,甲,,,,补助类,民政局,,,,,,,,\nA1,乙,,,,补助类,民政局,,,,,,,,\n", "重复"),
    ],
)
def test_a_wrong_project_row_is_refused_with_its_reason(row: str, reason: str) -> None:
    report = check(Kind.PROJECTS, OWN + row)
    assert any(reason in sentence for sentence in said(report, "拒绝"))


def test_streets_of_the_year_stand_for_the_collective() -> None:
    gone = KnownZone(8, "8", "旧街道", "street", valid_to=dt.date(2015, 6, 1))
    here = KnownZone(9, "9", "新街道", "street", valid_from=dt.date(2014, 1, 1))
    report = importing.check_table(
        Kind.PROJECTS, GOLDEN / "nanguan_67_items.csv", type(WORLD)(today=WORLD.today, zones=(gone, here))
    )
    assert isinstance(report.content, ProjectsContent)
    zones = {one.zone.name for _, one in report.content.responsibilities if one.zone}
    assert zones == {"新街道"}


def test_the_streets_come_as_they_are_and_doubtful_sources_are_said() -> None:
    report = golden(Kind.ZONES, "yaohai_streets")
    assert isinstance(report.content, ZonesContent)
    assert len(report.content.zones) == 13
    assert {zone.level for zone in report.content.zones} == {"street"}
    assert any("请核对片区是否仍然有效" in sentence and "共4行" in sentence for sentence in said(report, "提醒"))


def test_zones_of_our_own_headers_find_their_parents_or_are_refused() -> None:
    header = "代码,名称,级别,上级\n"
    good = check(Kind.ZONES, header + "01,瑶海区,区,\n0101,城东街道,街道,01\n010101,临江社区,社区,城东街道\n", zones=())
    assert good.acceptable
    assert "没有登记" in said(check(Kind.ZONES, header + "0101,甲街道,街道,09\n", zones=()), "拒绝")[0]
    loop = check(Kind.ZONES, header + "1,甲,街道,2\n2,乙,街道,1\n", zones=())
    assert "绕成了圈" in said(loop, "拒绝")[0]
    assert "重复" in said(check(Kind.ZONES, header + "1,甲,街道,\n1,乙,街道,\n"), "拒绝")[0]


def test_departments_leave_the_collective_out_and_doubt_old_names() -> None:
    report = golden(Kind.DEPARTMENTS, "nanguan_departments")
    assert isinstance(report.content, DepartmentsContent)
    names = {one.name for one in report.content.departments}
    assert len(names) == 20
    assert "各街乡" not in names
    assert any("“安监局”是机构改革前的名称" in sentence for sentence in said(report, "提醒"))


def test_the_calendar_comes_as_it_is_and_a_half_one_is_said() -> None:
    report = golden(Kind.CALENDAR, "calendar_2026")
    assert isinstance(report.content, CalendarContent)
    assert len(report.content.days) == 42
    assert said(report) == []
    part = check(Kind.CALENDAR, "日期,类型\n2026-05-01,放假\n")
    assert "仍标“暂定”" in said(part, "提醒")[0]
    wrong = check(Kind.CALENDAR, "日期,类型\n2026-05-01,放假\n2026-05-01,放假\n五一,放假\n2026-05-02,休息\n")
    assert wrong.refusals == 3


def test_headers_are_known_by_many_words() -> None:
    for word in ("户主姓名", "受益人", "*姓名", "姓 名"):
        assert meaning(Kind.ROSTER, word) == "name", word
    for word in ("手机", "电话1", "联系电话二", "手 机 号 码"):
        assert meaning(Kind.ROSTER, word) == "phone", word
    assert meaning(Kind.ROSTER, "打卡日期") == meaning(Kind.ROSTER, "完工日期") == "event_date"
    found = find_header(Kind.ROSTER, [["姓名", "电话(监护人)", "街道/乡镇"]])
    assert found and [column.use for column in found.columns] == ["name", "guardian_phone", "zone"]
