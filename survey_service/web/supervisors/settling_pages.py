"""Stopping the calls of a project that is settled, and taking that back: for supervisors of the whole district."""

from typing import Any

from litestar import Request, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from callbacks.planning import settling
from survey_service.desks import evidence_desk
from survey_service.trust.viewer import Role
from survey_service.web.guards import actor_of, allow, site_of

Form = URLEncodedBody[dict[str, str]]
WHOLE = allow(Role.SUPERVISOR, whole=True)


@post("/supervisor/waves/{code:str}/projects/{project:str}/settle", opt=WHOLE)
async def settle(request: Request[Any, Any, Any], code: FromPath[str], project: FromPath[str], data: Form) -> Redirect:
    """Call nobody for this project any more."""
    site = site_of(request)
    async with site.ledger.change(actor_of(request)) as change:
        change.record(await evidence_desk.settle(site, code, project, data.get("why", ""), change.now))
    return Redirect(f"/supervisor/waves/{code}?done=project-settled", status_code=303)


@post("/supervisor/waves/{code:str}/projects/{project:str}/resume", opt=WHOLE)
async def resume(request: Request[Any, Any, Any], code: FromPath[str], project: FromPath[str]) -> Redirect:
    """Call for this project again."""
    async with site_of(request).ledger.change(actor_of(request)) as change:
        _, fact = await settling.resume(code, project)
        change.record(fact)
    return Redirect(f"/supervisor/waves/{code}?done=project-resumed", status_code=303)


HANDLERS = [settle, resume]
