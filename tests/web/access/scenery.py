"""城东区 with every kind of object twice, one in sight and one not, and fifteen people who come to look."""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from callbacks.calling import links
from callbacks.calling.case_row import load, snapshot
from callbacks.models import Attempt, Case, NumberRepair, Person, ProjectDepartment, Wave
from questionnaires import versions
from survey_service.clock import real_now
from survey_service.desks import import_office, staging
from survey_service.models import Notice, Outbox
from survey_service.trust import accounts, program_tokens
from survey_service.trust.audit import COMMAND
from survey_service.trust.program_tokens import BY_ROLE
from survey_service.trust.viewer import Role
from tests import cast, serving
from tests.cast import Called
from tests.questionnaires.forms import SHIPPED
from tests.web import calls

MISSING = "zzzzzzzzzz"
IN_ZONES = frozenset({"held", "suspended", "repair", "seen", "attempt", "late", "message"})
"""Kinds of objects that lie in a zone."""

NOBODYS = "aaaaaaaaaa"
"""A second reference that nothing has."""

CANARY = "金丝雀"
"""Begins every word that some role must never read."""

ZONES_FILE = "名称,级别\n城北街道,街道\n".encode()


@dataclass(slots=True)
class Visitor:
    """Somebody with a browser: `own` and `foreign` name an object of each kind that is in sight, and one that is not."""

    name: str
    role: Role | None
    client: httpx.AsyncClient
    own: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    part: bool = False

    @property
    def whole(self) -> bool:
        """A supervisor of the whole district, from whom no case is hidden."""
        return self.name.startswith("chief")


@dataclass(slots=True)
class Ground:
    """The scene, and everybody in it."""

    office: serving.Office
    visitors: dict[str, Visitor] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    cases: dict[str, Called] = field(default_factory=dict)
    secrets_of: dict[str, set[str]] = field(default_factory=dict)


WHO: Mapping[str, Role | None] = {
    "anonymous": None,
    "agent": Role.AGENT,
    "agent_other": Role.AGENT,
    "official": Role.OFFICIAL,
    "department": Role.DEPARTMENT,
    "department_other": Role.DEPARTMENT,
    "street": Role.STREET,
    "street_other": Role.STREET,
    "supervisor": Role.SUPERVISOR,
    "supervisor_other": Role.SUPERVISOR,
    "chief": Role.SUPERVISOR,
    "chief_other": Role.SUPERVISOR,
    "admin": Role.ADMIN,
    "auditor": Role.AUDITOR,
    "reviewer": Role.REVIEWER,
}


async def build(office: serving.Office) -> Ground:
    """Everything; the objects of `x_other` are the foreign ones of `x` and the other way round."""
    ground = Ground(office)
    east, west = await cast.zone(), await cast.zone("CD02", f"{CANARY}西街道")
    civil, roads = await cast.department(), await cast.department("ZJ", f"{CANARY}住建局")
    relief = await cast.project()
    road = await cast.project("P02", "背街小巷改造", project_class="construction")
    for about, office_of in ((relief, civil), (road, roads)):
        await ProjectDepartment.create(project_id=about.id, department_id=office_of.id, role="lead")
    zones = {"": (east,), "_other": (west,)}
    departments = {"": civil.id, "_other": roads.id}
    for name, role in WHO.items():
        client = office.visitor()
        visitor = ground.visitors[name] = Visitor(name, role, client)
        if role is not None:
            tail = "_other" if name.endswith("_other") else ""
            zoned = role in (Role.AGENT, Role.STREET, Role.SUPERVISOR) and not visitor.whole
            own_zones, visitor.part = zones[tail] if zoned else (), zoned
            department = departments[tail] if role is Role.DEPARTMENT else None
            made = await cast.account(role, f"{name}.matrix".replace("_", "."), own_zones, department_id=department)
            await office.sign_in(client, role, made)
            visitor.own["account_id"] = str(made.id)
    await _waves(ground, (relief, road), (east, west))
    await _links(ground)
    await _uploads(ground)
    for visitor in ground.visitors.values():
        if visitor.whole:
            visitor.foreign = {kind: ref for kind, ref in visitor.foreign.items() if kind not in IN_ZONES}
    return ground


