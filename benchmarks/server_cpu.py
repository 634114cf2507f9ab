"""Processor seconds of the server per finished questionnaire and per call: `python -m benchmarks.server_cpu [N]`.

The reference is the same framework on the same server answering constants, one inserted row for each change: what N
requests cost before any of our rules is applied. The ratio is the figure, for milliseconds differ between machines.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar, Response, get, post, put
from tortoise.transactions import in_transaction

from questionnaires import statements
from survey_service.db import open_database
from survey_service.settings import Settings
from survey_service.web.identify import DatabaseScope
from tests.demonstration import free_port
from tests.faults.answering import answers_of
from tests.faults.installations import Installation, install, settle
from tests.faults.servers import ServerProcess

STEPS = ("m0", "a1", "a2", "b1", "c1", "c3", "c4", "c6", "d1", "d2", "e1", "f1", "u1", "g1", "h2", "h3")
CONSTANT = b"<!doctype html><title>x</title>" + b"<p>answer</p>" * 300


async def insert() -> None:
    """One row in one transaction, as the reference's only work."""
    async with in_transaction("default"):
        await statements.execute(
            "INSERT INTO survey_service_setting (name, value, changed_at) VALUES ($1, 'x', '2026-03-05')",
            os.urandom(8).hex(),
        )


@get("/readyz")
async def readyz() -> str:
    """The server is there."""
    return "ok"


@get("/constant")
async def constant() -> Response[bytes]:
    """A page that is always the same."""
    return Response(CONSTANT, media_type="text/html")


@post("/change")
async def change(data: dict[str, Any]) -> Response[bytes]:
    """A change that inserts a row."""
    await insert()
    return Response(CONSTANT, media_type="text/html")


@put("/change")
async def put_change(data: dict[str, Any]) -> Response[bytes]:
    """The same."""
    await insert()
    return Response(CONSTANT, media_type="text/html")


def reference() -> Litestar:
    """The framework with nothing of ours but the database connection."""
    settings = Settings.from_env()

    async def opened(app: Litestar) -> None:
        app.state.opening = open_database(settings.database_url)
        app.state.orm = await app.state.opening.__aenter__()

    async def closed(app: Litestar) -> None:
        await app.state.opening.__aexit__(None, None, None)

    handlers = [readyz, constant, change, put_change]
    return Litestar(
        handlers, middleware=[DatabaseScope], on_startup=[opened], on_shutdown=[closed], openapi_config=None
    )


async def questionnaires(place: Installation, tokens: list[str]) -> None:
    """Each opened as a page, answered item by item, submitted."""
    async with httpx.AsyncClient(base_url=place.base, timeout=60) as client:
        for token in tokens:
            given = answers_of(token)
            await client.get(f"/s/{token}")
            first = {"answers": {"q_consent": "1", "m0": "1"}}
            (await client.put(f"/api/v1/s/{token}/draft", json=first)).raise_for_status()
            for name in STEPS[1:]:
                body = {"answers": {name: given[name]}}
                (await client.put(f"/api/v1/s/{token}/draft", json=body)).raise_for_status()
            (await client.post(f"/api/v1/s/{token}/submission", json={"answers": given})).raise_for_status()
            client.cookies.clear()


async def calls(place: Installation, count: int) -> None:
    """Each claimed, looked at, kept alive once, and recorded."""
    agent = place.agents[0]
    async with httpx.AsyncClient(base_url=place.base, timeout=60, headers=agent.headers) as client:
        for _ in range(count):
            case = (await client.post("/api/v1/agent/next", json={})).json()["case"]
            (await client.get(f"/agent/cases/{case['ref']}")).raise_for_status()
            held = {"attempt": case["attempt"], "claim": case["claim"]}
            await client.post(f"/api/v1/cases/{case['ref']}/heartbeat", json=held)
            said = {**held, "code": "310"}
            (await client.post(f"/api/v1/cases/{case['ref']}/attempts", json=said)).raise_for_status()


async def requests(place: Installation, count: int, gets: int, changes: int) -> None:
    """The same number of requests to the reference."""
    async with httpx.AsyncClient(base_url=place.base, timeout=60) as client:
        for _ in range(count):
            for _ in range(gets):
                await client.get("/constant")
            for _ in range(changes):
                (await client.post("/change", json={"answers": {"a": "1"}})).raise_for_status()


async def cost(server: ServerProcess, act: Callable[[int], Awaitable[None]], count: int) -> float:
    """Milliseconds of processor time for one, after a warm-up."""
    await act(max(2, count // 10))
    before = server.cpu()
    await act(count)
    return (server.cpu() - before) * 1000 / count


async def measure(folder: Path, count: int) -> None:
    """Prints the table."""
    extra = count + count // 10 + 10
    ours, plain = folder / "ours", folder / "plain"
    place = await settle(await install("sqlite", ours, free_port()), 2 * extra, agents=1, linked=True)
    waiting = iter(place.tokens[::-1])  # the agent calls from the front, the links are used from the back

    async def answer(many: int) -> None:
        await questionnaires(place, [next(waiting) for _ in range(many)])

    with ServerProcess(place) as server:
        questionnaire = await cost(server, answer, count)
        call = await cost(server, lambda many: calls(place, many), count)
        server.stop()
    bare = await install("sqlite", plain, free_port())
    with ServerProcess(bare, "reference", module="benchmarks.server_cpu") as server:
        bare_questionnaire = await cost(server, lambda many: requests(bare, many, 1, len(STEPS) + 1), count)
        bare_call = await cost(server, lambda many: requests(bare, many, 1, 3), count)
        server.kill()
    print(f"SQLite, one client, {count} of each; one page and {len(STEPS) + 1} changes, one page and 3 changes")
    print(f"  {'':<32} {'ms CPU':>8} {'reference':>10} {'ratio':>7}")
    for name, mine, theirs in (
        ("a finished questionnaire", questionnaire, bare_questionnaire), ("a call from claim to outcome", call, bare_call),
    ):  # fmt: skip
        print(f"  {name:<32} {mine:>8.1f} {theirs:>10.1f} {mine / theirs:>7.2f}")


def main(arguments: list[str]) -> None:
    """So many questionnaires and calls."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), int(arguments[0]) if arguments else 100))


if __name__ == "__main__":
    main(sys.argv[1:])
