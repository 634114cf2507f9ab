"""The fifteen states of a case. Pure."""

from collections.abc import Iterable
from enum import StrEnum


class CaseState(StrEnum):
    """A state of `tables/call_case_state_machine.csv`; the value is what the database stores."""

    S00 = "S00"
    S01 = "S01"
    S02 = "S02"
    S03 = "S03"
    S04 = "S04"
    S05 = "S05"
    S06 = "S06"
    S07 = "S07"
    S08 = "S08"
    S09 = "S09"
    S10 = "S10"
    S11 = "S11"
    S12 = "S12"
    S13 = "S13"
    S14 = "S14"

    @property
    def label(self) -> str:
        """The Chinese words shown for this state."""
        return _LABELS[self]


_LABELS = {
    CaseState.S00: "未分配",
    CaseState.S01: "待拨打",
    CaseState.S02: "拨打中",
    CaseState.S03: "待重拨",
    CaseState.S04: "已预约",
    CaseState.S05: "号码核实",
    CaseState.S06: "拒访冷却",
    CaseState.S07: "转访(短信/入户)",
    CaseState.S08: "已完成待抽检",
    CaseState.S09: "已抽检/免检",
    CaseState.S10: "作废",
    CaseState.S11: "终止-合格无应答",
    CaseState.S12: "终止-不合格",
    CaseState.S13: "终止-资格不明",
    CaseState.S14: "挂起",
}

CALLABLE = frozenset({CaseState.S01})
"""An agent can claim the case now."""

WAITING = frozenset({CaseState.S03, CaseState.S04, CaseState.S06})
"""The case carries `next_attempt_at`; the tick promotes it to S01 when that moment comes."""

WITH_OTHERS = frozenset({CaseState.S05, CaseState.S07, CaseState.S14})
"""Somebody other than the dialling agent has to act: a street, the respondent or a visitor, a supervisor."""

COUNTED = frozenset({CaseState.S08, CaseState.S09})
"""A valid submission stands and counts in the rates; review moves S08 to S09 without touching a rate."""

TERMINATED = frozenset({CaseState.S11, CaseState.S12, CaseState.S13})
"""终止: no answer will come."""

FINAL = TERMINATED | {CaseState.S09, CaseState.S10}
"""Nothing moves the case any more except a reviewer's or supervisor's explicit act."""

SETTLED = FINAL | COUNTED
"""An answer stands, or none will come: nobody is called, invited or reminded any more."""

OPEN = frozenset(CaseState) - SETTLED
"""Work is left: the case can still be answered."""


def listed(states: Iterable[CaseState]) -> str:
    """The states as the inside of an SQL list: 'S08', 'S09'."""
    return ", ".join(f"'{state.value}'" for state in sorted(states))
