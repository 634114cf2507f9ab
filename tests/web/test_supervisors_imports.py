"""Imports by page: checked first, written only when confirmed, all or nothing, taken back while nothing stands on it."""

import asyncio
import io
import os
from pathlib import Path

import pytest
import xlsxwriter

from callbacks.models import CalendarDay, Department, Entitlement, ImportBatch, Zone
from questionnaires.statements import execute
from survey_service.desks import import_office, staging
from survey_service.models import AuditEntry
from tests import cast, serving

ZONES = "名称,级别\n城东街道,街道\n城西街道,街道\n".encode()
ROSTER = (
    "姓名,联系电话,身份证号,街道\n王秀英,19910000001,340102195001011234,城东街道\n李建国,1.3800138E+10,x,城东街道\n"
)


async def _upload(
    visitor: serving.httpx.AsyncClient, kind: str, content: bytes, project: str = "", name: str = "表.csv"
):  # type: ignore[no-untyped-def]
    answer = await visitor.post(
        "/supervisor/imports", data={"kind": kind, "project": project}, files={"file": (name, content)}
    )
    return answer


async def test_only_supervisors_import(office: serving.Office) -> None:
    for role in ("agent", "admin", "official"):
        visitor = await office.visitor_as(role)
        assert (await _upload(visitor, "zones", ZONES)).status_code == 403
    assert not list(staging.folder(office.site).iterdir())


async def test_nothing_is_written_before_the_confirmation(office: serving.Office) -> None:
    chief = await office.visitor_as("supervisor")
    answer = await _upload(chief, "zones", ZONES)
    assert answer.status_code == 303
    place = answer.headers["location"]
    page = (await chief.get(place)).text
    assert "确认导入" in page and "可导入2条" in page and "名称" in page
    assert await Zone.all().count() == 0
    assert (await chief.post(f"{place}/confirm")).status_code == 303
    assert "已导入 " in (await chief.get(place)).text
    assert await Zone.all().count() == 2
    assert (await chief.post(f"{place}/confirm")).status_code == 422, "a second press writes nothing"
    assert await ImportBatch.all().count() == 1
    assert {entry.action for entry in await AuditEntry.filter(role="supervisor")} == {
        "import_uploaded", "import_applied",
    }  # fmt: skip


async def test_what_waits_is_sealed_and_belongs_to_whoever_uploaded_it(office: serving.Office) -> None:
    await cast.project(frame_kind="list")
    chief = await office.visitor_as("supervisor")
    other = await office.visitor_as("supervisor", await cast.account(cast.Role.SUPERVISOR, "supervisor.qian"))
    answer = await _upload(chief, "roster", ROSTER.encode("gb18030"), "P01")
    place = answer.headers["location"]
    assert (await other.get(place)).status_code == 404
    assert (await other.post(f"{place}/confirm")).status_code == 404
    folder = staging.folder(office.site)
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    for path in folder.iterdir():
        assert oct(path.stat().st_mode & 0o777) == "0o600"
        raw = path.read_bytes()
        assert "王秀英".encode() not in raw and "王秀英".encode("gb18030") not in raw and b"19910000001" not in raw


async def test_a_refused_file_is_explained_row_by_row_and_cannot_be_confirmed(office: serving.Office) -> None:
    await cast.zone()
    await cast.project(frame_kind="list")
    chief = await office.visitor_as("supervisor")
    place = (await _upload(chief, "roster", ROSTER.encode(), "P01")).headers["location"]
    page = (await chief.get(place)).text
    assert "第3行" in page and "拒绝" in page and "确认导入" not in page
    assert (await chief.post(f"{place}/confirm")).status_code == 422
    assert await Entitlement.all().count() == 0
    report = await chief.get(f"{place}/report")
    assert report.content.startswith(b"\xef\xbb\xbf") and "第" not in report.headers["content-disposition"]
    assert not any(path.suffix == ".file" for path in staging.folder(office.site).iterdir()), "the file itself is gone"


async def test_a_remark_on_many_rows_is_shown_once_with_all_its_rows(office: serving.Office) -> None:
    chief = await office.visitor_as("supervisor")
    items = (Path(__file__).parents[1] / "golden" / "nanguan_67_items.csv").read_bytes()
    page = (await chief.get((await _upload(chief, "projects", items)).headers["location"])).text
    assert page.count("标点前后有多余空格或半角逗号") == 1
    assert "行</summary>" in page and "没有名单" in page
    assert page.count("<tr") < 60


