"""A process that has imported the service once and forks servers: a restart costs a moment instead of many seconds.

The code that is served is the same; `make faults` starts `survey-service serve` itself each time instead.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import IO, Any

import survey_service.app
from survey_service.operation import serving
from survey_service.settings import Settings
from tests.faults import mutants

assert survey_service.app.create_app and mutants.main
ROOT = Path(__file__).parent.parent.parent


class Nursery:
    """The parent of forked servers."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def bear(self, order: dict[str, Any]) -> int:
        """The process id of a new server, leader of its own group."""
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                text=True, cwd=ROOT,
            )  # fmt: skip
        return int(self._say(json.dumps(order)))

    def _say(self, line: str) -> str:
        assert self.process is not None and self.process.stdin is not None and self.process.stdout is not None
        print(line, file=self.process.stdin, flush=True)
        return self.process.stdout.readline()

    def close(self) -> None:
        """No more servers."""
        if self.process is not None and self.process.stdin is not None and self.process.stdout is not None:
            self.process.stdin.close()
            self.process.wait(20)
            self.process.stdout.close()
            self.process = None


def _serve(order: dict[str, Any]) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(order["env"])
    if order["mutant"]:
        serving.TARGET = order["mutant"]
    settings = serving.chosen(Settings.from_env(), None, None)
    serving.refuse_unsafe(settings, order["workers"])
    serving.serve(settings, order["workers"])


def _live(orders: IO[str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for line in orders:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                _serve(json.loads(line))
                status = 0
            except BaseException:
                traceback.print_exc()
                raise
            finally:
                os._exit(status)
        print(child, flush=True)


if __name__ == "__main__":
    _live(sys.stdin)
