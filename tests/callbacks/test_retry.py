"""What follows each outcome, walked row by row through the table of moves."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from callbacks.errors import AppointmentNeeded, IllegalMove, UnknownOutcome
from callbacks.rules import dispositions
from callbacks.rules.caps import DEFAULT_CAPS, max_attempts
from callbacks.rules.dials import CaseFacts, CaseUpdate, Dial, History, WaveFacts
from callbacks.rules.retry import plan_next
from callbacks.rules.states import FINAL, WAITING, CaseState
from callbacks.rules.windows import shipped_windows
from tests.callbacks.normative import (
    CALENDAR,
    CLOSED_TO_OTHERS,
    NUMBER,
    SHANGHAI,
    WAVE,
    WINDOWS,
    case,
    dial,
    local,
    rows,
    rule,
    spaced,
)

THURSDAY = local(4, 16, 10)
APPOINTMENT = local(4, 17, 15)
OUTCOMES = {row["code"]: row for row in rows("call_outcomes")}
DIALLED = [code for code, row in OUTCOMES.items() if row["level"] != "initial"]
CAP = int(re.search(r"名单样本默认(\d+)次", rule("R01"))[1])  # type: ignore[index]
AT_CAP = spaced(*["310", "313", "312", "310", "313"][: CAP - 1])

Situation = tuple[History, CaseFacts]
GUARDS: dict[str, Callable[[str], Situation]] = {
    "-": lambda code: (History(), case()),
    "必答题齐全、校验通过(有效提交)": lambda code: (History(), case()),
    "尝试<上限(个案上限R01且未达本码次数上限)": lambda code: (History(), case()),
    "尝试=上限": lambda code: (AT_CAP, case()),
    "第1次": lambda code: (History(), case()),
    "第2次": lambda code: (spaced(code), case()),
    "预约时间在允许时段": lambda code: (History(), case(appointment_at=APPOINTMENT)),
    "软拒次数<1": lambda code: (History(), case()),
    "软拒次数≥1": lambda code: (spaced("200"), case()),
    "代接拒访次数<1": lambda code: (History(), case()),
    "代接拒访次数≥1": lambda code: (spaced("202"), case()),
    "对方约了时间": lambda code: (History(), case(appointment_at=APPOINTMENT)),
    "未约时间,且中途拒访次数<1": lambda code: (History(), case()),
    "未约时间,且中途拒访次数≥1": lambda code: (spaced("204"), case()),
    "320为第2次;其余第1次": lambda code: (spaced("320") if code == "320" else History(), case()),
    "死亡早于名单基准日": lambda code: (History(), case(died_before_frame=True)),
    "死亡晚于名单基准日": lambda code: (History(), case(died_before_frame=False)),
    "有监护人": lambda code: (History(), case(has_guardian=True)),
    "无监护人或换坐席仍不通": lambda code: (spaced(code), case(language_agent=True)),
    "有会该方言/语种的坐席": lambda code: (History(), case(language="壮语", language_agent=True)),
}
ROWS = [
    (code, row["guard"], row["to_state"][:3])
    for row in rows("call_case_state_machine")
    if row["event_or_outcome"].startswith("outcome:")
    for code in row["event_or_outcome"].removeprefix("outcome:").split("|")
]


def plan(
    code: str,
    history: History = History(),
    facts: CaseFacts | None = None,
    wave: WaveFacts = WAVE,
    start: dt.datetime = THURSDAY,
) -> CaseUpdate:
    facts = facts or case()
    ended = start + dt.timedelta(minutes=2)
    update = plan_next(facts, code, ended, history, CALENDAR, WINDOWS, wave, started_at=start)
    check(update, code, ended, history.with_dial(Dial(start, ended, code, facts.number)), facts, wave)
    return update


def check(
    update: CaseUpdate, code: str, ended: dt.datetime, history: History, facts: CaseFacts, wave: WaveFacts
) -> None:
    """What holds after every dial whatsoever."""
    assert re.search(r"[\u4e00-\u9fff]", update.reason)
    assert (update.next_attempt_at is not None) is (update.state in WAITING)
    assert (update.final_code is not None) is (update.state in FINAL or update.state is CaseState.S08)
    if update.next_attempt_at is None:
        return
    due = update.next_attempt_at
    assert due.utcoffset() == dt.timedelta(0)
    assert WINDOWS.is_open(due, CALENDAR, facts.education)
    assert due < wave.ends_at
    delay = OUTCOMES[code]["min_delay_minutes"]
    if delay.isdigit() and update.state is not CaseState.S04:
        assert due >= ended + dt.timedelta(minutes=int(delay))
    days = [d.at.astimezone(SHANGHAI).date() for d in history.dials if d.number == facts.number]
    day = due.astimezone(SHANGHAI).date()
    assert days.count(day) < 2
    assert sum(1 for d in days if 0 <= (day - d).days < 7) < 4


@pytest.mark.parametrize(("code", "guard", "to_state"), ROWS, ids=lambda value: str(value))
def test_each_row_of_the_table_leads_where_it_says(code: str, guard: str, to_state: str) -> None:
    history, facts = GUARDS[guard](code)
    assert plan(code, history, facts).state == to_state


def test_the_table_has_a_row_for_every_outcome_a_dial_can_end_in() -> None:
    assert {code for code, _, _ in ROWS} == set(DIALLED)


def _expected(code: str, at_cap: bool, other_mode: bool) -> str:
    guards = {guard: state for listed, guard, state in ROWS if listed == code}
    state = next(iter(guards.values()))
    if code in ("230", "231", "232"):
        state = {"230": "S11", "231": "S07", "232": "S07"}[code]
    if at_cap:
        state = guards.get("尝试=上限", state)
    return "S11" if state == "S07" and not other_mode else state


@pytest.mark.parametrize("code", DIALLED)
@pytest.mark.parametrize("at_cap", [False, True], ids=["below_cap", "at_cap"])
@pytest.mark.parametrize("other_mode", [True, False], ids=["with_link", "phone_only"])
def test_every_outcome_below_and_at_the_cap(code: str, at_cap: bool, other_mode: bool) -> None:
    facts = case(appointment_at=APPOINTMENT if code in ("210", "211", "204") else None)
    wave = WAVE if other_mode else CLOSED_TO_OTHERS
    update = plan(code, AT_CAP if at_cap else History(), facts, wave)
    expected = _expected(code, at_cap, other_mode)
    if code == "204":
        expected = "S04"
    if code == "320":
        expected = "S03"
    assert update.state == expected


@pytest.mark.parametrize("code", [code for code, guard, _ in ROWS if guard == "尝试=上限"])
def test_an_outcome_that_came_as_often_as_allowed_turns_the_case_below_the_cap_too(code: str) -> None:
    allowed = int(OUTCOMES[code]["max_times_for_this_outcome"])
    facts = case(max_attempts=99)
    assert plan(code, spaced(*[code] * (allowed - 2)), facts).state is CaseState.S03
    assert plan(code, spaced(*[code] * (allowed - 1)), facts).state is CaseState.S07


def test_attempts_allowed_follow_the_size_of_the_list() -> None:
    public, small = (int(re.search(p, rule("R01"))[1]) for p in (r"公众样本默认(\d+)次", r"默认(\d+)次$"))  # type: ignore[index]
    assert max_attempts(300) == max_attempts(200) == max_attempts(None) == CAP
    assert max_attempts(199) == small
    assert max_attempts(10_000, public=True) == public


def test_a_person_who_cannot_get_a_link_is_visited_where_the_wave_allows_it() -> None:
    visits = replace(WAVE, allow_visits=True)
    assert plan("310", AT_CAP, case(link_possible=False), visits).reason.endswith("转入户")
    assert plan("310", AT_CAP, case(link_possible=False), WAVE).state is CaseState.S11
    assert plan("310", AT_CAP, case(), visits).reason.endswith("转短信链接或入户")


def test_no_answer_in_the_afternoon_is_tried_again_in_the_evening_and_says_so() -> None:
    update = plan("310", start=local(4, 16, 15))
    assert update.next_attempt_at == local(4, 16, 18, 30)
    assert update.reason == "无人接听，3小时后且换到晚间再拨：今天18:30"


def test_the_delay_counts_from_the_end_of_the_dial_and_stays_in_the_window() -> None:
    start = local(4, 16, 9)
    busy = plan_next(
        case(), "311", start + dt.timedelta(minutes=9), History(), CALENDAR, WINDOWS, WAVE, started_at=start
    )
    assert busy.next_attempt_at == start + dt.timedelta(minutes=29)
    assert plan("311", start=local(4, 16, 11, 20)).next_attempt_at == local(4, 16, 14, 30)


def test_a_phone_switched_off_is_tried_next_day_at_another_time() -> None:
    update = plan("312", start=local(4, 16, 10))
    assert update.next_attempt_at == local(4, 17, 14, 30)
    assert update.reason == "关机，12小时后且换到下午再拨：4月17日（周五）14:30"


def test_two_unanswered_tries_by_day_put_the_next_into_the_evening() -> None:
    history = History((dial(local(4, 14, 10), "310"),))
    assert plan("310", history, start=local(4, 15, 15)).next_attempt_at == local(4, 15, 18, 30)
    history = History((dial(local(4, 16, 15), "310"),))
    assert plan("310", history, start=local(4, 17, 10)).next_attempt_at == local(4, 17, 18, 30)


def test_after_two_tries_by_day_a_rest_day_will_do_as_well() -> None:
    history = History((dial(local(4, 16, 10), "310"),))
    update = plan("312", history, start=local(4, 17, 15))
    assert update.next_attempt_at == local(4, 18, 9, 30)
    assert "休息日上午" in update.reason


def test_two_tries_on_one_day_put_the_third_on_another_even_where_a_number_may_be_dialled_more_often() -> None:
    history = History((dial(local(4, 18, 10), "311"),))
    often = replace(DEFAULT_CAPS, number_per_day=9, number_per_week=9)
    saturday = local(4, 18, 15, 30)
    update = plan_next(case(), "311", saturday, history, CALENDAR, WINDOWS, WAVE, caps=often)
    assert update.next_attempt_at == local(4, 19, 9, 30)


def test_a_number_is_dialled_no_more_than_twice_a_day_whatever_case_it_belongs_to() -> None:
    other = case(other_dials=(local(4, 16, 9, 30),))
    update = plan("311", facts=other)
    assert update.next_attempt_at == local(4, 17, 9)
    assert "每日最多2次" in update.reason


def test_a_number_rests_after_four_dials_in_seven_days() -> None:
    other = case(other_dials=(local(4, 13, 9), local(4, 14, 9), local(4, 15, 9)))
    update = plan("310", facts=other)
    assert update.next_attempt_at == local(4, 20, 9)


def test_a_call_that_was_cut_off_is_taken_up_in_five_minutes_by_the_same_agent() -> None:
    update = plan("240")
    assert update.next_attempt_at == THURSDAY + dt.timedelta(minutes=7)
    assert update.keep_agent == 7
    assert update.priority > 0


def test_a_line_failure_of_ours_costs_no_attempt() -> None:
    assert plan("500", spaced(*["310"] * 3)).state is CaseState.S03
    nearly = spaced("310", "313", "312", "310", "500", "500")
    assert plan("313", nearly).state is CaseState.S03


def test_a_soft_refusal_cools_for_a_week_and_is_left_to_seniors_from_then_on() -> None:
    minutes = int(OUTCOMES["200"]["min_delay_minutes"])
    update = plan("200")
    assert update.state is CaseState.S06
    assert update.requires_senior
    assert update.next_attempt_at == THURSDAY + dt.timedelta(minutes=minutes + 2)
    assert plan("310", History((dial(local(4, 8, 10), "200"),))).requires_senior
    assert not plan("202").requires_senior


def test_hanging_up_twice_is_a_soft_refusal_and_one_more_refusal_ends_the_case() -> None:
    assert plan("203").state is CaseState.S03
    twice = plan("203", spaced("203"))
    assert (twice.state, twice.requires_senior) == (CaseState.S06, True)
    assert plan("200", spaced("203", "203")).state is CaseState.S11
    assert plan("203", spaced("203", "203")).final_code == "203"


def test_a_hard_refusal_bars_the_number_for_good() -> None:
    update = plan("201")
    assert (update.state, update.do_not_contact, update.final_code) == (CaseState.S11, True, "201")
    assert not any(
        plan(code, facts=case(appointment_at=APPOINTMENT)).do_not_contact for code in DIALLED if code != "201"
    )


@pytest.mark.parametrize("cooling", ["200", "202", "203", "204"])
def test_a_refusal_whose_cooling_outlasts_the_wave_does_not_wait_for_nothing(cooling: str) -> None:
    ending = replace(CLOSED_TO_OTHERS, ends_at=THURSDAY + dt.timedelta(hours=3))
    history = spaced("203") if cooling == "203" else History()
    assert plan(cooling, history, wave=ending).state is CaseState.S11


@pytest.mark.parametrize("code", ["210", "211"])
def test_an_appointment_comes_first_and_goes_to_the_agent_who_made_it(code: str) -> None:
    update = plan(code, facts=case(appointment_at=APPOINTMENT))
    assert (update.state, update.next_attempt_at, update.keep_agent) == (CaseState.S04, APPOINTMENT, 7)
    others = [plan(c).priority for c in DIALLED if c not in ("210", "211")]
    assert update.priority > max(others)
    with pytest.raises(AppointmentNeeded):
        plan(code)


def test_an_appointment_outside_hours_is_put_off_and_the_agent_is_told() -> None:
    update = plan("210", facts=case(appointment_at=local(4, 17, 12)))
    assert update.next_attempt_at == local(4, 17, 14, 30)
    assert "4月17日（周五）12:00不能拨打" in update.reason


def test_a_missed_appointment_is_tried_twice_more_even_at_the_cap() -> None:
    tries = int(re.search(r"失约后再试(\d+)次", rule("R08"))[1])  # type: ignore[index]
    history = AT_CAP.with_dial(dial(local(4, 10, 10), "210"))
    for again in range(tries):
        missed = local(4, 13 + again, 19 - 9 * (again % 2))
        assert plan("310", history, start=missed).state is CaseState.S03, again
        history = history.with_dial(dial(missed, "310"))
    assert plan("310", history, start=local(4, 20, 10)).state is CaseState.S07


def test_a_repaired_number_starts_its_count_afresh_but_a_refusal_is_not_forgotten() -> None:
    old = History(tuple(replace(d, number="the-old-number") for d in AT_CAP.dials))
    assert plan("310", old).state is CaseState.S03
    refused = History((replace(dial(local(4, 1, 10), "200"), number="the-old-number"),))
    assert plan("200", refused).state is CaseState.S11


def test_a_number_repaired_twice_in_vain_goes_to_another_mode() -> None:
    assert plan("321").number_repair
    assert plan("321", facts=case(repairs=2)).state is CaseState.S07


def test_a_call_from_the_respondent_costs_neither_attempt_nor_a_call_of_the_day() -> None:
    called_back = replace(dial(local(4, 10, 10), "220"), inbound=True)
    assert plan("310", History((*AT_CAP.dials[:-1], called_back))).state is CaseState.S03
    assert plan("310", History((*AT_CAP.dials[:-1], replace(called_back, inbound=False)))).state is CaseState.S07
    ours = History((dial(local(4, 16, 9, 5), "310"),))
    facts = case(appointment_at=local(4, 16, 18, 30))
    ended = local(4, 16, 10, 5)
    update = plan_next(facts, "210", ended, ours, CALENDAR, WINDOWS, WAVE, inbound=True)
    assert update.next_attempt_at == local(4, 16, 18, 30)
    assert plan_next(facts, "210", ended, ours, CALENDAR, WINDOWS, WAVE).next_attempt_at == local(4, 17, 9)


def test_language_needs_an_agent_who_speaks_it_then_another_mode() -> None:
    able = case(language="壮语", language_agent=True)
    first = plan("232", facts=able)
    assert (first.state, first.language) == (CaseState.S03, "壮语")
    assert plan("310", spaced("232"), able).language == "壮语"
    assert plan("232", facts=case(language="壮语")).state is CaseState.S07


def test_a_death_and_a_list_that_contradicts_the_person_open_a_check_of_the_list() -> None:
    checked = [code for code in DIALLED if plan(code, facts=case(appointment_at=APPOINTMENT)).roster_check]
    assert checked == ["230", "400"]


def test_an_answer_by_link_during_the_call_counts_and_a_ban_still_holds() -> None:
    update = plan("201", facts=case(submitted_code="100"))
    assert (update.state, update.final_code, update.do_not_contact) == (CaseState.S08, "100", True)
    assert plan("310", AT_CAP, case(submitted_code="110")).final_code == "110"


def test_the_agents_own_interview_keeps_his_code_and_words() -> None:
    update = plan("110", facts=case(submitted_code="100"))
    assert (update.state, update.final_code) == (CaseState.S08, "110")
    assert "链接" not in update.reason


def test_education_projects_skip_the_exam_days() -> None:
    facts = case(education=True)
    update = plan("314", facts=facts, start=local(6, 6, 10))
    assert update.next_attempt_at == local(6, 10, 9)
    assert plan("314", start=local(6, 6, 10)).next_attempt_at == local(6, 7, 10, 2)


def test_a_district_without_evenings_and_weekends_gives_up_spreading_not_the_case() -> None:
    daytime = shipped_windows(SHANGHAI, weekends=False)
    bands = tuple(replace(band, allowed=band.allowed and band.name == "上午") for band in daytime.bands)
    history = History((dial(local(4, 15, 10), "310"),))
    update = plan_next(case(), "310", THURSDAY, history, CALENDAR, replace(daytime, bands=bands), WAVE)
    assert update.next_attempt_at == local(4, 17, 9)


def test_a_dial_that_is_already_in_the_history_is_refused_rather_than_counted_twice() -> None:
    with pytest.raises(ValueError, match="before"):
        plan_next(case(), "310", THURSDAY, History((Dial(THURSDAY, THURSDAY, "310", NUMBER),)), CALENDAR, WINDOWS, WAVE)


@pytest.mark.parametrize("code", ["300", "999", ""])
def test_no_dial_ends_in_an_unknown_code(code: str) -> None:
    with pytest.raises(UnknownOutcome):
        plan(code)


def test_illegal_moves_name_the_state_and_the_event() -> None:
    refused = IllegalMove(CaseState.S09, "due")
    assert (refused.state, refused.event) == ("S09", "due")
    assert dispositions.code("100").completed
