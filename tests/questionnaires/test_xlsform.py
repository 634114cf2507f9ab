"""Reading forms: the ones we ship, the encodings people use, and one clear sentence for each fault."""

from pathlib import Path

import pytest

from questionnaires import library
from questionnaires.definition import Definition, ItemType, digest, from_json, to_json
from questionnaires.errors import FormProblem, FormRefused
from questionnaires.xlsform import read_folder
from tests.questionnaires.forms import CHOICES, SHIPPED, small, write_form

HEADING = (
    "type,name,label,required,relevant,constraint,calculation,default,choice_filter,media::image,x_metric,x_mine\n"
)


def problems_of(folder: Path, survey: str, choices: str = CHOICES) -> tuple[FormProblem, ...]:
    with pytest.raises(FormRefused) as refused:
        read_folder(write_form(folder, survey, choices))
    return refused.value.problems


@pytest.mark.parametrize("definition", SHIPPED.values(), ids=SHIPPED.keys())
def test_a_shipped_form_survives_json_with_the_same_digest(definition: Definition) -> None:
    again = from_json(to_json(definition))
    assert again == definition
    assert digest(again) == digest(definition)
    assert definition.mode == definition.key


def test_the_shipped_phone_form_is_read_whole() -> None:
    phone = SHIPPED["phone"]
    questions = [item for item in phone.items if item.is_question]
    assert (phone.key, phone.form_id, phone.version, phone.title) == (
        "phone",
        "phone_v1",
        "3",
        "民生工程社情民意电话回访问卷",
    )
    assert len(questions) == 38
    item = phone.item("b1")
    assert item is not None
    assert item.metrics == ("benefit", "receipt")
    assert [choice.name for choice in item.choices if not choice.read_out] == ["98", "97"]
    assert item.groups == ("g_main", "g_body")
    scale = phone.item("c1")
    assert scale is not None
    assert [(choice.name, choice.score) for choice in scale.choices][:2] == [("5", "100"), ("4", "80")]
    assert dict(phone.settings)["x_approval_no"] == "(批准或备案文号)"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_form_reads_the_same_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    for source in library.folder().glob("mobile_*.csv"):
        (tmp_path / source.name).write_text(source.read_text(encoding="utf-8-sig"), encoding=encoding)
    assert read_folder(tmp_path) == [SHIPPED["mobile"]]


def test_another_word_in_a_label_is_another_digest(tmp_path: Path) -> None:
    one = small(tmp_path, "type,name,label\ntext,q,说说看\n")
    other = small(tmp_path, "type,name,label\ntext,q,说说吧\n")
    assert digest(one) != digest(other)


def test_columns_of_our_own_are_kept(tmp_path: Path) -> None:
    form = small(tmp_path, HEADING + "text,q,说,,,,,,,,suggestion,留着\n")
    item = form.item("q")
    assert item is not None
    assert (item.metrics, item.extra) == (("suggestion",), (("x_mine", "留着"),))


def test_a_label_in_one_language_only_is_the_label(tmp_path: Path) -> None:
    form = small(tmp_path, "type,name,label::中文(zh)\ntext,q,说\n")
    item = form.item("q")
    assert item is not None
    assert (item.type, item.label) == (ItemType.TEXT, "说")


