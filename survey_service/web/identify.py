"""Puts the database's context and the signed-in viewer on every request."""

from http.cookies import CookieError, SimpleCookie
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from tortoise.context import _current_context

from survey_service.clock import real_now
from survey_service.trust import notices, sessions
from survey_service.trust.viewer import Viewer

API, WITHOUT_TOKENS = "/api/v1/", ("/api/v1/s/", "/api/v1/session")
PLAIN, PREFIXED = "session", "__Host-session"


def cookie_name(secure: bool) -> str:
    """The session cookie's name: `__Host-` wherever https makes that possible."""
    return PREFIXED if secure else PLAIN


def bearer(scope: Scope) -> str | None:
    """The token that a program shows; only the JSON interface for staff takes one."""
    if not scope["path"].startswith(API) or scope["path"].startswith(WITHOUT_TOKENS):
        return None
    given = next((value for name, value in scope["headers"] if name.lower() == b"authorization"), b"")
    kind, _, token = given.decode("latin-1").partition(" ")
    return token.strip() if kind.casefold() == "bearer" else None


class DatabaseScope:
    """Sets Tortoise's context per request: the one of the lifespan is not seen by requests (another task)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _current_context.set(scope["litestar_app"].state.orm)
        try:
            await self.app(scope, receive, send)
        finally:
            _current_context.reset(token)


class Identify:
    """Looks the session cookie up; a value that the store does not know is nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and not scope["path"].startswith("/static/"):
            state: dict[str, Any] = scope["state"]
            viewer = state["viewer"] = await self._viewer(scope)
            # most accounts have none; the session's own query says so
            state["notices"] = await notices.of(viewer.account_id) if viewer and viewer.notices else []
        await self.app(scope, receive, send)

    async def _viewer(self, scope: Scope) -> Viewer | None:
        token = bearer(scope)
        if token is not None:
            # whoever shows a token is judged by it alone, never by a cookie that came along
            return await sessions.viewer_by_token(token, real_now())
        secret = self._secret(scope)
        return await sessions.viewer_of(secret, real_now()) if secret else None

    def _secret(self, scope: Scope) -> str:
        raw = b"; ".join(value for name, value in scope["headers"] if name.lower() == b"cookie").decode("latin-1")
        try:
            cookies = SimpleCookie(raw)
        except CookieError:
            return ""
        name = cookie_name(scope["litestar_app"].state.site.settings.secure)
        return cookies[name].value if name in cookies else ""
