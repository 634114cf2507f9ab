"""Outcome codes against their table."""

import pytest

from callbacks.errors import UnknownOutcome
from callbacks.rules import dispositions
from callbacks.rules.dispositions import BUTTONS, OUTCOMES, aapor_group, better, final_code
from tests.callbacks.normative import rows

TABLE = rows("call_outcomes")
CODES = [row["code"] for row in TABLE]


def test_every_row_of_the_table_is_an_outcome_and_nothing_else_is() -> None:
    assert list(OUTCOMES) == CODES
    with pytest.raises(UnknownOutcome) as refused:
        dispositions.code("999")
    assert refused.value.code == "999"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["code"])
def test_an_outcome_says_what_its_row_says(row: dict[str, str]) -> None:
    outcome = dispositions.code(row["code"])
    assert outcome.name == row["name_zh"]
    assert outcome.level == row["level"]
    assert outcome.contacted is (row["contacted"] == "Y")
    assert outcome.retry is (row["retry"] == "Y")
    assert outcome.require_note is (row["require_note"] == "Y")
    assert outcome.max_times == (int(row["max_times_for_this_outcome"]) if row["max_times_for_this_outcome"] else None)
    delay = row["min_delay_minutes"]
    assert outcome.min_delay_minutes == (int(delay) if delay.isdigit() else None)
    assert outcome.delay_by == ("minutes" if delay.isdigit() else delay or "none")


def test_only_a_line_failure_and_the_state_before_any_dial_cost_no_attempt() -> None:
    assert [code for code, outcome in OUTCOMES.items() if not outcome.counts_as_attempt] == ["300", "500"]


def test_there_are_eight_buttons_each_with_one_question_and_every_code_behind_exactly_one() -> None:
    groups = list(dict.fromkeys(row["button_group"] for row in TABLE if row["button_group"]))
    assert [button.group for button in BUTTONS] == groups
    assert len(BUTTONS) == 8
    behind = [option.code for button in BUTTONS for option in button.options]
    assert sorted(behind) == sorted(row["code"] for row in TABLE if row["button_group"])


@pytest.mark.parametrize("row", [row for row in TABLE if row["button_group"]], ids=lambda row: row["code"])
def test_a_question_and_its_answer_make_up_the_follow_up_of_the_table(row: dict[str, str]) -> None:
    button = next(button for button in BUTTONS if button.group == row["button_group"])
    option = next(option for option in button.options if option.code == row["code"])
    assert f"{button.question} → {option.label}" == row["follow_up_question"]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["code"])
def test_the_groups_of_the_table_win_on_a_verified_roster(row: dict[str, str]) -> None:
    expected = {"NC|UH": "NC", "O|NE": "O", "-": None}.get(row["aapor_group"], row["aapor_group"])
    assert aapor_group(row["code"], verified_list=True) == expected


def test_an_unanswered_number_on_a_public_sample_leaves_eligibility_unknown() -> None:
    unknown = [code for code in CODES if aapor_group(code, verified_list=False) == "UH"]
    assert unknown == ["300", "310", "311", "312", "313", "314"]


@pytest.mark.parametrize("code", ["320", "321"])
def test_a_dead_number_on_a_verified_roster_is_a_non_contact_not_an_ineligible_person(code: str) -> None:
    assert aapor_group(code, verified_list=True) == "NC"


def test_a_death_before_the_frame_date_makes_ineligible_a_later_or_undated_one_does_not() -> None:
    assert aapor_group("230", True, died_before_frame=True) == "NE"
    assert aapor_group("230", True, died_before_frame=False) == "O"
    assert aapor_group("230", True, died_before_frame=None) == "O"


@pytest.mark.parametrize(
    ("earlier", "later", "counts"),
    [
        ("100", "310", "100"),
        ("310", "100", "100"),
        ("110", "100", "100"),
        ("100", "110", "100"),
        ("200", "110", "110"),
        ("220", "310", "220"),
        ("310", "312", "312"),
        ("310", "500", "310"),
        ("201", "310", "201"),
    ],
)
def test_the_better_of_two_outcomes_counts_and_the_later_of_equals(earlier: str, later: str, counts: str) -> None:
    assert better(earlier, later) == counts


@pytest.mark.parametrize(
    ("codes", "final"),
    [
        ([], "300"),
        (["500"], "300"),
        (["310", "311"], "311"),
        (["310", "500"], "310"),
        (["310", "210"], "220"),
        (["310", "100"], "100"),
        (["110", "310"], "110"),
        (["200", "310"], "310"),
    ],
)
def test_the_last_outcome_is_final_unless_an_interview_was_completed(codes: list[str], final: str) -> None:
    assert final_code(codes) == final
