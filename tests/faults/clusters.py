"""A PostgreSQL with its durable defaults that a test may kill and start again."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests import database

OPTIONS = ("listen_addresses=", "max_connections=150", "jit=off")
"""fsync, synchronous_commit and full_page_writes stay as PostgreSQL ships them: on."""

PATIENCE = 60.0


@dataclass(slots=True)
class Cluster:
    """Data directory and socket in `folder`."""

    folder: Path
    tools: Path
    run: dict[str, Any]
    extra: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def server(self) -> database.Server:
        """The address in the form that the other tests know."""
        return database.Server(self.folder)

    def start(self) -> None:
        """Start, or start again after a kill; waits until connections are taken."""
        options = [part for setting in (*OPTIONS, *self.extra) for part in ("-c", setting)]
        command = [str(self.tools / "postgres"), "-D", f"{self.folder}/data", "-k", str(self.folder), *options]
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with (self.folder / "log").open("ab") as log:
                self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **self.run)
            if self._ready(end):
                return
            time.sleep(0.1)  # an orphan of the killed server still holds the shared memory
        raise RuntimeError(f"PostgreSQL did not come back: {(self.folder / 'log').read_text()[-2000:]}")

    def _ready(self, end: float) -> bool:
        assert self.process is not None
        while self.process.poll() is None and time.monotonic() < end:
            with contextlib.suppress(FileNotFoundError):
                # the file of the killed server may still lie there, and it says ready too
                said = (self.folder / "data" / "postmaster.pid").read_text().split()
                if said[:1] == [str(self.process.pid)] and "ready" in said:
                    return True
            time.sleep(0.02)
        return False

    def kill(self) -> None:
        """SIGKILL to the postmaster and everything that it started, at once."""
        if self.process is None or self.process.poll() is not None:
            return
        for child in [*psutil.Process(self.process.pid).children(recursive=True), psutil.Process(self.process.pid)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.send_signal(signal.SIGKILL)
        self.process.wait(20)


@contextlib.contextmanager
def cluster(*extra: str) -> Iterator[Cluster]:
    """A fresh one, gone at the end; `extra` are settings such as synchronous_commit=off."""
    folder = Path(tempfile.mkdtemp(prefix="pgf-", dir="/tmp"))
    identity = database.unprivileged()
    tools = database._reachable(database.binaries(), folder) if identity else database.binaries()
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    run = {"env": {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}, "cwd": folder, **identity}
    made = Cluster(folder, tools, run, extra)
    try:
        database._initialise(tools, folder, run)
        made.start()
        yield made
    finally:
        made.kill()
        shutil.rmtree(folder, ignore_errors=True)
