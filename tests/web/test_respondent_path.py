"""What stands on each page of a respondent's questionnaire: one question at a time, nothing skipped, the way back."""

from collections.abc import Mapping

from survey_service.calls.interview import Part
from survey_service.respondents.respondent_path import Page, Path, path
from tests.questionnaires.forms import SHIPPED

MOBILE = SHIPPED["mobile"]
CONTEXT = {"p_public": "农村公路养护", "p_class": "construction", "p_spoken": "农村公路养护"}
AGREED = {"q_consent": "1", "m0": "1"}


def way(answers: Mapping[str, str], **context: str) -> Path:
    return path([Part("m1", 1, MOBILE, CONTEXT | context, answers)])


def asked(page: Page) -> str:
    assert page.question is not None
    return page.question.name


def test_the_notice_stands_before_the_consent_on_a_page_of_its_own() -> None:
    consent, notes = way({}).consent()
    assert consent is not None and consent.name == "q_consent"
    assert [note.name for note in notes] == ["n_open"]
    assert "这是关于农村公路养护的满意度回访" in notes[0].label
    assert "${" not in notes[0].label


def test_a_respondent_is_led_through_one_question_at_a_time_to_the_end() -> None:
    answers = {"q_consent": "1"}
    seen: list[str] = []
    numbers: list[int] = []
    while (page := way(answers).page()).question is not None:
        question = page.question
        seen.append(question.name)
        numbers.append(page.number)
        answers[question.name] = {"a1": "3", "b1": "1", "c1": "2", "e1": "2"}.get(
            question.name, question.choices[0].code if question.choices and question.required else ""
        )
    assert " ".join(seen) == "m0 a1 a2 b1 c1 c3 c6 c7 c9 d1 d2 e1 f1 u1 g1 h2 h3"
    assert numbers == list(range(1, len(seen) + 1))
    assert [note.name for note in way(answers).closing_notes()] == ["n_end"]
    assert (page.total, page.previous) == (len(seen), "h3")


def test_an_optional_question_is_passed_and_a_required_one_is_not() -> None:
    begun = AGREED | {"a1": "3"}
    assert asked(way(begun).page()) == "a2"
    assert asked(way(begun | {"a2": ""}).page()) == "b1"
    assert asked(way(begun | {"a2": "", "b1": ""}).page()) == "b1"


def test_going_back_shows_the_earlier_question_with_its_answer() -> None:
    gone = way(AGREED | {"a1": "3"})
    page = gone.page("a1")
    assert asked(page) == "a1"
    assert page.question is not None
    assert [choice.code for choice in page.question.choices if choice.chosen] == ["3"]
    assert page.previous == "m0"
    assert asked(gone.page("c7")) == "a2", "nobody jumps ahead"


def test_who_does_not_agree_is_asked_nothing_more() -> None:
    assert way({"q_consent": "2"}).page().question is None
    assert asked(way({"q_consent": "1"}).page()) == "m0"


def test_the_one_sentence_about_the_policy_is_said_only_after_awareness_was_asked() -> None:
    page = way(AGREED | {"a1": "1"}, p_hint="每年修一次。").page()
    assert asked(page) == "a4"
    assert page.question is not None
    assert page.question.label == "每年修一次。 这件事您以前听说过吗？"


def test_two_projects_share_the_opening_and_the_closing_questions() -> None:
    first = Part("m1", 1, MOBILE, CONTEXT, AGREED | {"a1": "3"})
    second = Part("m2", 1, MOBILE, CONTEXT | {"p_public": "助残"}, {})
    keys = [step.key for step in path([first, second]).questions]
    assert keys[:2] == ["m0", "a1"]
    assert "2.a1" in keys and "2.m0" not in keys
    assert "h3" not in keys
    assert path([first, second]).shared(1) == AGREED
