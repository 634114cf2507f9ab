"""Rosters as departments send them: spoilt phones, several payments, shared numbers, guardians, zones, dates, amounts."""

import datetime as dt

import pytest

from callbacks.frame.reports import to_csv
from tests.callbacks.frame.world import CHILDREN, TODAY, VISITS, check_roster, people, said

HEADER = "姓名,联系电话,街道,发放日期,发放金额(元)\n"


def one(phone: str) -> str:
    return f'{HEADER}张三,"{phone}",城东街道,2026-02-01,600\n'


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("13800138001", "13800138001"),
        ("13800138001.0", "13800138001"),
        ("\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18\uff10\uff10\uff11", "13800138001"),
        ("+86 138-0013-8001", "13800138001"),
        ("0551-64123456", "055164123456"),
    ],
)
def test_a_phone_that_needs_no_guess_is_taken(written: str, digits: str) -> None:
    report = check_roster(one(written))
    assert said(report) == []
    assert [phone.digits for phone in people(report)[0].phones] == [digits]


def test_a_phone_in_scientific_notation_refuses_the_file_and_says_what_to_do() -> None:
    report = check_roster(one("1.38E+10"))
    assert not report.acceptable
    assert "设为文本" in said(report, "拒绝")[0]
    assert report.rows[0][:2] == ("2", "联系电话")


def test_a_lost_zero_is_put_back_only_with_a_warning() -> None:
    report = check_roster(one("55164123456"))
    assert [phone.digits for phone in people(report)[0].phones] == ["055164123456"]
    assert "丢了开头的0" in said(report, "提醒")[0]


@pytest.mark.parametrize("written", ["13800138001/13900139001", "13800138001、13900139001", "13800138001 13900139001"])
def test_two_phones_in_one_cell_become_two_numbers(written: str) -> None:
    report = check_roster(one(written))
    assert [phone.digits for phone in people(report)[0].phones] == ["13800138001", "13900139001"]
    assert "已拆成2个" in said(report, "提醒")[0]


def test_a_person_without_a_usable_phone_is_kept_for_number_repair() -> None:
    report = check_roster(one("无"))
    assert report.acceptable
    assert people(report)[0].phones == ()
    assert any("号码核补" in sentence for sentence in said(report, "提醒"))


def test_no_sentence_of_the_report_holds_a_phone_or_a_name() -> None:
    text = one("1380013800112345") + "李四,1.39E+10,城东街道,明天,abc\n欧阳小明,138****8001,红光街道,2026-02-30,1\n"
    words = "".join(said(check_roster(text)))
    assert not any(private in words for private in ("1380013", "李四", "张三", "欧阳"))


def test_payments_of_one_person_are_one_entitlement_with_the_latest_date() -> None:
    rows = "".join(f"张三,13800138001,城东街道,2026-0{month}-10,{month}00\n" for month in (2, 1, 3))
    report = check_roster(HEADER + rows, today=dt.date(2026, 4, 1))
    (person,) = people(report)
    assert (person.payments, person.event_date, person.amount_band) == (3, dt.date(2026, 3, 10), "100-499")
    assert ("归并的发放记录", "2") in report.totals


def test_the_same_phone_with_another_name_is_another_person() -> None:
    report = check_roster(HEADER + "张三,13800138001,城东街道,,\n李四,13800138001,城东街道,,\n")
    assert len(people(report)) == 2
    assert not any("代留" in sentence for sentence in said(report))


def test_one_phone_for_five_people_is_marked_on_every_row() -> None:
    rows = "".join(f"{name},13800138001,城东街道,2026-02-01,600\n" for name in ("张一", "张二", "张三", "张四", "张五"))
    report = check_roster(HEADER + rows)
    marked = [row for row, *_, sentence in report.rows if "代留" in sentence]
    assert marked == ["2", "3", "4", "5", "6"]
    assert report.acceptable


def test_people_without_phone_and_number_are_never_merged() -> None:
    report = check_roster(HEADER + "张三,,城东街道,,\n张三,,城东街道,,\n")
    assert len(people(report)) == 2


def test_the_departments_number_wins_over_name_and_phone() -> None:
    header = "人员编号,姓名,联系电话,街道\n"
    report = check_roster(header + "A17,张三,13800138001,城东街道\nA17,张叁,13900139001,城东街道\n")
    (person,) = people(report)
    assert person.key == ("number", "9", "A17")
    assert len(person.phones) == 2


def test_line_numbers_in_the_place_of_person_numbers_are_refused() -> None:
    rows = "".join(f"{n},张三,1380013800{n},城东街道\n" for n in range(1, 6))
    report = check_roster("人员编号,姓名,联系电话,街道\n" + rows)
    assert "行号" in said(report, "拒绝")[0]


def test_identity_numbers_and_bank_cards_are_dropped_and_the_report_says_so() -> None:
    header = "姓名,身份证号,一卡通账号,残疾类别,人员编号,联系电话,街道\n"
    secret = "340102196001011234"
    report = check_roster(f"{header}张三,{secret},6222020200112233,精神,{secret},13800138001,城东街道\n")
    assert report.acceptable
    assert secret not in str(report.content)
    assert "6222" not in str(report.content)
    assert "精神" not in str(report.content)
    dropped = [row for row in report.rows if "丢弃" in row[3]]
    assert {column for _, column, *_ in dropped} == {"身份证号", "一卡通账号", "残疾类别", "人员编号"}
    assert ("身份证号", "身份证号不导入，整列已丢弃") in report.mapping


