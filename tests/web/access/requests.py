"""Requests as a browser or a program makes them: paths filled in, forms with the claim's tokens, proper or spoilt."""

import re
from collections.abc import Mapping
from typing import Any

import httpx

from callbacks.models import Contact
from questionnaires.statements import execute
from survey_service.web.identify import cookie_name
from tests.web import calls
from tests.web.access.policy import Row
from tests.web.access.scenery import MISSING, Ground, Visitor

GAP = re.compile(r"\{[^}]+\}")
INBOUND = re.compile(r'name="token" value="([^"]+)"')
VERSION = re.compile(r'name="version" value="([^"]+)"')
RANDOM = re.compile(r"[A-Za-z0-9_-]{16,}")
FORM_TYPE = "application/x-www-form-urlencoded"


def address(row: Row, objects: Mapping[str, str]) -> str:
    """The path about these objects; what they lack does not exist."""
    kinds = iter(row.kinds)
    return GAP.sub(lambda _: objects.get(next(kinds, ""), MISSING), row.path)


def places(row: Row, visitor: Visitor) -> dict[str, str]:
    """The path about an own object, one that is not in sight, and one that does not exist."""
    if not row.kinds:
        return {"own": row.path}
    own, foreign = dict(visitor.own), dict(visitor.own)
    last = row.kinds[-1]
    foreign[last] = visitor.foreign.get(last, MISSING)
    missing = {**visitor.own, last: "999999999" if last == "repair" else MISSING}
    found = {"own": address(row, own), "foreign": address(row, foreign), "missing": address(row, missing)}
    if len(row.kinds) > 1:
        first = row.kinds[0]
        found["foreign parent"] = address(row, {**own, first: visitor.foreign[first]})
        found["missing parent"] = address(row, {**own, first: MISSING})
    return found


async def tokens(ground: Ground, visitor: Visitor) -> dict[str, Any]:
    """What the placeholders of forms stand for: an agent's claim, a respondent's version."""
    link = await ground.office.visitor().get(f"/s/{ground.shared['link:done']}")
    found = VERSION.search(link.text)
    known: dict[str, Any] = {"$version": found.group(1) if found else "", "$answers": {"q_consent": "1"}}
    if visitor.name.startswith("agent"):
        page = await visitor.client.get(f"/agent/cases/{visitor.own['held']}")
        known |= {f"${name.strip('_')}": value for name, value in calls.hidden(page.text).items()}
        known["$inbound"] = await _inbound(ground, visitor)
    return known


async def _inbound(ground: Ground, visitor: Visitor) -> str:
    called = ground.cases["done_other" if visitor.name == "agent_other" else "done"]
    contact = await Contact.get(ref=called.contact.ref)
    digits = ground.office.site.keyring.unseal("vault_contact.phone", contact.ref, contact.phone_sealed)
    answer = await visitor.client.post("/agent/inbound", data={"number": digits})
    found = INBOUND.search(answer.text)
    return found.group(1) if found else ""


def filled(row: Row, known: Mapping[str, Any]) -> dict[str, Any]:
    """A proper body of this route."""
    return {name: known.get(value, "" if value.startswith("$") else value) for name, value in row.form.items()}


async def send(visitor: Visitor, row: Row, path: str, body: Mapping[str, Any], **more: Any) -> httpx.Response:
    """One request; the browser keeps the session that the scene gave it, whatever the answer says about cookies."""
    before = dict(visitor.client.cookies)
    if not row.acts:
        answer = await visitor.client.request(row.method, path, **more)
    elif row.json:
        answer = await visitor.client.request(row.method, path, json=body, **more)
    else:
        answer = await visitor.client.request(row.method, path, data=body, **more)
    visitor.client.cookies.clear()
    visitor.client.cookies.update(before)
    return answer


def plain(answer: httpx.Response, path: str) -> str:
    """The body without what differs between any two answers."""
    last = path.rsplit("/", 1)[-1]
    return RANDOM.sub("*", answer.text.replace(last, "*") if len(last) > 7 else answer.text)


async def forget_limits() -> None:
    """Tries of the matrix count like anybody's; it would soon be shut out."""
    await execute("DELETE FROM survey_service_limit_event")


async def sign_in_again(ground: Ground, visitor: Visitor) -> None:
    """After a route that ends sessions."""
    if visitor.role is not None:
        from_scene = await ground.office.visitor_as(visitor.role, await _account(visitor))
        visitor.client.cookies.clear()
        name = cookie_name(ground.office.site.settings.secure)
        visitor.client.cookies.set(name, from_scene.cookies[name])
        visitor.client.headers["x-csrf-token"] = from_scene.headers["x-csrf-token"]


async def _account(visitor: Visitor) -> Any:
    return await calls.cast.Account.get(id=int(visitor.own["account_id"]))
