"""What follows a dial: the S02 rows of the case machine, with delays, caps and spreading. Pure.

Source: `tables/call_case_state_machine.csv`, `call_outcomes.csv`, `call_retry_rules.csv`. A row for the code wins;
otherwise a reached cap turns the case to the respondent's own link or a visit, and ends it where neither is possible.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from callbacks.errors import AppointmentNeeded
from callbacks.rules import dispositions
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.caps import DEFAULT_CAPS, Caps
from callbacks.rules.dials import CaseFacts, CaseUpdate, Dial, History, WaveFacts
from callbacks.rules.dispositions import OutcomeCode
from callbacks.rules.slots import Limits, delay_words, earliest_slot, mode_words, spread_slot, when_words
from callbacks.rules.states import CaseState
from callbacks.rules.windows import CallingWindows, Opening

PRIORITY_APPOINTMENT = 100
PRIORITY_CUT_OFF = 80
PRIORITY_SENIOR = 20
PRIORITY_ORDINARY = 0

CUT_OFF = "240"
SOFT_REFUSAL = "200"
TRIES_AFTER_MISSED_APPOINTMENT = 2
REPAIRS_BEFORE_OTHER_MODE = 2


@dataclass(frozen=True, slots=True)
class _Ended:
    """One dial that just ended, with all that decides what follows."""

    outcome: OutcomeCode
    dial: Dial
    limits: Limits

    @property
    def case(self) -> CaseFacts:
        return self.limits.case

    @property
    def history(self) -> History:
        return self.limits.history

    def times(self) -> int:
        """How often the case ended in this code, this dial included."""
        return self.history.times(self.outcome.code)

    def words(self, at: dt.datetime) -> str:
        return when_words(self.limits.windows, at, self.dial.ended_at)

    def language(self) -> str | None:
        return self.case.language or None

    def senior(self) -> bool:
        """Once a person has softly refused, only seniors call him again."""
        return self.history.soft_refusals() > 0


def plan_next(
    case: CaseFacts,
    code: str,
    ended_at: dt.datetime,
    history: History,
    calendar: WorkCalendar,
    windows: CallingWindows,
    wave: WaveFacts,
    *,
    started_at: dt.datetime | None = None,
    inbound: bool = False,
    caps: Caps = DEFAULT_CAPS,
) -> CaseUpdate:
    """The next step of a claimed case after a dial that ended in `code`; `history` holds the dials **before** it.

    Instants are aware; delays count from `ended_at`, times of day from `started_at` (default: `ended_at`). A returned
    `next_attempt_at` is UTC, at least the code's delay away, inside windows and calendar, within the number's caps and
    before the wave ends. Raises UnknownOutcome for a code no dial ends in, AppointmentNeeded for 210 and 211 without
    `case.appointment_at`, ValueError when the dial itself is already in `history`.
    """
    outcome = dispositions.dial_outcome(code)
    dial = Dial(started_at or ended_at, ended_at, code, case.number, inbound)
    if dial in history.dials[-1:]:
        raise ValueError("history holds the dials before the one that just ended")
    ended = _Ended(outcome, dial, Limits(case, history.with_dial(dial), calendar, windows, wave, caps))
    update = _OUTCOMES[code](ended)
    return _keep_submission(ended, update) if case.submitted_code and not outcome.completed else update


def _keep_submission(ended: _Ended, update: CaseUpdate) -> CaseUpdate:
    """The person answered by his own link during the call: the better outcome counts, a ban on calls stands."""
    return CaseUpdate(
        CaseState.S08,
        "对方已通过链接完成答卷，两份结果都保留，计入较好的一份",
        final_code=ended.case.submitted_code,
        do_not_contact=update.do_not_contact,
        roster_check=update.roster_check,
    )


def _completed(ended: _Ended) -> CaseUpdate:
    return CaseUpdate(CaseState.S08, f"{ended.outcome.name}，待抽检", final_code=ended.outcome.code)


def _retry(
    ended: _Ended,
    slot: Opening,
    state: CaseState,
    words: str,
    priority: int = PRIORITY_ORDINARY,
    agent: int | None = None,
) -> CaseUpdate:
    return CaseUpdate(
        state,
        f"{ended.outcome.name}，{words}：{ended.words(slot.start)}",
        next_attempt_at=slot.start,
        priority=PRIORITY_SENIOR if ended.senior() and not priority else priority,
        requires_senior=ended.senior(),
        language=ended.language(),
        keep_agent=agent,
    )


def _after(ended: _Ended, minutes: int) -> dt.datetime:
    return ended.dial.ended_at + dt.timedelta(minutes=minutes)


def _redial(ended: _Ended) -> CaseUpdate:
    """S03 after the code's own delay, at another time of day where R02 asks for it."""
    minutes = ended.outcome.min_delay_minutes or 0
    slot = spread_slot(ended.limits, _after(ended, minutes), ended.outcome.other_band)
    if slot is None:
        return _other_mode(ended, "批次结束前已无可拨时段")
    return _retry(
        ended, slot, CaseState.S03, f"{delay_words(minutes)}{_moved(ended, slot)}再拨{_capped(ended, minutes)}"
    )