def test_a_minor_without_a_guardian_starts_with_number_repair() -> None:
    report = check_roster(one("13800138001"), project=CHILDREN)
    assert any("缺监护人" in sentence for sentence in said(report, "提醒"))
    header = "姓名,监护人,监护人电话,街道\n"
    report = check_roster(header + "张小三,张三,13800138001,城东街道\n", project=CHILDREN)
    assert said(report, "提醒") == []
    assert people(report)[0].phones[0].relation == "guardian"


def test_an_unknown_zone_is_refused_with_the_nearest_name() -> None:
    report = check_roster(one("13800138001").replace("城东街道", "成东街道"))
    assert "是不是“城东街道”" in said(report, "拒绝")[0]
    nothing = check_roster(one("13800138001"), zones=())
    assert "请先导入片区" in said(nothing, "拒绝")[0]


def test_a_short_zone_name_is_completed_with_a_warning_and_a_community_found() -> None:
    report = check_roster("姓名,电话,乡镇,社区\n张三,13800138001,城东,临江社区\n")
    zone = people(report)[0].zone
    assert zone and zone.name == "临江社区"
    assert "按“城东街道”登记" in said(report, "提醒")[0]


@pytest.mark.parametrize(
    "written", ["2026-3-5", "2026.3.5", "2026/03/05", "2026年3月5日", "20260305", "46086", "2026-03-05 10:20"]
)
def test_dates_are_read_in_every_usual_form(written: str) -> None:
    report = check_roster(HEADER + f"张三,13800138001,城东街道,{written},600\n")
    assert people(report)[0].event_date == TODAY
    assert said(report) == []


@pytest.mark.parametrize(
    ("written", "reason"), [("2026-02-30", "日期不存在"), ("3月5日", "认不出来"), ("1926-01-01", "不合常理")]
)
def test_a_wrong_date_is_refused(written: str, reason: str) -> None:
    report = check_roster(HEADER + f"张三,13800138001,城东街道,{written},600\n")
    assert reason in said(report, "拒绝")[0]


@pytest.mark.parametrize(
    ("written", "reason"), [("2026-12-01", "日期在将来"), ("2026年2月", "只有年月"), ("", "没有日期")]
)
def test_a_doubtful_date_is_a_warning(written: str, reason: str) -> None:
    report = check_roster(HEADER + f"张三,13800138001,城东街道,{written},600\n")
    assert report.acceptable
    assert reason in said(report, "提醒")[0]


def test_an_amount_in_another_unit_is_doubted_and_only_a_band_is_kept() -> None:
    rows = "".join(f"张三,1380013{n},城东街道,2026-02-01,{600 + n % 7}\n" for n in range(8001, 8011))
    report = check_roster(HEADER + rows + "李四,13800139999,城东街道,2026-02-01,0.06\n")
    assert any("元与万元混用" in sentence for sentence in said(report, "提醒"))
    header = HEADER.replace("元", "万元")
    (person,) = people(check_roster(header + "张三,13800138001,城东街道,2026-02-01,0.06\n"))
    assert person.amount_band == "500-999"


def test_visits_and_households_are_never_counted_as_people() -> None:
    header = "姓名,联系电话,街道,单位\n"
    report = check_roster(header + "张三,13800138001,城东街道,人次\n张三,13800138001,城东街道,人次\n", project=VISITS)
    assert len(people(report)) == 1
    assert any("不是人数" in sentence for sentence in said(report, "提醒"))
    household = check_roster(header + "张三,13800138001,城东街道,户\n")
    assert any("不按家庭人口计人数" in sentence for sentence in said(household, "提醒"))


def test_sums_signatures_and_repeated_headers_are_no_people() -> None:
    text = one("13800138001") + HEADER + "合计,,,,600\n制表人：王某,,,,\n"
    report = check_roster(text)
    assert len(people(report)) == 1
    assert len(said(report, "说明")) == 3


@pytest.mark.parametrize("name", ["", "13800138001", "张三1", "=HYPERLINK(1)"])
def test_a_row_without_a_plausible_name_is_refused(name: str) -> None:
    report = check_roster(HEADER + f"{name},13800138001,城东街道,2026-02-01,600\n")
    assert not report.acceptable


def test_a_row_of_another_project_than_the_chosen_one_is_refused() -> None:
    report = check_roster("姓名,电话,街道,项目代码\n张三,13800138001,城东街道,YH15\n")
    assert "与所选项目YH14不同" in said(report, "拒绝")[0]
    both = check_roster("姓名,电话,街道,项目代码\n张三,13800138001,城东街道,YH14\n", project=None)
    assert both.acceptable


def test_without_any_project_the_roster_is_refused() -> None:
    report = check_roster(one("13800138001"), project=None)
    assert "没有选择项目" in said(report, "拒绝")[0]


def test_the_written_report_holds_no_formula_and_opens_in_excel() -> None:
    text = HEADER.replace("街道", "=1+1,街道") + "张三,13800138001,x,城东街道,2026-02-01,600\n"
    written = to_csv(check_roster(text))
    assert written.startswith(b"\xef\xbb\xbf")
    lines = written.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "行号,列,级别,说明"
    assert "'=1+1,不使用" in lines


def test_a_file_of_sums_alone_is_refused() -> None:
    report = check_roster(HEADER + "合计,,,,600\n")
    assert "没有一个可以导入的人" in said(report, "拒绝")[0]
