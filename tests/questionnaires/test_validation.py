"""Single answers: what is taken, in which form it is kept, and what a refusal says."""

import datetime as dt
from pathlib import Path

import pytest

from questionnaires.errors import AnswerRefused
from questionnaires.validation import accept, complete, unanswered
from tests.questionnaires.forms import SHIPPED, small

NOW = dt.datetime(2026, 3, 5, 2, 5, tzinfo=dt.UTC)
PHONE, MOBILE = SHIPPED["phone"], SHIPPED["mobile"]
EVERY_TYPE = (
    "type,name,label\ninteger,whole,数\ndecimal,part,数\ntext,words,说\ndate,day,日\ntime,clock,时\n"
    "dateTime,moment,刻\nacknowledge,ok,好\nselect_one yesno,one,选\nselect_multiple yesno,many,选\nnote,hi,您好\n"
    "hidden,secret,\n"
)

TAKEN = [
    ("whole", " 12 ", "12"),
    ("whole", "007", "7"),
    ("whole", "-5", "-5"),
    ("part", "1.50", "1.50"),
    ("words", "  第一行\r\n第二行 ", "第一行\n第二行"),
    ("day", "2026-05-06", "2026-05-06"),
    ("clock", "14:30", "14:30"),
    ("moment", "2026-05-06T14:30", "2026-05-06T14:30+08:00"),
    ("moment", "2026-05-06 14:30", "2026-05-06T14:30+08:00"),
    ("moment", "2026-05-06T06:30+00:00", "2026-05-06T14:30+08:00"),
    ("ok", "on", "OK"),
    ("one", "2", "2"),
    ("one", ["2"], "2"),
    ("many", ["2", "1"], "1 2"),
    ("many", "2 1 2", "1 2"),
    ("many", [], ""),
    ("words", "", ""),
]


@pytest.mark.parametrize(("name", "raw", "kept"), TAKEN)
def test_an_answer_is_kept_in_its_one_form(tmp_path: Path, name: str, raw: str | list[str], kept: str) -> None:
    form = small(tmp_path, EVERY_TYPE)
    assert accept(form, name, raw, {}, {}, NOW) == kept


def test_full_width_digits_are_digits(tmp_path: Path) -> None:
    form = small(tmp_path, EVERY_TYPE)
    assert accept(form, "whole", "\uff11\uff12", {}, {}, NOW) == "12"


REFUSED = [
    ("whole", "1.5", "整数"),
    ("whole", "1e9", "整数"),
    ("whole", "9" * 10, "整数"),
    ("whole", "9" * 3_000, "整数"),
    ("part", "NaN", "数字"),
    ("part", "1e5", "数字"),
    ("words", "说" * 2_001, "最多2000字"),
    ("words", "说" * 4_001, "最多2000字"),
    ("words", "a\x00b", "控制字符"),
    ("words", "a\x1b[31m", "控制字符"),
    ("words", "a\ud800", "控制字符"),
    ("words", ["一", "二"], "只能有一个答案"),
    ("day", "2026-02-30", "日期"),
    ("clock", "25:00", "时间"),
    ("moment", "明天下午", "日期和时间"),
    ("moment", "9999-12-31T23:59-23:59", "日期和时间"),
    ("one", "3", "选一项"),
    ("one", "1 2", "选一项"),
    ("one", ["1", "2"], "只能有一个答案"),
    ("many", ["1", "9"], "列出的选项"),
    ("hi", "1", "没有这一题"),
    ("secret", "1", "没有这一题"),
    ("nothing", "1", "没有这一题"),
    ("many", ["1"] * 201, "格式"),
]


@pytest.mark.parametrize(("name", "raw", "sentence"), REFUSED)
def test_a_refusal_says_what_is_wanted_and_never_repeats_the_value(
    tmp_path: Path, name: str, raw: str | list[str], sentence: str
) -> None:
    form = small(tmp_path, EVERY_TYPE)
    with pytest.raises(AnswerRefused) as refused:
        accept(form, name, raw, {}, {}, NOW)
    assert refused.value.item == name
    assert sentence in refused.value.sentence
    if name == "words":
        assert str(raw) not in str(refused.value)


def test_a_required_question_does_not_take_a_blank() -> None:
    with pytest.raises(AnswerRefused, match="请选一项"):
        accept(PHONE, "a1", "", {}, {}, NOW)
    with pytest.raises(AnswerRefused, match="请填写这一题"):
        accept(PHONE, "b2", "  ", {}, {}, NOW)
    assert accept(MOBILE, "f1", "", {}, {}, NOW) == ""


def test_the_form_s_own_sentence_is_said_where_its_condition_fails() -> None:
    with pytest.raises(AnswerRefused, match="“说不清”不能与其他同选"):
        accept(PHONE, "a2", ["1", "98"], {}, {}, NOW)
    assert accept(PHONE, "a2", ["98"], {}, {}, NOW) == "98"
    with pytest.raises(AnswerRefused, match="最多200字"):
        accept(MOBILE, "d2", "长" * 201, {}, {}, NOW)
    with pytest.raises(AnswerRefused, match="请填11位手机号"):
        accept(MOBILE, "e2", "12345", {}, {}, NOW)
    assert accept(MOBILE, "e2", "0551-1234567", {}, {}, NOW) == "0551-1234567"


def test_an_appointment_lies_in_the_future() -> None:
    assert accept(PHONE, "q_appt", "2026-03-05T10:06", {}, {}, NOW) == "2026-03-05T10:06+08:00"
    with pytest.raises(AnswerRefused, match="预约时间须晚于现在"):
        accept(PHONE, "q_appt", "2026-03-05T10:05", {}, {}, NOW)


def test_a_condition_sees_the_other_answers() -> None:
    household = SHIPPED["household"]
    with pytest.raises(AnswerRefused, match="两名访员不能相同"):
        accept(household, "v2", "A01", {}, {"v1": "A01"}, NOW)
    assert accept(household, "v2", "A02", {}, {"v1": "A01"}, NOW) == "A02"


def test_what_is_missing_is_what_is_required_on_the_path() -> None:
    assert unanswered(PHONE, {}, {}) == ("q_ident",)
    assert unanswered(PHONE, {}, {"q_ident": "1", "q_consent": "2"}) == ("q_appt",)
    assert complete(PHONE, {}, {"q_ident": "3"})
    assert complete(MOBILE, {}, {"q_consent": "2"})
    assert not complete(MOBILE, {}, {"q_consent": "1"})
