"""The migrations, the models and both engines agree on every table, column and rule."""

from pathlib import Path

import aiosqlite
import pytest
from tortoise.context import TortoiseContext
from tortoise.models import Model

from questionnaires import statements
from survey_service.db import APPS
from survey_service.operation import migrating
from survey_service.operation.migrating import SchemaRefused, steps
from tests.conftest import Stores

Columns = dict[str, dict[str, bool]]
RECORD = "survey_service_migration"
SQLITE_INDEXES = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%'"
POSTGRES_INDEXES = (
    "SELECT tablename, indexname FROM pg_indexes WHERE schemaname IN ('public', 'vault')"
    " AND indexname NOT LIKE '%_pkey' AND indexname NOT LIKE '%_key'"
)
POSTGRES_COLUMNS = (
    "SELECT table_name, column_name, is_nullable = 'YES' AS empty FROM information_schema.columns"
    " WHERE table_schema IN ('public', 'vault')"
)
SQLITE_FOREIGN = 'SELECT m.name, f."from", f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = \'table\''
POSTGRES_FOREIGN = (
    "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c"
    " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) WHERE c.contype = 'f'"
)


async def _sqlite(stores: Stores, folder: Path) -> tuple[Columns, set[tuple[str, ...]], set[tuple[str, ...]]]:
    url = await stores.fresh_url("sqlite", folder)
    columns: Columns = {}
    async with aiosqlite.connect(url.removeprefix("sqlite:///")) as connection:
        tables = await connection.execute_fetchall("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables:
            found = await connection.execute_fetchall(f"SELECT name, \"notnull\", pk FROM pragma_table_info('{table}')")
            columns[table] = {name: not (required or key) for name, required, key in found}
        indexes = await connection.execute_fetchall(SQLITE_INDEXES)
        foreign = await connection.execute_fetchall(SQLITE_FOREIGN)
    columns.pop("sqlite_sequence", None)
    return columns, {tuple(row) for row in indexes}, {tuple(row) for row in foreign}


async def _postgres(stores: Stores, folder: Path) -> tuple[Columns, set[tuple[str, ...]], set[tuple[str, ...]]]:
    await stores.fresh_url("postgres", folder)
    assert stores.postgres_store is not None
    connection = await stores.postgres().connect(stores.postgres_store.database)
    try:
        columns: Columns = {}
        for table, column, empty in await connection.fetch(POSTGRES_COLUMNS):
            columns.setdefault(table, {})[column] = empty
        indexes = {tuple(row) for row in await connection.fetch(POSTGRES_INDEXES)}
        rows = await connection.fetch(POSTGRES_FOREIGN)
    finally:
        await connection.close()
    return columns, indexes, {tuple(str(part).split(".")[-1] for part in row) for row in rows}


async def test_both_engines_have_the_same_tables_columns_indexes_and_references(stores: Stores, tmp_path: Path) -> None:
    embedded, served = await _sqlite(stores, tmp_path), await _postgres(stores, tmp_path)
    embedded[0].pop(RECORD), served[0].pop(RECORD)
    for table in sorted({*embedded[0], *served[0]}):
        assert embedded[0].get(table) == served[0].get(table), f"{table}: columns or NULLs differ between the engines"
    assert embedded[1] == served[1], f"indexes differ: {sorted(embedded[1] ^ served[1])}"
    assert embedded[2] == served[2], f"references differ: {sorted(embedded[2] ^ served[2])}"


def _models(context: TortoiseContext) -> list[type[Model]]:
    return [model for app in APPS for model in (context.apps or {})[app].values()]


async def test_the_migrated_tables_are_what_the_models_say(db: TortoiseContext, stores: Stores, tmp_path: Path) -> None:
    columns = (await _sqlite(stores, tmp_path))[0]
    for model in _models(db):
        fields = model._meta.fields_map.values()
        said = {str(field.source_field or field.model_field_name): bool(field.null) for field in fields}
        assert columns.get(model._meta.db_table) == said, f"{model.__name__} differs from its table"
        await model.all().limit(1)


async def test_every_reference_is_indexed(stores: Stores, tmp_path: Path) -> None:
    url = await stores.fresh_url("sqlite", tmp_path)
    missing = []
    async with aiosqlite.connect(url.removeprefix("sqlite:///")) as connection:
        for table, column, _ in await connection.execute_fetchall(SQLITE_FOREIGN):
            sql = "SELECT i.name FROM pragma_index_list(?) i, pragma_index_info(i.name) c WHERE c.seqno = 0 AND c.name = ?"
            first_in_key = f"SELECT 1 FROM pragma_table_info('{table}') WHERE pk = 1 AND name = '{column}'"
            indexed = [
                *await connection.execute_fetchall(sql, (table, column)),
                *await connection.execute_fetchall(first_in_key),
            ]
            missing += [] if indexed else [f"{table}.{column}"]
    assert not missing, "a parent's change would read the whole child table: " + ", ".join(missing)


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    assert await migrating.migrate(database_url) == 0


def test_both_engines_have_the_same_numbered_steps() -> None:
    assert [step.name for step in steps("sqlite")] == [step.name for step in steps("postgresql")]


@pytest.mark.usefixtures("db")
async def test_a_migration_that_was_changed_after_it_was_applied_is_refused(database_url: str) -> None:
    await statements.execute(f"UPDATE {RECORD} SET sha256 = $1 WHERE version = $2", "f" * 64, 1)
    with pytest.raises(SchemaRefused):
        await migrating.migrate(database_url)
    await statements.execute(
        f"UPDATE {RECORD} SET sha256 = $1 WHERE version = $2", steps(_folder(database_url))[0].sha256, 1
    )


@pytest.mark.usefixtures("db")
async def test_a_database_of_a_newer_program_is_refused(database_url: str) -> None:
    await statements.execute(f"INSERT INTO {RECORD} VALUES ($1, $2, $3, $4)", 999, "999_later", "0", "2030-01-01")
    with pytest.raises(SchemaRefused):
        await migrating.migrate(database_url)
    await statements.execute(f"DELETE FROM {RECORD} WHERE version = $1", 999)


def _folder(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgresql"
