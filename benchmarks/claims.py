"""Claims of fifty agents at once over HTTP: `python -m benchmarks.claims [CASES] [sqlite|postgres ...]`.

The same run measures a bare UPDATE ... RETURNING by as many connections on the same rows: the ratio is the figure.
"""

import asyncio
import contextlib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg

from tests.demonstration import free_port
from tests.faults.clusters import Cluster, cluster
from tests.faults.installations import Installation, install, settle
from tests.faults.servers import ServerProcess
from tests.faults.wire import Wire, connect

AGENTS = 50
ROUNDS = 8
BARE = (
    "UPDATE callbacks_case SET state = 'S02', changed_at = changed_at WHERE id = (SELECT id FROM callbacks_case"
    " WHERE state = 'S01' ORDER BY priority DESC, next_attempt_at LIMIT 1{skip}) AND state = 'S01' RETURNING id"
)


async def over_http(place: Installation) -> list[float]:
    """Seconds of each claim; the outcome in between is not counted."""
    seconds: list[float] = []

    async def agent(wire: Wire) -> None:
        for _ in range(ROUNDS):
            started = time.perf_counter()
            case = (await wire.json("POST", "/api/v1/agent/next", {}))["case"]
            seconds.append(time.perf_counter() - started)
            said = {"attempt": case["attempt"], "claim": case["claim"], "code": "310"}
            await wire.json("POST", f"/api/v1/cases/{case['ref']}/attempts", said)

    wires = [await connect(place.base, each.headers) for each in place.agents]
    await asyncio.gather(*[agent(wire) for wire in wires])
    for wire in wires:
        wire.close()
    return seconds


async def bare(place: Installation) -> list[float]:
    """Seconds of each bare update, fifty connections at once, the same number of rows."""
    seconds: list[float] = []

    async def timed(act: Callable[[], Awaitable[Any]]) -> None:
        for _ in range(ROUNDS):
            started = time.perf_counter()
            await act()
            seconds.append(time.perf_counter() - started)

    if place.cluster is None:
        await asyncio.gather(*[timed(_sqlite_update(str(place.settings.sqlite_path))) for _ in range(AGENTS)])
        return seconds
    name = place.settings.database_url.split("@/")[1].split("?")[0]
    pool = await asyncpg.create_pool(
        host=str(place.cluster.folder), user="postgres", database=name, min_size=8, max_size=8
    )
    statement = BARE.format(skip=" FOR UPDATE SKIP LOCKED")
    await asyncio.gather(*[timed(lambda: pool.fetch(statement)) for _ in range(AGENTS)])
    await pool.close()
    return seconds


def _sqlite_update(path: str) -> Callable[[], Awaitable[Any]]:
    def act() -> None:
        with contextlib.closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(BARE.format(skip="")).fetchall()

    return lambda: asyncio.to_thread(act)


def row(name: str, seconds: list[float]) -> tuple[float, float]:
    """Prints one line; p50 and p95 in milliseconds."""
    ordered = sorted(seconds)
    p50, p95 = (ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.95))
    print(f"  {name:<28} {len(ordered):>6} {p50:>9.1f} {p95:>9.1f}")
    return p50, p95


async def measure(engine: str, cases: int, folder: Path, own: Cluster | None) -> None:
    """One engine."""
    place = await settle(await install(engine, folder / engine, free_port(), own), cases, agents=AGENTS)
    workers = 2 if own else 1
    with ServerProcess(place, workers=workers) as server:
        await over_http(place)  # the first round finds cold caches
        before, started = server.cpu(), time.perf_counter()
        http = await over_http(place)
        used, took = server.cpu() - before, time.perf_counter() - started
        server.stop()
    print(f"{engine}: {cases} cases, {AGENTS} agents at once, {workers} server process(es)")
    print(f"  {'':<28} {'n':>6} {'p50 ms':>9} {'p95 ms':>9}")
    ours, theirs = row("claim over HTTP", http), row("bare UPDATE ... RETURNING", await bare(place))
    print(
        f"  {'server CPU, claim and outcome':<28} {used / len(http) * 1000:.1f} ms, {len(http) / took:.0f} of both a second"
    )
    print(f"  {'ratio':<28} {'':>6} {ours[0] / theirs[0]:>9.2f} {ours[1] / theirs[1]:>9.2f}")


@contextlib.contextmanager
def database(engine: str) -> Iterator[Cluster | None]:
    """A server of PostgreSQL for the run; none for SQLite."""
    if engine == "sqlite":
        yield None
        return
    with cluster() as own:
        yield own


def main(arguments: list[str]) -> None:
    """Both engines, or those that are named."""
    cases = int(arguments[0]) if arguments else 10_000
    for engine in arguments[1:] or ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory() as folder, database(engine) as own:
            asyncio.run(measure(engine, cases, Path(folder), own))


if __name__ == "__main__":
    main(sys.argv[1:])
