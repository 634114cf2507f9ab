"""One process ticks: a lease is renewed by its holder, refused to others while it lives, and taken over when it is dead."""

from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.operation import leases
from survey_service.site import Site
from survey_service.ticks import SYSTEM
from tests import serving


async def _hold(site: Site, holder: str) -> bool:
    async with site.ledger.change(SYSTEM) as change:
        change.record(Fact("lease_asked", holder, chained=False))
        return await leases.hold("tick", holder)


async def test_a_living_lease_is_renewed_by_its_holder_and_refused_to_others(office: serving.Office) -> None:
    assert await _hold(office.site, "first")
    assert await _hold(office.site, "first")
    assert not await _hold(office.site, "second")


async def test_a_dead_holder_is_replaced_and_does_not_come_back(office: serving.Office) -> None:
    await _hold(office.site, "first")
    await statements.execute("UPDATE survey_service_lease SET until_ts = until_ts - $1", leases.LIFE_SECONDS + 1)
    assert await _hold(office.site, "second")
    assert not await _hold(office.site, "first")


async def test_a_lease_is_given_back_only_by_its_holder(office: serving.Office) -> None:
    await _hold(office.site, "first")
    await leases.drop("tick", "second")
    assert not await _hold(office.site, "second")
    await leases.drop("tick", "first")
    assert await _hold(office.site, "second")