FAULTS = {
    "an unknown type": ("slect_one yesno,q,问", "type", "不认识的题型“slect_one”,是不是 select_one?"),
    "no type": (",q,问", "type", "缺少题型"),
    "an unknown list": ("select_one yesnoo,q,问", "type", "没有选项组 yesnoo,是不是 yesno?"),
    "no list": ("select_one,q,问", "type", "select_one 后面缺少选项组名"),
    "or_other": ("select_one yesno or_other,q,问", "type", "本系统不运行“or_other”"),
    "a group left open": ("begin_group,g,组", "type", "分组 g 缺少 end_group"),
    "a group never begun": ("end_group,g,", "type", "这里的 end_group 没有对应的 begin_group"),
    "a repeat": ("begin_repeat,r,多次", "type", "本系统不运行循环(repeat)"),
    "a place": ("geopoint,p,哪里", "type", "本系统不运行定位(geopoint)"),
    "a photo": ("image,p,照片", "type", "本系统不运行拍照(image)"),
    "an external list": ("select_one_from_file a.csv,p,选", "type", "外部选项文件"),
    "a bad name": ("text,1题,问", "name", "题目名须以字母开头"),
    "no name": ("text,,问", "name", "缺少题目名"),
    "no label": ("text,q,", "label", "没有题目文字"),
    "required as a formula": ("text,q,问,${z}=1", "required", "必答只能写 yes 或留空"),
    "an unknown name": ("text,answer_one,问,,${anser_one}=1", "relevant", "不存在的题目 anser_one,是不是 answer_one?"),
    "an unknown name in words": ("text,q,问${zz}吗", "label", "文字里引用了不存在的题目 zz"),
    "an expression half written": ("text,q,问,,${q} =", "relevant", "算式写法有误：这里缺少内容"),
    "a path": ("text,q,问,,/data/q = 1", "relevant", "算式写法有误"),
    "a function we lack": ("text,q,问,,pulldata(1)", "relevant", "不支持函数 pulldata()"),
    "a clock in a condition": ("text,q,问,,now()>1", "relevant", "只能用在填写限制"),
    "a long pattern": (f"text,q,问,,,\"regex(.,'{'a' * 201}')\"", "constraint", "正则表达式过长，最多200个字符"),
    "a pattern outside RE2": ("text,q,问,,,\"regex(.,'(a)\\1')\"", "constraint", "正则表达式写法有误"),
    "a calculation without one": ("calculate,q,", "calculation", "calculate 缺少算式"),
    "a formula as default": ("text,q,问,,,,,now()", "default", "默认值只能是写定的文字"),
    "a choice filter": ("select_one yesno,q,问,,,,,,x=1", "choice_filter", "本系统不运行选项联动"),
    "a picture": ("text,q,问,,,,,,,cat.png", "media::image", "本系统不运行图片、声音等媒体"),
    "a circle of itself": ("text,q,问,,${q}=1", "relevant", "循环引用：q → q"),
}


@pytest.mark.parametrize(("line", "column", "sentence"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_with_its_sheet_row_and_column(tmp_path: Path, line: str, column: str, sentence: str) -> None:
    found = problems_of(tmp_path, HEADING + "note,hello,您好\n" + line + "\n")
    assert [(problem.sheet, problem.row, problem.column) for problem in found] == [("survey", 3, column)]
    assert sentence in found[0].sentence
    assert str(found[0]).startswith("survey表第3行")


def test_all_faults_of_a_folder_come_at_once(tmp_path: Path) -> None:
    survey = HEADING + "text,q,一\ntext,q,二\nselect_one none,r,三\nbegin_group,g,组\ntext,s,四,,${nothing}=1\n"
    choices = "list_name,name,label\nl,1,一\nl,1,又一\nl,a b,空格\n,2,无名\nl,3,\n"
    found = problems_of(tmp_path, survey, choices)
    assert [(problem.sheet, problem.row) for problem in found] == [
        ("choices", 3),
        ("choices", 4),
        ("choices", 5),
        ("choices", 6),
        ("survey", 3),
        ("survey", 4),
        ("survey", 5),
        ("survey", 6),
    ]


def test_a_circle_over_several_items_and_a_group_is_told_as_a_path(tmp_path: Path) -> None:
    survey = (
        "type,name,label,relevant\nbegin_group,g,组,${c}=1\ntext,a,甲,\nend_group,g,,\ntext,b,乙,${a}=1\n"
        "text,c,丙,${b}=1\n"
    )
    found = problems_of(tmp_path, survey)
    assert len(found) == 1
    assert "循环引用：" in found[0].sentence
    assert {"a", "b", "c"} <= set(found[0].sentence.removeprefix("循环引用：").split(" → "))


def test_a_folder_without_a_survey_sheet_is_told(tmp_path: Path) -> None:
    with pytest.raises(FormRefused, match=r"没有 survey\.csv"):
        read_folder(tmp_path)


def test_missing_settings_are_told(tmp_path: Path) -> None:
    write_form(tmp_path, "type,name,label\ntext,q,说\n")
    (tmp_path / "settings.csv").unlink()
    with pytest.raises(FormRefused, match=r"缺少 settings\.csv"):
        read_folder(tmp_path)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    write_form(tmp_path, "")
    (tmp_path / "survey.csv").write_bytes(b"\xff\xfe\x00\x81\xff\xff")
    with pytest.raises(FormRefused, match="编码"):
        read_folder(tmp_path)


def test_control_characters_in_a_cell_are_told(tmp_path: Path) -> None:
    found = problems_of(tmp_path, "type,name,label\ntext,q,说\x07\n")
    assert [(problem.row, problem.column) for problem in found] == [(2, "label")]
