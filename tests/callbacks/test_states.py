"""Case states against the table of moves."""

from callbacks.rules.states import COUNTED, FINAL, OPEN, SETTLED, TERMINATED, WAITING, CaseState, listed
from tests.callbacks.normative import rows

NAMED = {
    cell[:3]: cell[4:]
    for row in rows("call_case_state_machine")
    for cell in (row["from_state"], row["to_state"])
    if cell.startswith("S") and "(或" not in cell
}


def test_the_states_are_those_of_the_table_under_the_tables_names() -> None:
    assert {state.value: state.label for state in CaseState if state is not CaseState.S13} == NAMED
    closed = next(row for row in rows("call_case_state_machine") if row["event_or_outcome"] == "round_closed")
    assert closed["to_state"] == f"{CaseState.S13} {CaseState.S13.label}(或S11)"


def test_terminated_states_are_those_the_table_calls_terminated() -> None:
    assert {state for state in CaseState if state.label.startswith("终止")} == TERMINATED


def test_waiting_states_are_those_that_fall_due() -> None:
    due = {row["from_state"][:3] for row in rows("call_case_state_machine") if row["event_or_outcome"] == "due"}
    assert {state.value for state in WAITING} == due


def test_each_state_is_open_counted_or_final() -> None:
    assert set(CaseState) == OPEN | COUNTED | FINAL
    assert not OPEN & (COUNTED | FINAL)


def test_a_settled_case_is_one_that_is_not_open_and_lists_read_as_sql() -> None:
    assert set(CaseState) - OPEN == SETTLED
    assert listed(COUNTED) == "'S08', 'S09'"
