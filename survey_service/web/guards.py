"""Who may enter a route: declared on the route, checked in one place, refused when nothing is declared."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from tortoise.transactions import in_transaction

from callbacks.errors import OwnZonesOnly
from callbacks.scope import refuse_part_of_district
from questionnaires.facts import Fact
from questionnaires.statements import CONNECTION
from survey_service import field
from survey_service.clock import real_now
from survey_service.errors import BadInput, ForgedRequest, NotAllowed, NotSignedIn, OutOfScope
from survey_service.site import Site
from survey_service.trust import limits, sessions
from survey_service.trust.audit import Actor
from survey_service.trust.program_tokens import Scope
from survey_service.trust.viewer import Role, Viewer
from survey_service.web.identify import bearer
from survey_service.web.shield import SURVEY_PATHS, logged_path

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
PUBLIC: dict[str, Any] = {"public": True}
CAPABILITY: dict[str, Any] = {"public": True, "capability": True}
"""Public routes whose secret is in the address (questionnaire and one-time links); it replaces the form token."""


def allow(*roles: Role, whole: bool = False, scope: Scope | None = None, body: type | None = None) -> dict[str, Any]:
    """The `opt` of a route for these roles; a `whole` one is for those among them who see the whole district.

    Programs reach it with a token of this `scope`, without one not at all. `body` is the struct that it reads.
    """
    return {"roles": frozenset(roles), "whole": whole, "scope": scope, "body": body}


def site_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Site:
    """The installation that answers."""
    site: Site = connection.app.state.site
    return site


def viewer_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Viewer | None:
    """Who is signed in, if anybody."""
    return connection.scope["state"].get("viewer")


def actor_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """Who acts, for the trail."""
    state, viewer = connection.scope["state"], viewer_of(connection)
    address, request = state.get("address", ""), state.get("request_id", "")
    if viewer is None:
        return Actor("anonymous", "public", address, request)
    if viewer.program:
        request = f"{request} token {viewer.program}"
    return Actor(viewer.ref, viewer.role.value, address, request, viewer.account_id)


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Origin, role and form token, in this order."""
    unsafe = str(connection.scope["method"]) not in SAFE  # type: ignore[typeddict-item]
    if bearer(connection.scope) is not None:
        await _refuse_program(connection, handler)
        return
    if unsafe and not from_our_page(connection):
        await _denied(connection, "forged")
        raise ForgedRequest
    viewer = viewer_of(connection)
    if not handler.opt.get("public"):
        await _refuse_role(connection, handler, viewer)
    if unsafe and viewer is not None and not handler.opt.get("capability"):
        await _refuse_unreadable_form(connection)
        site = site_of(connection)
        if not sessions.csrf_fits(site.keyring, viewer.session_hash, await _given_token(connection)):
            await _denied(connection, "forged")
            raise ForgedRequest


async def _refuse_program(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """No page makes a browser send a token, so neither origin nor form token is asked for; role and scope are."""
    viewer, scope = viewer_of(connection), handler.opt.get("scope")
    await _refuse_role(connection, handler, viewer)
    if viewer is None or scope is None or scope not in viewer.scopes:
        await _denied(connection, "scope")
        raise OutOfScope


async def _refuse_role(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler, viewer: Viewer | None
) -> None:
    if viewer is None:
        raise NotSignedIn
    if viewer.role not in handler.opt.get("roles", frozenset()):
        await _denied(connection, "role")
        raise NotAllowed
    if handler.opt.get("whole"):
        await _refuse_part(connection, viewer)


async def _refuse_part(connection: ASGIConnection[Any, Any, Any, Any], viewer: Viewer) -> None:
    try:
        refuse_part_of_district(await field.scope_of(viewer))
    except OwnZonesOnly:
        await _denied(connection, "zones")
        raise


async def _denied(connection: ASGIConnection[Any, Any, Any, Any], reason: str) -> None:
    if viewer_of(connection) is None and await _too_often(connection):
        return
    fact = Fact("access_denied", logged_path(connection.scope["path"]), {"reason": reason})
    await site_of(connection).ledger.note(actor_of(connection), fact, "denied")


async def _too_often(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Strangers could fill the trail, and the disk, with refusals; after the first sixty the log alone keeps them."""
    keyring, address, now = site_of(connection).keyring, connection.scope["state"].get("address", ""), real_now()
    if await limits.reached(keyring, limits.STRANGERS_REFUSED, address, now):
        return True
    async with in_transaction(CONNECTION):
        await limits.count(keyring, limits.STRANGERS_REFUSED, address, now)
    return False


def from_our_page(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether the browser says that a state-changing request comes from our own pages; silence is left to the token."""
    fetch_site = connection.headers.get("sec-fetch-site")
    if fetch_site is not None and fetch_site not in {"same-origin", "none"}:
        return False
    origin = connection.headers.get("origin")
    if origin is None or (origin == "null" and connection.scope["path"].startswith(SURVEY_PATHS)):
        # our pages there send no referrer, and browsers then write "null" into their own forms' origin
        return True
    # cut, not parsed: an origin is a scheme and a host, and a parser would fail over what is neither
    scheme, _, host = origin.partition("://")
    secure = site_of(connection).settings.secure
    return host == connection.headers.get("host", "") and (scheme == "https" or not secure)


async def _refuse_unreadable_form(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """The framework decodes the parts of a form as they say and fails over those that lie; handlers read it after us."""
    if connection.headers.get("content-type", "").startswith(FORMS[1]) and isinstance(connection, Request):
        try:
            await connection.form()
        except (UnicodeDecodeError, LookupError) as problem:
            raise BadInput("提交的表单读不了，请在打开的网页上重新填写。") from problem


async def _given_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    header = connection.headers.get("x-csrf-token")
    if header is not None:
        return header
    if not connection.headers.get("content-type", "").startswith(FORMS) or not isinstance(connection, Request):
        return ""
    form = await connection.form()
    return str(form.get("csrf_token", ""))
