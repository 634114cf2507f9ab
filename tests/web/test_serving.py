"""A server that cannot be served safely says so in one sentence and does not start."""

import dataclasses
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey_service.cli.main import commands
from survey_service.errors import DatabaseInUse, OperatorRefused
from survey_service.operation import running, serving
from survey_service.settings import Settings

HERE = "127.0.0.1"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody who listens the way our server does: willing to share the port."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind((HERE, 0))
        taken.listen()
        yield taken


def _settings(folder: Path, port: int = 8000) -> Settings:
    return dataclasses.replace(Settings(), database_url=f"sqlite:///{folder}/survey.db", host=HERE, port=port)


def test_a_port_somebody_listens_on_is_refused_and_free_again_after_him(
    listener: socket.socket, tmp_path: Path
) -> None:
    settings = _settings(tmp_path, listener.getsockname()[1])
    with pytest.raises(OperatorRefused, match=f"{HERE}:{settings.port} 已有程序在用"):
        serving.refuse_taken_port(settings)
    listener.close()
    serving.refuse_taken_port(settings)


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    elsewhere = dataclasses.replace(_settings(tmp_path), host="192.0.2.1")
    with pytest.raises(OperatorRefused, match=r"不能在 192\.0\.2\.1:8000 上监听"):
        serving.refuse_taken_port(elsewhere)


def test_a_demonstration_asks_for_its_port_before_it_builds_anything(listener: socket.socket, tmp_path: Path) -> None:
    port, folder = listener.getsockname()[1], tmp_path / "demo"
    asked = ["demo", "--dir", str(folder), "--port", str(port)]
    with pytest.raises(OperatorRefused, match="已有程序在用"):
        commands.main(asked, standalone_mode=False)
    assert not (folder / "survey.db").exists()


def test_sqlite_has_one_process_and_one_server(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    with pytest.raises(OperatorRefused, match="只能用一个进程"):
        serving.refuse_unsafe(settings, 2)
    with running.sole_writer(settings.sqlite_path), pytest.raises(DatabaseInUse):
        serving.refuse_unsafe(settings, 1)
    serving.refuse_unsafe(settings, 1)


def test_plain_http_stays_on_this_machine(tmp_path: Path) -> None:
    outward = dataclasses.replace(_settings(tmp_path), host="0.0.0.0", public_url="http://survey.example")
    with pytest.raises(OperatorRefused, match="必须是 https"):
        serving.refuse_unsafe(outward, 1)
    serving.refuse_unsafe(dataclasses.replace(outward, public_url="https://survey.example"), 1)
