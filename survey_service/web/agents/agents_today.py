"""The agent's first page, and the one button that gives him the next case or says why there is none."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Redirect

from callbacks.calling import cases, my_day
from callbacks.calling.appointments import PREFERRED_FOR
from callbacks.calling.case_queue import NoCase
from callbacks.rules import dispositions
from survey_service.calls import case_sheet
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.agents.agent_desk import Desk, desk_of
from survey_service.web.guards import actor_of, allow

PROVISIONAL = "今年的放假安排还没有导入，工作日按周末和法定节日推算（暂定），调休日可能不准。"

LAST_DONE = 8


@get("/agent", opt=allow(Role.AGENT))
async def today(request: Request[Any, Any, Any]) -> Response[str]:
    """我的今天."""
    return await _page(request, await desk_of(request), None)


@post("/agent/next", opt=allow(Role.AGENT))
async def next_case(request: Request[Any, Any, Any]) -> Response[Any]:
    """Claims the next case, or shows why there is none and when there will be."""
    desk = await desk_of(request)
    async with desk.site.ledger.change(actor_of(request)) as change:
        found, fact = await cases.claim_next(desk.scope, change.now, desk.calling.calendar, desk.calling.windows)
        change.record(fact)
    if isinstance(found, NoCase):
        return await _page(request, desk, found)
    return Redirect(f"/agent/cases/{found.case.ref}", status_code=303)


async def _page(request: Request[Any, Any, Any], desk: Desk, none: NoCase | None) -> Response[str]:
    calendar, windows = desk.calling.calendar, desk.calling.windows
    day = await my_day.today(desk.scope, desk.now, calendar, windows)
    if calendar.provisional(windows.local(desk.now).date()):
        request.scope["state"]["warnings"] = (*request.scope["state"].get("warnings", ()), PROVISIONAL)
    refs = [*(each.case_ref for each in day.appointments), *(each.case_ref for each in day.done[:LAST_DONE])]
    return pages.page(
        request,
        "agents/today.html",
        day=day,
        names=await case_sheet.masked(desk.site.keyring, sorted(set(refs))),
        outcomes=dispositions.OUTCOMES,
        last_done=day.done[:LAST_DONE],
        overdue_before=desk.now - PREFERRED_FOR,
        open_until=windows.open_until(desk.now, calendar),
        next_open=windows.next_open(desk.now, calendar),
        now=desk.now,
        empty=none,
    )


HANDLERS = [today, next_case]