async def test_a_wrong_choice_says_so_and_keeps_what_was_chosen(office: serving.Office) -> None:
    await cast.project(frame_kind="list")
    chief = await office.visitor_as("supervisor")
    for kind, project, content, sentence in (
        ("nonsense", "", ZONES, "请选择文件里是什么"),
        ("roster", "", ZONES, "要选择它属于哪个项目"),
        ("zones", "", b"", "这个文件是空的"),
    ):
        answer = await _upload(chief, kind, content, project)
        assert answer.status_code == 422 and sentence in answer.text
    kept = await _upload(chief, "roster", b"", "P01")
    assert '<option value="roster" selected>' in kept.text and '<option value="P01" selected>' in kept.text
    assert (await chief.post("/supervisor/imports", data={"kind": "zones"})).status_code == 422
    huge = await _upload(chief, "zones", b"x" * (10 * 1024 * 1024 + 100_000))
    assert huge.status_code == 413


async def test_an_import_is_taken_back_until_something_stands_on_it(office: serving.Office) -> None:
    chief = await office.visitor_as("supervisor")
    place = (await _upload(chief, "departments", "名称\n城东区民政局\n".encode())).headers["location"]
    await chief.post(f"{place}/confirm")
    batch = await ImportBatch.get()
    assert "撤销" in (await chief.get("/supervisor/imports")).text
    agent = await office.visitor_as("agent")
    assert (await agent.post(f"/supervisor/imports/{batch.ref}/undo")).status_code == 403
    assert (await chief.post(f"/supervisor/imports/{batch.ref}/undo")).status_code == 303
    assert await Department.all().count() == 0
    assert (await chief.post(f"/supervisor/imports/{batch.ref}/undo")).status_code == 409
    assert (await chief.post("/supervisor/imports/nosuchref/undo")).status_code == 404


async def test_a_framed_roster_stays_and_the_list_says_why(office: serving.Office) -> None:
    scene = await cast.district()
    made = await cast.case(office.site.keyring, scene.wave, scene.relief, scene.frames[scene.relief.id], scene.east)
    frame = scene.frames[scene.relief.id]
    await execute(
        "INSERT INTO callbacks_frame_member (frame_id, position, entitlement_id) VALUES ($1, 0, $2)",
        frame.id, made.entitlement.id,
    )  # fmt: skip
    chief = await office.visitor_as("supervisor")
    assert "批次已从中抽样" in (await chief.get("/supervisor/imports")).text


async def test_a_workbook_and_a_calendar_come_in_too(office: serving.Office) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for line, cells in enumerate((("日期", "类别", "节日"), ("2027-10-01", "放假", "国庆节"))):
        sheet.write_row(line, 0, cells)
    book.close()
    chief = await office.visitor_as("supervisor")
    place = (await _upload(chief, "calendar", out.getvalue(), name="日历.xlsx")).headers["location"]
    await chief.post(f"{place}/confirm")
    assert await CalendarDay.all().count() == 1


async def test_what_nobody_confirms_is_deleted_after_an_hour(office: serving.Office) -> None:
    chief = await office.visitor_as("supervisor")
    place = (await _upload(chief, "zones", ZONES)).headers["location"]
    for path in staging.folder(office.site).iterdir():
        os.utime(path, (path.stat().st_mtime - 3_700,) * 2)
    assert staging.forget(office.site) == 3
    assert (await chief.post(f"{place}/confirm")).status_code == 404


async def test_a_file_that_goes_while_the_old_ones_are_counted_stops_nothing(
    office: serving.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    chief = await office.visitor_as("supervisor")
    await _upload(chief, "zones", ZONES)
    listed = sorted(staging.folder(office.site).iterdir())
    for path in listed:
        os.utime(path, (path.stat().st_mtime - 3_700,) * 2)
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(listed))
    listed[0].unlink()  # as a confirmation does it in another thread
    assert staging.forget(office.site) == 2
    assert not any(path.exists() for path in listed)


async def test_a_check_that_takes_long_leaves_the_page_waiting_and_others_served(
    office: serving.Office, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    gate = asyncio.Event()
    original = import_office._checked

    async def slow(*args):  # type: ignore[no-untyped-def]
        await gate.wait()
        return await original(*args)

    monkeypatch.setattr(import_office, "_checked", slow)
    monkeypatch.setattr("survey_service.web.supervisors.imports_pages.SMALL_FILE_SECONDS", 0.05)
    chief = await office.visitor_as("supervisor")
    place = (await _upload(chief, "zones", ZONES)).headers["location"]
    page = (await chief.get(place)).text
    assert "正在检查" in page and f'data-poll-url="{place}"' in page
    assert (await chief.get("/supervisor")).status_code == 200
    gate.set()
    for _ in range(200):
        if "确认导入" in (await chief.get(place)).text:
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("the check never ended")
