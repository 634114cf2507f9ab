"""Nothing that anybody sends is ever a server error, on either database; what is refused says so in words."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from tortoise.models import Model

from callbacks import models as callbacks_models
from questionnaires import models as questionnaires_models
from questionnaires.statements import rows
from survey_service import models as service_models
from survey_service.trust.viewer import Role
from tests import serving
from tests.web.access import digests, hostile, requests, scenery
from tests.web.access.policy import POLICY, Row
from tests.web.access.scenery import Ground, Visitor

ENDS = {("POST", "/logout"), ("DELETE", "/api/v1/session")}
FIRST = ("agent", "supervisor", "official", "admin", "auditor", "reviewer", "department", "street", "anonymous")


def _sender(ground: Ground, row: Row) -> Visitor:
    """The first whom the policy names."""
    return next(
        v
        for name in FIRST
        if ((v := ground.visitors[name]).role and v.role.value in row.who) or (row.public and name == "anonymous")
    )


def _bodies(row: Row, form: Mapping[str, Any]) -> Iterator[tuple[str, bytes, str]]:
    if row.json:
        yield from ((name, body, "application/json") for name, body in hostile.spoilt_json(form))
    else:
        yield from ((name, body, requests.FORM_TYPE) for name, body in hostile.spoilt_forms(form))
        yield from (
            ("multipart", body, "multipart/form-data; boundary=x") for body in hostile.some(hostile.MULTIPART, 5)
        )
    yield from ((f"type {kind!r}", b'{"a": 1}', kind) for kind in hostile.some(hostile.TYPES, 4))


async def _ask(visitor: Visitor, row: Row, path: str, **more: Any) -> httpx.Response:
    kept = dict(visitor.client.cookies)
    answer = await visitor.client.request(row.method, path, **more)
    visitor.client.cookies.clear()
    visitor.client.cookies.update(kept)
    return answer


def _told(answer: httpx.Response, row: Row, what: str) -> list[str]:
    inside = ("Traceback", "sqlite", "asyncpg", "tortoise", "/site-packages", "SELECT ")
    leaks = [word for word in inside if word in answer.text] if answer.status_code >= 400 else []
    if answer.status_code < 500 and not leaks:
        return []
    return [f"{row.method} {row.path} {what[:60]}: {answer.status_code} {leaks}"]


async def test_no_body_is_ever_a_server_error(office: serving.Office) -> None:
    ground, wrong = await scenery.build(office), list[str]()
    for row in (each for each in POLICY if each.acts and each.key not in ENDS):
        visitor = _sender(ground, row)
        await requests.forget_limits()
        form = requests.filled(row, await requests.tokens(ground, visitor))
        path = requests.places(row, visitor)["own"]
        for number, (name, body, kind) in enumerate(_bodies(row, form)):
            if number % 15 == 0:
                await requests.forget_limits()
            answer = await _ask(visitor, row, path, content=body, headers={b"content-type": kind.encode("latin-1")})
            wrong += _told(answer, row, f"{name} {body[:40]!r}")
    assert not wrong, f"{len(wrong)}\n" + "\n".join(wrong)


async def test_no_address_is_ever_a_server_error(office: serving.Office) -> None:
    ground, wrong = await scenery.build(office), list[str]()
    for row in POLICY:
        visitor = _sender(ground, row)
        await requests.forget_limits()
        gaps = itertools.product(row.kinds[-1:], hostile.some(hostile.GAPS, 6))
        paths = [requests.address(row, {**visitor.own, kind: gap}) for kind, gap in gaps]
        own = requests.places(row, visitor)["own"]
        names = (
            *row.query,
            *hostile.some(("order", "limit", "cursor", "done", "agent__password__startswith", "page"), 2),
        )
        texts = [*hostile.TEXTS[:9], "\u202e", "password", "0001-01-01", "9999-12-31"]
        paths += [
            f"{own}?{name}={hostile.quote(text)}"
            for name in names
            for text in hostile.some(texts, 12 if name in row.query else 3)
            if not row.acts
        ]
        paths += [f"{own}?{query}" for query in ("%", "a=%ff", "=", "a=%ed%a0%80", "&" * 50) if not row.acts]
        for path in paths:
            answer = await _ask(visitor, row, path)
            wrong += _told(answer, row, path)
    assert not wrong, f"{len(wrong)}\n" + "\n".join(wrong)


async def test_no_header_is_ever_a_server_error(office: serving.Office) -> None:
    visitor, wrong = await office.visitor_as(Role.SUPERVISOR), list[str]()
    headers: list[tuple[bytes, bytes]] = [
        (b"cookie", b"session=\xff\x00"), (b"cookie", b"session=" + b"x" * 9_000), (b"cookie", b"\xe5\x90\x8d=;;=\"")
        , (b"accept-language", b"\xff"), (b"x-csrf-token", b"\xff\xfe"), (b"origin", b"http://["), (b"origin", b"\xff"),
        (b"host", b""), (b"host", b"[::1"), (b"host", b"\xff"), (b"content-length", b"\xb2"), (b"content-length", b"-1"),
        (b"content-length", b"9" * 5_000), (b"idempotency-key", b"\xff" * 300), (b"x-forwarded-for", b"\xff, ,,"),
        (b"content-type", b"\xff"), (b"accept", b"text/html;q=\xff"), (b"range", b"bytes=-1"), (b"if-none-match", b"\xff"),
        (b"if-modified-since", b"\x01"),
    ]  # fmt: skip
    for header in headers:
        for method, path in (
            ("GET", "/supervisor"),
            ("POST", "/supervisor/clock"),
            ("POST", "/login"),
            ("GET", "/static/staff.css"),
        ):
            request = httpx.Request(
                method, f"{serving.BASE}{path}", headers=[*visitor.headers.raw, *_cookie(visitor), header]
            )
            answer = await visitor.send(request)
            if answer.status_code >= 500:
                wrong.append(f"{method} {path} {header[0]!r}: {header[1][:30]!r}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def _cookie(visitor: httpx.AsyncClient) -> list[tuple[bytes, bytes]]:
    return [(b"cookie", "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()).encode())]


MARK = "markmarkmark"
MODELS = (*vars(service_models).values(), *vars(callbacks_models).values(), *vars(questionnaires_models).values())


def _columns() -> set[str]:
    """The field names of all models."""
    models = [each for each in MODELS if isinstance(each, type) and issubclass(each, Model) and each is not Model]
    return {name for each in models for name in each._meta.fields_map}


async def test_no_form_takes_a_field_that_it_does_not_have(office: serving.Office) -> None:
    ground, wrong = await scenery.build(office), list[str]()
    own_words = {"name", "title", "address", "note", "text"}
    for row in (each for each in POLICY if each.acts and each.key not in ENDS):
        await requests.forget_limits()
        visitor = _sender(ground, row)
        form = requests.filled(row, await requests.tokens(ground, visitor))
        extra = dict.fromkeys(_columns() - set(form) - own_words, MARK) | {"role": "admin"} | form
        path = requests.places(row, visitor)["own"]
        if row.json:
            answer = await _ask(visitor, row, path, json=extra)
            if answer.status_code < 400:
                wrong.append(f"{row.method} {row.path} took fields that it does not know")
        else:
            answer = await _ask(visitor, row, path, data=extra)
        wrong += _told(answer, row, "every column's name")
    for table in await digests.tables():
        wrong += [f"{table} holds {each}" for each in await rows(f"SELECT * FROM {table}") if MARK in repr(each)]
    assert not wrong, "\n".join(wrong)
    admins = await service_models.Account.filter(role=Role.ADMIN.value).values_list("name", flat=True)
    assert list(admins) == ["admin.matrix"], "somebody became an administrator"
