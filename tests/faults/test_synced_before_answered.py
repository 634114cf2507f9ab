"""Number 1, the half that SIGKILL cannot show: no 2xx before the data is on stable storage, counted by strace."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from tests.demonstration import free_port
from tests.faults.answering import answers_of
from tests.faults.clusters import Cluster, cluster
from tests.faults.conftest import Install
from tests.faults.installations import Installation, install, settle
from tests.faults.nursery import Nursery
from tests.faults.servers import ServerProcess
from tests.faults.sizes import SIZES

ADVICE = "strace is missing. Run: apt-get install -y strace"
WRITES = 2
"""A draft and a submission of each respondent, each acknowledged by itself."""


async def test_every_acknowledged_write_was_synced_first(installed: Install, nursery: Nursery) -> None:
    place = await settle(await installed(), SIZES.serial_submissions, linked=True)
    acks, syncs = _counted(place, "", nursery)
    print(f"\n{place.engine}: {syncs} syncs for {acks} acknowledged writes in a row")
    assert acks == WRITES * SIZES.serial_submissions
    assert syncs >= acks


async def test_the_count_would_show_a_database_that_syncs_later(engine: str, tmp_path: Path, nursery: Nursery) -> None:
    if engine == "sqlite":
        place = await settle(await install(engine, tmp_path / "x", free_port()), SIZES.serial_submissions, linked=True)
        acks, syncs = _counted(place, "syncs_nothing", nursery)
    else:
        with cluster("synchronous_commit=off") as careless:
            place = await install(engine, tmp_path / "x", free_port(), careless)
            await settle(place, SIZES.serial_submissions, linked=True)
            acks, syncs = _counted(place, "", nursery)
    assert acks == WRITES * SIZES.serial_submissions
    assert syncs < acks


def _counted(place: Installation, mutant: str, nursery: Nursery) -> tuple[int, int]:
    """Acknowledged writes of one respondent after the other, and the syncs of whoever writes the database."""
    summary = place.folder / "strace.txt"
    with ServerProcess(place, mutant, nursery=nursery) as server:
        if place.cluster is None:
            writers = [process.pid for process in server.tree()]
        else:
            writers = _database_processes(place.cluster)
        with _traced(writers, summary):
            acks = _answer_in_a_row(place)
    return acks, _syncs(summary)


def _database_processes(of: Cluster) -> list[int]:
    assert of.process is not None
    return [of.process.pid, *(child.pid for child in psutil.Process(of.process.pid).children(recursive=True))]


@contextmanager
def _traced(pids: list[int], summary: Path) -> Iterator[None]:
    strace = shutil.which("strace")
    assert strace, ADVICE
    attach = [part for pid in pids for part in ("-p", str(pid))]
    command = [strace, "-f", "-c", "-U", "calls,name", "-e", "trace=fsync,fdatasync", "-o", str(summary), *attach]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        _wait_until_attached(tracer, pids)
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        _, said = tracer.communicate(timeout=30)
    assert summary.exists(), said.decode()


def _wait_until_attached(tracer: subprocess.Popen[bytes], pids: list[int]) -> None:
    for _ in range(200):
        assert tracer.poll() is None, tracer.communicate()[1].decode()
        if all(f"TracerPid:\t{tracer.pid}" in Path(f"/proc/{pid}/status").read_text() for pid in pids):
            return
        time.sleep(0.05)
    raise AssertionError("strace did not attach; as an ordinary user: sysctl kernel.yama.ptrace_scope=0")


def _answer_in_a_row(place: Installation) -> int:
    acks = 0
    with httpx.Client(base_url=place.base, timeout=60) as client:
        for token in place.tokens[: SIZES.serial_submissions]:
            given = {"answers": answers_of(token)}
            acks += client.put(f"/api/v1/s/{token}/draft", json=given).is_success
            acks += client.post(f"/api/v1/s/{token}/submission", json=given).is_success
    return acks


def _syncs(summary: Path) -> int:
    lines = [line.split() for line in summary.read_text().splitlines()]
    return sum(int(parts[0]) for parts in lines if len(parts) == 2 and parts[1] in ("fsync", "fdatasync"))
