"""Somebody rings us: his case is found by the full number in one search and opened, unless another agent has it."""

import hmac
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from callbacks.calling import cases
from callbacks.calling.cases import Found
from callbacks.errors import HeldByAnother, UnknownCase
from callbacks.rules import phone_numbers
from callbacks.rules.phone_numbers import PhoneNumber, PhoneProblem
from survey_service.calls import case_sheet
from survey_service.clock import real_now
from survey_service.errors import TooManyTries
from survey_service.trust import limits
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.agents.agent_desk import Desk, desk_of
from survey_service.web.guards import actor_of, allow

Form = URLEncodedBody[dict[str, str]]
NAME_OF_NOBODY = "—"


@dataclass(frozen=True, slots=True)
class Hit:
    """A case behind the number, masked."""

    found: Found
    name: str
    token: str


@get("/agent/inbound", opt=allow(Role.AGENT))
async def inbound_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The search field."""
    return pages.page(request, "agents/inbound.html", number="", error="", hits=None, masked="")


@post("/agent/inbound", opt=allow(Role.AGENT))
async def search(request: Request[Any, Any, Any], data: Form) -> Response[str]:
    """Cases of open waves behind a number; every search is counted and on record, the number itself nowhere."""
    desk, typed = await desk_of(request), data.get("number", "")[:40]
    number = phone_numbers.normalise(typed)
    if isinstance(number, PhoneProblem):
        context: dict[str, Any] = {"number": typed, "error": number.sentence, "hits": None, "masked": ""}
        return pages.page(request, "agents/inbound.html", status=422, **context)
    hits = await _hits(request, desk, number)
    masked = phone_numbers.mask(number.digits)
    return pages.page(request, "agents/inbound.html", number="", error="", hits=hits, masked=masked)


async def _hits(request: Request[Any, Any, Any], desk: Desk, number: PhoneNumber) -> list[Hit]:
    keyring, key = desk.site.keyring, str(desk.viewer.account_id)
    async with desk.site.ledger.change(actor_of(request)) as change:
        if await limits.reached(keyring, limits.INBOUND_SEARCHES, key, real_now()):
            raise TooManyTries(3_600)
        await limits.count(keyring, limits.INBOUND_SEARCHES, key, real_now())
        found, fact = await cases.find_by_phone(keyring.blind_index("phone", number.digits), desk.scope)
        change.record(fact)
    names = await case_sheet.masked(keyring, [each.ref for each in found])
    return [Hit(each, names.get(each.ref, NAME_OF_NOBODY), _token(desk, each.ref)) for each in found]


def _token(desk: Desk, ref: str) -> str:
    """Shows that this agent found the case by a number; a reference alone opens nothing."""
    return desk.site.keyring.mac("csrf", f"inbound|{ref}|{desk.viewer.account_id}")[:32]


@post("/agent/inbound/{ref:str}", opt=allow(Role.AGENT))
async def open_case(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Response[Any]:
    """Takes the case of the person on the line."""
    desk = await desk_of(request)
    if not hmac.compare_digest(_token(desk, ref).encode(), data.get("token", "").encode()):
        raise UnknownCase(ref)
    try:
        async with desk.site.ledger.change(actor_of(request)) as change:
            claim, fact = await cases.claim_inbound(ref, desk.scope, change.now)
            change.record(fact)
    except HeldByAnother as held:
        return pages.page(request, "agents/held.html", status=409, own_ref=held.own_ref)
    # a case that was in his hands already is a dial of ours
    rang = "" if claim.again else f"?inbound={desk.inbound_token(ref, claim.attempt_ref)}"
    return Redirect(f"/agent/cases/{ref}{rang}", status_code=303)


HANDLERS = [inbound_page, search, open_case]
