"""The people and places of the tests: 城东区, two agents, and rows made with everything not named filled in."""

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any

from callbacks.models import (
    Case,
    Contact,
    Department,
    Entitlement,
    Frame,
    ImportBatch,
    Module,
    Person,
    Programme,
    Project,
    Wave,
    Zone,
)
from questionnaires.sealing import Sealer
from survey_service.models import Account, AccountZone
from survey_service.trust.viewer import Role

NOW = dt.datetime(2026, 3, 5, 2, 5, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 5)
FAMILY = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴")
GIVEN = ("秀英", "建国", "桂兰", "志强", "玉珍", "德明", "淑芬", "永福", "小妹", "长贵")
NAMES_BY_ROLE = {
    Role.ADMIN: "admin.zhou",
    Role.SUPERVISOR: "supervisor.zhao",
    Role.AGENT: "agent.chen",
    Role.REVIEWER: "reviewer.sun",
    Role.DEPARTMENT: "department.qian",
    Role.STREET: "street.wu",
    Role.OFFICIAL: "official.zheng",
    Role.AUDITOR: "auditor.feng",
}
_numbers = itertools.count(1)


def ref(kind: str = "ref") -> str:
    """A reference that no other row of the run has."""
    return f"{kind}{next(_numbers):07d}"


async def account(role: Role, name: str = "", zones: tuple[Zone, ...] = (), **fields: Any) -> Account:
    """An account of the role, the role's usual person unless named; asked twice it is the same account."""
    chosen = name or NAMES_BY_ROLE[role]
    found = await Account.get_or_none(name=chosen)
    if found is not None:
        return found
    agent_no = f"{next(_numbers):03d}" if role is Role.AGENT else None
    given: dict[str, Any] = {"display_name": chosen, "agent_no": agent_no, "created_at": NOW, **fields}
    made = await Account.create(ref=ref("acct"), name=chosen, role=role.value, **given)
    for zone in zones:
        await AccountZone.create(account_id=made.id, zone_id=zone.id)
    return made


async def zone(code: str = "CD01", name: str = "城东街道", **fields: Any) -> Zone:
    """A street."""
    given = {"level": "street", "position": next(_numbers), **fields}
    return await Zone.create(code=code, name=name, **given)


async def department(code: str = "MZ", name: str = "城东区民政局", **fields: Any) -> Department:
    """A department of the district."""
    return await Department.create(code=code, name=name, **{"kind": "district", **fields})


async def programme(code: str = "2026", **fields: Any) -> Programme:
    """The year's list of livelihood projects."""
    given = {"title": "2026年城东区民生实事", "year": 2026, "level": "district", **fields}
    return (await Programme.get_or_create(given, code=code))[0]


async def project(code: str = "P01", name: str = "困难群众生活救助", **fields: Any) -> Project:
    """A subsidy project with a roster."""
    given: dict[str, Any] = {
        "programme_id": (await programme()).id,
        "position": next(_numbers),
        "public_name": name,
        "spoken_name": name,
        "project_class": "subsidy",
        "frame_kind": "roster",
        **fields,
    }
    return await Project.create(code=code, name=name, **given)


async def batch(**fields: Any) -> ImportBatch:
    """An applied file."""
    given = {
        "kind": "roster", "file_name": "名单.xlsx", "sha256": "0" * 64, "rows_read": 0, "rows_kept": 0, "warnings": 0,
        "applied_at": NOW, **fields,
    }  # fmt: skip
    return await ImportBatch.create(ref=ref("batch"), **given)