async def _waves(ground: Ground, projects: tuple[cast.Project, ...], zones: tuple[cast.Zone, ...]) -> None:
    office = ground.office
    phone, _ = await versions.publish(SHIPPED["phone"], cast.NOW)
    mobile, _ = await versions.publish(SHIPPED["mobile"], cast.NOW)
    forms = {"phone_version_id": phone.id, "mobile_version_id": mobile.id}
    running = await cast.wave(title="进行中的批次", **forms)
    closed = await cast.wave("W0", title="结束了的批次", state="closed", closed_at=cast.NOW, **forms)
    planned = await cast.wave("W2", title=f"{CANARY}计划批次", state="planned", opened_at=None, **forms)
    for wave in (running, closed, planned):
        await cast.frame(wave, projects[1], 100)
        await cast.frame(wave, projects[0], 100)
    for tail, where in (("", zones[0]), ("_other", zones[1])):
        for kind, fields in _kinds(ground, tail).items():
            await _case(ground, running, projects[0], where, kind + tail, fields)
        await _case(ground, closed, projects[0], where, f"old{tail}", {"state": "S09"})
        tasks = await cast.wave(f"W4{tail}", title="服务回访", measurement_role="service", **forms)
        await cast.frame(tasks, projects[0], 100)
        await _case(ground, tasks, projects[0], where, f"repair of a street{tail}", {"state": "S05"})
    frame = await cast.Frame.get(wave_id=running.id, project_id=projects[1].id)
    theirs = ground.cases["repair_other"]
    await cast.Module.filter(id=theirs.module.id).update(project_id=projects[1].id, frame_id=frame.id)
    _shared_words(ground)
    assert office.site.settings.data_dir


def _kinds(ground: Ground, tail: str) -> dict[str, dict[str, object]]:
    agent = int(ground.visitors[f"agent{tail}"].own["account_id"])
    held = {
        "state": "S02",
        "claimed_by": agent,
        "claimed_at": cast.NOW,
        "lease_until": cast.NOW + dt.timedelta(minutes=15),
    }
    return {
        "held": held,
        "suspended": {"state": "S14"},
        "done": {"state": "S03", "attempts": 1},
        "repair": {"state": "S05"},
    }


async def _case(
    ground: Ground, wave: Wave, about: cast.Project, where: cast.Zone, name: str, fields: dict[str, object]
) -> None:
    sealer = ground.office.site.keyring
    frame = await cast.Frame.get(wave_id=wave.id, project_id=about.id)
    made = ground.cases[name] = await cast.case(sealer, wave, about, frame, where, **fields)
    await calls.rename(made, sealer, f"{CANARY}{name}")
    agent = int(ground.visitors["agent_other" if name.endswith("_other") else "agent"].own["account_id"])
    if name.startswith("repair"):
        repair = await NumberRepair.create(
            case_id=made.case.id, zone_id=where.id, reason="空号", state="open", asked_at=cast.NOW, due_on=cast.TODAY
        )
        ground.shared[name] = str(repair.id)
    if name.startswith("done"):
        await _attempt(ground, made.case, agent, contested=False)
    if name.startswith("suspended"):
        await _attempt(ground, made.case, agent, contested=True)
    assert await Person.exists(ref=made.person.ref)


async def _attempt(ground: Ground, case: Case, agent: int, *, contested: bool) -> None:
    ref, sealer = cast.ref("att"), ground.office.site.keyring
    where = "之西" if agent == int(ground.visitors["agent_other"].own["account_id"]) else "之东"
    await Attempt.create(
        ref=ref, case_id=case.id, number=1, agent_id=agent, started_at=cast.NOW, ended_at=cast.NOW, code="310",
        contested=contested, before=snapshot(await load(case.id)),
        note_sealed=sealer.seal("callbacks_attempt.note", ref, f"{CANARY}备注{where}"),
    )  # fmt: skip
    ground.shared[f"{'late' if contested else 'attempt'}:{case.id}"] = ref


def _shared_words(ground: Ground) -> None:
    for name, visitor in ground.visitors.items():
        base = name.removesuffix("_other")
        mine, theirs = ("_other", "") if name.endswith("_other") else ("", "_other")
        for side, tail in ((visitor.own, mine), (visitor.foreign, theirs)):
            side["held"] = ground.cases[f"held{tail}"].case.ref
            side["suspended"] = ground.cases[f"suspended{tail}"].case.ref
            side["repair"] = ground.shared[f"{'repair of a street' if base == 'street' else 'repair'}{tail}"]
            side["seen"] = ground.cases[f"done{tail}"].case.ref
            side["attempt"] = ground.shared[f"attempt:{ground.cases[f'done{tail}'].case.id}"]
            side["late"] = ground.shared[f"late:{ground.cases[f'suspended{tail}'].case.id}"]
        assessed = base in ("department", "street")
        visitor.own["wave"], visitor.foreign["wave"] = "W0" if assessed else "W1", "W2"
        visitor.own["any wave"], visitor.foreign["any wave"] = "W2", "W99"  # who plans sees all waves
        projects, places = ("P01", "P02"), ("CD01", "CD02")
        order = slice(None, None, -1 if name.endswith("_other") else 1)
        if base == "department":  # the other department's project exists, but not for this one
            visitor.own["project"], visitor.foreign["project"] = projects[order]
        else:
            visitor.own["project"], visitor.foreign["project"] = "P01", "P99"
        kind, pair = (
            ("zone", places[order])
            if base == "street"
            else ("project", (visitor.own["project"], visitor.foreign["project"]))
        )
        visitor.own["figure"], visitor.foreign["figure"] = (f"{kind}:{code}:M01" for code in pair)


