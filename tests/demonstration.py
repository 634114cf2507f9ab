"""A demonstration in a process of its own, as `make demo` starts it: for browsers, and for tests that kill it."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page

PATIENCE = 120.0


@dataclass(slots=True)
class Demonstration:
    """A served district: where it is, who may sign in, unused questionnaire links."""

    base: str
    wave: str
    accounts: list[dict[str, str]]
    links: list[str]
    process: subprocess.Popen[bytes]
    log: Path

    def account(self, role: str, number: int = 0) -> dict[str, str]:
        """The role's account; there are at least two of each."""
        return [account for account in self.accounts if account["role"] == role][number]

    def sign_in(self, page: Page, role: str, number: int = 0) -> None:
        """By the form, as a person does."""
        account = self.account(role, number)
        page.goto(f"{self.base}/login")
        page.fill("#name", account["name"])
        page.fill("#password", account["password"])
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/login" not in url)


def free_port() -> int:
    """A loopback port that nobody uses now, below those that the system hands out.

    While a server of these tests is down its clients keep knocking; from the system's own range one of them would
    sooner or later be given the server's port as its own and hold it.
    """
    while True:
        port = secrets.choice(range(15_000, 30_000))
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def environment(database_url: str = "") -> dict[str, str]:
    """The environment of the child: nothing of the caller's installation, the wanted database if one is named."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("SURVEY_")}
    return {**own, **({"SURVEY_DATABASE_URL": database_url} if database_url else {})}


@contextlib.contextmanager
def demonstration(folder: Path, database_url: str = "", port: int = 0) -> Iterator[Demonstration]:
    """Builds (or resumes) the demonstration in `folder` and serves it until the block is left."""
    chosen, credentials, log = port or free_port(), folder / "credentials.json", folder / "server.log"
    folder.mkdir(parents=True, exist_ok=True)
    credentials.unlink(missing_ok=True)
    command = [sys.executable, "-m", "survey_service", "demo", "--dir", str(folder / "district"), "--port", str(chosen)]
    command += ["--credentials", str(credentials)]
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=environment(database_url), stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_until_served(process, f"http://127.0.0.1:{chosen}", log)
        given: dict[str, Any] = json.loads(credentials.read_text("utf-8"))
        yield Demonstration(given["base"], given["wave"], given["accounts"], given["links"], process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_until_served(process: subprocess.Popen[bytes], base: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the demonstration ended with {process.returncode}: {log.read_text('utf-8')[-3000:]}")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{base}/readyz", timeout=5).status_code == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the demonstration was not served within {PATIENCE:.0f} s: {log.read_text('utf-8')[-3000:]}")
