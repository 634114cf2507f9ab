"""Files go in whole or not at all, people are never doubled, and an import can be taken back until a wave framed it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from callbacks.frame import importing
from callbacks.frame.errors import (
    AlreadyFramed,
    AlreadyImported,
    AlreadyUndone,
    ImportRefused,
    StillNeeded,
    UnknownProject,
)
from callbacks.frame.files.columns import Kind
from callbacks.frame.reports import ImportReport
from callbacks.models import CalendarDay, Contact, Department, Entitlement, Person, Project, ProjectDepartment, Zone
from questionnaires.statements import execute, row, rows

GOLDEN = Path(__file__).parents[2] / "golden"
TODAY = dt.date(2026, 3, 5)
HEADER = "姓名,联系电话,街道,发放日期,发放金额(元)\n"
THREE = (
    HEADER
    + "张三,13800138001,城东街道,2026-02-01,600\n"
    + "李四,13800138002,红光街道,2026.2.3,600\n"
    + "王五,13800138003,长淮街道,2026年2月5日,1200\n"
)


async def bring(kind: str, source: Path | bytes, now: dt.datetime, sealer: Any, **chosen: Any) -> tuple[Any, Any]:
    report = await importing.check_file(kind, source, today=TODAY, **chosen)
    assert report.acceptable, report.rows[:3]
    async with in_transaction("default"):
        return await importing.apply_report(report, now=now, sealer=sealer)


async def yaohai(now: dt.datetime, sealer: Any) -> None:
    await bring("zones", GOLDEN / "yaohai_streets.csv", now, sealer)
    await bring("projects", GOLDEN / "yaohai_projects.csv", now, sealer)


async def roster(text: str, now: dt.datetime, sealer: Any, project: str = "YH14") -> tuple[Any, Any]:
    return await bring("roster", text.encode(), now, sealer, project_code=project)


async def check_roster(text: str) -> ImportReport:
    return await importing.check_file(Kind.ROSTER, text.encode(), today=TODAY, project_code="YH14")


async def test_the_67_items_come_in_with_every_department_and_each_street(
    db: Any, now: dt.datetime, sealer: Any
) -> None:
    await bring("zones", GOLDEN / "yaohai_streets.csv", now, sealer)
    batch, fact = await bring("projects", GOLDEN / "nanguan_67_items.csv", now, sealer)
    assert await Project.all().count() == 67
    assert fact.data == {"kind": "projects", "rows": 67, "warnings": batch.warnings, "sha256": batch.sha256}
    assert await ProjectDepartment.filter(role="lead").count() == 67
    assert await ProjectDepartment.filter(role="coop", original="各街乡").count() == 49 * 13
    without = await Project.filter(code__in=["2016-33", "2016-38", "2016-63"]).values_list("id", flat=True)
    assert await ProjectDepartment.filter(role="coop", project_id__in=without).count() == 0
    assert await Project.exclude(frame_kind="list").count() == 27


async def test_items_without_loaded_streets_keep_the_collective_and_say_so(
    db: Any, now: dt.datetime, sealer: Any
) -> None:
    report = await importing.check_file("projects", GOLDEN / "nanguan_67_items.csv", today=TODAY)
    assert sum("还没有导入街道" in sentence for *_, sentence in report.rows) == 49
    async with in_transaction("default"):
        await importing.apply_report(report, now=now, sealer=sealer)
    kept = await ProjectDepartment.filter(original="各街乡", zone_id=None, department_id=None)
    assert len(kept) == 49
    # Loading the streets and bringing a corrected list expands the collective and doubles nothing.
    await bring("zones", GOLDEN / "yaohai_streets.csv", now, sealer)
    corrected = (GOLDEN / "nanguan_67_items.csv").read_bytes() + b"\n"
    await bring("projects", corrected, now, sealer)
    assert await Project.all().count() == 67
    assert await ProjectDepartment.filter(original="各街乡").count() == 49 * 13


async def test_a_roster_is_sealed_and_dated(db: Any, now: dt.datetime, sealer: Any) -> None:
    await yaohai(now, sealer)
    await roster(THREE, now, sealer)
    people = await Person.all()
    assert len(people) == 3
    names = {sealer.unseal("vault_person.name", person.ref, person.name_sealed) for person in people}
    assert names == {"张三", "李四", "王五"}
    contact = await Contact.get(phone_digest=sealer.blind_index("phone", "13800138001"))
    assert sealer.unseal("vault_contact.phone", contact.ref, contact.phone_sealed) == "13800138001"
    entitled = await Entitlement.get(person_ref=contact.person_ref)
    assert (entitled.event_date, entitled.callback_from, entitled.callback_until) == (
        dt.date(2026, 2, 1),
        dt.date(2026, 2, 8),
        dt.date(2026, 5, 2),
    )
    assert entitled.amount_band == "500-999"
    written = str(await rows("SELECT * FROM callbacks_entitlement")) + str(await rows("SELECT * FROM vault_person"))
    assert "张三" not in written
    assert "13800138001" not in written


async def test_the_same_file_twice_is_refused_with_a_sentence(db: Any, now: dt.datetime, sealer: Any) -> None:
    await yaohai(now, sealer)
    first = await check_roster(THREE)
    await roster(THREE, now, sealer)
    again = await check_roster(THREE)
    assert not again.acceptable
    assert "同一个文件已在2026-03-05导入过" in again.rows[0][3]
    with pytest.raises(AlreadyImported):
        await importing.apply_report(first, now=now, sealer=sealer)
    assert await Person.all().count() == 3


async def test_a_corrected_file_changes_people_and_doubles_none(db: Any, now: dt.datetime, sealer: Any) -> None:
    await yaohai(now, sealer)
    await roster(THREE, now, sealer)
    corrected = THREE.replace("2026-02-01,600", "2026-02-20,3000") + "赵六,13800138004,城东街道,2026-02-09,600\n"
    batch, _ = await roster(corrected, now, sealer)
    assert await Person.all().count() == 4
    assert await Entitlement.all().count() == 4
    contact = await Contact.get(phone_digest=sealer.blind_index("phone", "13800138001"))
    changed = await Entitlement.get(person_ref=contact.person_ref)
    assert (changed.event_date, changed.amount_band) == (dt.date(2026, 2, 20), "3000-9999")
    async with in_transaction("default"):
        await importing.undo(batch.ref, now)
    restored = await Entitlement.get(person_ref=contact.person_ref)
    assert (restored.event_date, restored.amount_band) == (dt.date(2026, 2, 1), "500-999")
    assert await Person.all().count() == 3


async def test_a_person_of_two_projects_is_one_person(db: Any, now: dt.datetime, sealer: Any) -> None:
    await yaohai(now, sealer)
    await roster(THREE, now, sealer, "YH14")
    second, _ = await roster(HEADER + "张三,13800138001,城东街道,2026-02-01,600\n", now, sealer, "YH05")
    assert await Person.all().count() == 3
    assert await Entitlement.all().count() == 4
    async with in_transaction("default"):
        await importing.undo(second.ref, now)
    assert await Person.all().count() == 3
    assert await Entitlement.all().count() == 3


async def test_the_same_number_with_another_name_is_another_person_and_counted(
    db: Any, now: dt.datetime, sealer: Any
) -> None:
    await yaohai(now, sealer)
    await roster(HEADER + "张三,13800138001,城东街道,,\n李四,13800138001,城东街道,,\n", now, sealer)
    second, _ = await roster(HEADER + "王五,13800138001,城东街道,,\n", now, sealer, "YH05")
    assert await Person.all().count() == 3
    assert {contact.share_count for contact in await Contact.all()} == {3}
    async with in_transaction("default"):
        await importing.undo(second.ref, now)
    assert {contact.share_count for contact in await Contact.all()} == {2}


async def test_a_corrected_number_comes_first_and_the_old_one_stays(db: Any, now: dt.datetime, sealer: Any) -> None:
    await yaohai(now, sealer)
    header = "人员编号,姓名,联系电话,街道\n"
    await roster(header + "A0017,张三,13800138001,城东街道\n", now, sealer)
    second, _ = await roster(header + "A0017,张三,13900139001,城东街道\n", now, sealer)
    assert await Person.all().count() == 1
    digests = [contact.phone_digest for contact in await Contact.all().order_by("position")]
    assert digests == [sealer.blind_index("phone", "13900139001"), sealer.blind_index("phone", "13800138001")]
    async with in_transaction("default"):
        await importing.undo(second.ref, now)
    left = await Contact.all()
    assert [(contact.position, contact.phone_digest) for contact in left] == [
        (1, sealer.blind_index("phone", "13800138001"))
    ]


async def test_a_report_with_a_refusal_writes_nothing(db: Any, now: dt.datetime, sealer: Any) -> None:
    await yaohai(now, sealer)
    report = await check_roster(THREE + "赵六,1.38E+10,城东街道,2026-02-09,600\n")
    assert report.refusals == 1
    with pytest.raises(ImportRefused):
        await importing.apply_report(report, now=now, sealer=sealer)
    assert await Person.all().count() == 0


async def test_a_failure_half_way_leaves_nothing(db: Any, now: dt.datetime, sealer: Any) -> None:
    await yaohai(now, sealer)
    many = HEADER + "".join(f"张三,138{n:08d},城东街道,2026-02-01,600\n" for n in range(10_000_001, 10_001_201))
    report = await check_roster(many)

    def stop(done: int, total: int) -> None:
        assert total == 1200
        if done >= 1000:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        async with in_transaction("default"):
            await importing.apply_report(report, now=now, sealer=sealer, progress=stop)
    assert await Person.all().count() == 0
    assert await Entitlement.all().count() == 0
    found = await row("SELECT COUNT(*) AS n FROM callbacks_import_batch WHERE kind = 'roster'")
    assert found == {"n": 0}


async def test_an_import_is_undone_once_and_can_come_again(db: Any, now: dt.datetime, sealer: Any) -> None:
    await yaohai(now, sealer)
    batch, _ = await roster(THREE, now, sealer)
    async with in_transaction("default"):
        _, fact = await importing.undo(batch.ref, now)
    assert fact.name == "import_undone"
    assert [await Person.all().count(), await Contact.all().count(), await Entitlement.all().count()] == [0, 0, 0]
    with pytest.raises(AlreadyUndone):
        await importing.undo(batch.ref, now)
    await roster(THREE, now, sealer)
    assert await Person.all().count() == 3


async def test_a_framed_import_cannot_be_undone(db: Any, now: dt.datetime, sealer: Any) -> None:
    await yaohai(now, sealer)
    batch, _ = await roster(THREE, now, sealer)
    project = await Project.get(code="YH14")
    await execute(
        "INSERT INTO callbacks_wave (code, title, programme_id, measurement_role, state, starts_on, ends_on, seed,"
        " seed_commitment) VALUES ('W1', '批次', $1, 'service', 'open', $2, $3, 's', 'c')",
        project.programme_id,
        TODAY,
        TODAY,
    )
    wave = await row("SELECT id FROM callbacks_wave")
    assert wave
    await execute(
        "INSERT INTO callbacks_frame (wave_id, project_id, as_of, population, drawn, method, replicate_size, digest)"
        " VALUES ($1, $2, $3, 3, 3, 'census', 30, 'd')",
        wave["id"],
        project.id,
        now,
    )
    frame = await row("SELECT id FROM callbacks_frame")
    member = await Entitlement.first()
    assert frame and member
    await execute("INSERT INTO callbacks_frame_member VALUES ($1, 1, $2)", frame["id"], member.id)
    with pytest.raises(AlreadyFramed):
        await importing.undo(batch.ref, now)
    assert await Person.all().count() == 3


async def test_zones_that_people_live_in_are_not_undone(db: Any, now: dt.datetime, sealer: Any) -> None:
    zones, _ = await bring("zones", GOLDEN / "yaohai_streets.csv", now, sealer)
    await bring("projects", GOLDEN / "yaohai_projects.csv", now, sealer)
    roster_batch, _ = await roster(THREE, now, sealer)
    with pytest.raises(StillNeeded) as refused:
        await importing.undo(zones.ref, now)
    assert refused.value.by == "名单"
    async with in_transaction("default"):
        await importing.undo(roster_batch.ref, now)
        await importing.undo(zones.ref, now)
    assert await Zone.all().count() == 0


async def test_departments_and_calendar_come_and_go(db: Any, now: dt.datetime, sealer: Any) -> None:
    departments, _ = await bring("departments", GOLDEN / "nanguan_departments.csv", now, sealer)
    assert await Department.all().count() == 20
    assert not await Department.exists(name="各街乡")
    days, _ = await bring("calendar", GOLDEN / "calendar_2026.csv", now, sealer)
    assert await CalendarDay.all().count() == 42
    assert (await CalendarDay.get(day=dt.date(2026, 10, 10))).kind == "workday"
    async with in_transaction("default"):
        await importing.undo(days.ref, now)
        await importing.undo(departments.ref, now)
    assert [await CalendarDay.all().count(), await Department.all().count()] == [0, 0]


async def test_projects_can_be_undone_with_the_departments_they_made(db: Any, now: dt.datetime, sealer: Any) -> None:
    batch, _ = await bring("projects", GOLDEN / "nanguan_67_items.csv", now, sealer)
    assert await Department.all().count() > 0
    async with in_transaction("default"):
        await importing.undo(batch.ref, now)
    assert [await Project.all().count(), await Department.all().count()] == [0, 0]


async def test_a_roster_of_an_unknown_project_is_an_error(db: Any) -> None:
    with pytest.raises(UnknownProject):
        await importing.check_file("roster", THREE.encode(), today=TODAY, project_code="YH99")


async def test_a_late_file_of_an_earlier_payment_changes_nothing(db: Any, now: dt.datetime, sealer: Any) -> None:
    await yaohai(now, sealer)
    await roster(THREE, now, sealer)
    late, _ = await roster(HEADER + "张三,13800138001,城东街道,2026-01-15,90\n", now, sealer)
    contact = await Contact.get(phone_digest=sealer.blind_index("phone", "13800138001"))
    kept = await Entitlement.get(person_ref=contact.person_ref)
    assert (kept.event_date, kept.amount_band) == (dt.date(2026, 2, 1), "500-999")
    assert "callbacks_entitlement" not in late.undo
