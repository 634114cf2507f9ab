"""Opens the installation for a command: as its only writer, or read-only beside a running server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from survey_service import db
from survey_service.clock import real_now
from survey_service.db import open_database
from survey_service.errors import SchemaRefused
from survey_service.operation import migrating, running
from survey_service.settings import Settings
from survey_service.site import Site
from survey_service.trust import keys

T = TypeVar("T")


def writing(action: Callable[[Site], Awaitable[T]]) -> T:
    """Run an action as the only writer; refused with one sentence while a server holds an embedded database."""
    return writing_with(Settings.from_env(), action)


def writing_with(settings: Settings, action: Callable[[Site], Awaitable[T]]) -> T:
    """The same with settings that the command has changed."""

    async def run() -> T:
        await require_schema(settings)
        async with running.installation(settings) as (_, site):
            return await action(site)

    return asyncio.run(run())


def reading(action: Callable[[Site], Awaitable[T]]) -> T:
    """Run a reading action, also beside a running server."""
    settings = Settings.from_env()

    async def run() -> T:
        await require_schema(settings)
        async with running.installation(settings, reading=True) as (_, site):
            return await action(site)

    return asyncio.run(run())


async def await_database(settings: Settings) -> None:
    """Waits while a database server is still starting; its own error after a minute."""
    if settings.sqlite_path is None:
        async with open_database(settings.database_url, 2):
            await db.until_answering(running.STARTING)


async def require_schema(settings: Settings) -> None:
    """SchemaRefused with the command to run unless the database is there and up to date."""
    path = settings.sqlite_path
    if path is not None and not path.exists():
        raise SchemaRefused(f"数据库 {path} 还不存在，请先执行 survey-service migrate")
    engine = "sqlite" if path is not None else "postgresql"
    if await migrating.applied(settings.database_url) < len(migrating.steps(engine)):
        raise SchemaRefused("数据库的结构不是最新的，请先执行 survey-service migrate")


async def prepare(settings: Settings) -> int:
    """Schema up to date, key file and data keys there; how many migrations were applied."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with running.sole_writer(
        settings.sqlite_path if settings.sqlite_path and settings.sqlite_path.parent.exists() else None
    ):
        applied = await migrating.migrate(settings.database_url)
        if settings.sqlite_path is not None or not settings.key_file.exists():
            keys.make_key_file(settings.key_file)
        kek = keys.read_key_file(settings.key_file)
        async with open_database(settings.database_url, 2):
            await keys.make_missing_keys(kek, settings.crypto_suite, real_now())
    return applied
