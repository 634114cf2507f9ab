"""The real application in the test's own event loop, with a clock held in the hand and visitors who sign in."""

import asyncio
import dataclasses
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from litestar import Litestar
from tortoise.context import _current_context

from survey_service.app import create_app
from survey_service.clock import real_now
from survey_service.db import open_database
from survey_service.models import Account
from survey_service.settings import Settings
from survey_service.site import Site
from survey_service.trust import keys, sessions
from survey_service.trust.viewer import Role
from survey_service.web.identify import cookie_name
from tests import cast

BASE = "http://127.0.0.1:8000"


@dataclass(slots=True)
class HandClock:
    """Stands still until the test moves it."""

    moment: dt.datetime

    def now(self) -> dt.datetime:
        """The instant of fieldwork."""
        return self.moment

    def pass_by(self, **span: float) -> dt.datetime:
        """Let time pass: `clock.pass_by(hours=3)`."""
        self.moment += dt.timedelta(**span)
        return self.moment


@dataclass(slots=True)
class Office:
    """A running installation: the application, what it consists of, and everybody who visits it."""

    app: Litestar
    site: Site
    clock: HandClock
    visitors: list[httpx.AsyncClient] = field(default_factory=list)

    def visitor(self) -> httpx.AsyncClient:
        """A browser that nobody has signed in with; redirects are seen, not followed."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=BASE)
        self.visitors.append(client)
        return client

    async def sign_in(self, client: httpx.AsyncClient, role: Role | str, account: Account | None = None) -> Account:
        """Gives this browser the session of an account of the role, and the form token on everything it sends."""
        chosen = account or await cast.account(Role(role))
        opened = await sessions.open_session(chosen, real_now())
        client.cookies.set(cookie_name(self.site.settings.secure), opened.secret)
        digest = sessions.token_digest(opened.secret)
        client.headers["x-csrf-token"] = sessions.csrf_token(self.site.keyring, digest)
        return chosen

    async def visitor_as(self, role: Role | str, account: Account | None = None) -> httpx.AsyncClient:
        """A new browser, signed in."""
        client = self.visitor()
        await self.sign_in(client, role, account)
        return client


def settings_for(url: str, folder: Path) -> Settings:
    """The settings of one test's installation, everything inside its own folder."""
    return Settings(
        database_url=url,
        data_dir=folder,
        key_file=folder / "keys" / "kek",
        audit_anchor=folder / "audit.anchor",
        public_url=BASE,
        installation="城东区民生工程回访",
        office_name="城东区民生办",
        office_phone="0551-64491234",
        log_level="WARNING",
        pg_pool=4,
    )


async def make_keys(settings: Settings) -> None:
    """What `migrate` makes beside the tables."""
    keys.make_key_file(settings.key_file)
    async with open_database(settings.database_url, settings.pg_pool):
        await keys.make_missing_keys(keys.read_key_file(settings.key_file), settings.crypto_suite, real_now())


@asynccontextmanager
async def _alive(app: Litestar) -> AsyncIterator[None]:
    # in a task of its own: a fixture is left by another task than the one that entered it, and the lifespan minds
    started, leave = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            started.set()
            await leave.wait()

    living = asyncio.create_task(live())
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait({living, waiting}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if started.is_set():
            yield
    finally:
        waiting.cancel()
        leave.set()
        await living


@asynccontextmanager
async def _current(app: Litestar) -> AsyncIterator[None]:
    before = _current_context.get()
    _current_context.set(app.state.orm)
    yield
    _current_context.set(before)


@asynccontextmanager
async def opened(settings: Settings, now: dt.datetime) -> AsyncIterator[Office]:
    """The application between its start and its end; its database is the current one inside the block."""
    await make_keys(settings)
    app = create_app(settings)
    async with _alive(app), _current(app):
        clock = HandClock(now)
        site: Site = app.state.site
        site = dataclasses.replace(site, clock=clock, ledger=dataclasses.replace(site.ledger, clock=clock))
        app.state.site = site
        office = Office(app, site, clock)
        try:
            yield office
        finally:
            for visitor in office.visitors:
                await visitor.aclose()
