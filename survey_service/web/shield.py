"""The outermost layer: client address, host names, methods, security headers, request ids, body sizes, log."""

import logging
import re
import secrets
import time
from ipaddress import ip_address, ip_network
from typing import Any

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from survey_service.settings import Settings
from survey_service.trust.accounts import token_digest

ACCESS = logging.getLogger("survey.access")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
SURVEY_PATHS = ("/s/", "/api/v1/s/")
SECRET_PATHS = (*SURVEY_PATHS, "/enter/", "/set-password/", "/hooks/")
STRANGERS_PATHS = (*SURVEY_PATHS, "/login", "/enter/", "/set-password/", "/api/v1/session")
"""Whoever may post here without being signed in sends a few fields; a form of a megabyte costs half a second to read."""

STRANGE = re.compile(r"[^/]*(?:[^/A-Za-z0-9._-]|[0-9]{7}|[A-Za-z0-9_-]{20})[^/]*")
"""A segment that none of our addresses has: somebody typed a name, a number or a secret there."""

LONGEST_FILE_NAME = 255
LONGEST_PATH, LONGEST_QUERY = 1024, 16 * 1024
"""The router remembers the last thousand addresses that fitted a route, so none may be large."""

UPLOAD_BYTES, JSON_BYTES, SURVEY_BYTES = 10 * 1024 * 1024 + 65_536, 1024 * 1024, 65_536


def inside(address: str, networks: tuple[str, ...]) -> bool:
    """Whether an address lies in one of the networks (`10.0.0.0/8` or single addresses)."""
    try:
        where = ip_address(address)
        return any(where in ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False


def client_address(peer: str, forwarded: str, proxies: tuple[str, ...]) -> str:
    """The caller's address: the right-most forwarded hop that is no proxy of ours, and only behind one of them."""
    hops = [part.strip() for part in forwarded.split(",") if part.strip()]
    address = peer
    while hops and inside(address, proxies):
        address = hops.pop()
    return address


def body_limit(path: str) -> int:
    """Bytes that a body may have."""
    if path.startswith(STRANGERS_PATHS):
        return SURVEY_BYTES
    return UPLOAD_BYTES if path.startswith("/supervisor/imports") else JSON_BYTES


def logged_path(path: str) -> str:
    """The path as it may be logged: secrets in it become a digest's beginning."""
    for prefix in SECRET_PATHS:
        if path.startswith(prefix):
            token, _, rest = path.removeprefix(prefix).partition("/")
            return f"{prefix}{token_digest(token)[:8]}{'/' + STRANGE.sub('***', rest) if rest else ''}"
    return STRANGE.sub("***", path)


class Shield:
    """Wraps the application; what it sets on the scope is `address`, `request_id` and `nonce`."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        method, path = str(scope["method"]), scope["path"]
        state: dict[str, Any] = scope.setdefault("state", {})
        state["address"] = self._address(scope, headers)
        state["request_id"] = secrets.token_hex(8)
        state["nonce"] = secrets.token_urlsafe(16)
        answer = Outgoing(send, self, path, state, head=method == "HEAD")
        if refusal := self._refusal(method, headers, path, scope["query_string"]):
            await answer.refuse(*refusal)
            return
        if method == "HEAD":
            # routes are declared as GET; a HEAD must do the same reading and send no body
            scope["method"] = HttpMethod.GET
        await self.app(scope, Incoming(receive, body_limit(path)), answer)

    def _address(self, scope: HTTPScope, headers: dict[str, str]) -> str:
        peer = str((scope.get("client") or ("", 0))[0])
        return client_address(peer, headers.get("x-forwarded-for", ""), self.settings.trusted_proxies)

    def _refusal(self, method: str, headers: dict[str, str], path: str, query: bytes) -> tuple[int, str] | None:
        if method not in METHODS:
            return 405, "不支持这种请求。"
        host = headers.get("host", "").rsplit(":", 1)[0] if "]" not in headers.get("host", "") else headers["host"]
        if host not in self.settings.hosts:
            return 400, "访问的域名不在允许之列。"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > body_limit(path):
            return 413, "提交的内容太大。"
        if path.startswith("/static/") and len(path.encode(errors="replace")) > LONGEST_FILE_NAME:
            return 404, "没有找到这个文件。"
        if len(path) > LONGEST_PATH or len(query) > LONGEST_QUERY:
            return 414, "网址太长。"
        if "//" in path:
            # the router would read past it, but what looks at how an address begins (log, limits, headers) would not
            return 404, "没有找到这个页面。"
        if "\x00" in path:
            return 400, "网址有误。"
        return None

    def security_headers(self, path: str, nonce: str) -> list[tuple[bytes, bytes]]:
        """Headers of every answer."""
        policy = (
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
        )
        found = [
            ("content-security-policy", policy),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer" if path.startswith(SURVEY_PATHS) else "same-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
        ]
        if self.settings.secure:
            found.append(("strict-transport-security", "max-age=31536000; includeSubDomains"))
        if path.startswith(SURVEY_PATHS):
            found.append(("x-robots-tag", "noindex, nofollow"))
        return [(name.encode(), value.encode()) for name, value in found]


class Incoming:
    """Receives the body and stops at the limit, whatever the header claimed."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive, self.left = receive, most

    async def __call__(self) -> Any:
        message = await self.receive()
        if message["type"] == "http.request":
            self.left -= len(message.get("body", b""))
            if self.left < 0:
                return {"type": "http.disconnect"}
        return message


class Outgoing:
    """Sends the answer with our headers, and logs one line."""

    def __init__(self, send: Send, shield: Shield, path: str, state: dict[str, Any], *, head: bool) -> None:
        self.raw_send, self.shield, self.path, self.state, self.head = send, shield, path, state, head
        self.started = time.perf_counter()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message["headers"] if name.lower() != b"server"]
            present = {name.lower() for name, _ in headers}
            own = self.shield.security_headers(self.path, self.state["nonce"])
            if b"cache-control" not in present and not self.path.startswith("/static/"):
                own.append((b"cache-control", b"no-store"))
            own.append((b"x-request-id", self.state["request_id"].encode()))
            message = {**message, "headers": [*headers, *own]}
            self._log(int(message["status"]))
        elif self.head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self.raw_send(message)

    async def refuse(self, status: int, sentence: str) -> None:
        """Answer without asking the application."""
        body = sentence.encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": body, "more_body": False})

    def _log(self, status: int) -> None:
        took = round((time.perf_counter() - self.started) * 1000, 1)
        fields = {"path": logged_path(self.path), "status": status, "ms": took, "request": self.state["request_id"]}
        ACCESS.info("request", extra={"fields": fields})
