"""The outcome codes of a dial: what each is called, counts as, and where its button stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from callbacks.errors import UnknownOutcome
from callbacks.tables import table

AaporGroup = Literal["I", "P", "R", "NC", "O", "UH", "UO", "NE"]
DelayBy = Literal["minutes", "appointment", "supervisor", "none"]

NOT_ATTEMPTED = "300"
COMPLETE = "100"
PARTIAL = "110"
_NOT_COUNTED = "不计入尝试"
_ARROW = "→"


@dataclass(frozen=True, slots=True)
class OutcomeCode:
    """One row of `tables/call_outcomes.csv`.

    `min_delay_minutes` counts from the end of the dial and is None unless `delay_by` is "minutes"; `max_times` is how
    often the outcome may occur in one case. `other_band` asks for another time of day at the next try. `group` and
    `option` are the button and the follow-up answer that give this code; both are empty for the system's own 300.
    """

    code: str
    name: str
    name_en: str
    level: Literal["final", "attempt", "initial"]
    aapor_groups: tuple[str, ...]
    contacted: bool
    retry: bool
    counts_as_attempt: bool
    delay_by: DelayBy
    min_delay_minutes: int | None
    max_times: int | None
    next_state: str
    require_note: bool
    other_band: bool
    remark: str
    group: str
    follow_up: str
    option: str

    @property
    def completed(self) -> bool:
        """A valid submission stands behind this outcome."""
        return self.code in (COMPLETE, PARTIAL)

    @property
    def needs_appointment(self) -> bool:
        """The agent has to give the time that was agreed."""
        return self.delay_by == "appointment"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a button's follow-up question, and the code it stands for."""

    label: str
    code: str
    require_note: bool


@dataclass(frozen=True, slots=True)
class Button:
    """One of at most eight first taps, its one follow-up question, and the options in order."""

    group: str
    question: str
    options: tuple[Option, ...]


def _delay_by(text: str) -> DelayBy:
    if text == "appointment":
        return "appointment"
    if text == "supervisor":
        return "supervisor"
    return "minutes" if text else "none"


def _level(text: str) -> Literal["final", "attempt", "initial"]:
    if text == "final":
        return "final"
    return "attempt" if text == "attempt" else "initial"


def _outcome(row: dict[str, str]) -> OutcomeCode:
    delay_by = _delay_by(row["min_delay_minutes"])
    times = row["max_times_for_this_outcome"]
    question, _, option = row["follow_up_question"].partition(_ARROW)
    on_screen = bool(row["button_group"])
    return OutcomeCode(
        code=row["code"],
        name=row["name_zh"],
        name_en=row["name_en"],
        level=_level(row["level"]),
        aapor_groups=tuple(group for group in row["aapor_group"].split("|") if group != "-"),
        contacted=row["contacted"] == "Y",
        retry=row["retry"] == "Y",
        counts_as_attempt=row["level"] != "initial" and row["aapor_list_recommended"] != _NOT_COUNTED,
        delay_by=delay_by,
        min_delay_minutes=int(row["min_delay_minutes"]) if delay_by == "minutes" else None,
        max_times=int(times) if times else None,
        next_state=row["next_state"],
        require_note=row["require_note"] == "Y",
        other_band="换时段" in row["remark"],
        remark=row["remark"],
        group=row["button_group"],
        follow_up=question.strip() if on_screen else "",
        option=option.strip() if on_screen else "",
    )


def _buttons(outcomes: Sequence[OutcomeCode]) -> tuple[Button, ...]:
    shown = [outcome for outcome in outcomes if outcome.group]
    groups = dict.fromkeys((outcome.group, outcome.follow_up) for outcome in shown)
    return tuple(
        Button(
            group,
            question,
            tuple(
                Option(o.option, o.code, o.require_note) for o in shown if (o.group, o.follow_up) == (group, question)
            ),
        )
        for group, question in groups
    )


OUTCOMES: dict[str, OutcomeCode] = {row["code"]: _outcome(row) for row in table("call_outcomes")}
BUTTONS: tuple[Button, ...] = _buttons(tuple(OUTCOMES.values()))


def code(text: str) -> OutcomeCode:
    """The outcome with this code. Raises UnknownOutcome."""
    outcome = OUTCOMES.get(text)
    if outcome is None:
        raise UnknownOutcome(text)
    return outcome


def dial_outcome(text: str) -> OutcomeCode:
    """The outcome with this code, if a dial can end in it. Raises UnknownOutcome, also for the initial 300."""
    outcome = code(text)
    if outcome.level == "initial":
        raise UnknownOutcome(text)
    return outcome


def aapor_group(text: str, verified_list: bool, died_before_frame: bool | None = None) -> AaporGroup | None:
    """The AAPOR group of a final code; None for what is not an attempt (500).

    On a verified roster an unanswered number is a non-contact of an eligible person; on an area or public sample his
    eligibility is unknown (UH). 空号 and 停机 stay non-contacts on both, open appointments too (decisions.md). A death
    before the frame date makes the person ineligible; an unknown date of death keeps him eligible, which can only
    lower the response rate.
    """
    groups = code(text).aapor_groups
    if not groups:
        return None
    if groups == ("O", "NE"):
        return "NE" if died_before_frame else "O"
    if groups == ("NC", "UH"):
        return "NC" if verified_list else "UH"
    return _GROUPS[groups[0]]


_GROUPS: dict[str, AaporGroup] = {
    "I": "I",
    "P": "P",
    "R": "R",
    "NC": "NC",
    "O": "O",
    "UH": "UH",
    "UO": "UO",
    "NE": "NE",
}


def _rank(outcome: OutcomeCode) -> int:
    """How much an outcome tells: an interview, a final word, a contact, a try, nothing."""
    order = (
        outcome.code == COMPLETE,
        outcome.code == PARTIAL,
        outcome.level == "final",
        outcome.contacted,
        outcome.counts_as_attempt,
    )
    return next((len(order) - place for place, holds in enumerate(order) if holds), 0)


def better(earlier: str, later: str) -> str:
    """The code that counts when a call and the respondent's own link meet in one case; ties: the later."""
    return earlier if _rank(code(earlier)) > _rank(code(later)) else later


def final_code(codes: Sequence[str]) -> str:
    """The final disposition of a case from its effective outcomes in time order.

    Corrected outcomes come already replaced, voided answers left out. A completed interview stands whatever was tried
    around it; otherwise the last outcome that counts as an attempt decides (按最后一次). An appointment that was never
    kept ends as 220 (remark of code 210); a case never dialled is 300.
    """
    counted = [outcome for outcome in map(code, codes) if outcome.counts_as_attempt]
    if not counted:
        return NOT_ATTEMPTED
    completed = [outcome.code for outcome in counted if outcome.completed]
    if completed:
        return min(completed)
    return NEVER_MET if counted[-1].needs_appointment else counted[-1].code


NEVER_MET = "220"
"""本人不在: AAPOR 2.21, where an appointment ends that was still open when the wave closed."""
