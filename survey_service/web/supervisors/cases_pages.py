"""Cases for the supervisor: masked lists, one case with its dials, a number revealed for a reason, an outcome corrected."""

import datetime as dt
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from callbacks.calling import attempts, histories
from callbacks.calling.outcomes import Said
from callbacks.errors import AppointmentNeeded, AppointmentRefused, CorrectionRefused, OutcomeRefused, UnknownOutcome
from callbacks.planning import waves
from callbacks.rules import phone_numbers
from callbacks.rules.dispositions import OUTCOMES
from callbacks.rules.states import CaseState
from survey_service.desks import wave_desk
from survey_service.errors import BadInput, NotFound
from survey_service.trust import reveals
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow
from survey_service.web.staff_desk import Staff, staff_of

Form = URLEncodedBody[dict[str, str]]
SUPERVISOR = allow(Role.SUPERVISOR)
CHOICES = [
    (one.code, f"{one.name}（{one.code}）") for one in OUTCOMES.values() if one.level != "initial" and not one.completed
]
WHY_NOT = {
    "answered": "这个个案已有有效答卷，只能由复核写明理由后剔除，不能改拨打结果。",
    "taken": "这个个案正在别人手上，等那边登记完再更正。",
    "superseded": "后面又有了新的拨打，只能更正最后一次。",
    "closed": "批次已经结束，结果不能再改。",
}


@get("/supervisor/waves/{code:str}/cases", opt=SUPERVISOR)
async def cases_page(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
    """The cases of a wave, fifty to a page."""
    staff, wave = await staff_of(request), await waves.find(code)
    state, after = request.query_params.get("state", ""), request.query_params.get("after", "0")
    if (state and state not in set(CaseState)) or not (after.isascii() and after.isdigit() and len(after) < 16):
        raise BadInput("筛选的条件不认识，请从页面上选。")
    chosen = CaseState(state) if state else None
    lines, behind = await wave_desk.cases(staff.site.keyring, staff.scope, wave["id"], chosen, int(after))
    return pages.page(
        request, "supervisors/cases.html", wave=wave, lines=lines, behind=behind, chosen=chosen,
        states=await wave_desk.states_of(wave["id"], staff.scope),
    )  # fmt: skip


@get("/supervisor/cases/{ref:str}", opt=SUPERVISOR)
async def case_page(request: Request[Any, Any, Any], ref: FromPath[str]) -> Response[str]:
    """One case."""
    return await _case(request, await staff_of(request), ref)


async def _case(
    request: Request[Any, Any, Any], staff: Staff, ref: str, *, status: int = 200, number: str = "", error: str = "",
    field_name: str = "", typed: dict[str, str] | None = None,
) -> Response[str]:  # fmt: skip
    found = await wave_desk.case_page(staff.site.keyring, staff.scope, ref)
    return pages.page(
        request, "supervisors/case.html", status=status, case=found, number=number, error=error,
        errors={field_name: error} if error and field_name else None, typed=typed or {}, choices=CHOICES,
    )  # fmt: skip


@post("/supervisor/cases/{ref:str}/reveal", opt=SUPERVISOR)
async def reveal(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Response[str]:
    """Show the number once, for a reason that is on the trail before the number is on the page."""
    staff = await staff_of(request)
    try:
        digits = await reveals.reveal(staff.site, actor_of(request), staff.scope, ref, data.get("reason", ""))
    except BadInput as refused:
        return await _case(request, staff, ref, status=422, error=refused.sentence, field_name="reason")
    return await _case(request, staff, ref, number=phone_numbers.group(digits) if digits else "没有号码")


@post("/supervisor/attempts/{ref:str}/correct", opt=SUPERVISOR)
async def correct(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Response[Any]:
    """Another outcome for the last dial of a case, with the reason."""
    staff = await staff_of(request)
    case_ref = await _case_of(ref)
    reason = " ".join(data.get("why", "").split())[:200]
    try:
        said = Said(data.get("code", ""), data.get("note", "").strip() or reason, _appointment(data, staff))
        await _correct(request, staff, ref, said, reason)
    except (OutcomeRefused, BadInput) as refused:
        name = "why" if refused.field == "reason" else refused.field
        return await _case(request, staff, case_ref, status=422, error=refused.sentence, field_name=name, typed=data)
    except (UnknownOutcome, AppointmentNeeded) as refused:
        sentence = "请选择正确的结果。" if isinstance(refused, UnknownOutcome) else "约时间要填约好的日期和时刻。"
        name = "code" if isinstance(refused, UnknownOutcome) else "appointment_at"
        return await _case(request, staff, case_ref, status=422, error=sentence, field_name=name, typed=data)
    except AppointmentRefused:
        sentence = "那个时间不能拨打，请换一个工作时段。"
        return await _case(
            request, staff, case_ref, status=422, error=sentence, field_name="appointment_at", typed=data
        )
    except CorrectionRefused as refused:
        sentence = WHY_NOT.get(refused.reason, "这个结果不能更正。")
        return await _case(request, staff, case_ref, status=409, error=sentence, typed=data)
    return Redirect(f"/supervisor/cases/{case_ref}?done=corrected", status_code=303)


async def _correct(request: Request[Any, Any, Any], staff: Staff, ref: str, said: Said, reason: str) -> None:
    hours = await staff.hours()
    async with staff.site.ledger.change(actor_of(request)) as change:
        _, fact = await attempts.correct(
            staff.scope, ref, said, change.now, hours.calendar, hours.windows, staff.site.keyring, reason
        )
        change.record(fact)


async def _case_of(attempt_ref: str) -> str:
    case_ref = await histories.case_of(attempt_ref)
    if case_ref is None:
        raise NotFound
    return case_ref


def _appointment(data: dict[str, str], staff: Staff) -> dt.datetime | None:
    text = data.get("appointment_at", "").strip()
    if not text:
        return None
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=staff.site.settings.zone).astimezone(dt.UTC)
    except (ValueError, OverflowError) as problem:
        raise BadInput("约好的时间没有填对，例如 2026-03-06 15:00。", "appointment_at") from problem


HANDLERS = [cases_page, case_page, reveal, correct]
