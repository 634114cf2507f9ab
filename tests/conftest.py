"""Databases, people, time and the application, as every test finds them; nothing reaches beyond this machine."""

import contextlib
import datetime as dt
import secrets
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from litestar import Litestar
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.context import TortoiseContext

from survey_service.db import open_database
from survey_service.models import Account
from survey_service.operation import migrating
from survey_service.settings import Settings
from survey_service.site import Site
from survey_service.trust.privacy import SUITES, DataKey, Keyring
from tests import database, serving

SHANGHAI = ZoneInfo("Asia/Shanghai")
THURSDAY_MORNING = dt.datetime(2026, 3, 5, 10, 5, tzinfo=SHANGHAI).astimezone(dt.UTC)
ENGINES = ("sqlite", "postgres")
LOOPBACK = ("127.", "localhost", "::1")


class OutsideRefused(RuntimeError):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """Sockets open to loopback addresses and to files, to nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


def _guarded(original: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise OutsideRefused(f"a test tried to reach {address[0]}")
        return original(self, address)

    return connect


@pytest.fixture
def now() -> dt.datetime:
    """Thursday 2026-03-05, 10:05 in Shanghai: a workday, inside the calling window."""
    return THURSDAY_MORNING


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """The real sealing with keys of this run only."""
    suite = SUITES["aes256gcm"]
    purposes = ("field", "bidx", "audit", "csrf", "limit")
    return Keyring([DataKey(secrets.token_hex(4), purpose, suite, secrets.token_bytes(32)) for purpose in purposes])


@pytest.fixture
def sealer(keyring: Keyring) -> Keyring:
    """What callbacks and questionnaires know of secrets."""
    return keyring


@dataclass(slots=True)
class Stores:
    """The migrated originals of this test process, made when first wanted."""

    folder: Path
    cleanup: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    sqlite_original: Path | None = None
    postgres_store: database.PostgresStore | None = None
    server: database.Server | None = None

    def postgres(self) -> database.Server:
        """The running server of this test process."""
        if self.server is None:
            self.server = self.cleanup.enter_context(database.postgres_server())
        return self.server

    async def fresh_url(self, engine: str, folder: Path) -> str:
        """The address of an empty, migrated database for one test."""
        return await (self._fresh_sqlite(folder) if engine == "sqlite" else self._fresh_postgres())

    async def _fresh_sqlite(self, folder: Path) -> str:
        if self.sqlite_original is None:
            original = self.folder / "original.db"
            await migrating.migrate(f"sqlite:///{original}")
            self.sqlite_original = original
        shutil.copyfile(self.sqlite_original, folder / "survey.db")
        return f"sqlite:///{folder / 'survey.db'}"

    async def _fresh_postgres(self) -> str:
        if self.postgres_store is None:
            server = self.postgres()
            await server.make("survey_test")
            await migrating.migrate(server.url("survey_test"))
            self.postgres_store = await database.postgres_store(server, "survey_test")
        return await self.postgres_store.fresh()


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    made = Stores(tmp_path_factory.mktemp("stores"))
    with made.cleanup:
        yield made


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each test that wants a database runs on both."""
    return str(request.param)


@pytest.fixture
async def database_url(engine: str, stores: Stores, tmp_path: Path) -> str:
    """An empty, migrated database of this test alone; nothing is connected to it yet."""
    EXECUTOR_CACHE.clear()  # Tortoise keeps statements by connection name, whatever engine made them
    return await stores.fresh_url(engine, tmp_path)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[TortoiseContext]:
    """The same, connected: models and statements work inside the test; closed behind it, or the run would hang."""
    async with open_database(database_url) as context:
        yield context


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of this test's installation."""
    return serving.settings_for(database_url, tmp_path)


@pytest.fixture
async def office(settings: Settings, now: dt.datetime) -> AsyncIterator[serving.Office]:
    """The running application, its clock and its visitors; models and statements work on its database (no `db` beside)."""
    async with serving.opened(settings, now) as running:
        yield running


@pytest.fixture
def app(office: serving.Office) -> Litestar:
    """The application itself."""
    return office.app


@pytest.fixture
def site(office: serving.Office) -> Site:
    """Settings, clock, keys and ledger of the running application."""
    return office.site


@pytest.fixture
def client(office: serving.Office) -> httpx.AsyncClient:
    """A browser that nobody has signed in with."""
    return office.visitor()


@pytest.fixture
def login(office: serving.Office) -> Callable[..., Awaitable[Account]]:
    """`await login(client, "agent")` signs the browser in; a third argument names the account."""
    return office.sign_in
