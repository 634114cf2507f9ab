"""Seconds of the officials' first page: `python -m benchmarks.official_page [ANSWERS] [sqlite|postgres ...]`."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.claims import database
from questionnaires import statements
from survey_service.db import open_database
from survey_service.trust.viewer import Role
from tests.demonstration import free_port
from tests.faults.clusters import Cluster
from tests.faults.installations import START, Installation, install, settle, sign_in
from tests.faults.servers import ServerProcess
from tests.faults.wire import connect

LOADS = 5
ANSWERED = """
INSERT INTO questionnaires_submission (ref, key, version_id, mode, state, answers, started_at, changed_at, submitted_at)
SELECT 's' || m.ref, 'call:' || m.ref, w.phone_version_id, 'phone', 'submitted', '{}', $1, $1, $1
FROM callbacks_module m JOIN callbacks_wave w ON w.id = m.wave_id
"""
COUNTED = """
UPDATE callbacks_module SET submission_id = (SELECT s.id FROM questionnaires_submission s
    WHERE s.key = 'call:' || callbacks_module.ref)
"""
DONE = "UPDATE callbacks_case SET state = 'S08', final_code = '100', contacted = TRUE, attempts = 1"
ITEMS = {"a1": 4, "b1": 2, "c1": 5, "c3": 5, "c4": 5, "c6": 5, "u1": 2, "g1": 5}
ITEM = """
INSERT INTO questionnaires_answer (submission_id, item, code)
SELECT id, $1, CAST(1 + id % {n} AS TEXT) FROM questionnaires_submission
"""


async def answer_all(place: Installation) -> None:
    """Every person has answered eight questions by phone."""
    async with open_database(place.settings.database_url, 2):
        await statements.execute(ANSWERED, START)
        await statements.execute(COUNTED)
        await statements.execute(DONE)
        for item, codes in ITEMS.items():
            await statements.execute(ITEM.format(n=codes), item)


async def measure(engine: str, answers: int, folder: Path, own: Cluster | None) -> None:
    """One engine."""
    place = await settle(await install(engine, folder / engine, free_port(), own), answers)
    await answer_all(place)
    official = await sign_in(place, Role.OFFICIAL)
    with ServerProcess(place) as server:
        wire, seconds = await connect(place.base, official.headers), []
        await wire.ask("GET", "/report")  # the first one loads what the later ones have
        before = server.cpu()
        for _ in range(LOADS):
            started = time.perf_counter()
            status, page = await wire.ask("GET", "/report")
            seconds.append(time.perf_counter() - started)
            assert status == 200, page[:300]
        used = (server.cpu() - before) / LOADS
        wire.close()
        server.stop()
    most = sorted(seconds)[-1]
    print(f"{engine}: {answers} answers, page of {len(page) / 1024:.0f} KB")
    print(f"  median {sorted(seconds)[LOADS // 2]:.2f} s, longest {most:.2f} s, server CPU {used:.2f} s a page")


def main(arguments: list[str]) -> None:
    """Both engines, or those that are named."""
    answers = int(arguments[0]) if arguments else 10_000
    for engine in arguments[1:] or ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory() as folder, database(engine) as own:
            asyncio.run(measure(engine, answers, Path(folder), own))


if __name__ == "__main__":
    main(sys.argv[1:])