async def _links(ground: Ground) -> None:
    now, alive = ground.office.clock.now(), ground.visitors["anonymous"]
    async with ground.office.site.ledger.change(COMMAND) as change:
        for name in ("done", "done_other", "repair"):
            token, fact = await links.issue(ground.cases[name].case.ref, now, now + dt.timedelta(days=7))
            ground.shared[f"link:{name}"] = token
            change.record(fact)
        spare = await cast.account(Role.AGENT, "agent.spare")
        for purpose in ("login", "password"):
            ground.shared[purpose], fact = await accounts.issue_link(spare, purpose, real_now())
            change.record(fact)
    for visitor in ground.visitors.values():
        visitor.own["account"], visitor.foreign["account"] = spare.ref, NOBODYS
        visitor.own |= {"link": ground.shared["link:done"], "login": ground.shared["login"]}
        visitor.own["password"] = ground.shared["password"]
        visitor.foreign |= {"link": secrets.token_urlsafe(16), "login": secrets.token_urlsafe(24)}
        visitor.foreign["password"] = ground.shared["login"]
    assert alive.role is None
    await _message(ground)
    await _notices(ground)
    await _tokens(ground)


async def _notices(ground: Ground) -> None:
    """Something to read for everybody, and a link that waits for a second person."""
    for name, visitor in ground.visitors.items():
        visitor.own["notice"] = await _notice(int(visitor.own.get("account_id", "0")), f"{CANARY}告知{name}")
    for name, visitor in ground.visitors.items():
        other = "auditor" if name != "auditor" else "admin"
        visitor.foreign["notice"] = ground.visitors[other].own["notice"]
    spare = await cast.account(Role.OFFICIAL, "official.spare")
    async with ground.office.site.ledger.change(COMMAND) as change:
        change.record((await accounts.issue_link(spare, "password", real_now(), issuer=NOBODYS, awaits=True))[1])
    for visitor in ground.visitors.values():
        visitor.own["waiting link"], visitor.foreign["waiting link"] = spare.ref, NOBODYS


async def _tokens(ground: Ground) -> None:
    """A token of everybody who may have one, and of an official that is out of sight."""
    spare = await cast.account(Role.OFFICIAL, "official.spare")
    foreign = await _token(spare)
    for visitor in ground.visitors.values():
        visitor.own["token"], visitor.foreign["token"] = MISSING, foreign
        if visitor.role in BY_ROLE:
            visitor.own["token"] = await _token(await cast.Account.get(id=int(visitor.own["account_id"])))


async def _token(account: cast.Account) -> str:
    _, fact = await program_tokens.make(account, "报表", BY_ROLE[Role(account.role)], 9, account.ref, real_now())
    return fact.object


async def _notice(account_id: int, sentence: str) -> str:
    if not account_id:
        return MISSING
    ref = cast.ref("note")
    await Notice.create(ref=ref, account_id=account_id, sentence=sentence, at=real_now())
    return ref


async def _message(ground: Ground) -> None:
    sealer = ground.office.site.keyring
    for tail in ("", "_other"):
        case, ref = ground.cases[f"done{tail}"], cast.ref("out")
        await Outbox.create(
            ref=ref, kind="invitation", wave_id=case.case.wave_id, case_id=case.case.id, contact_ref=case.contact.ref,
            phone_digest=case.contact.phone_digest, state="unknown", due_at=cast.NOW, created_at=cast.NOW,
            body_sealed=sealer.seal("survey_service_outbox.body", ref, f"{CANARY}短信"),
        )  # fmt: skip
        owners = [name for name in ground.visitors if name.endswith("_other") == bool(tail)]
        for name, visitor in ground.visitors.items():
            (visitor.own if name in owners else visitor.foreign)["message"] = ref


async def _uploads(ground: Ground) -> None:
    """A checked file of each supervisor of the district, and an import that was brought in."""
    site, refs = ground.office.site, dict[str, str]()
    for name in ("chief", "chief_other"):
        owner = int(ground.visitors[name].own["account_id"])
        upload = staging.begin(site, owner, "zones", "", "", f"{CANARY}{name}.csv", ZONES_FILE)
        await import_office.check(site, upload)
        refs[name] = upload.ref
    batch = await cast.batch(kind="zones", file_name="片区.csv")
    for name, visitor in ground.visitors.items():
        own = name if name in refs else "chief"
        visitor.own["upload"] = refs[own]
        visitor.foreign["upload"] = refs["chief" if own == "chief_other" else "chief_other"]
        visitor.own["batch"], visitor.foreign["batch"] = batch.ref, NOBODYS