async def person(sealer: Sealer, name: str = "", phone: str = "", **fields: Any) -> tuple[Person, Contact]:
    """A synthetic person with one sealed number; numbers start with 1991, which no operator has given out."""
    number = next(_numbers)
    called = name or FAMILY[number % 10] + GIVEN[number // 10 % 10]
    dialled = phone or f"1991{number:07d}"
    own = ref("person")
    made = await Person.create(
        ref=own, person_key=own, name_sealed=sealer.seal("vault_person.name", own, called), **fields
    )
    contact_ref = ref("phone")
    contact = await Contact.create(
        ref=contact_ref, person_ref=own, position=1, kind="mobile", relation="self", status="ok",
        phone_sealed=sealer.seal("vault_contact.phone", contact_ref, dialled),
        phone_digest=sealer.blind_index("phone", dialled),
    )  # fmt: skip
    return made, contact


async def wave(code: str = "W1", **fields: Any) -> Wave:
    """An open wave of March 2026."""
    given: dict[str, Any] = {
        "title": "2026年第一批回访",
        "programme_id": (await programme()).id,
        "measurement_role": "assessment",
        "state": "open",
        "starts_on": dt.date(2026, 3, 2),
        "ends_on": dt.date(2026, 3, 31),
        "seed": "5eed",
        "seed_commitment": "0" * 64,
        "opened_at": NOW - dt.timedelta(days=3),
        **fields,
    }
    return await Wave.create(code=code, **given)


async def frame(of: Wave, about: Project, population: int = 1, **fields: Any) -> Frame:
    """The list of a project as the wave found it."""
    given = {
        "batch_id": (await batch(project_id=about.id)).id, "as_of": NOW, "population": population, "drawn": population,
        "method": "census", "replicate_size": 30, "digest": "0" * 64, **fields,
    }  # fmt: skip
    return await Frame.create(wave_id=of.id, project_id=about.id, **given)


@dataclass(frozen=True, slots=True)
class Called:
    """Everything that belongs to one case about one project."""

    case: Case
    module: Module
    entitlement: Entitlement
    person: Person
    contact: Contact


async def case(sealer: Sealer, of: Wave, about: Project, frame_of: Frame, where: Zone | None, **fields: Any) -> Called:
    """A case that is due now (S01) about one project; `fields` go to the case row."""
    who, contact = await person(sealer)
    zone_id = where.id if where else None
    entitled = await Entitlement.create(
        ref=ref("ent"), project_id=about.id, person_ref=who.ref, zone_id=zone_id, frame_date=TODAY,
        batch_id=frame_of.batch_id,
    )  # fmt: skip
    given = {"state": "S01", "next_attempt_at": NOW, "created_at": NOW, "changed_at": NOW, **fields}
    made = await Case.create(
        ref=ref("case"), wave_id=of.id, person_ref=who.ref, contact_ref=contact.ref,
        phone_digest=contact.phone_digest, zone_id=zone_id, **given,
    )  # fmt: skip
    module = await Module.create(
        ref=ref("mod"), case_id=made.id, wave_id=of.id, project_id=about.id, zone_id=zone_id, frame_id=frame_of.id,
        position=1, replicate=1, sequence=1, entitlement_id=entitled.id,
    )  # fmt: skip
    return Called(made, module, entitled, who, contact)


@dataclass(frozen=True, slots=True)
class District:
    """城东区 with two streets, two projects, an open wave, agents 陈 (east) and 李 (west), those above."""

    east: Zone
    west: Zone
    civil_affairs: Department
    relief: Project
    road: Project
    wave: Wave
    frames: dict[int, Frame]
    agent_chen: Account
    agent_li: Account
    supervisor: Account
    official: Account


async def district() -> District:
    """The whole scene without any case; `case(sealer, d.wave, d.relief, d.frames[d.relief.id], d.east)` adds one."""
    east, west = await zone(), await zone("CD02", "城西街道")
    relief = await project()
    road = await project("P02", "背街小巷改造", project_class="construction")
    opened = await wave()
    return District(
        east=east,
        west=west,
        civil_affairs=await department(),
        relief=relief,
        road=road,
        wave=opened,
        frames={about.id: await frame(opened, about, 100) for about in (relief, road)},
        agent_chen=await account(Role.AGENT, "agent.chen", (east,), display_name="陈静"),
        agent_li=await account(Role.AGENT, "agent.li", (west,), display_name="李敏"),
        supervisor=await account(Role.SUPERVISOR, display_name="赵主任"),
        official=await account(Role.OFFICIAL, display_name="郑区长"),
    )