def _moved(ended: _Ended, slot: Opening) -> str:
    """且换到晚间, when the next try falls on another time of day than this one."""
    if slot.band == ended.limits.windows.band(ended.dial.at):
        return ""
    return f"且换到{'休息日' if slot.rest_day else ''}{slot.band}"


def _capped(ended: _Ended, minutes: int) -> str:
    """Said when the number has had its calls of the day or week."""
    day = ended.limits.day(_after(ended, minutes))
    caps = ended.limits.caps
    if ended.limits.number_day_free(day):
        return ""
    return f"（同一号码每日最多{caps.number_per_day}次、每周最多{caps.number_per_week}次）"


def _at_once(ended: _Ended, priority: int, agent: int | None) -> CaseUpdate:
    """S03 as soon as allowed, at the same time of day: the person was on the line, or the line was ours."""
    minutes = ended.outcome.min_delay_minutes or 0
    slot = earliest_slot(ended.limits, _after(ended, minutes))
    if slot is None:
        return _other_mode(ended, "批次结束前已无可拨时段")
    words = f"{delay_words(minutes)}{'优先' if priority else ''}再拨{_capped(ended, minutes)}"
    return _retry(ended, slot, CaseState.S03, words, priority, agent)


def _other_mode(ended: _Ended, why: str) -> CaseUpdate:
    """S07 when a link can be sent or the wave allows visits, else S11."""
    wave, case = ended.limits.wave, ended.case
    modes = [
        *(["短信链接"] if wave.allow_links and case.link_possible else []),
        *(["入户"] if wave.allow_visits else []),
    ]
    if not modes:
        return _given_up(ended, f"{why}，本批次也不能转访")
    return CaseUpdate(CaseState.S07, f"{ended.outcome.name}，{why}，转{mode_words(modes)}", language=ended.language())


def _given_up(ended: _Ended, why: str, do_not_contact: bool = False, roster_check: bool = False) -> CaseUpdate:
    return CaseUpdate(
        CaseState.S11,
        f"{ended.outcome.name}，{why}，终止",
        final_code=dispositions.final_code(ended.history.codes()),
        do_not_contact=do_not_contact,
        roster_check=roster_check,
    )


def _not_reached(ended: _Ended) -> CaseUpdate:
    """310-314, 220, 221, 240: again below the caps, another mode at them; a missed appointment has two more tries."""
    attempts = len(ended.history.attempts(ended.case.number))
    outcome = ended.outcome
    used_up = attempts >= ended.case.max_attempts or (
        outcome.max_times is not None and ended.times() >= outcome.max_times
    )
    if used_up and not _missed_appointment(ended):
        return _other_mode(ended, f"已拨{attempts}次达到上限")
    if outcome.code == CUT_OFF:
        return _at_once(ended, PRIORITY_CUT_OFF, ended.case.agent)
    return _redial(ended)


def _missed_appointment(ended: _Ended) -> bool:
    """R08: this dial missed an appointment, or is the first try after that; the person had agreed to be called."""
    attempts = ended.history.attempts(ended.case.number)
    kept = [place for place, dial in enumerate(attempts) if dial.outcome.needs_appointment]
    return bool(kept) and len(attempts) - 1 - kept[-1] <= TRIES_AFTER_MISSED_APPOINTMENT


def _appointment(ended: _Ended) -> CaseUpdate:
    wanted = ended.case.appointment_at
    if wanted is None:
        raise AppointmentNeeded(ended.outcome.code)
    if (
        ended.outcome.max_times is not None
        and ended.outcome.needs_appointment
        and ended.times() > ended.outcome.max_times
    ):
        return _other_mode(ended, f"已约{ended.outcome.max_times}次达到上限")
    slot = earliest_slot(ended.limits, max(wanted, ended.dial.ended_at))
    if slot is None:
        return _other_mode(ended, "约定时间在批次结束之后")
    moved = "" if slot.start == wanted else f"，约定的{ended.words(wanted)}不能拨打，顺延"
    return _retry(ended, slot, CaseState.S04, f"到点优先派给原坐席{moved}", PRIORITY_APPOINTMENT, ended.case.agent)


def _cooling(ended: _Ended, minutes: int, words: str, otherwise: Callable[[], CaseUpdate]) -> CaseUpdate:
    slot = spread_slot(ended.limits, _after(ended, minutes))
    if slot is None:
        return otherwise()
    return _retry(ended, slot, CaseState.S06, f"{delay_words(minutes)}{words}")


