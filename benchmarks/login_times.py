"""Whether the time of a refused sign-in tells which names exist: `python -m benchmarks.login_times [N]`.

A known name with a wrong password, an unknown one, a disabled one and one without a password in turn, over HTTP, each
try from an address of its own; medians and their ratio. The promise (A4) is that no ratio leaves 0.67 to 1.5.
"""

import asyncio
import http.client
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from survey_service.clock import real_now
from survey_service.db import open_database
from survey_service.models import Account
from survey_service.trust import accounts
from survey_service.trust.viewer import Role
from tests.demonstration import free_port
from tests.faults.installations import Installation, install
from tests.faults.servers import ServerProcess

KINDS = ("known", "unknown", "disabled", "without a password")
SIDES = 1.5
PASSWORD = "春风又绿江南岸 2026"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _name(kind: str, number: int) -> str:
    return f"{kind.replace(' ', '-')}{number:04d}"


async def _people(place: Installation, times: int) -> None:
    async with open_database(place.settings.database_url):
        pattern, _ = await accounts.add("pattern", Role.AGENT, real_now())
        await accounts.set_password(pattern, PASSWORD)
        digest = (await Account.get(id=pattern.id)).password_hash
        for kind in (each for each in KINDS if each != "unknown"):
            for number in range(times):
                made, _ = await accounts.add(_name(kind, number), Role.AGENT, real_now())
                given = None if kind == "without a password" else digest
                gone = real_now() if kind == "disabled" else None
                await Account.filter(id=made.id).update(password_hash=given, disabled_at=gone)


def _refused(base: str, name: str, source: str) -> float:
    where = urlsplit(base)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, 30, source_address=(source, 0))
    body = urlencode({"name": name, "password": "wrong, but long enough"})
    connection.request("GET", "/livez")
    connection.getresponse().read()
    begun = time.perf_counter()
    connection.request("POST", "/login", body, FORM)
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - begun
    connection.close()
    if answer.status != 401:
        raise SystemExit(f"{name}: answered {answer.status}, so nothing is measured")
    return took


def _measured(base: str, times: int) -> dict[str, float]:
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(times):
        # one address for a handful of tries: the limits of strangers would end the measurement
        source = f"127.0.{1 + number // 60}.{2 + number % 60 * 4}"
        for kind in KINDS:
            found[kind].append(_refused(base, _name(kind, number), source))
    return {kind: statistics.median(each) for kind, each in found.items()}


async def measure(folder: Path, times: int) -> None:
    """Medians and their ratio to the known name."""
    place = await install("sqlite", folder / "installation", free_port())
    await _people(place, times)
    with ServerProcess(place) as server:
        medians = await asyncio.to_thread(_measured, place.base, times)
        server.stop()
    print(f"{times} refused sign-ins of each kind")
    for kind, median in medians.items():
        ratio = median / medians["known"]
        mark = "" if 1 / SIDES <= ratio <= SIDES else "   <- tells"
        print(f"  {kind:<20} {median * 1000:>7.1f} ms   ratio {ratio:.2f}{mark}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(measure(Path(made), int(sys.argv[1]) if len(sys.argv) > 1 else 60))
