"""Pages for everybody: is this call real, and where the office is."""

from typing import Any

from litestar import Request, Response, get
from tortoise.transactions import in_transaction

from questionnaires.statements import CONNECTION
from survey_service.clock import real_now
from survey_service.errors import TooManyTries
from survey_service.trust import accounts, limits
from survey_service.web import pages
from survey_service.web.guards import PUBLIC, site_of

LONGEST = 12


@get("/public/is-this-real", opt=PUBLIC)
async def is_this_real(request: Request[Any, Any, Any]) -> Response[str]:
    """How to check a call or message; an agent's number can be looked up, a few times a minute."""
    asked = "".join(char for char in request.query_params.get("agent", "") if char.isalnum())[:LONGEST]
    found = bool(asked) and await _is_agent(request, asked)
    return pages.page(request, "public/is-this-real.html", asked=asked, found=found)


async def _is_agent(request: Request[Any, Any, Any], asked: str) -> bool:
    site, address, now = site_of(request), request.scope["state"].get("address", ""), real_now()
    if await limits.reached(site.keyring, limits.AGENT_CHECKS, address, now):
        raise TooManyTries(60)
    async with in_transaction(CONNECTION):
        await limits.count(site.keyring, limits.AGENT_CHECKS, address, now)
    return await accounts.is_agent(asked)


@get("/public/office", opt=PUBLIC)
async def office(request: Request[Any, Any, Any]) -> Response[str]:
    """Who we are and how to reach us."""
    return pages.page(request, "public/about.html")


HANDLERS = [is_this_real, office]
