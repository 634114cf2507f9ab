"""A server that starts before its database, as after a power cut, serves as soon as the database does."""

import asyncio

import pytest

from tests.faults.conftest import Install
from tests.faults.installations import settle
from tests.faults.nursery import Nursery
from tests.faults.servers import ServerProcess

LATE = 7.0
"""Longer than a worker may need to die twice, which is when the server would end."""


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_server_waits_for_a_database_that_starts_later(installed: Install, nursery: Nursery) -> None:
    place = await settle(await installed(), 1)
    assert place.cluster is not None
    place.cluster.kill()
    server = ServerProcess(place, workers=2, nursery=nursery)
    starting = asyncio.create_task(asyncio.to_thread(server.start))
    try:
        await asyncio.sleep(LATE)
        assert not starting.done(), starting.exception()
        place.cluster.start()
        await starting
        assert "database_awaited" in server.log.read_text()
    finally:
        place.cluster.start() if place.cluster.process and place.cluster.process.poll() is not None else None
        await asyncio.gather(starting, return_exceptions=True)
        server.kill()
