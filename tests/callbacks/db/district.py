"""A small district to call in: a programme, zones, projects with lists, people with numbers, agents."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from callbacks.calling import cases
from callbacks.calling.case_queue import NoCase
from callbacks.calling.cases import Claim
from callbacks.calling.outcomes import Said
from callbacks.models import Case, Contact, Entitlement, ImportBatch, Person, Programme, Project, Zone
from callbacks.planning import follow_ups, waves
from callbacks.planning.plan_file import Plan, Role
from callbacks.rules.calendar_days import shipped_calendar
from callbacks.rules.windows import shipped_windows
from callbacks.scope import Scope
from questionnaires import submissions
from questionnaires.models import Submission, Version

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()
WINDOWS = shipped_windows(SHANGHAI)
MARCH = (dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> dt.datetime:
    """An instant of 2026 on Shanghai's clock."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(dt.UTC)


def agent(number: int = 1, zones: frozenset[int] | None = None, senior: bool = True, languages: str = "") -> Scope:
    """An agent; in all zones unless told."""
    return Scope("agent", number, zones, None, senior, frozenset(languages.split()))


@dataclass(slots=True)
class District:
    """The rows that everything else refers to."""

    programme: Programme
    zones: list[Zone]
    batch: ImportBatch
    version: Version
    people: int = 0

    async def project(self, code: str, **fields: object) -> Project:
        return await Project.create(
            programme_id=self.programme.id, code=code, position=await Project.all().count() + 1, name=f"项目{code}",
            public_name="民生项目", spoken_name="一项民生补助", project_class="subsidy", frame_kind="list", **fields,
        )  # fmt: skip

    async def import_batch(self, ref: str) -> ImportBatch:
        return await ImportBatch.create(
            ref=ref, kind="roster", file_name="list.csv", sha256="0", rows_read=1, rows_kept=1, warnings=0,
            applied_at=at(1, 8),
        )  # fmt: skip

    async def person(
        self, phone: str | None = "own", language: str = "", guardian: bool = False, **contact: object
    ) -> str:
        """A person with one number; `phone` "own" is a number nobody else has, None is no number at all."""
        self.people += 1
        ref = f"person{self.people}"
        await Person.create(
            ref=ref,
            person_key=ref,
            name_sealed="sealed",
            language=language,
            guardian_sealed="sealed" if guardian else None,
        )
        if phone is not None:
            digest = f"digest{self.people}" if phone == "own" else phone
            known = {"kind": "mobile", "relation": "self", "status": "unchecked", **contact}
            await Contact.create(
                ref=f"contact{self.people}",
                person_ref=ref,
                position=0,
                phone_sealed="sealed",
                phone_digest=digest,
                **known,
            )
        return ref

    async def listed(self, project: Project, person: str, **fields: object) -> Entitlement:
        """The person on the project's list."""
        number = await Entitlement.all().count()
        values = {"zone_id": self.zones[0].id, "frame_date": MARCH[0], "batch_id": self.batch.id, **fields}
        entitled = await Entitlement.create(
            ref=f"entitlement{number:05}", project_id=project.id, person_ref=person, **values
        )
        if entitled.callback_from is not None:
            await follow_ups.expect(project.id)
        return entitled

    async def people_on(self, project: Project, count: int, **fields: object) -> list[str]:
        refs = [await self.person() for _ in range(count)]
        for ref in refs:
            await self.listed(project, ref, **fields)
        return refs

    def plan(self, code: str = "W1", **fields: object) -> Plan:
        known = {"starts": MARCH[0], "ends": MARCH[1], **fields}
        return Plan(code, f"批次{code}", self.programme.code, Role.SERVICE, phone_questionnaire="phone", **known)  # type: ignore[arg-type]

    async def open(self, now: dt.datetime, plan: Plan | None = None, seed: str = "seed") -> waves.Opened:
        opened, _ = await waves.open_wave(plan or self.plan(), seed, now, CALENDAR, WINDOWS, self.version.id)
        return opened

    async def submission(self, key: str, now: dt.datetime, state: str = "submitted") -> submissions.Submission:
        made = await Submission.create(
            ref=key, key=key, version_id=self.version.id, mode="mobile", state=state, started_at=now, changed_at=now,
            submitted_at=now if state == "submitted" else None,
        )  # fmt: skip
        return await submissions.by_id(made.id)


async def district() -> District:
    """An empty district with two zones."""
    programme = await Programme.create(code="YH-2026", title="民生项目", year=2026, level="district")
    zones = [await Zone.create(code=f"Z{n}", name=f"街道{n}", level="street", position=n) for n in (1, 2)]
    version = await Version.create(
        key="phone", version="1", mode="phone", title="电话问卷", sha256="0", definition="{}", published_at=at(1, 8)
    )
    batch = await ImportBatch.create(
        ref="first", kind="roster", file_name="list.csv", sha256="0", rows_read=1, rows_kept=1, warnings=0,
        applied_at=at(1, 8),
    )  # fmt: skip
    return District(programme, zones, batch, version)


async def claim(scope: Scope, now: dt.datetime) -> Claim:
    """A claim that is expected to succeed."""
    got, _ = await cases.claim_next(scope, now, CALENDAR, WINDOWS)
    assert isinstance(got, Claim), got
    return got


async def no_case(scope: Scope, now: dt.datetime) -> NoCase:
    """A claim that is expected to find nothing."""
    got, _ = await cases.claim_next(scope, now, CALENDAR, WINDOWS)
    assert isinstance(got, NoCase), got
    return got


async def only_case() -> Case:
    """The one case there is."""
    return await Case.get()


def said(code: str, **fields: object) -> Said:
    """An outcome with a note, so that only what a test is about can be missing."""
    return Said(code, note="说明", **fields)  # type: ignore[arg-type]
