"""Installations that tests may kill, on both engines."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.demonstration import free_port
from tests.faults.clusters import Cluster, cluster
from tests.faults.installations import Installation, install
from tests.faults.nursery import Nursery

Install = Callable[[], Awaitable[Installation]]


@pytest.fixture(scope="session")
def clusters() -> Iterator[Callable[[], Cluster]]:
    """The durable PostgreSQL of this run, made when first wanted."""
    with contextlib.ExitStack() as stack:
        made: list[Cluster] = []

        def get() -> Cluster:
            if not made:
                made.append(stack.enter_context(cluster()))
            return made[0]

        yield get


@pytest.fixture
def installed(engine: str, clusters: Callable[[], Cluster], tmp_path: Path) -> Install:
    """`await installed()` makes one more installation on the engine of the test."""
    made: list[Installation] = []

    async def one() -> Installation:
        own = clusters() if engine == "postgres" else None
        made.append(await install(engine, tmp_path / f"installation{len(made)}", free_port(), own))
        return made[-1]

    return one


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where the servers of this run come from."""
    made = Nursery()
    yield made
    made.close()
