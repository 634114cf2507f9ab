"""Every contradiction and unit trap found in the source documents meets a warning, a refusal or a note with its reason."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from callbacks.frame import importing
from callbacks.frame.files.cleaning import clean
from callbacks.frame.files.columns import Kind
from callbacks.frame.files.figures import UnitKind, figures
from callbacks.frame.lists.figure_checks import check_conflict, check_rate, check_sum, check_text, check_total
from callbacks.frame.lists.projects import ProjectsContent
from callbacks.frame.reports import Level
from tests.callbacks.frame.world import WORLD, said

GOLDEN = Path(__file__).parents[2] / "golden"
with (GOLDEN / "seed_data_quality_traps.csv").open(encoding="utf-8", newline="") as lines:
    TRAPS = list(csv.DictReader(lines))

PINYIN = "密織保障網(wǎng) 件件實事得民心,群眾&rdquo;發(fā)布"
DOCTOR = "家庭医生签约服务团队226个,签约服务人口15.8万人,其中重点人群457647人。"
POOR = "农村五保集中和分散供养标准分别达到710元/月、983元/月;累计为29名集中供养农村五保供养对象发放补助资金35.69万元"


def on_text(text: str) -> list[str]:
    return [problem.sentence for problem in check_text(text)]


def items() -> list[str]:
    return said(importing.check_table(Kind.PROJECTS, GOLDEN / "nanguan_67_items.csv", WORLD))


def insured() -> list[str]:
    total, *parts = figures("1748.17万人 923.63万人 824.53万人")
    return [problem.sentence for problem in check_sum(parts, total)]


def yaohai_titled() -> list[str]:
    """The list as the district wrote it: its title announces 19 and 7 projects, its rows are 18."""
    body = (GOLDEN / "yaohai_projects.csv").read_text(encoding="utf-8")
    titled = "2017年共实施19项省级民生工程、7项市级民生工程\n" + body
    return said(importing.check_table(Kind.PROJECTS, titled.encode(), WORLD))


ANSWERS: list[tuple[str, Callable[[], list[str]], str]] = [
    ("charset", lambda: list(clean(PINYIN).remarks), "2处拼音注音"),
    ("magnitude", lambda: on_text("城市棚户区改造完成2768万平方米、3304户"), "疑为27.68万平方米"),
    ("subset>whole", lambda: on_text(DOCTOR), "子集不能大于全集"),
    (
        "conflict",
        lambda: [p.sentence for p in check_conflict("6.3万人签约家庭医生", DOCTOR)],
        "标题写6.3万人，正文写15.8万人",
    ),
    ("conflict", lambda: on_text("10余资助项目3160万元。截至目前,累计投入2629万元"), "83.2%"),
    ("precision", lambda: on_text("为96500位老人购买;完成近10万名老年人保费缴纳"), "只用精确数"),
    ("rate of plan", lambda: on_text("完成资金投入15.34亿元,完成全年资金投入计划的89%。"), "推算全年计划约17.24亿元"),
    ("unit 人次", lambda: on_text("累计救助2946人次;法律援助案件808人次"), "须先按人去重"),
    ("order", lambda: on_text(POOR), "疑为顺序颠倒"),
    ("ratio", lambda: on_text("新开工棚户区保障房520套,惠及3034人"), "每套5.83人"),
    ("count unit", lambda: on_text("全区累计开发公益岗位3234个"), "是岗位数，不是人数"),
    ("missing total", yaohai_titled, "共26项，实际只认出18项"),
    ("missing name", lambda: [p.sentence for p in check_total(9, 8, "大类")], "还差1大类，不能臆造补齐"),
    ("rounding", insured, "在四舍五入容差内"),
    ("rate", lambda: [p.sentence for p in check_rate(6622, 6696, "98.89")], "98.8949%，与原文98.89%一致"),
    ("人(次)", lambda: on_text("受助学生达213.8万人(次)"), "口径不明"),
    ("forecast", lambda: on_text("预计全市累计救助低保对象129.4万人次"), "不是完成数"),
    ("missing coop", items, "没有配合部门，按原文留空，不默认为各街乡"),
    ("collective", items, "“各街乡”按2016年的4个街道展开"),
    ("old names", items, "“卫计局”没有登记，将自动新建"),
    ("ordinal", items, "“第十届”是届次，不作数量"),
    ("text spacing", items, "标点前后有多余空格或半角逗号，已规整，原文留底"),
    ("no denominators", lambda: on_text("养老保险参保率巩固在95%以上,医疗保险参保率巩固在97%以上"), "只有比率没有分母"),
]


def test_there_is_an_answer_for_every_trap() -> None:
    assert [kind for kind, _, _ in ANSWERS] == [row["kind"] for row in TRAPS]


@pytest.mark.parametrize("place", range(len(ANSWERS)), ids=[f"{n}-{kind}" for n, (kind, _, _) in enumerate(ANSWERS)])
def test_a_trap_is_met_with_its_reason(place: int) -> None:
    _, answer, reason = ANSWERS[place]
    sentences = answer()
    assert any(reason in sentence for sentence in sentences), sentences[:10]


def test_both_arithmetic_traps_of_the_poor_relief_row_are_said() -> None:
    assert any("每人每月1025.6元" in sentence for sentence in on_text(POOR))


@pytest.mark.parametrize(
    "plain",
    [
        "为全区5325名残疾人发放生活和护理补贴392.77万元",
        "新开工保障房520套,惠及1800人",
        "棚户区改造完成27.68万平方米、3304户",
        "签约服务人口15.8万人,其中重点人群4.6万人",
        "每人每月提供100元护理补贴",
    ],
)
def test_a_sound_text_meets_nothing(plain: str) -> None:
    assert on_text(plain) == []


def test_a_rounding_difference_beyond_tolerance_is_a_warning() -> None:
    total, *parts = figures("1748.27万人 923.63万人 824.53万人")
    assert [problem.code for problem in check_sum(parts, total)] == ["sum"]
    assert [problem.code for problem in check_rate(6622, 6696, "98.98")] == ["rate"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("全市参保1748.17万人,其中城镇923.63万人、农村824.53万人", ["rounding"]),
        ("全市参保1748.27万人,其中城镇923.63万人、农村824.53万人", ["sum"]),
        ("参保1748.17万人,其中退休100.5万人、在职300.2万人", []),
        ("受理6696件,办结6622件,办结率98.89%", ["rate"]),
        ("受理6696件,办结6622件,办结率98.98%", ["rate"]),
        ("受理6696件,办结6622件,群众满意率80%", []),
    ],
)
def test_parts_and_shares_in_one_text_are_held_to_their_whole_only_when_they_belong_to_it(
    text: str, codes: list[str]
) -> None:
    problems = [each for each in check_text(text) if each.code in ("rounding", "sum", "rate")]
    assert [each.code for each in problems] == codes
    assert ("98.98" in text) == any(each.level is Level.WARN and each.code == "rate" for each in problems)


def test_an_ordinal_is_no_quantity_and_a_name_no_number() -> None:
    assert [figure.kind for figure in figures("第10届艺术节")] == [UnitKind.ORDINAL]
    assert figures("103中学附属幼儿园的1+X格局") == []


def test_the_original_text_is_kept_beside_the_straightened_one() -> None:
    raw = "三属(烈士遗属 、因公牺牲军人遗属 、病故军人遗属)发放生活补贴"
    assert clean(raw).text == raw.replace(" ", "")
    assert clean(raw).original == raw
    report = importing.check_table(Kind.PROJECTS, GOLDEN / "nanguan_67_items.csv", WORLD)
    assert isinstance(report.content, ProjectsContent)
    item = next(project for project in report.content.projects if project.code == "2016-12")
    assert "烈士遗属 、因公牺牲" in item.full_text


def test_traditional_script_is_said_and_never_converted() -> None:
    cleaned = clean(PINYIN)
    assert "密織保障網 " in cleaned.text
    assert "”發布" in cleaned.text
    assert any("繁体字" in remark for remark in cleaned.remarks)
