"""发手机问卷链接: to the person at hand, during the call or right after it."""

import datetime as dt
from typing import Any

from litestar import Request, post
from litestar.params import FromPath
from litestar.response import Redirect

from callbacks.calling import cases, histories
from callbacks.calling.case_row import CaseRow, load
from callbacks.errors import UnknownCase
from questionnaires.statements import instant
from survey_service.errors import BadInput
from survey_service.messages import single_invitations
from survey_service.trust.viewer import Role
from survey_service.web.agents.agent_desk import Desk, desk_of
from survey_service.web.guards import actor_of, allow

AFTER_CALL = dt.timedelta(hours=2)
"""So long after a dial its agent may still send the link that was asked for."""


async def after_dial(desk: Desk, attempt: str) -> CaseRow:
    """The case of this agent's own dial. Raises UnknownCase, and BadInput when it was too long ago."""
    found = await histories.own_dial(attempt, desk.scope.account_id)
    if found is None:
        raise UnknownCase(attempt)
    ended = instant(found["ended_at"])
    if ended is None or desk.now - ended > AFTER_CALL:
        raise BadInput("这次拨打已经过去两小时，不能再从这里发链接。")
    return await load(found["case_id"])


@post("/agent/cases/{ref:str}/link", opt=allow(Role.AGENT))
async def link_in_call(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """Queues the link while the person is on the line; the outcome is still to be recorded."""
    desk = await desk_of(request)
    async with desk.site.ledger.change(actor_of(request)) as change:
        case = await cases.load_claimed(ref, desk.scope)
        change.record(await single_invitations.send(desk.site, case, change.now))
    return Redirect(f"/agent/cases/{ref}?done=link-queued", status_code=303)


@post("/agent/attempts/{attempt:str}/link", opt=allow(Role.AGENT))
async def link_after_call(request: Request[Any, Any, Any], attempt: FromPath[str]) -> Redirect:
    """Queues the link once the outcome is recorded."""
    desk = await desk_of(request)
    async with desk.site.ledger.change(actor_of(request)) as change:
        case = await after_dial(desk, attempt)
        change.record(await single_invitations.send(desk.site, case, change.now))
    return Redirect(f"/agent/attempts/{attempt}?done=link-queued", status_code=303)


HANDLERS = [link_in_call, link_after_call]
