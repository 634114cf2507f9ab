"""Migrations under bad luck: two at once, and a step that breaks in its middle."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

import asyncpg
import pytest

from questionnaires import statements
from survey_service.db import open_database
from survey_service.operation import migrating
from tests.conftest import Stores
from tests.database import Server

BROKEN = "CREATE TABLE callbacks_half (id BIGINT PRIMARY KEY);\nINSERT INTO callbacks_nowhere VALUES (1);\n"
MENDED = "CREATE TABLE callbacks_half (id BIGINT PRIMARY KEY);\nINSERT INTO callbacks_half VALUES (1);\n"
FAILURES = (sqlite3.Error, asyncpg.PostgresError)


async def _empty(engine: str, stores: Stores, folder: Path, name: str) -> str:
    if engine == "sqlite":
        return f"sqlite:///{folder / name}.db"
    server: Server = stores.postgres()
    return await server.make(name)


async def test_two_processes_that_migrate_at_once_apply_each_step_once(
    engine: str, stores: Stores, tmp_path: Path
) -> None:
    url = await _empty(engine, stores, tmp_path, "at_once")
    applied = await asyncio.gather(*(asyncio.to_thread(asyncio.run, migrating.migrate(url)) for _ in range(3)))
    known = len(migrating.steps("sqlite"))
    assert sorted(applied)[-1] <= known and sum(applied) == known


async def test_a_step_that_breaks_in_its_middle_leaves_nothing_and_can_be_mended(
    engine: str, stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await _empty(engine, stores, tmp_path, "half_way")
    known = await migrating.migrate(url)
    monkeypatch.setattr(migrating, "ROOT", shutil.copytree(migrating.ROOT, tmp_path / "migrations"))
    step = migrating.ROOT / ("sqlite" if engine == "sqlite" else "postgresql") / f"{known + 1:04d}_half.sql"
    step.write_text(BROKEN, "utf-8")
    with pytest.raises(FAILURES):
        await migrating.migrate(url)
    step.write_text(MENDED, "utf-8")
    assert await migrating.migrate(url) == 1
    async with open_database(url):
        assert await statements.rows("SELECT id FROM callbacks_half") == [{"id": 1}]
