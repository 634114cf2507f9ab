"""The server as a process of its own, which a test may kill; or one of the mutants in its place."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from tests.demonstration import environment
from tests.faults.installations import Installation
from tests.faults.nursery import Nursery
from tests.faults.sizes import SIZES

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0


@dataclass(slots=True)
class ServerProcess:
    """`survey-service serve` for one installation; `mutant` names an application of `module` to serve instead."""

    place: Installation
    mutant: str = ""
    workers: int = 1
    before: Sequence[str] = ()
    nursery: Nursery | None = None
    module: str = "tests.faults.mutants"
    process: psutil.Process | None = field(default=None)

    @property
    def log(self) -> Path:
        """Everything that the server says."""
        return self.place.folder / "server.log"

    def start(self) -> "ServerProcess":
        """Start and wait until it is ready."""
        temporary = self.place.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        env = {**environment(), **self.place.settings.to_env(), "TMPDIR": str(temporary)}
        forked = self.nursery is not None and not self.before and not SIZES.real_starts
        self.process = self._fork(env) if forked else self._execute(env)
        self._wait()
        return self

    def _fork(self, env: dict[str, str]) -> psutil.Process:
        assert self.nursery is not None
        order = {
            "mutant": f"{self.module}:{self.mutant}" if self.mutant else "",
            "workers": self.workers,
            "env": env,
            "log": str(self.log),
        }
        return psutil.Process(self.nursery.bear(order))

    def _execute(self, env: dict[str, str]) -> psutil.Process:
        arguments = ["--port", str(self.place.settings.port), "--workers", str(self.workers)]
        mutant = ["tests.faults.mutants", f"{self.module}:{self.mutant}"]
        module = mutant if self.mutant else ["survey_service", "serve"]
        with self.log.open("ab") as out:
            return psutil.Popen(
                [*self.before, sys.executable, "-m", *module, *arguments],
                env=env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not self.alive():
                raise RuntimeError(f"the server ended: {self.log.read_text()[-3000:]}")
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.place.base}/readyz", timeout=5).status_code == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"the server was not ready within {PATIENCE:.0f} s: {self.log.read_text()[-3000:]}")

    def alive(self) -> bool:
        """Somebody is still there to kill."""
        if self.process is None or not self.process.is_running():
            return False
        return bool(self.process.status() != psutil.STATUS_ZOMBIE)

    def tree(self) -> list[psutil.Process]:
        """The server and its workers."""
        assert self.process is not None
        return [self.process, *self.process.children(recursive=True)]

    def cpu(self) -> float:
        """Seconds of processor time that the server and its workers have used."""
        return sum(sum(process.cpu_times()[:2]) for process in self.tree())

    def kill(self) -> None:
        """SIGKILL to the server and its workers, at once."""
        assert self.process is not None
        family = self.tree() if self.alive() else []
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        psutil.wait_procs(family, 20)

    def stop(self) -> None:
        """A clean stop."""
        if not self.alive():
            return
        assert self.process is not None
        # a tracer passes no signal on: its child is the one to ask
        children = self.process.children() if self.before else []
        (children[0] if children else self.process).send_signal(signal.SIGTERM)
        self.process.wait(40)

    def __enter__(self) -> "ServerProcess":
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.alive():
            self.kill()
