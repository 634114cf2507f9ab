"""Outcomes: recorded with one press and at most one follow-up, shown with what comes next, withdrawn for two minutes."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from callbacks.calling import cases, deaths, histories
from callbacks.calling.case_row import load
from callbacks.calling.outcomes import Said
from callbacks.errors import (
    AppointmentRefused,
    CorrectionRefused,
    OutcomeRefused,
    UnknownCase,
    UnknownOutcome,
)
from callbacks.rules import dispositions
from callbacks.rules.case_machine import CORRECTION
from callbacks.rules.states import CaseState
from questionnaires.errors import NotComplete
from questionnaires.statements import instant
from survey_service import field
from survey_service.calls import recording
from survey_service.calls.recording import Recorder
from survey_service.messages import single_invitations
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.agents import call_form
from survey_service.web.agents.agent_desk import Desk, desk_of
from survey_service.web.agents.agents_case import Shown, lost_page, screen
from survey_service.web.guards import actor_of, allow

Form = URLEncodedBody[dict[str, str]]
LONGEST_LANGUAGE = 20
REFUSED = {
    "late": "超过两分钟，不能自己撤销了，请找督导更正。",
    "taken": "这条个案已被别人领走，请找督导更正。",
    "superseded": "这条个案后来又有新的结果，请找督导更正。",
    "closed": "批次已经结束，不能更正了。",
    "answered": "对方已经用手机链接答完了，答卷有效，不用再打；这次拨打的结果照原样保留。",
}


HEADLINES = {
    CaseState.S05: "先核实号码，有了新号码再拨",
    CaseState.S07: "电话到此为止，改发手机问卷或入户",
    CaseState.S08: "已完成，不用再打",
    CaseState.S09: "已完成，不用再打",
    CaseState.S12: "不在调查范围，不再拨打",
    CaseState.S14: "已交给督导，等督导处理",
}
DECEASED = "不再打扰这家人；他在别的项目里的个案两分钟后也一起结束"


def recorder(desk: Desk) -> Recorder:
    """The agent of this desk as one who records."""
    settings = desk.site.settings
    return Recorder(desk.scope, desk.calling, desk.site.keyring, settings.office_name, desk.viewer.agent_no)


@post("/agent/cases/{ref:str}/outcome", opt=allow(Role.AGENT))
async def outcome(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Response[Any]:
    """Records what came of the dial; a refused one comes back with everything that was typed."""
    desk = await desk_of(request)
    attempt, said = data.get("_attempt", ""), Said(data.get("code", ""), data.get("note", ""))
    proven = desk.held_before(ref, attempt, data.get("_claim", ""))
    try:
        async with desk.site.ledger.change(actor_of(request)) as change:
            if not proven:
                raise UnknownCase(ref)
            said = await _said(desk, ref, data)
            recorded, facts = await recording.record(recorder(desk), ref, attempt, said, change.now, held_before=proven)
            change.record(*facts)
    except (OutcomeRefused, AppointmentRefused, NotComplete, UnknownOutcome) as refused:
        return await _again(request, desk, ref, data, said, refused)
    if recorded.contested:
        return lost_page(request)
    return Redirect(f"/agent/attempts/{attempt}", status_code=303)


async def _said(desk: Desk, ref: str, data: dict[str, str]) -> Said:
    spoken = await field.languages_spoken() if data.get("code") == "232" else frozenset[str]()
    return Said(
        code=data.get("code", ""),
        note=data.get("note", ""),
        appointment_at=_appointment(desk, data) if data.get("code") in ("210", "211", "204") else None,
        inbound=desk.rang_us(ref, data.get("_attempt", ""), data.get("_inbound", "")),
        languages_spoken=spoken,
        language=" ".join(data.get("language", "").split())[:LONGEST_LANGUAGE] if data.get("code") == "232" else "",
        died_before_frame=await _died_before_frame(desk, ref, data) if data.get("code") == deaths.DECEASED else None,
    )


async def _died_before_frame(desk: Desk, ref: str, data: dict[str, str]) -> bool | None:
    """None when the family did not say when."""
    text = data.get("died_on", "").strip()
    if not text:
        return None
    try:
        died_on = dt.date.fromisoformat(text)
    except ValueError as problem:
        raise OutcomeRefused("died_on", "去世日期看不懂；不知道就空着。") from problem
    return await deaths.before_frame(ref, died_on, desk.today)


def _appointment(desk: Desk, data: dict[str, str]) -> dt.datetime | None:
    """The picked day and quarter hour, or the time the form already holds; None when neither can be read."""
    text = data.get("at", "") or f"{data.get('day', '')}T{data.get('clock', '')}"
    try:
        at = dt.datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=desk.site.settings.zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError):  # the first and the last day of all years have no other zone
        return None


async def _again(
    request: Request[Any, Any, Any], desk: Desk, ref: str, data: dict[str, str], said: Said, refused: Exception
) -> Response[str]:
    case = await cases.load_claimed(ref, desk.scope)
    known = dispositions.OUTCOMES.get(said.code)
    shown = Shown(
        module=data.get("_module", ""),
        inbound=data.get("_inbound", ""),
        outcome_group=known.group if known else call_form.GROUPS[0].name,
        outcome_error=_sentence(desk, refused),
        note=said.note,
        appointment=refused.next_at if isinstance(refused, AppointmentRefused) else said.appointment_at,
    )
    return await screen(request, desk, case, shown, status=422)


def _sentence(desk: Desk, refused: Exception) -> str:
    if isinstance(refused, AppointmentRefused):
        at = pages.moment_text(refused.next_at.astimezone(desk.site.settings.zone))
        return f"那个时间不能拨打，最近可以约 {at}，已替您选好。"
    if isinstance(refused, NotComplete):
        return f"还有 {len(refused.missing)} 道必答题没有回答，不能登记为全部完成。"
    if isinstance(refused, UnknownOutcome):
        return "请选一种结果。"
    return str(getattr(refused, "sentence", "这个结果不能登记。"))


def _headline(code: str, state: CaseState) -> str:
    """What has happened to a case that has no next dial."""
    return DECEASED if code == deaths.DECEASED else HEADLINES.get(state, "不再拨打")


@dataclass(frozen=True, slots=True)
class Result:
    """A recorded dial as the confirmation shows it."""

    outcome: str
    state: str
    headline: str
    reason: str
    next_attempt_at: dt.datetime | None
    undo_until: dt.datetime
    undo_seconds: int
    withdrawn: bool
    no_link: str
    to_link: bool


@get("/agent/attempts/{attempt:str}", opt=allow(Role.AGENT))
async def recorded_page(request: Request[Any, Any, Any], attempt: FromPath[str]) -> Response[str]:
    """What was recorded, when the case comes up again and why, and the way back for two minutes."""
    desk = await desk_of(request)
    return await _result_page(request, desk, attempt, "", 200)


async def _result_page(
    request: Request[Any, Any, Any], desk: Desk, attempt: str, error: str, status: int
) -> Response[str]:
    found = await histories.own_dial(attempt, desk.scope.account_id)
    if found is None:
        raise UnknownCase(attempt)
    case = await load(found["case_id"])
    until = (instant(found["ended_at"]) or desk.now) + CORRECTION
    result = Result(
        outcome=dispositions.code(found["corrected"] or found["code"]).name,
        state=case.state.label,
        headline=_headline(found["corrected"] or found["code"], case.state),
        reason=case.next_reason,
        next_attempt_at=case.next_attempt_at,
        undo_until=until,
        undo_seconds=max(0, int((until - desk.now).total_seconds())),
        withdrawn=found["corrected"] == dispositions.NOT_ATTEMPTED,
        no_link=await single_invitations.obstacle(desk.site, case, desk.now),
        to_link=case.state is CaseState.S07,
    )
    return pages.page(request, "agents/recorded.html", status=status, result=result, attempt=attempt, error=error)


@post("/agent/attempts/{attempt:str}/undo", opt=allow(Role.AGENT))
async def undo(request: Request[Any, Any, Any], attempt: FromPath[str]) -> Response[Any]:
    """Withdraws the outcome; the case is on the screen again with all its answers."""
    desk = await desk_of(request)
    try:
        async with desk.site.ledger.change(actor_of(request)) as change:
            claim, facts = await recording.undo(recorder(desk), attempt, change.now)
            change.record(*facts)
    except CorrectionRefused as refused:
        return await _result_page(request, desk, attempt, REFUSED.get(refused.reason, REFUSED["late"]), 409)
    return Redirect(f"/agent/cases/{claim.case.ref}?done=undone", status_code=303)


HANDLERS = [outcome, recorded_page, undo]
