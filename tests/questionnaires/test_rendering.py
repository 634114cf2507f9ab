"""What a respondent and an agent see."""

from pathlib import Path

from questionnaires import tables
from questionnaires.rendering import form_view, probes_for
from tests.questionnaires.forms import SHIPPED, small

PHONE, MOBILE = SHIPPED["phone"], SHIPPED["mobile"]
CONTEXT = {"p_public": "农村公路养护", "p_class": "construction", "p_spoken": "农村公路养护", "agent_no": "07"}


def test_a_text_field_is_as_long_as_its_form_says() -> None:
    answers = {"q_consent": "1", "m0": "1", "a1": "3", "b1": "1", "c1": "1"}
    view = {question.name: question for question in form_view(MOBILE, CONTEXT, answers)}
    assert (view["d2"].max_length, view["d2"].sealed) == (200, True)
    assert (view["c1"].max_length, view["c1"].sealed) == (0, False)


def test_an_agent_sees_what_to_say_and_what_is_never_read_out() -> None:
    answers = {"q_ident": "1", "q_consent": "1", "s1": "2", "s2": "4", "a1": "3", "b1": "1"}
    view = {question.name: question for question in form_view(PHONE, CONTEXT, answers)}
    assert list(view)[:3] == ["n_open", "q_ident", "n_consent"]
    assert "我是07号回访员" in view["n_open"].spoken
    assert view["q_ident"].spoken == ""
    assert view["h1"].spoken == ""
    assert view["s2"].spoken == "请问您今年多大年纪？"
    assert not any(choice.read for choice in view["s2"].choices)
    assert not any(choice.read for choice in view["a2"].choices)
    assert [choice.label for choice in view["c1"].choices if not choice.read] == ["说不清", "拒答"]
    assert [choice.label for choice in view["c2"].choices if not choice.read] == ["没遇到/不适用", "说不清", "拒答"]
    assert [choice.key for choice in view["c1"].choices] == list("1234567")
    assert [choice.key for choice in view["a2"].choices] == [*"1234567890"]
    assert view["a1"].missing is False
    assert view["c1"].missing is True
    assert view["c1"].stage == "满意度"
    assert "7" not in [choice.code for choice in view["c1"].choices if choice.chosen]


def test_probing_words_are_at_hand_where_satisfaction_is_asked_and_only_there() -> None:
    for name in ("c1", "c2", "c10", "g1"):
        item = PHONE.item(name)
        assert item is not None
        said = {probe.said for probe in probes_for(item)}
        assert {"还行", "一般/一般般", "没意见/没啥说的", "谢谢政府"} <= said
    for name in ("a1", "b1", "i1", "h1"):
        item = PHONE.item(name)
        assert item is not None
        assert probes_for(item) == ()


def test_every_probe_can_be_said_without_looking_at_another() -> None:
    assert len(tables.read("verbal_probe_map")) == 13
    assert not any("同上" in row["probe_text"] for row in tables.read("verbal_probe_map"))


def asked(form: str, context: dict[str, str], answers: dict[str, str]) -> str:
    """How the question about awareness is put."""
    begun = {"q_ident": "1", "q_consent": "1", "s1": "2", "s2": "4", "v3": "1"}
    view = {question.name: question for question in form_view(SHIPPED[form], context, begun | answers)}
    return view["a1"].label


SENSITIVE = {"p_sensitive": "1", "p_spoken": "一项民生补助", "p_public": "一项民生补助", "p_name": "残疾人护理补贴"}


def test_awareness_of_a_sensitive_project_is_asked_in_words_that_suit_its_neutral_name() -> None:
    neutral = "您知道您或您家能享受的民生政策里有一项民生补助吗？"
    for form, answers in (("phone", {"q_ident": "2", "m0": "3"}), ("mobile", {}), ("household", {})):
        said = asked(form, SENSITIVE, answers)
        assert said.startswith(neutral), (form, said)
    assert "您知道农村公路养护这项民生政策（工程）吗？" in asked("mobile", CONTEXT, {})


def test_on_the_phone_a_sensitive_project_is_named_to_the_person_and_the_guardian_alone() -> None:
    named = "您知道政府有残疾人护理补贴这项民生政策吗？是知道、听说过，还是不知道？"
    assert asked("phone", SENSITIVE, {}) == named
    assert asked("phone", SENSITIVE | {"is_minor": "1"}, {"q_ident": "2", "m0": "2"}) == named
    for who in ("3", "4"):
        assert "残疾" not in asked("phone", SENSITIVE, {"q_ident": "2", "m0": who})


def test_reasons_that_cannot_belong_to_the_project_are_not_offered_and_every_other_has_a_key() -> None:
    answers = {"q_ident": "1", "q_consent": "1", "s1": "2", "s2": "4", "a1": "3", "b1": "1", "b3": "2", "c1": "1"}
    for project_class, offered, not_offered in (
        ("subsidy", {"4", "6"}, {"9", "12", "13"}),
        ("construction", {"9", "12"}, {"4", "6", "13"}),
        ("service", {"13"}, {"5", "10"}),
    ):
        view = {one.name: one for one in form_view(PHONE, {**CONTEXT, "p_class": project_class}, answers)}
        choices = view["d1"].choices
        codes = {choice.code for choice in choices}
        assert offered | {"1", "3", "14", "90", "98"} <= codes and not codes & not_offered, project_class
        keys = [choice.key for choice in choices]
        assert len(set(keys)) == len(keys) and "" not in keys
        assert not set(keys) & set("wbyrmhfzgunxs"), "letters of the page's own buttons"
    kept = {one.name: one for one in form_view(PHONE, CONTEXT, {**answers, "d1": "4 9"})}
    assert [choice.code for choice in kept["d1"].choices if choice.chosen] == ["4", "9"], "an answer is never hidden"


def test_a_label_shows_an_earlier_choice_by_its_words(tmp_path: Path) -> None:
    survey = "type,name,label\nselect_one yesno,q,好吗\nnote,n,您说的是${q}\n"
    view = form_view(small(tmp_path, survey), {}, {"q": "2"})
    assert [question.label for question in view] == ["好吗", "您说的是否"]
