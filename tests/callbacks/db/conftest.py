"""The district in which these tests call."""

import pytest
from tortoise.context import TortoiseContext

from tests.callbacks.db.district import District, district


@pytest.fixture
async def place(db: TortoiseContext) -> District:
    """A programme, two zones and a questionnaire; lists and waves are the test's."""
    return await district()
