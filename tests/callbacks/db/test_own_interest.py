"""Nobody interviews where he answers for the result: neither by the queue nor when the person rings."""

import dataclasses
import datetime as dt
import random

import pytest

from callbacks.calling import cases
from callbacks.errors import OwnInterest
from callbacks.models import Case, Department, Wave, Zone
from callbacks.planning.plan_file import Role
from callbacks.rules.assignment import in_conflict
from callbacks.scope import Scope, zones_answered_for
from questionnaires.statements import execute
from tests.callbacks.db.district import District, agent, claim, no_case

PLAN = {"measurement_role": Role.ASSESSMENT}


async def _answers(account: int, zone: Zone) -> None:
    await execute("INSERT INTO callbacks_responsibility (account_id, zone_id) VALUES ($1, $2)", account, zone.id)


async def _scope(number: int) -> Scope:
    return dataclasses.replace(agent(number), answers_for=await zones_answered_for(number))


async def _assessed(place: District, now: dt.datetime, **fields: object) -> None:
    await place.people_on(await place.project("A"), 1, **fields)
    await place.open(now, dataclasses.replace(place.plan(), **PLAN))  # type: ignore[arg-type]


async def test_who_answers_for_a_street_is_never_given_a_case_of_its_communities_in_an_assessment(
    place: District, now: dt.datetime
) -> None:
    community = await Zone.create(code="C1", name="社区", level="community", position=9, parent_id=place.zones[0].id)
    await _answers(1, place.zones[0])
    await _assessed(place, now, zone_id=community.id)
    await no_case(await _scope(1), now)
    found, _ = await cases.find_by_phone("digest1", await _scope(1))
    assert [(each.claimable, each.own_interest) for each in found] == [(False, True)]
    with pytest.raises(OwnInterest):
        await cases.claim_inbound(found[0].ref, await _scope(1), now)
    assert (await Case.get()).state == "S01"
    assert (await cases.find_by_phone("digest1", await _scope(2)))[0][0].claimable
    await claim(await _scope(2), now)


async def test_who_belongs_to_the_department_of_the_project_is_not_given_its_assessment(
    place: District, now: dt.datetime
) -> None:
    department = await Department.create(code="MZ", name="民政局", kind="district")
    await _assessed(place, now)
    await execute(
        "INSERT INTO callbacks_project_department (project_id, department_id, role, original)"
        " SELECT id, $1, 'lead', '' FROM callbacks_project",
        department.id,
    )
    await no_case(dataclasses.replace(agent(1), department_id=department.id), now)
    await claim(dataclasses.replace(agent(1), department_id=department.id + 1), now)


async def test_in_a_service_wave_the_one_responsible_may_call(place: District, now: dt.datetime) -> None:
    await _answers(1, place.zones[0])
    await _assessed(place, now)
    await no_case(await _scope(1), now)
    await Wave.all().update(measurement_role="service")
    await claim(await _scope(1), now)


async def test_the_claim_asks_the_pure_rule_for_every_zone_of_a_random_tree(place: District) -> None:
    chance = random.Random(5)
    zones = list(place.zones)
    for number in range(40):
        parent = chance.choice([None, *zones])
        zones.append(
            await Zone.create(
                code=f"R{number}", name=f"片区{number}", level="community", position=number,
                parent_id=parent.id if parent else None,
            )
        )  # fmt: skip
    by_id = {zone.id: zone for zone in zones}
    mine = chance.sample(zones, 4)
    for zone in mine:
        await _answers(3, zone)

    def path(zone: Zone) -> list[int]:
        return [zone.id, *(path(by_id[zone.parent_id]) if zone.parent_id else [])]

    expected = {zone.id for zone in zones if in_conflict([one.id for one in mine], path(zone), "assessment")}
    assert len(expected) > len(mine)
    assert await zones_answered_for(3) == expected
