"""The moves of a case on every event but a dial, which `retry.plan_next` answers. Pure.

The events are the rows of `tables/call_case_state_machine.csv`, whose words lock, lock_expired and round_closed are
claim, lease_expired and wave_closed here; decisions that complete the table stand beside the code.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from callbacks.errors import IllegalMove
from callbacks.rules import dispositions, retry
from callbacks.rules.states import OPEN, CaseState
from callbacks.tables import table

LEASE = dt.timedelta(minutes=15)
HEARTBEAT = dt.timedelta(seconds=30)
CORRECTION = dt.timedelta(minutes=2)
"""R17 and R15: how long a claim lasts without a heartbeat, how often one comes, how long an agent may correct."""


class Event(StrEnum):
    """What moves a case besides the outcome of a dial."""

    import_ok = "import_ok"
    import_reject = "import_reject"
    claim = "claim"
    lease_expired = "lease_expired"
    due = "due"
    number_fixed = "number_fixed"
    number_not_found = "number_not_found"
    release = "release"
    self_complete = "self_complete"
    visit_complete = "visit_complete"
    deadline = "deadline"
    review_pass = "review_pass"
    not_sampled = "not_sampled"
    review_fail = "review_fail"
    redo = "redo"
    drop = "drop"
    spot_recheck = "spot_recheck"
    resume = "resume"
    close = "close"
    do_not_call = "do_not_call"
    wave_closed = "wave_closed"


@dataclass(frozen=True, slots=True)
class Guards:
    """What some moves depend on: repairs including this one, whether a link or visit is possible, and the last outcome.

    `last_code` is `dispositions.final_code` of the history; `verified_list` as in `dispositions.aapor_group`.
    """

    repairs: int = 0
    other_mode: bool = True
    last_code: str = dispositions.NOT_ATTEMPTED
    verified_list: bool = True
    died_before_frame: bool | None = None


_WORDS = {"lock": Event.claim, "lock_expired": Event.lease_expired, "round_closed": Event.wave_closed}
_NO_GUARDS = Guards()


def _moves() -> dict[tuple[CaseState, Event], CaseState]:
    """The rows of the table that leave one named state by something else than an outcome."""
    moves = {}
    for row in table("call_case_state_machine"):
        word, state = row["event_or_outcome"], row["from_state"][:3]
        if state.startswith("S") and not word.startswith("outcome"):
            moves[CaseState(state), _WORDS.get(word) or Event(word)] = CaseState(row["to_state"][:3])
    return moves


MOVES: Mapping[tuple[CaseState, Event], CaseState] = {
    **_moves(),
    (CaseState.S02, Event.release): CaseState.S01,  # an agent hands back a case he has not dialled
    (CaseState.S08, Event.wave_closed): CaseState.S09,  # closing a wave finishes what was answered first
    (CaseState.S08, Event.do_not_call): CaseState.S08,  # no more calls; the answer stands until a reviewer removes it
    (CaseState.S08, Event.self_complete): CaseState.S08,  # both answers are kept, the better one counts
    **{(state, Event.self_complete): CaseState.S08 for state in OPEN},
    **{(state, Event.do_not_call): CaseState.S11 for state in OPEN},
}
"""Where each event leads, apart from the two that look at guards (number_not_found, wave_closed of an open case)."""


def on_event(state: CaseState, event: Event | str, guards: Guards = _NO_GUARDS) -> CaseState:
    """The state that `event` leads to. Raises IllegalMove when the state does not take it."""
    known = next((candidate for candidate in Event if candidate.value == event), None)
    if known is None:
        raise IllegalMove(state, str(event))
    if known is Event.number_not_found and state is CaseState.S05:
        return _not_found(guards)
    if known is Event.wave_closed and state in OPEN:
        return closed_state(guards)
    move = MOVES.get((state, known))
    if move is None:
        raise IllegalMove(state, known)
    return move


def _not_found(guards: Guards) -> CaseState:
    """2次核实仍无: before that the search goes on."""
    if guards.repairs < retry.REPAIRS_BEFORE_OTHER_MODE:
        return CaseState.S05
    return CaseState.S07 if guards.other_mode else CaseState.S11


def closed_state(guards: Guards) -> CaseState:
    """How an open case ends with its wave: by the AAPOR group of its last outcome."""
    group = dispositions.aapor_group(guards.last_code, guards.verified_list, guards.died_before_frame)
    if group == "NE":
        return CaseState.S12
    return CaseState.S13 if group in ("UH", "UO", None) else CaseState.S11
