"""What an account is told on its pages, and links that wait for a second person."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from survey_service.clock import real_now
from survey_service.errors import BadInput, NotSignedIn
from survey_service.trust import handed_links, notices
from survey_service.trust.viewer import Role, Viewer
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow, site_of, viewer_of

Form = URLEncodedBody[dict[str, str]]
CONFIRMING = allow(Role.ADMIN, Role.SUPERVISOR)
ANSWERS = {"yes": True, "no": False}


def _viewer(request: Request[Any, Any, Any]) -> Viewer:
    viewer = viewer_of(request)
    if viewer is None:
        raise NotSignedIn
    return viewer


@post("/notices/{ref:str}/seen", opt=allow(*Role))
async def seen(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """A notice has been read."""
    viewer = _viewer(request)
    async with site_of(request).ledger.change(actor_of(request)) as change:
        change.record(await notices.seen(viewer.account_id, ref, real_now()))
    return Redirect(viewer.role.home, status_code=303)


@get("/confirmations", opt=CONFIRMING)
async def confirmations(request: Request[Any, Any, Any]) -> Response[str]:
    """Links that this person could confirm."""
    waiting = await handed_links.waiting(_viewer(request), real_now())
    needed = bool(site_of(request).settings.four_eyes)
    return pages.page(request, "admin/confirmations.html", waiting=waiting, needed=needed)


@post("/confirmations/{ref:str}", opt=CONFIRMING)
async def decide(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Redirect:
    """Agree that the account gets a new password, or take the link back."""
    viewer, agreed = _viewer(request), ANSWERS.get(data.get("answer", ""))
    if agreed is None:
        raise BadInput("请按“确认”或“收回”。", "answer")
    async with site_of(request).ledger.change(actor_of(request)) as change:
        change.record(await handed_links.decide(viewer, ref, agreed, real_now()))
    return Redirect(f"/confirmations?done={'confirmed' if agreed else 'taken-back'}", status_code=303)


HANDLERS = [seen, confirmations, decide]
