"""One browser and one demonstration for each engine, shared by all journeys: they are slow to start."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests import browser, database
from tests.demonstration import Demonstration, demonstration


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The running browser."""
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
