"""An installation on disk, prepared as an operator would, with a small district that can be called and answered."""

import asyncio
import datetime as dt
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.transactions import in_transaction

from callbacks.calling import links
from questionnaires import statements, versions
from survey_service import demo_clock
from survey_service.cli import offline
from survey_service.clock import real_now
from survey_service.db import open_database
from survey_service.models import Account
from survey_service.settings import Settings
from survey_service.trust import keys, sessions
from survey_service.trust.privacy import Keyring
from tests import cast
from tests.faults.clusters import Cluster
from tests.questionnaires.forms import SHIPPED

START = demo_clock.START
ANSWERS = {
    "q_consent": "1", "m0": "1", "a1": "3", "a2": "1", "b1": "1", "c1": "2", "c3": "4", "c4": "4", "c6": "4",
    "d1": "1", "d2": "", "e1": "2", "u1": "2", "g1": "4", "h2": "1", "h3": "1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agent:
    """A signed-in agent, as a program holds him."""

    account_id: int
    cookie: str
    csrf: str

    @property
    def headers(self) -> dict[str, str]:
        """What his requests carry."""
        return {"cookie": f"session={self.cookie}", "x-csrf-token": self.csrf}


@dataclass(slots=True)
class Installation:
    """Settings, where everything lies, and the district's ways in."""

    engine: str
    folder: Path
    settings: Settings
    cluster: Cluster | None = None
    tokens: list[str] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Where the server of this installation answers."""
        return f"http://127.0.0.1:{self.settings.port}"

    async def rows(self, sql: str, *args: object) -> list[dict[str, object]]:
        """What the database says now, from outside the server."""
        async with open_database(self.settings.database_url, 2, reading=True):
            return await statements.rows(sql, *args)

    async def keyring(self) -> Keyring:
        """The unwrapped keys."""
        async with open_database(self.settings.database_url, 2, reading=True):
            return await keys.load_keyring(keys.read_key_file(self.settings.key_file))


async def install(engine: str, folder: Path, port: int, cluster: Cluster | None = None) -> Installation:
    """Schema and keys; on PostgreSQL in a database of its own."""
    EXECUTOR_CACHE.clear()  # Tortoise keeps statements by connection name, whatever engine made them
    folder.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        url = f"sqlite:///{folder}/survey.db"
    else:
        assert cluster is not None
        url = await cluster.server.make(f"faults_{secrets.token_hex(4)}")
    settings = Settings(
        database_url=url, data_dir=folder, key_file=folder / "keys" / "kek", audit_anchor=folder / "audit.anchor",
        public_url=f"http://127.0.0.1:{port}", port=port, clock="demo", log_level="INFO",
        office_name="城东区民生办", office_phone="0551-64491234",
    )  # fmt: skip
    await offline.prepare(settings)
    return Installation(engine, folder, settings, cluster)


async def settle(place: Installation, people: int, agents: int = 0, linked: bool = False) -> Installation:
    """People of one project who are due now, agents who are signed in, and a link for everybody if wanted."""
    async with open_database(place.settings.database_url, 2):
        keyring = await keys.load_keyring(keys.read_key_file(place.settings.key_file))
        async with in_transaction("default"):
            await demo_clock.store(START)
            await cast.account(cast.Role.ADMIN)
            wave_id = await _people(keyring, people)
            for number in range(agents):
                place.agents.append(await _agent(keyring, number))
            if linked:
                code = (await statements.rows("SELECT code FROM callbacks_wave WHERE id = $1", wave_id))[0]["code"]
                found, _ = await links.issue_many(code, START, START + dt.timedelta(days=14))
                place.tokens = list(found.values())
    return place


async def _people(keyring: Keyring, people: int) -> int:
    phone, _ = await versions.publish(SHIPPED["phone"], START)
    mobile, _ = await versions.publish(SHIPPED["mobile"], START)
    zone, project = await cast.zone(), await cast.project()
    wave = await cast.wave(phone_version_id=phone.id, mobile_version_id=mobile.id, starts_on=dt.date(2026, 3, 2))
    frame = await cast.frame(wave, project, people)
    refs = [f"x{number:07d}" for number in range(people)]
    digests = {ref: keyring.blind_index("phone", f"1991{number:07d}") for number, ref in enumerate(refs)}
    await statements.execute_many(
        "INSERT INTO vault_person (ref, person_key, name_sealed, sex, language) VALUES ($1, $1, $2, '', '')",
        [(f"p{ref}", keyring.seal("vault_person.name", f"p{ref}", "王秀英")) for ref in refs],
    )
    await statements.execute_many(
        "INSERT INTO vault_contact (ref, person_ref, position, phone_sealed, phone_digest, kind, relation, status,"
        " share_count) VALUES ($1, $2, 1, $3, $4, 'mobile', 'self', 'ok', 1)",
        [
            (f"t{ref}", f"p{ref}", keyring.seal("vault_contact.phone", f"t{ref}", f"1991{n:07d}"), digests[ref])
            for n, ref in enumerate(refs)
        ],
    )
    await statements.execute_many(
        "INSERT INTO callbacks_entitlement (ref, project_id, person_ref, zone_id, frame_date, batch_id, channel,"
        " amount_band, payments) VALUES ($1, $2, $3, $4, $5, $6, '', '', 1)",
        [(f"e{ref}", project.id, f"p{ref}", zone.id, cast.TODAY, frame.batch_id) for ref in refs],
    )
    await statements.execute_many(
        "INSERT INTO callbacks_case (ref, wave_id, person_ref, contact_ref, phone_digest, zone_id, state,"
        " next_attempt_at, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, 'S01', $7, $7, $7)",
        [(f"c{ref}", wave.id, f"p{ref}", f"t{ref}", digests[ref], zone.id, START) for ref in refs],
    )
    await statements.execute(
        "INSERT INTO callbacks_module (ref, case_id, wave_id, project_id, zone_id, frame_id, position, replicate,"
        " sequence, entitlement_id) SELECT 'm' || c.ref, c.id, c.wave_id, e.project_id, c.zone_id, $1, 1, 1, e.id, e.id"
        " FROM callbacks_case c JOIN callbacks_entitlement e ON e.person_ref = c.person_ref",
        frame.id,
    )
    return int(wave.id)


async def _agent(keyring: Keyring, number: int) -> Agent:
    account = await Account.create(
        ref=f"agent{number:05d}", name=f"agent.{number:03d}", display_name=f"回访员{number}", role="agent",
        agent_no=f"{number:03d}", created_at=START,
    )  # fmt: skip
    opened = await sessions.open_session(account, real_now())
    return Agent(account.id, opened.secret, sessions.csrf_token(keyring, sessions.token_digest(opened.secret)))


async def sign_in(place: Installation, role: cast.Role) -> Agent:
    """Somebody else who is signed in."""
    async with open_database(place.settings.database_url, 2):
        keyring = await keys.load_keyring(keys.read_key_file(place.settings.key_file))
        account = await cast.account(role)
        opened = await sessions.open_session(account, real_now())
        return Agent(account.id, opened.secret, sessions.csrf_token(keyring, sessions.token_digest(opened.secret)))


def write_agents(place: Installation, path: Path) -> Path:
    """The agents for client processes."""
    path.write_text(json.dumps([[agent.account_id, agent.cookie, agent.csrf] for agent in place.agents]), "utf-8")
    return path


def run_now(place: Installation, sql: str, *args: object) -> list[dict[str, object]]:
    """`rows` for tests without an event loop."""
    return asyncio.run(place.rows(sql, *args))
