"""What operators and their machines ask: alive, ready, counts without people in them, and nothing for strangers."""

from questionnaires import statements
from survey_service.operation import gauges
from tests import cast, serving


async def test_counts_by_state_are_given_to_the_operators_network(office: serving.Office) -> None:
    scene = await cast.district()
    for state in ("S01", "S01", "S08"):
        await cast.case(
            office.site.keyring, scene.wave, scene.relief, scene.frames[scene.relief.id], scene.east, state=state
        )
    machine = office.visitor()
    answer = await machine.get("/metrics")
    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert "# TYPE survey_cases gauge" in lines
    assert {'survey_cases{state="S01"} 2', 'survey_cases{state="S08"} 1'} <= set(lines)


async def test_it_is_ready_only_with_every_step_of_the_schema(office: serving.Office) -> None:
    machine = office.visitor()
    assert (await machine.get("/livez")).status_code == 200
    assert (await machine.get("/readyz")).status_code == 200
    await statements.execute(
        "DELETE FROM survey_service_migration WHERE name = (SELECT max(name) FROM survey_service_migration)"
    )
    assert not await gauges.migrated()
    assert (await machine.get("/readyz")).status_code == 503
