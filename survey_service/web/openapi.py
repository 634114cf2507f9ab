"""`/api/v1/openapi.json`, made from the routes themselves: paths, parameters, bodies, who may call, and the errors."""

from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from survey_service.trust.program_tokens import Scope
from survey_service.trust.viewer import Role
from survey_service.web.guards import SAFE, allow
from survey_service.web.idempotency import HEADER

API = "/api/v1/"
REFERENCES = "#/components/schemas/{name}"
KINDS: dict[Any, str] = {int: "integer", bool: "boolean"}
PROBLEM = {
    "type": "object", "required": ["status", "code", "title"],
    "properties": {
        "type": {"type": "string"}, "status": {"type": "integer"}, "code": {"type": "string"},
        "title": {"type": "string"}, "request": {"type": "string"}, "field": {"type": "string"},
    },
}  # fmt: skip
SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "session", "description": "POST /api/v1/session"},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
    "token": {"type": "http", "scheme": "bearer", "description": "scopes: " + ", ".join(Scope)},
}
REFUSALS = {"401": "not signed in", "403": "not allowed", "404": "not found, or out of sight", "422": "bad input",
            "429": "too many tries"}  # fmt: skip


@get("/api/v1/openapi.json", opt=allow(*Role))
async def document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """This document."""
    return Response(_encoded(request.app), media_type="application/json")


@lru_cache(maxsize=4)
def _encoded(app: Litestar) -> bytes:
    return msgspec.json.encode(described(app))


def calls(app: Litestar) -> Iterator[tuple[HTTPRoute, HTTPRouteHandler, str]]:
    """Every call of the JSON interface: its route, handler and method."""
    routes = [each for each in app.routes if isinstance(each, HTTPRoute) and each.path.startswith(API)]
    for route, handler in ((each, handler) for each in routes for handler in each.route_handlers):
        for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
            yield route, handler, method


def described(app: Litestar) -> dict[str, Any]:
    """The whole document as plain values."""
    bodies = {body for _, handler, _ in calls(app) if (body := _body(handler)) is not None}
    _, schemas = msgspec.json.schema_components(sorted(bodies, key=lambda one: one.__name__), ref_template=REFERENCES)
    paths: dict[str, dict[str, Any]] = {}
    for route, handler, method in calls(app):
        paths.setdefault(route.path_format, {})[method.lower()] = _operation(route, handler, method)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Survey callbacks", "version": version("survey-service")},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": {**schemas, "Problem": PROBLEM}, "securitySchemes": SECURITY},
    }


def _operation(route: HTTPRoute, handler: HTTPRouteHandler, method: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": handler.handler_name,
        "summary": (handler.fn.__doc__ or "").strip().partition("\n")[0],
        "parameters": _parameters(route, handler, method),
        "responses": _responses(handler),
        "security": _security(handler, method),
    }
    if handler.opt.get("roles"):
        found["x-roles"] = sorted(role.value for role in handler.opt["roles"])
    body = _body(handler)
    if body is not None:
        reference = {"$ref": REFERENCES.format(name=body.__name__)}
        found["requestBody"] = {"content": {"application/json": {"schema": reference}}}
    return found


def _body(handler: HTTPRouteHandler) -> type | None:
    data = handler.parsed_fn_signature.parameters.get("data")
    declared: type | None = handler.opt.get("body") or (data.annotation if data else None)
    return declared


def _parameters(route: HTTPRoute, handler: HTTPRouteHandler, method: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in route.path_parameters
    ]
    for name, parameter in handler.parsed_fn_signature.parameters.items():
        if name not in {"request", "data", *route.path_parameters}:
            schema = {"type": KINDS.get(parameter.annotation, "string")}
            found.append({"name": name, "in": "query", "required": False, "schema": schema})
    if method not in SAFE and handler.opt.get("roles"):
        key = {"name": HEADER.title(), "in": "header", "required": False, "schema": {"type": "string"}}
        found.append(key)
    return found


def _responses(handler: HTTPRouteHandler) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": REFERENCES.format(name="Problem")}}}
    refusals = {status: {"description": words, "content": problem} for status, words in REFUSALS.items()}
    return {str(handler.status_code): {"description": "done"}, **refusals}


def _security(handler: HTTPRouteHandler, method: str) -> list[dict[str, list[str]]]:
    if handler.opt.get("public"):
        return []
    session: dict[str, list[str]] = {"session": []} if method in SAFE else {"session": [], "csrf": []}
    scope = handler.opt.get("scope")
    return [session, {"token": [scope.value]}] if scope else [session]


HANDLERS = [document]
