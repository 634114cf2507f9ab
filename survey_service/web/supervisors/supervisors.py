"""The supervisor's desk (督导台): what is due, how the open waves stand, what waits for a decision; the demo clock."""

import datetime as dt
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from callbacks.calling import escalations
from callbacks.errors import CorrectionRefused
from callbacks.rules.dispositions import OUTCOMES
from survey_service import demo_clock, ticks
from survey_service.clock import DemoClock
from survey_service.desks import desk
from survey_service.errors import BadInput, NotFound
from survey_service.messages import outbox
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow, site_of
from survey_service.web.staff_desk import reason_in, staff_of

Form = URLEncodedBody[dict[str, str]]
SUPERVISOR = allow(Role.SUPERVISOR)
WHOLE = allow(Role.SUPERVISOR, whole=True)
MORNING = dt.time(10, 5)
NOT_TAKEN_OVER = {
    "taken": "这个个案正在回访员手上，等那边登记完再采用。",
    "answered": "这个个案已有有效答卷，迟到的拨打结果不能取代它。",
    "closed": "这个个案或批次已经结束，不能再采用迟到的结果。",
}
HOURS = {"noon": dt.time(12, 30), "afternoon": dt.time(14, 30)}


@get("/supervisor", opt=SUPERVISOR)
async def supervisor_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The desk."""
    staff = await staff_of(request)
    waves = await desk.open_waves(staff.site, staff.scope, staff.midnight)
    hours = await staff.hours()
    return pages.page(
        request, "supervisors/desk.html",
        due=await desk.due_projects(staff.scope, staff.today), waves=waves,
        suspended=await desk.suspended(staff.scope), late=await escalations.late_results(staff.scope),
        outcomes=OUTCOMES, calendar_warning=desk.calendar_warning(hours.calendar, staff.today, waves),
        live=await outbox.is_live(),
    )  # fmt: skip


def moment_of(word: str, now: dt.datetime) -> dt.datetime:
    """Where 午休, 下午, 明天 and 一周后 lead from the local `now`. Raises BadInput for another word."""
    if word in HOURS:
        at = dt.datetime.combine(now.date(), HOURS[word], now.tzinfo)
        return at if at > now else at + dt.timedelta(days=1)
    days = {"tomorrow": 1, "week": 7}.get(word)
    if days is None:
        raise BadInput("只能快进到午休、下午、明天或一周后。", "to")
    return dt.datetime.combine(now.date() + dt.timedelta(days=days), MORNING, now.tzinfo)


@post("/supervisor/clock", opt=WHOLE)
async def forward(request: Request[Any, Any, Any], data: Form) -> Redirect:
    """Push the demonstration's clock forward, then let everything happen that has fallen due."""
    site = site_of(request)
    if not isinstance(site.clock, DemoClock):
        raise NotFound
    local = site.clock.now().astimezone(site.settings.zone)
    moment = moment_of(data.get("to", ""), local)
    async with site.ledger.change(actor_of(request)) as change:
        change.record(await demo_clock.forward(site.clock, moment.astimezone(dt.UTC)))
    await ticks.run(site)
    return Redirect("/supervisor?done=forwarded", status_code=303)


@post("/supervisor/cases/{ref:str}/resume", opt=SUPERVISOR)
async def resume(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """A suspended case goes back to the queue."""
    staff = await staff_of(request)
    hours = await staff.hours()
    async with staff.site.ledger.change(actor_of(request)) as change:
        _, fact = await escalations.resume(staff.scope, ref, change.now, hours.calendar, hours.windows)
        change.record(fact)
    return Redirect("/supervisor?done=resumed#waiting", status_code=303)


@post("/supervisor/cases/{ref:str}/close", opt=SUPERVISOR)
async def close(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """A suspended case ends."""
    staff = await staff_of(request)
    async with staff.site.ledger.change(actor_of(request)) as change:
        _, fact = await escalations.close(staff.scope, ref, change.now)
        change.record(fact)
    return Redirect("/supervisor?done=case-closed#waiting", status_code=303)


@post("/supervisor/late/{ref:str}", opt=SUPERVISOR)
async def settle_late(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Redirect:
    """A late outcome has been looked at."""
    staff = await staff_of(request)
    reason = reason_in(data, "请写一句怎么处理的。")
    async with staff.site.ledger.change(actor_of(request)) as change:
        change.record(await escalations.settle_late_result(staff.scope, ref, change.now, reason, staff.site.keyring))
    return Redirect("/supervisor?done=settled#late", status_code=303)


@post("/supervisor/late/{ref:str}/take-over", opt=SUPERVISOR)
async def take_over_late(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Redirect:
    """A late outcome counts from now on, instead of what the case had come to."""
    staff = await staff_of(request)
    reason = reason_in(data, "请写一句为什么采用。")
    hours = await staff.hours()
    try:
        async with staff.site.ledger.change(actor_of(request)) as change:
            _, fact = await escalations.take_over_late_result(
                staff.scope, ref, change.now, hours.calendar, hours.windows, reason, staff.site.keyring
            )
            change.record(fact)
    except CorrectionRefused as refused:
        raise BadInput(NOT_TAKEN_OVER.get(refused.reason, "这个结果已经处理过了。"), "reason") from refused
    return Redirect("/supervisor?done=taken-over#late", status_code=303)


HANDLERS = [supervisor_page, forward, resume, close, settle_late, take_over_late]
