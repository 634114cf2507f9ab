"""The auditor's pages: the trail, its verification, the head to be copied each day."""

from typing import Any

from litestar import Request, Response, get, post

from questionnaires.facts import Fact
from survey_service.clock import real_now
from survey_service.errors import BadInput
from survey_service.trust import audit, trail
from survey_service.trust.audit import Verification
from survey_service.trust.trail import Wanted
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow, site_of

AUDITOR = allow(Role.AUDITOR)


@get("/audit", opt=AUDITOR)
async def trail_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The trail, filtered."""
    try:
        return await _page(request, trail.wanted(dict(request.query_params)))
    except BadInput as refused:
        return await _page(request, Wanted(), error=refused.sentence)


async def _page(
    request: Request[Any, Any, Any], wanted: Wanted, *, error: str = "", verified: Verification | None = None
) -> Response[str]:
    site = site_of(request)
    entries, behind = await trail.entries(wanted, site.settings.zone)
    return pages.page(
        request, "auditor/trail.html", status=422 if error else 200, wanted=wanted, entries=entries, behind=behind,
        actions=await trail.actions(), roles=list(trail.ROLES.items()), error=error,
        verified=verified, head=await audit.head(), now=real_now(),
    )  # fmt: skip


@post("/audit/verify", opt=AUDITOR)
async def verify(request: Request[Any, Any, Any]) -> Response[str]:
    """Recompute the whole chain; that it was done is on the trail too."""
    site = site_of(request)
    found = await audit.verify(site.keyring, site.settings.audit_anchor)
    async with site.ledger.change(actor_of(request)) as change:
        change.record(Fact("audit_verified", "audit", {"entries": found.entries, "problems": len(found.problems)}))
    return await _page(request, Wanted(), verified=found)


HANDLERS = [trail_page, verify]
