"""Events of a case against the table of moves, and what completes it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.errors import IllegalMove
from callbacks.rules.case_machine import CORRECTION, HEARTBEAT, LEASE, Event, Guards, on_event
from callbacks.rules.states import FINAL, OPEN, CaseState
from tests.callbacks.normative import rows, rule

WORDS = {"lock": "claim", "lock_expired": "lease_expired", "round_closed": "wave_closed"}
ROWS = [
    (row["from_state"][:3], WORDS.get(row["event_or_outcome"], row["event_or_outcome"]), row["to_state"][:3])
    for row in rows("call_case_state_machine")
    if not row["event_or_outcome"].startswith("outcome")
]
NAMED = [row for row in ROWS if row[0].startswith("S")]
ANYWHERE = {event for state, event, _ in ROWS if not state.startswith("S")}
ALLOWED = {(state, event) for state, event, _ in NAMED}
GUARDS = Guards(repairs=2)


@pytest.mark.parametrize(("state", "event", "to_state"), NAMED, ids=lambda word: str(word))
def test_each_event_of_the_table_leads_where_it_says(state: str, event: str, to_state: str) -> None:
    assert on_event(CaseState(state), event, GUARDS) == to_state


def test_the_events_are_those_of_the_table() -> None:
    assert {event.value for event in Event} == {event for _, event, _ in ROWS}
    assert {"do_not_call", "wave_closed"} == ANYWHERE


@pytest.mark.parametrize("state", sorted(OPEN | {CaseState.S08}))
def test_an_answer_by_link_completes_a_case_from_any_state_that_is_not_final(state: CaseState) -> None:
    assert on_event(state, Event.self_complete) is CaseState.S08


@pytest.mark.parametrize("state", sorted(OPEN))
def test_do_not_call_ends_every_open_case_at_once(state: CaseState) -> None:
    assert on_event(state, Event.do_not_call) is CaseState.S11


def test_do_not_call_does_not_take_an_answer_away() -> None:
    assert on_event(CaseState.S08, Event.do_not_call) is CaseState.S08


def test_closing_a_wave_finishes_completed_cases_first() -> None:
    assert on_event(CaseState.S08, Event.wave_closed) is CaseState.S09


@pytest.mark.parametrize("state", sorted(OPEN))
@pytest.mark.parametrize(
    ("guards", "ends"),
    [
        (Guards(), CaseState.S13),
        (Guards(last_code="310"), CaseState.S11),
        (Guards(last_code="310", verified_list=False), CaseState.S13),
        (Guards(last_code="330"), CaseState.S13),
        (Guards(last_code="200"), CaseState.S11),
        (Guards(last_code="220"), CaseState.S11),
        (Guards(last_code="230", died_before_frame=True), CaseState.S12),
    ],
)
def test_closing_a_wave_ends_an_open_case_by_its_last_outcome(
    state: CaseState, guards: Guards, ends: CaseState
) -> None:
    assert on_event(state, Event.wave_closed, guards) is ends


def test_a_number_is_searched_twice_before_another_mode_is_tried() -> None:
    times = int(next(row["guard"] for row in rows("call_case_state_machine") if "次核实仍无" in row["guard"])[0])
    assert on_event(CaseState.S05, "number_not_found", Guards(repairs=times - 1)) is CaseState.S05
    assert on_event(CaseState.S05, "number_not_found", Guards(repairs=times)) is CaseState.S07
    assert on_event(CaseState.S05, "number_not_found", Guards(repairs=times, other_mode=False)) is CaseState.S11


@given(st.sampled_from(CaseState), st.sampled_from(Event))
def test_whatever_the_table_does_not_name_is_refused(state: CaseState, event: Event) -> None:
    completing = event in ("self_complete", "do_not_call", "wave_closed") and state not in FINAL
    handed_back = (state, event) == (CaseState.S02, Event.release)
    if completing or handed_back or (state.value, event.value) in ALLOWED:
        assert isinstance(on_event(state, event, GUARDS), CaseState)
        return
    with pytest.raises(IllegalMove) as refused:
        on_event(state, event, GUARDS)
    assert (refused.value.state, refused.value.event) == (state, event)


def test_a_word_that_is_no_event_is_refused() -> None:
    with pytest.raises(IllegalMove):
        on_event(CaseState.S01, "round_closed")


def test_an_agent_can_hand_back_a_case_he_has_not_dialled() -> None:
    assert on_event(CaseState.S02, Event.release) is CaseState.S01


def test_claims_and_corrections_last_as_long_as_the_rules_say() -> None:
    assert f"占用个案{LEASE // dt.timedelta(minutes=1)}分钟,{HEARTBEAT.seconds}秒心跳" in rule("R17")
    assert f"登记后{CORRECTION // dt.timedelta(minutes=1)}分钟内可更正" in rule("R15")
