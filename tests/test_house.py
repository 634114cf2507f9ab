"""The house that the other tests live in: clean databases, real sealing, no way out."""

import socket

import pytest

from callbacks.models import Programme
from questionnaires import statements
from survey_service.trust.privacy import Keyring
from tests import cast, serving


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.usefixtures("db")
async def test_each_test_finds_an_empty_database_that_counts_from_one(turn: int) -> None:
    programme = await Programme.create(code="2026", title="民生实事", year=2026, level="district")
    assert [row.id for row in await Programme.all()] == [programme.id] == [1]
    await statements.execute(
        "INSERT INTO vault_person (ref, person_key, name_sealed) VALUES ($1, $2, $3)", "p", "k", "s"
    )
    assert [row["id"] for row in await statements.rows("SELECT id FROM vault_person")] == [1]


def test_what_is_sealed_for_one_row_comes_back_for_that_row(sealer: Keyring) -> None:
    assert sealer.unseal("vault_person.name", "r1", sealer.seal("vault_person.name", "r1", "张三")) == "张三"


def test_a_test_cannot_reach_another_machine() -> None:
    with socket.socket() as client, pytest.raises(RuntimeError, match="tried to reach"):
        client.connect(("192.0.2.1", 80))


async def test_a_visitor_signs_in_and_is_known(office: serving.Office) -> None:
    agent = await office.visitor_as("agent")
    assert (await agent.get("/")).headers["location"] == "/agent"
    assert (await office.visitor().get("/")).headers["location"] == "/login"


async def test_the_scene_is_set_with_one_call(office: serving.Office) -> None:
    scene = await cast.district()
    frame = scene.frames[scene.relief.id]
    called = await cast.case(office.site.keyring, scene.wave, scene.relief, frame, scene.east)
    assert (called.case.state, called.module.project_id) == ("S01", scene.relief.id)
    assert (await office.visitor().get("/livez")).status_code == 200
