"""The house that the other tests live in: clean databases, real sealing, no way out."""

import socket

import pytest

from callbacks.models import Programme
from questionnaires import statements
from survey_service.privacy import Keyring


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
