"""What a tick that finds nothing costs beside a long list: `python -m benchmarks.due_imports [ROWS] [postgres://...]`.

The same run measures the statement that reads every dated entitlement, as the tick once did: the ratio is the figure.
"""

import asyncio
import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from tortoise.transactions import in_transaction

from callbacks import ticks
from callbacks.models import ImportBatch, Programme, Project
from callbacks.planning import follow_ups, work_calendar
from callbacks.rules.windows import shipped_windows
from questionnaires.statements import execute_many, rows
from survey_service.clock import real_now
from survey_service.db import open_database
from survey_service.operation import migrating

PROJECTS = 30
TIMES = 9
CHUNK = 10_000
INSERT = (
    "INSERT INTO callbacks_entitlement (ref, project_id, person_ref, event_date, callback_from, callback_until,"
    " frame_date, batch_id) VALUES ($1, $2, $1, $3, $3, $4, $3, $5)"
)
WHOLE_LIST = (
    "SELECT project_id, batch_id, MIN(callback_from) AS begins FROM callbacks_entitlement"
    " WHERE callback_from IS NOT NULL GROUP BY project_id, batch_id"
)


async def fill(number: int, today: dt.date) -> list[int]:
    """Lists of thirty projects in thirty imports whose callbacks begin in ten days; the projects' ids."""
    now = real_now()
    programme = await Programme.create(code="B", title="演示", year=today.year, level="district")
    projects = []
    for place in range(PROJECTS):
        project = await Project.create(
            programme_id=programme.id, code=f"B{place:02d}", position=place, name="演示", public_name="演示",
            spoken_name="演示", project_class="subsidy", frame_kind="list",
        )  # fmt: skip
        batch = await ImportBatch.create(
            ref=f"b{place}", kind="roster", file_name="b.csv", sha256="0", rows_read=0, rows_kept=0, warnings=0,
            applied_at=now,
        )  # fmt: skip
        projects.append((project.id, batch.id))
    begins, ends = today + dt.timedelta(days=10), today + dt.timedelta(days=90)
    for start in range(0, number, CHUNK):
        places = range(start, min(start + CHUNK, number))
        found = [(f"e{each}", *projects[each % PROJECTS]) for each in places]
        await execute_many(INSERT, [(ref, project, begins, ends, batch) for ref, project, batch in found])
    return [project for project, _ in projects]


async def median(act: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds, the middle of nine."""
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        await act()
        taken.append((time.perf_counter() - started) * 1_000)
    return statistics.median(taken)


async def measure(number: int, url: str) -> None:
    """Fill an empty database and print medians."""
    await migrating.migrate(url)
    now, windows = real_now(), shipped_windows(ZoneInfo("Asia/Shanghai"))
    async with open_database(url):
        async with in_transaction("default"):
            projects = await fill(number, now.date())
            started = time.perf_counter()
            for project in projects:
                await follow_ups.expect(project)
            marked = (time.perf_counter() - started) * 1_000 / len(projects)
        calendar = await work_calendar.load()
        whole = await median(lambda: rows(WHOLE_LIST))
        due = await median(lambda: follow_ups.due_batches(now.date()))
        tick = await median(lambda: ticks.tick(now, calendar, windows))
    print(f"{number} entitlements, {PROJECTS} imports, {url.partition(':')[0]}")
    print(f"due imports {due:.2f} ms; every entitlement read {whole:.1f} ms; ratio {due / whole:.4f}")
    print(f"whole tick that finds nothing {tick:.1f} ms; marking one import {marked:.1f} ms")


def main(arguments: list[str]) -> None:
    """Run on the given database, else on a SQLite file that is thrown away."""
    number = int(arguments[0]) if arguments else 300_000
    with tempfile.TemporaryDirectory() as folder:
        url = arguments[1] if len(arguments) > 1 else f"sqlite:///{Path(folder) / 'bench.db'}"
        asyncio.run(measure(number, url))


if __name__ == "__main__":
    main(sys.argv[1:])
