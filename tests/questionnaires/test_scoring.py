"""What answers lead to: metric rows, marks and outcome codes."""

import pytest

from questionnaires import tables
from questionnaires.scoring import Flags, Proxy, flags, metric_rows, outcome_code
from tests.questionnaires.forms import SHIPPED

PHONE, MOBILE, HOUSEHOLD = SHIPPED["phone"], SHIPPED["mobile"], SHIPPED["household"]
BODY = {"q_ident": "1", "q_consent": "1", "s1": "2", "s2": "4"}
WHOLE = BODY | {
    "a1": "3",
    "a2": "1 3",
    "b1": "1",
    "b3": "2",
    "c1": "4",
    **{f"c{number}": "5" for number in range(2, 7)},
    "u1": "2",
    "g1": "3",
    "i1": "2",
    "h1": "2",
    "h2": "1",
    "j1": "1",
    "j2": "1",
}
SUBSIDY = {"p_class": "subsidy"}


def test_every_metric_item_gives_its_rows_and_open_text_gives_none() -> None:
    rows = metric_rows(PHONE, SUBSIDY, WHOLE | {"a3": "按月发放", "f1": "再快些"})
    assert ("c1", "4") in rows
    assert ("a2", "1") in rows
    assert ("a2", "3") in rows
    assert ("b1", "1") in rows
    assert ("g1", "3") in rows
    assert not {"a3", "f1", "s1", "h1", "j1"} & {item for item, _ in rows}
    assert len(rows) == len(set(rows))


AWARENESS = [
    # a1, a2, a4, hint -> m35, m36; None: no row
    ("3", "1", "", "说明", "1", "1"),
    ("2", "1 8", "", "说明", "1", "1"),
    ("3", "8", "", "说明", "0", "0"),
    ("1", "", "1", "说明", "0", "1"),
    ("1", "", "2", "说明", "0", "0"),
    ("1", "", "98", "说明", "0", "0"),
    ("1", "", "97", "说明", "0", None),
    ("97", "", "", "说明", None, None),
    ("", "", "", "说明", None, None),
    ("3", "1", "", "", "1", None),
    ("1", "", "1", "", "0", None),
]


@pytest.mark.parametrize(("a1", "a2", "a4", "hint", "unprompted", "prompted"), AWARENESS)
def test_awareness_counts_what_was_known_before_this_contact(
    a1: str, a2: str, a4: str, hint: str, unprompted: str | None, prompted: str | None
) -> None:
    answers = BODY | {"a1": a1, "a2": a2, "a4": a4}
    rows = dict(metric_rows(PHONE, {"p_hint": hint}, answers))
    assert (rows.get("m35"), rows.get("m36")) == (unprompted, prompted)


def test_the_marks_say_who_answered_and_whether_words_were_put_in_their_mouth() -> None:
    assert flags(PHONE, {}, WHOLE) == Flags(Proxy.SELF, coached=False)
    assert flags(PHONE, {}, WHOLE | {"i1": "1"}) == Flags(Proxy.SELF, coached=True)
    for code, proxy in (("1", "self"), ("2", "guardian"), ("3", "family"), ("4", "staff")):
        assert flags(PHONE, {}, WHOLE | {"q_ident": "2", "m0": code}).proxy == proxy
        assert flags(MOBILE, {}, {"q_consent": "1", "m0": code}).proxy == proxy
    assert flags(PHONE, {}, {"q_ident": "2"}).proxy == Proxy.FAMILY
    assert flags(PHONE, {}, WHOLE | {"m0": "4"}).proxy == Proxy.SELF, "m0 is off the path when the person answers"


OUTCOMES = [
    ({"q_ident": "3"}, {}, "330"),
    ({"q_ident": "4"}, {}, "220"),
    ({"q_ident": "5"}, {}, "230"),
    ({"q_ident": "1", "q_consent": "2"}, {}, "210"),
    ({"q_ident": "1", "q_consent": "3"}, {}, None),
    ({"q_ident": "1", "q_consent": "3", "q_nocall": "1"}, {}, "200"),
    ({"q_ident": "1", "q_consent": "3", "q_nocall": "2"}, {}, "201"),
    (BODY | {"s1": "1"}, {}, "405"),
    (BODY | {"s2": "1"}, {"is_minor": "1"}, "220"),
    (BODY | {"s2": "1"}, {}, "401"),
    (WHOLE, SUBSIDY, "100"),
    (WHOLE | {"q_ident": "2", "m0": "3"}, SUBSIDY, "100"),
    (WHOLE | {"q_ident": "2", "m0": "4"}, SUBSIDY, "100"),
    (BODY, {}, None),
    ({}, {}, None),
]


@pytest.mark.parametrize(("answers", "context", "code"), OUTCOMES)
def test_the_phone_form_leads_to_the_code_of_the_table(
    answers: dict[str, str], context: dict[str, str], code: str | None
) -> None:
    assert outcome_code(PHONE, context, answers, hung_up=False) == code


def test_a_break_off_counts_when_its_key_questions_were_answered() -> None:
    assert outcome_code(PHONE, {}, BODY | {"a1": "3", "b1": "1", "c1": "4"}, hung_up=True) == "110"
    assert outcome_code(PHONE, {}, BODY | {"a1": "3", "b1": "1"}, hung_up=True) == "204"
    assert outcome_code(PHONE, {}, {"q_ident": "3"}, hung_up=True) == "330"
    assert outcome_code(PHONE, SUBSIDY, WHOLE, hung_up=True) == "100"


def test_a_satisfaction_answer_that_left_the_path_does_not_make_a_break_off_count() -> None:
    assert outcome_code(PHONE, {}, BODY | {"a1": "1", "b1": "2", "c1": "4"}, hung_up=True) == "204"


def test_a_visit_and_a_phone_page_lead_to_their_codes() -> None:
    assert outcome_code(HOUSEHOLD, {}, {"v3": "2"}) == "310"
    assert outcome_code(HOUSEHOLD, {}, {"v3": "3"}) == "200"
    assert outcome_code(HOUSEHOLD, {}, {"v3": "5"}) == "230"
    assert outcome_code(HOUSEHOLD, {}, {"v3": "1", "q_consent": "1", "s1": "2", "s2": "1"}) == "220"
    assert outcome_code(MOBILE, {}, {"q_consent": "2"}) is None
    answered = {"q_consent": "1", "m0": "1", "a1": "1", "b1": "98", "u1": "2", "g1": "4"}
    assert outcome_code(MOBILE, {}, answered) == "100"


def test_every_rule_names_a_form_we_ship() -> None:
    rules = tables.read("questionnaire_to_outcome")
    assert {rule["form"] for rule in rules} == set(SHIPPED)
    assert {rule["on"] for rule in rules} == {"any", "complete", "hung_up"}
