"""One demonstration for each engine, shared by all journeys, and a browser for each file of them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests import browser, database
from tests.demonstration import Demonstration, demonstration


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The running browser. It keeps an event loop running in this thread: no other file's asyncio test could start one."""
    with browser.browser() as running:
        yield running


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A served demonstration on each engine."""
    folder = tmp_path_factory.mktemp(f"demo-{request.param}")
    if request.param == "sqlite":
        with demonstration(folder) as served:
            yield served
        return
    with database.postgres_server() as server, demonstration(folder, server.url("postgres")) as served:
        yield served
