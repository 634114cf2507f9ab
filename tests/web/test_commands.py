"""What stands behind the commands: they open one installation, write on the record, and refuse beside a server."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from callbacks.scope import zones_answered_for
from survey_service.cli.main import commands
from survey_service.errors import AccountRefused, SchemaRefused
from survey_service.models import Account, AuditEntry
from survey_service.settings import Settings
from tests import cast, serving


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The settings of this test's installation, as a shell would give them."""
    return {
        "SURVEY_DATABASE_URL": settings.database_url,
        "SURVEY_DATA_DIR": str(settings.data_dir),
        "SURVEY_KEY_FILE": str(settings.key_file),
        "SURVEY_AUDIT_ANCHOR": str(settings.audit_anchor),
        "SURVEY_PUBLIC_URL": serving.BASE,
    }


async def _run(environment: dict[str, str], *words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, commands, list(words), env=environment)


async def test_an_account_is_made_on_the_record_with_a_link_and_what_it_answers_for(
    settings: Settings, environment: dict[str, str], db: Any
) -> None:
    await serving.make_keys(settings)
    zone = await cast.zone()
    done = await _run(environment, "account", "add", "wu.ying", "--role", "agent", "--responsible", "CD01")
    assert done.exit_code == 0, done.output
    assert f"{serving.BASE}/set-password/" in done.output
    account = await Account.get(name="wu.ying")
    assert await zones_answered_for(account.id) == {zone.id}
    actions = {entry.action for entry in await AuditEntry.all()}
    assert {"account_added", "access_link_issued"} <= actions
    again = await _run(environment, "account", "add", "wu.ying", "--role", "agent")
    assert isinstance(again.exception, AccountRefused) and "已经存在" in str(again.exception)
    assert await Account.filter(name="wu.ying").count() == 1


async def test_a_command_without_an_installation_says_so_in_one_sentence(tmp_path: Path) -> None:
    nowhere = {"SURVEY_DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "SURVEY_DATA_DIR": str(tmp_path)}
    done = await _run(nowhere, "account", "link", "nobody")
    assert isinstance(done.exception, SchemaRefused) and "请先执行 survey-service migrate" in str(done.exception)
    assert not (tmp_path / "none.db").exists()
