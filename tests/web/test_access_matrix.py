"""Every route, everybody, every object: own, foreign, missing; against one declared policy."""

import itertools
from collections.abc import AsyncIterator

import httpx
import pytest

from survey_service.app import create_app
from survey_service.settings import Settings
from tests import serving
from tests.architecture.test_routes import declared
from tests.web.access import digests, requests, scenery
from tests.web.access.policy import HOLDER, POLICY, Row
from tests.web.access.requests import places, plain, send
from tests.web.access.scenery import Ground, Visitor

ROUTES = {(route.method, route.path): route for route in declared(create_app(Settings()))}
ENDS_SESSIONS = {("POST", "/logout"), ("DELETE", "/api/v1/session")}
STATIC = "staff.css"


@pytest.fixture
async def ground(office: serving.Office) -> AsyncIterator[Ground]:
    """The scene with everybody in it."""
    made = await scenery.build(office)
    for visitor in made.visitors.values():
        visitor.own["file"] = STATIC
    yield made


def test_the_policy_names_every_route_and_nothing_else() -> None:
    rows = [row.key for row in POLICY]
    assert len(rows) == len(set(rows)), "a route is declared twice"
    undeclared = [f"{method} {path}" for method, path in sorted(set(ROUTES) - set(rows))]
    assert not undeclared, "routes without a row in tests/web/access/policy.py: " + "; ".join(undeclared)
    gone = [f"{method} {path}" for method, path in sorted(set(rows) - set(ROUTES))]
    assert not gone, "rows without a route: " + "; ".join(gone)


@pytest.mark.parametrize("row", POLICY, ids=lambda row: f"{row.method} {row.path}")
def test_a_route_is_for_those_whom_the_policy_names(row: Row) -> None:
    route = ROUTES[row.key]
    assert route.public == row.public
    if not row.public:
        assert {role.value for role in route.roles} == row.who
        assert route.whole == row.whole, "who is in charge of some zones only"
    assert route.path.count("{") == len(row.kinds), "every gap in the address needs a kind of object"


def _allowed(row: Row, visitor: Visitor) -> bool:
    named = visitor.role is not None and visitor.role.value in row.who
    return row.public or (named and not (row.whole and visitor.part))


def _turned_away(row: Row, visitor: Visitor) -> tuple[int, ...]:
    if visitor.role is not None:
        return (403,)
    return (401,) if row.path.startswith("/api/") else (303,)


