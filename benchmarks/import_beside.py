"""How long others wait while a roster is brought in by page: `python -m benchmarks.import_beside [ROWS] [sqlite|postgres ...]`.

An agent claims and records, a respondent saves answers, and pages are opened, all the while that a supervisor confirms
the file; the same is measured before it. The longest single wait is the figure.
"""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from benchmarks.claims import database
from benchmarks.import_roster import STREETS, roster
from questionnaires import statements
from survey_service.db import open_database
from survey_service.trust.viewer import Role
from tests import cast
from tests.demonstration import free_port
from tests.faults.clusters import Cluster
from tests.faults.installations import Agent, Installation, install, settle, sign_in
from tests.faults.servers import ServerProcess
from tests.faults.wire import Wire, connect

QUIET = 5.0
PAUSE = 0.1
Waits = dict[str, list[float]]


async def streets(place: Installation) -> None:
    """The streets that the file names, and a project that takes lists."""
    async with open_database(place.settings.database_url, 2):
        await statements.execute("UPDATE callbacks_project SET frame_kind = 'list'")
        known = {each["name"] for each in await statements.rows("SELECT name FROM callbacks_zone")}
        for number, name in enumerate(sorted(set(STREETS) - known)):
            await cast.zone(f"Z{number}", name)


async def beside(place: Installation, until: asyncio.Event) -> Waits:
    """Seconds of every request by kind, until told to stop."""
    waits: Waits = {"claim": [], "outcome": [], "answer": [], "page": []}

    async def timed(kind: str, act: Awaitable[Any]) -> Any:
        started = time.perf_counter()
        found = await act
        waits[kind].append(time.perf_counter() - started)
        return found

    async def call(wire: Wire) -> None:
        case = (await timed("claim", wire.json("POST", "/api/v1/agent/next", {})))["case"]
        said = {"attempt": case["attempt"], "claim": case["claim"], "code": "310"}
        await timed("outcome", wire.json("POST", f"/api/v1/cases/{case['ref']}/attempts", said))

    token, answers = place.tokens[-1], itertools.cycle("12345")

    async def answer(wire: Wire) -> None:
        body = {"answers": {"q_consent": "1", "c1": next(answers)}}
        await timed("answer", wire.json("PUT", f"/api/v1/s/{token}/draft", body))

    async def look(wire: Wire) -> None:
        await timed("page", wire.ask("GET", f"/s/{token}"))

    async def again(act: Callable[[Wire], Awaitable[None]], headers: dict[str, str]) -> None:
        wire = await connect(place.base, headers)
        while not until.is_set():
            await act(wire)
            await asyncio.sleep(PAUSE)
        wire.close()

    await asyncio.gather(again(call, place.agents[0].headers), again(answer, {}), again(look, {}))
    return waits


async def bring_in(place: Installation, who: Agent, rows: int, project: str) -> tuple[float, Waits]:
    """Upload, wait for the check, confirm, wait for the end; seconds from the confirmation on."""
    async with httpx.AsyncClient(base_url=place.base, headers=who.headers, timeout=600) as client:
        given = {"kind": "roster", "project": project, "csrf_token": who.csrf}
        sent = await client.post("/supervisor/imports", data=given, files={"file": ("list.csv", roster(rows))})
        where = sent.headers["location"]
        while "confirm" not in (page := (await client.get(where)).text):
            assert "正在" in page, page[-2000:]
            await asyncio.sleep(1)
        stop, started = asyncio.Event(), time.perf_counter()
        others = asyncio.create_task(beside(place, stop))
        await client.post(f"{where}/confirm", data={"csrf_token": who.csrf})
        while "正在" in (await client.get(where)).text:  # noqa: ASYNC110 - the page is asked, as its reader does
            await asyncio.sleep(0.5)
        took = time.perf_counter() - started
        stop.set()
        return took, await others


def table(name: str, waits: Waits) -> None:
    """The median and the longest wait of each kind, in milliseconds."""
    for kind, seconds in waits.items():
        ordered = sorted(seconds)
        print(
            f"  {name:<10} {kind:<8} {len(ordered):>6} {ordered[len(ordered) // 2] * 1000:>9.0f} {ordered[-1] * 1000:>9.0f}"
        )


async def measure(engine: str, rows: int, folder: Path, own: Cluster | None) -> None:
    """One engine."""
    place = await settle(await install(engine, folder / engine, free_port(), own), 5_000, agents=1, linked=True)
    await streets(place)
    who = await sign_in(place, Role.SUPERVISOR)
    project = str((await place.rows("SELECT code FROM callbacks_project"))[0]["code"])
    with ServerProcess(place) as server:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(QUIET, stop.set)
        quiet = await beside(place, stop)
        took, busy = await bring_in(place, who, rows, project)
        server.stop()
    print(f"{engine}: {rows} rows, {took:.1f} s from the confirmation to the end")
    print(f"  {'':<10} {'':<8} {'n':>6} {'p50 ms':>9} {'most ms':>9}")
    table("before", quiet)
    table("meanwhile", busy)


def main(arguments: list[str]) -> None:
    """Both engines, or those that are named."""
    rows = int(arguments[0]) if arguments else 100_000
    for engine in arguments[1:] or ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory() as folder, database(engine) as own:
            asyncio.run(measure(engine, rows, Path(folder), own))


if __name__ == "__main__":
    main(sys.argv[1:])