def _soft_refusal(ended: _Ended) -> CaseUpdate:
    if ended.history.soft_refusals() > 1:
        return _given_up(ended, "转访后再次拒访")
    minutes = dispositions.code(SOFT_REFUSAL).min_delay_minutes or 0
    return _cooling(ended, minutes, "由资深员转访", lambda: _given_up(ended, "冷却期满时批次已结束"))


def _hung_up(ended: _Ended) -> CaseUpdate:
    return _redial(ended) if ended.times() == 1 else _soft_refusal(ended)


def _hard_refusal(ended: _Ended) -> CaseUpdate:
    return _given_up(ended, "已列入勿扰名单", do_not_contact=True)


def _proxy_refusal(ended: _Ended) -> CaseUpdate:
    if ended.times() > 1:
        return _other_mode(ended, "家人再次拒绝，直接找本人")
    minutes = ended.outcome.min_delay_minutes or 0
    return _cooling(ended, minutes, "再找本人", lambda: _other_mode(ended, "批次结束前已无可拨时段"))


def _break_off(ended: _Ended) -> CaseUpdate:
    if ended.case.appointment_at is not None:
        return _appointment(ended)
    if ended.times() > 1:
        return _given_up(ended, "再次中途拒访")
    minutes = ended.outcome.min_delay_minutes or 0
    return _cooling(ended, minutes, "续访，已答内容保留", lambda: _given_up(ended, "批次结束前已无可拨时段"))


def _suspended(ended: _Ended) -> CaseUpdate:
    return _redial(ended) if ended.times() == 1 else _repair_number(ended)


def _repair_number(ended: _Ended) -> CaseUpdate:
    if ended.case.repairs >= REPAIRS_BEFORE_OTHER_MODE:
        return _other_mode(ended, f"号码已核实{ended.case.repairs}次")
    reason = f"{ended.outcome.name}，转号码核实：3个工作日内补号，补到后重新计次"
    return CaseUpdate(
        CaseState.S05, reason, number_repair=True, requires_senior=ended.senior(), language=ended.language()
    )


def _deceased(ended: _Ended) -> CaseUpdate:
    if ended.case.died_before_frame:
        return CaseUpdate(
            CaseState.S12, "已故（早于名单基准日），终止并核对名单", final_code=ended.outcome.code, roster_check=True
        )
    return _given_up(ended, "核对名单", roster_check=True)


def _unable(ended: _Ended) -> CaseUpdate:
    if not ended.case.has_guardian:
        return _other_mode(ended, "没有监护人")
    reason = "本人无法作答，转号码核实：补监护人联系方式"
    return CaseUpdate(CaseState.S05, reason, number_repair=True, language=ended.language())


def _language(ended: _Ended) -> CaseUpdate:
    if not ended.case.language_agent:
        return _other_mode(ended, "没有会该语言的坐席")
    if ended.times() > (ended.outcome.max_times or 1):
        return _other_mode(ended, "换坐席后仍不通")
    return _redial(ended)


def _technical(ended: _Ended) -> CaseUpdate:
    return _at_once(ended, PRIORITY_ORDINARY, None)


def _ineligible(ended: _Ended) -> CaseUpdate:
    return CaseUpdate(
        CaseState.S12,
        f"{ended.outcome.name}，终止",
        final_code=ended.outcome.code,
        roster_check="线索" in ended.outcome.remark,
    )


def _supervisor(ended: _Ended) -> CaseUpdate:
    return CaseUpdate(
        CaseState.S14, "已转组长处理，个案挂起", language=ended.language(), requires_senior=ended.senior()
    )


_OUTCOMES: dict[str, Callable[[_Ended], CaseUpdate]] = {
    "100": _completed,
    "110": _completed,
    "200": _soft_refusal,
    "201": _hard_refusal,
    "202": _proxy_refusal,
    "203": _hung_up,
    "204": _break_off,
    "210": _appointment,
    "211": _appointment,
    "220": _not_reached,
    "221": _not_reached,
    "230": _deceased,
    "231": _unable,
    "232": _language,
    "240": _not_reached,
    "310": _not_reached,
    "311": _not_reached,
    "312": _not_reached,
    "313": _not_reached,
    "314": _not_reached,
    "320": _suspended,
    "321": _repair_number,
    "322": _repair_number,
    "330": _repair_number,
    "331": _repair_number,
    "340": _repair_number,
    "400": _ineligible,
    "401": _ineligible,
    "402": _ineligible,
    "403": _ineligible,
    "404": _ineligible,
    "405": _ineligible,
    "500": _technical,
    "900": _supervisor,
}
