"""A wave of 城东区 with answers of every kind, put straight into the tables: what the officials' pages are tested on."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.transactions import in_transaction

from callbacks.calling import tallies
from callbacks.models import Project, ProjectDepartment, Wave, Zone
from questionnaires import statements
from questionnaires.models import Version
from tests import cast

SATISFIED, CONTENT, PASSABLE, UNSATISFIED = "5", "4", "3", "2"


@dataclass(frozen=True, slots=True)
class Told:
    """People of one project and zone who all answered the same: `n` of them."""

    n: int
    zone: Zone | None
    satisfaction: str
    awareness: str = "3"
    mode: str = "phone"
    proxy: str = "self"
    coached: bool = False
    state: str = "submitted"
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """The wave, its two streets and its projects by code."""

    wave: Wave
    east: Zone
    west: Zone
    projects: Mapping[str, Project]


async def version() -> Version:
    """A published questionnaire, as a row."""
    given = {"mode": "phone", "title": "电话问卷", "definition": "{}", "published_at": cast.NOW}
    return (await Version.get_or_create(given, key="phone", version="1", sha256="0" * 64))[0]


async def answered(wave: Wave, about: Project, frame_id: int, batch_id: int, told: Sequence[Told]) -> None:
    """Cases of a project that were answered."""
    form = await version()
    for group in told:
        for _ in range(group.n):
            case_id, module_id = await _case(wave, about, frame_id, batch_id, group.zone, "S08", "100", 1)
            await _answer(module_id, form.id, group)
            await _dial(case_id, "100")


async def unanswered(
    wave: Wave, about: Project, frame_id: int, batch_id: int, zone: Zone | None, codes: Mapping[str, int]
) -> None:
    """Cases of a project by their last outcome; 300 were never called."""
    for code, n in codes.items():
        for _ in range(n):
            called = code != "300"
            state = "S11" if code in ("201", "202") else "S03" if called else "S01"
            final = code if state == "S11" else None
            case_id, _ = await _case(wave, about, frame_id, batch_id, zone, state, final, int(called))
            if called:
                await _dial(case_id, code)


async def _case(
    wave: Wave,
    about: Project,
    frame_id: int,
    batch_id: int,
    zone: Zone | None,
    state: str,
    code: str | None,
    tries: int,
) -> tuple[int, int]:
    zone_id, person = zone.id if zone else None, cast.ref("person")
    entitlement = await _added(
        "INSERT INTO callbacks_entitlement (ref, project_id, person_ref, zone_id, frame_date, batch_id)"
        " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        cast.ref("ent"), about.id, person, zone_id, cast.TODAY, batch_id,
    )  # fmt: skip
    case_id = await _added(
        "INSERT INTO callbacks_case (ref, wave_id, person_ref, zone_id, state, final_code, attempts, contacted,"
        " next_attempt_at, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9) RETURNING id",
        cast.ref("case"), wave.id, person, zone_id, state, code, tries, code in ("100", "201", "202"), cast.NOW,
    )  # fmt: skip
    module_id = await _added(
        "INSERT INTO callbacks_module (ref, case_id, wave_id, project_id, zone_id, frame_id, position, replicate,"
        " sequence, entitlement_id) VALUES ($1, $2, $3, $4, $5, $6, 1, 1, 1, $7) RETURNING id",
        cast.ref("mod"), case_id, wave.id, about.id, zone_id, frame_id, entitlement,
    )  # fmt: skip
    return case_id, module_id


async def _answer(module_id: int, version_id: int, told: Told) -> None:
    submission = await _added(
        "INSERT INTO questionnaires_submission (ref, key, version_id, mode, state, proxy, coached, started_at,"
        " changed_at, submitted_at, void_reason) VALUES ($1, $1, $2, $3, $4, $5, $6, $7, $7, $7, $8) RETURNING id",
        cast.ref("sub"), version_id, told.mode, told.state, told.proxy, told.coached, cast.NOW,
        "复核：非本人作答" if told.state == "void" else None,
    )  # fmt: skip
    knows = "1" if told.awareness in ("3", "2") else "0"
    pairs = [("c1", told.satisfaction), ("g1", told.satisfaction), ("a1", told.awareness), ("m35", knows), ("b1", "1")]
    pairs += [("d1", reason) for reason in told.reasons]
    await statements.execute_many(
        "INSERT INTO questionnaires_answer (submission_id, item, code) VALUES ($1, $2, $3)",
        [(submission, item, code) for item, code in pairs],
    )
    await statements.execute("UPDATE callbacks_module SET submission_id = $1 WHERE id = $2", submission, module_id)
    await tallies.add(module_id)


async def _dial(case_id: int, code: str) -> None:
    await statements.execute(
        "INSERT INTO callbacks_attempt (ref, case_id, number, started_at, ended_at, code)"
        " VALUES ($1, $2, 1, $3, $4, $5)",
        cast.ref("try"), case_id, cast.NOW, cast.NOW + dt.timedelta(minutes=4), code,
    )  # fmt: skip


async def _added(sql: str, *values: object) -> int:
    found = await statements.row(sql, *values)
    assert found is not None
    return int(found["id"])


async def scene(**wave_fields: Any) -> Scene:
    """The whole scene in one transaction; see `_made`."""
    async with in_transaction("default"):
        return await _made(**wave_fields)


async def _made(**wave_fields: Any) -> Scene:
    """达标 (relief), 未达标 (road), 证据不足 (clinic), too few (training, sensitive orphans), and one without a list."""
    east, west = await cast.zone(), await cast.zone("CD02", "城西街道")
    wave = await cast.wave(**wave_fields)
    relief, road, clinic = await _project("P01", "困难群众生活救助"), await _project("P02", "背街小巷改造"), await _project(
        "P03", "健康民生"
    )  # fmt: skip
    training, orphans = await _project("P04", "就业促进"), await _project("P05", "孤儿基本生活保障", sensitive=True)
    parks = await cast.project("P06", "口袋公园建设", project_class="construction", frame_kind="area")
    offices = {"MZ": "城东区民政局", "ZJ": "城东区住建局"}
    led = {"MZ": (relief, training, orphans), "ZJ": (road, clinic, parks)}
    for code, projects in led.items():
        office = await cast.department(code, offices[code])
        for about in projects:
            await ProjectDepartment.create(project_id=about.id, department_id=office.id, role="lead")
    bad = (UNSATISFIED, "1")
    await _worked(
        wave, relief, 130, [Told(70, east, SATISFIED), Told(46, west, CONTENT), Told(2, west, *bad)], {"310": 12}
    )
    await _worked(
        wave, road, 400,
        [Told(30, east, CONTENT), Told(28, west, PASSABLE), Told(33, east, *bad, reasons=("11",)),
         Told(3, west, *bad, reasons=("9", "11"))],
        {"201": 5, "310": 20, "300": 30},
    )  # fmt: skip
    await _worked(
        wave, clinic, 2000,
        [Told(40, east, SATISFIED, "2"), Told(34, west, CONTENT, mode="mobile"), Told(4, west, *bad, mode="mobile"),
         Told(6, east, CONTENT, proxy="family", coached=True), Told(2, east, *bad, state="void"),
         Told(1, east, SATISFIED, proxy="staff")],
        {"310": 9, "320": 4, "300": 100},
    )  # fmt: skip
    await _worked(wave, training, 79, [Told(3, east, SATISFIED)], {"300": 76})
    await _worked(wave, orphans, 17, [Told(8, west, SATISFIED)], {"300": 9})
    await tallies.rebuild(wave.id)
    return Scene(wave, east, west, {one.code: one for one in (relief, road, clinic, training, orphans, parks)})


async def _project(code: str, name: str, **fields: object) -> Project:
    return await cast.project(code, name, frame_kind="list", **fields)


async def _worked(wave: Wave, about: Project, population: int, told: Sequence[Told], codes: Mapping[str, int]) -> None:
    drawn = sum(group.n for group in told) + sum(codes.values())
    framed = await cast.frame(wave, about, population, drawn=drawn, method="random")
    assert framed.batch_id is not None
    await answered(wave, about, framed.id, framed.batch_id, told)
    await unanswered(wave, about, framed.id, framed.batch_id, told[0].zone, codes)
