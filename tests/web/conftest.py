"""The desk of an agent."""

import pytest

from tests import serving
from tests.web.calls import Desk, desk_at


@pytest.fixture
async def desk(office: serving.Office) -> Desk:
    """城东区 on a Thursday morning, agent 陈 signed in."""
    return await desk_at(office)
