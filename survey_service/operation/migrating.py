"""Forward-only SQL migrations: one numbered file after the other, locked, checked by digest, recorded as applied."""

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from survey_service.errors import SchemaRefused

ROOT = Path(__file__).parent.parent / "migrations"
ADVISORY_LOCK = 727_001
RECORD = (
    "CREATE TABLE IF NOT EXISTS survey_service_migration "
    "(version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One migration file."""

    version: int
    name: str
    sha256: str
    sql: str


def steps(engine: str) -> list[Step]:
    """The migrations of `sqlite` or `postgresql`, in order, without gaps."""
    found = []
    for path in sorted((ROOT / engine).glob("*.sql")):
        body = path.read_bytes()
        found.append(Step(int(path.name[:4]), path.stem, hashlib.sha256(body).hexdigest(), body.decode()))
    if [step.version for step in found] != list(range(1, len(found) + 1)):
        raise SchemaRefused("迁移文件的编号有缺漏或重复")
    return found


def _refuse_strange(done: dict[int, str], known: list[Step]) -> None:
    for step in known:
        if done.get(step.version, step.sha256) != step.sha256:
            raise SchemaRefused(f"迁移 {step.name} 在应用之后被改动，请恢复原文件")
    if done and max(done) > len(known):
        raise SchemaRefused("数据库比本程序新，请升级程序")


def migrate_sqlite(path: Path) -> int:
    """Bring a SQLite file up to date; how many steps were applied. Several processes may call it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    try:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(RECORD)
        applied = 0
        while _apply_next_sqlite(connection, steps("sqlite")):
            applied += 1
        return applied
    finally:
        connection.close()


def _apply_next_sqlite(connection: sqlite3.Connection, known: list[Step]) -> bool:
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = dict(connection.execute("SELECT version, sha256 FROM survey_service_migration"))
        _refuse_strange(done, known)
        waiting = [step for step in known if step.version not in done]
        if waiting:
            for statement in _statements(waiting[0].sql):
                connection.execute(statement)
            if connection.execute("PRAGMA foreign_key_check").fetchone():
                raise SchemaRefused(f"迁移 {waiting[0].name} 留下了悬空的引用")
            connection.execute(
                "INSERT INTO survey_service_migration VALUES (?, ?, ?, datetime('now'))",
                (waiting[0].version, waiting[0].name, waiting[0].sha256),
            )
        connection.execute("COMMIT")
        return bool(waiting)
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements(sql: str) -> list[str]:
    # executescript() would commit first; complete_statement() understands triggers with semicolons inside
    found, buffer = [], ""
    for line in sql.splitlines(keepends=True):
        buffer += line
        if sqlite3.complete_statement(buffer):
            found.append(buffer)
            buffer = ""
    return [*found, buffer] if buffer.strip() else found


async def migrate_postgresql(url: str) -> int:
    """Bring a PostgreSQL database up to date; how many steps were applied. Several processes may call it at once."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        await connection.execute(RECORD)
        done = {
            row[0]: row[1] for row in await connection.fetch("SELECT version, sha256 FROM survey_service_migration")
        }
        known = steps("postgresql")
        _refuse_strange(done, known)
        waiting = [step for step in known if step.version not in done]
        for step in waiting:
            async with connection.transaction():
                await connection.execute("SET LOCAL lock_timeout = '10s'")
                await connection.execute(step.sql)
                await connection.execute(
                    "INSERT INTO survey_service_migration VALUES ($1, $2, $3, now()::text)",
                    step.version,
                    step.name,
                    step.sha256,
                )
        return len(waiting)
    finally:
        await connection.close()


async def applied(url: str) -> int:
    """How many steps this database has had; 0 for an empty one. SchemaRefused when it cannot be reached."""
    if url.startswith("sqlite:///"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            there = database.execute(
                "SELECT count(*) FROM sqlite_master WHERE name = 'survey_service_migration'"
            ).fetchone()[0]
            return int(database.execute("SELECT count(*) FROM survey_service_migration").fetchone()[0]) if there else 0
    try:
        connection = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError) as problem:
        raise SchemaRefused(f"连不上 PostgreSQL（{type(problem).__name__}），请检查 SURVEY_DATABASE_URL") from problem
    try:
        there = await connection.fetchval("SELECT to_regclass('survey_service_migration') IS NOT NULL")
        return int(await connection.fetchval("SELECT count(*) FROM survey_service_migration")) if there else 0
    finally:
        await connection.close()


async def migrate(url: str) -> int:
    """Bring the database of a `sqlite:///path` or `postgres://` URL up to date; how many steps were applied."""
    if url.startswith("sqlite:///"):
        return migrate_sqlite(Path(url.removeprefix("sqlite:///")))
    return await migrate_postgresql(url)