async def test_who_is_not_named_is_turned_away_and_changes_nothing(ground: Ground) -> None:
    before, wrong = await digests.digests(trail=False), list[str]()
    for visitor in (each for each in ground.visitors.values() if not each.name.endswith("_other")):
        for row in POLICY:
            if not _allowed(row, visitor):
                found = places(row, visitor)
                for which, path in [(which, found[which]) for which in ("own", "missing") if which in found]:
                    answer = await send(visitor, row, path, row.form)
                    if answer.status_code not in _turned_away(row, visitor):
                        wrong.append(f"{visitor.name} {row.method} {row.path} ({which}): {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert not digests.changed(before, await digests.digests(trail=False))


async def test_what_is_out_of_sight_is_answered_as_if_it_did_not_exist(ground: Ground) -> None:
    wrong = list[str]()
    for visitor in ground.visitors.values():
        known = await requests.tokens(ground, visitor)
        before = await digests.digests(trail=False)
        for row in (each for each in POLICY if each.kinds and _allowed(each, visitor)):
            if row.who == HOLDER and visitor.name not in ("anonymous", "agent"):
                continue  # whoever is signed in makes no difference to a link, and one of them shows it
            await requests.forget_limits()
            found, body = places(row, visitor), requests.filled(row, known)
            answers = {which: await send(visitor, row, found[which], body) for which in found if which != "own"}
            tails = [which.removeprefix("foreign") for which in answers if which.startswith("foreign")]
            wrong += [each for tail in tails for each in _differ(row, visitor, tail, found, answers)]
        wrong += [
            f"{visitor.name} changed {table}" for table in digests.changed(before, await digests.digests(trail=False))
        ]
    assert not wrong, "\n".join(wrong)


def _differ(
    row: Row, visitor: Visitor, tail: str, found: dict[str, str], answers: dict[str, httpx.Response]
) -> list[str]:
    foreign, missing = answers[f"foreign{tail}"], answers[f"missing{tail}"]
    who = f"{visitor.name} {row.method} {row.path}{tail}"
    if missing.status_code not in row.missing or foreign.status_code != missing.status_code:
        return [f"{who}: foreign {foreign.status_code}, missing {missing.status_code}, expected {row.missing}"]
    bodies = plain(foreign, found[f"foreign{tail}"]), plain(missing, found[f"missing{tail}"])
    return [f"{who}: the bodies differ"] if bodies[0] != bodies[1] else []


async def test_looking_changes_nothing_and_head_is_answered_like_get(ground: Ground) -> None:
    wrong = list[str]()
    for visitor in ground.visitors.values():
        before = await digests.digests()
        for row in (each for each in POLICY if not each.acts and _allowed(each, visitor)):
            path = places(row, visitor)["own"]
            got, head = await send(visitor, row, path, {}), await visitor.client.head(path)
            if got.status_code not in row.own:
                wrong.append(f"{visitor.name} GET {row.path}: {got.status_code}, expected {row.own}")
            if head.status_code != got.status_code or head.content:
                wrong.append(f"{visitor.name} HEAD {row.path}: {head.status_code}, {len(head.content)} bytes")
        tables = digests.changed(before, await digests.digests())
        wrong += [f"looking as {visitor.name} changed {table}" for table in tables]
    assert not wrong, "\n".join(wrong)


async def test_those_who_are_named_may_act_on_what_is_theirs(ground: Ground) -> None:
    wrong = list[str]()
    for name, visitor in ground.visitors.items():
        for row in (each for each in POLICY if each.acts and _allowed(each, visitor)):
            if row.who == HOLDER and name != "anonymous":
                continue  # one link, one use
            if visitor.whole and scenery.IN_ZONES.intersection(row.kinds):
                continue  # the supervisor of the zone has dealt with it
            await requests.forget_limits()
            known = await requests.tokens(ground, visitor)
            answer = await send(visitor, row, places(row, visitor)["own"], requests.filled(row, known))
            if answer.status_code not in row.own:
                wrong.append(f"{name} {row.method} {row.path}: {answer.status_code}, expected {row.own}")
            if row.key in ENDS_SESSIONS:
                await requests.sign_in_again(ground, visitor)
    assert not wrong, "\n".join(wrong)


FOREIGN_PAGES = (
    {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    {"origin": "null", "sec-fetch-site": "cross-site"}, {"origin": "http://127.0.0.1:8000.evil.example"},
    {"origin": "http://[", "x-csrf-token": ""}, {"origin": "http://127.0.0.1:8001"},
)  # fmt: skip


async def test_a_change_needs_our_page_and_the_token_of_this_session(ground: Ground) -> None:
    wrong = list[str]()
    pages = itertools.cycle(FOREIGN_PAGES)
    others = {visitor.client.headers.get("x-csrf-token") for visitor in ground.visitors.values()}
    for visitor in (each for each in ground.visitors.values() if not each.name.endswith("_other")):
        known, own = await requests.tokens(ground, visitor), visitor.client.headers.get("x-csrf-token")
        before = await digests.digests(trail=False)
        stolen = next(token for token in others if token and token != own)
        for row in (each for each in POLICY if each.acts and _allowed(each, visitor)):
            # two at a time in turn: the next route and the next role see the others
            forged: list[dict[str, str]] = [next(pages), next(pages)]
            if not row.public:
                forged += [{"x-csrf-token": ""}, {"x-csrf-token": stolen}, {"x-csrf-token": f"{own}0"}]
            for headers in forged:
                path, body = places(row, visitor)["own"], requests.filled(row, known)
                answer = await send(visitor, row, path, body, headers=headers)
                if answer.status_code != 403:
                    wrong.append(f"{visitor.name} {row.method} {row.path} {headers}: {answer.status_code}")
        tables = digests.changed(before, await digests.digests(trail=False))
        wrong += [f"forged requests as {visitor.name} changed {table}" for table in tables]
    assert not wrong, "\n".join(wrong)


async def test_the_token_in_the_form_counts_only_when_it_is_ours(ground: Ground) -> None:
    supervisor, other = ground.visitors["supervisor"], ground.visitors["supervisor_other"]
    token = supervisor.client.headers.pop("x-csrf-token")
    path = f"/supervisor/cases/{supervisor.own['suspended']}/resume"
    for wrong in ("", "x", other.client.headers["x-csrf-token"], "\x00", "名", "a" * 100_000):
        answer = await supervisor.client.post(path, data={"csrf_token": wrong})
        assert answer.status_code == 403, f"{wrong[:10]!r}: {answer.status_code}"
    twice = await supervisor.client.post(path, content=f"csrf_token=x&csrf_token={token}", headers=FORM)
    assert twice.status_code == 403
    assert (await supervisor.client.post(path, data={"csrf_token": token})).status_code == 303


FORM = {"content-type": requests.FORM_TYPE}
