"""A call over several projects: asked once what is asked once, and the outcome that the answers lead to."""

import pytest

from survey_service.calls.interview import Interview, Part, Proposal, interview
from survey_service.questionnaire_context import About, context
from tests.questionnaires.forms import SHIPPED
from tests.web.calls import SATISFIED

CLOSING = {"u1": "2", "g1": "4", "i1": "2", "h1": "2", "h2": "1", "j1": "1", "j2": "1"}
ABOUT_IT = {name: value for name, value in SATISFIED.items() if name not in CLOSING}
BEGUN = {"q_ident": "1", "q_consent": "1", "s1": "2", "s2": "4"}


def _part(ref: str, answers: dict[str, str], minor: bool = False) -> Part:
    about = About(
        ref, "P", "subsidy", "生活救助", "生活救助", "", sensitive=False, minor=minor, form_no="", recording=False
    )
    return Part(ref, 1, SHIPPED["phone"], context(about, "区民生办", "王女士", "007"), answers)


def _call(*answers: dict[str, str]) -> Interview:
    return interview([_part(f"m{number}", given) for number, given in enumerate(answers)])


def _names(call: Interview, k: int) -> set[str]:
    return {view.name for view in call.views(k)}


def test_the_second_project_does_not_ask_again_who_is_on_the_line() -> None:
    call = _call(ABOUT_IT, {})
    assert call.current == 1
    assert not {"n_open", "q_ident", "q_consent", "s2"} & _names(call, 1)
    assert {"s1"} <= _names(call, 1)
    assert not set(CLOSING) & _names(call, 0)


def test_when_the_second_project_is_screened_out_the_closing_questions_come_back_to_the_first() -> None:
    call = _call(ABOUT_IT, {"s1": "1"})
    assert call.left_out(1) and call.current == call.host == 0
    assert set(CLOSING) <= _names(call, 0)
    assert _call(ABOUT_IT | CLOSING, {"s1": "1"}).proposals() == (Proposal("100"),)
    assert _call(ABOUT_IT | CLOSING, {"s1": "1"}).submittable(partial=False) == (0,)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"q_ident": "3"}, "330"),
        ({"q_ident": "4"}, "220"),
        ({"q_ident": "5"}, "230"),
        ({"q_ident": "1", "q_consent": "3", "q_nocall": "1"}, "200"),
        ({"q_ident": "1", "q_consent": "3", "q_nocall": "2"}, "201"),
        ({"q_ident": "1", "q_consent": "2", "q_appt": "2026-03-06T09:00+08:00"}, "210"),
        ({"q_ident": "1", "q_consent": "1", "s1": "1"}, "405"),
        (SATISFIED, "100"),
    ],
)
def test_the_outcome_that_the_answers_lead_to_is_proposed(answers: dict[str, str], code: str) -> None:
    assert _call(answers).proposals() == (Proposal(code),)


def test_who_hangs_up_after_the_key_questions_has_answered_in_part() -> None:
    assert _call(BEGUN | {"a1": "3", "c1": "4"}).proposals() == (Proposal("110", hung_up=True),)
    assert _call(BEGUN | {"a1": "3"}).proposals() == (Proposal("204", hung_up=True),)
    assert _call({"q_ident": "1"}).proposals() == ()


def test_in_a_partial_call_only_projects_with_the_key_answers_count() -> None:
    call = _call(ABOUT_IT, {"s1": "2", "a1": "2"})
    assert call.proposals() == (Proposal("110", hung_up=True),)
    assert call.submittable(partial=True) == (0,)


def test_a_child_on_the_line_of_a_guardians_project_is_no_screening_out_by_age() -> None:
    call = interview([_part("m0", BEGUN | {"s2": "1"}, minor=True)])
    assert call.proposals() == (Proposal("220"),)
