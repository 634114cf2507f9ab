"""Short messages by page: 预告短信 first, then invitations; the sheet for the office's own platform; unknown ones."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from survey_service.desks import message_desk
from survey_service.errors import BadInput
from survey_service.messages import outbox
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow, site_of
from survey_service.web.staff_desk import reason_in, staff_of

Form = URLEncodedBody[dict[str, str]]
SUPERVISOR = allow(Role.SUPERVISOR)
WHOLE = allow(Role.SUPERVISOR, whole=True)


@get("/supervisor/messages", opt=SUPERVISOR)
async def messages_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The messages of every open wave."""
    return await _page(request)


async def _page(request: Request[Any, Any, Any], error: str = "") -> Response[str]:
    staff = await staff_of(request)
    site = staff.site
    return pages.page(
        request, "supervisors/messages.html", status=422 if error else 200, error=error,
        live=await outbox.is_live(), gateway=site.gateway is not None,
        waves=await message_desk.of_open_waves(site, staff.scope, site.clock.now()), unknown=await message_desk.unknown(staff.scope),
        by_hand=list(message_desk.BY_HAND.items()), sheets=await message_desk.handed_out(staff.scope),
        sheet_days=site.settings.sheet_link_days,
    )  # fmt: skip


@post("/supervisor/messages/queue", opt=WHOLE)
async def queue(request: Request[Any, Any, Any], data: Form) -> Response[Any]:
    """Queue one kind of message for everybody of a wave who can get it."""
    site = site_of(request)
    try:
        async with site.ledger.change(actor_of(request)) as change:
            _, fact = await message_desk.queue(site, data.get("wave", ""), data.get("kind", ""), change.now)
            change.record(fact)
    except BadInput as refused:
        return await _page(request, refused.sentence)
    return Redirect("/supervisor/messages?done=queued", status_code=303)


@post("/supervisor/messages/sheet", opt=SUPERVISOR)
async def sheet(request: Request[Any, Any, Any], data: Form) -> Response[Any]:
    """Hand the queued messages over as a file; from then on they count as sent."""
    staff, form = await staff_of(request), data.get("format", "")
    site = staff.site
    try:
        reason = reason_in(data, "下载号码要写一句用途。")
        async with site.ledger.change(actor_of(request)) as change:
            content, fact = await message_desk.sheet(
                site, data.get("wave", ""), data.get("kind", ""), form, reason, change.now, staff.scope
            )
            change.record(fact)
    except BadInput as refused:
        return await _page(request, refused.sentence)
    headers = {"Content-Disposition": f'attachment; filename="messages.{form}"'}
    return Response(content, status_code=200, media_type=message_desk.FORMATS[form], headers=headers)


@post("/supervisor/messages/{ref:str}/settle", opt=SUPERVISOR)
async def settle(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Redirect:
    """Write down what became of an unknown message."""
    staff = await staff_of(request)
    async with staff.site.ledger.change(actor_of(request)) as change:
        change.record(await message_desk.settle(ref, data.get("as", ""), change.now, staff.scope))
    return Redirect("/supervisor/messages?done=settled-message", status_code=303)


HANDLERS = [messages_page, queue, sheet, settle]
