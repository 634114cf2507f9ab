"""Every route says who may use it, and the wrong ones are turned away, whatever the handler does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from litestar import Litestar
from litestar.routes import ASGIRoute, HTTPRoute

from survey_service.app import create_app
from survey_service.settings import Settings
from survey_service.trust.viewer import Role
from tests import serving

PUBLIC_PREFIXES = (
    "/", "/login", "/enter/", "/set-password/", "/livez", "/readyz", "/metrics", "/static", "/public", "/s/",
    "/api/v1/session", "/api/v1/s/", "/hooks/",
)  # fmt: skip
SAFE = {"GET", "HEAD", "OPTIONS"}
SIGNS_OUT = {("POST", "/logout"), ("DELETE", "/api/v1/session")}
PARAMETER = re.compile(r"\{([^}:]+)(:[^}]*)?\}")


@dataclass(frozen=True, slots=True)
class Declared:
    """One method of one path."""

    method: str
    path: str
    roles: frozenset[Role]
    public: bool
    capability: bool
    handler: str
    whole: bool = False

    @property
    def example(self) -> str:
        """The path with something in every gap."""
        return PARAMETER.sub(lambda gap: "1" if gap.group(2) == ":int" else "zzzzzzzzzz", self.path)


def declared(app: Litestar) -> Iterator[Declared]:
    """The route table."""
    for route in app.routes:
        handlers = route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler]
        for handler in handlers:
            methods = getattr(handler, "http_methods", {"GET"}) if isinstance(route, HTTPRoute) else {"GET"}
            if methods == {"OPTIONS"}:
                continue  # the framework's own answer about methods
            roles, public = handler.opt.get("roles", frozenset()), bool(handler.opt.get("public"))
            capability, whole = bool(handler.opt.get("capability")), bool(handler.opt.get("whole"))
            for method in sorted(methods - {"OPTIONS", "HEAD"}):
                yield Declared(method, route.path_format, roles, public, capability, handler.handler_name, whole)
        assert isinstance(route, HTTPRoute | ASGIRoute), f"{route.path}: what is it?"


ROUTES = tuple(declared(create_app(Settings())))


def test_every_route_names_its_roles_or_is_public() -> None:
    silent = [
        f"{route.method} {route.path} ({route.handler})" for route in ROUTES if not route.roles and not route.public
    ]
    assert not silent, "no `opt=allow(...)` and no `opt=PUBLIC`: " + "; ".join(silent)
    both = [f"{route.method} {route.path}" for route in ROUTES if route.roles and route.public]
    assert not both, "roles and public at once: " + "; ".join(both)


def test_only_the_listed_addresses_are_public() -> None:
    exact = [prefix for prefix in PUBLIC_PREFIXES if not prefix.endswith("/") or prefix == "/"]
    deep = tuple(prefix.rstrip("/") + "/" for prefix in PUBLIC_PREFIXES if prefix != "/")
    strange = [
        route.path for route in ROUTES if route.public and route.path not in exact and not route.path.startswith(deep)
    ]
    assert not strange, "public, and not on the list of public addresses: " + "; ".join(strange)


async def test_nobody_gets_past_the_sign_in(office: serving.Office) -> None:
    stranger = office.visitor()
    for route in ROUTES:
        if not route.public:
            answer = await stranger.request(route.method, route.example)
            assert answer.status_code in (302, 303, 401), f"{route.method} {route.path}: {answer.status_code}"


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_is_refused_wherever_it_is_not_named(office: serving.Office, role: Role) -> None:
    visitor = await office.visitor_as(role)
    for route in ROUTES:
        if not route.public and role not in route.roles:
            answer = await visitor.request(route.method, route.example)
            assert answer.status_code == 403, f"{role} {route.method} {route.path}: {answer.status_code}"


@pytest.mark.parametrize("role", list(Role))
async def test_a_page_of_another_site_cannot_act_for_a_signed_in_person(office: serving.Office, role: Role) -> None:
    visitor = await office.visitor_as(role)
    del visitor.headers["x-csrf-token"]
    for route in ROUTES:
        if route.method not in SAFE and role in route.roles:
            bare = await visitor.request(route.method, route.example)
            assert bare.status_code == 403, f"without the form token: {route.method} {route.path}: {bare.status_code}"
    await office.sign_in(visitor, role)
    for route in ROUTES:
        if route.method not in SAFE and (role in route.roles or route.public):
            foreign = await visitor.request(route.method, route.example, headers={"origin": "https://evil.example"})
            assert foreign.status_code == 403, (
                f"from another origin: {route.method} {route.path}: {foreign.status_code}"
            )


@pytest.mark.parametrize("role", list(Role))
async def test_what_does_not_exist_or_is_not_ours_is_never_a_server_error(office: serving.Office, role: Role) -> None:
    visitor = await office.visitor_as(role)
    for route in ROUTES:
        if (route.method, route.path) in SIGNS_OUT:
            continue  # what comes after it would only show the sign-in page
        if route.public or role in route.roles:
            answer = await visitor.request(route.method, route.example)
            assert answer.status_code < 500, f"{role} {route.method} {route.path}: {answer.status_code}"
        if route.method == "GET" and role in route.roles and PARAMETER.search(route.path):
            assert answer.status_code in (400, 403, 404, 409, 410, 303), f"{route.path} shows something for no object"
