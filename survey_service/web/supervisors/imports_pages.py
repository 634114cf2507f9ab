"""Imports by page: upload, the check's report row by row, confirmation, and taking an import back."""

from pathlib import PurePath
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect

from callbacks.frame.files.columns import KIND_WORDS, Kind
from questionnaires.facts import Fact
from survey_service.desks import import_office, project_office, staging
from survey_service.desks.staging import Upload
from survey_service.errors import BadInput
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow
from survey_service.web.staff_desk import Staff, staff_of

WHOLE = allow(Role.SUPERVISOR, whole=True)
MOST_BYTES = 10 * 1024 * 1024
SMALL_FILE_SECONDS = 3.0
"""So long the answer waits for the work; what takes longer goes on beside, and the page shows how far it is."""

COLUMNS = {
    Kind.DEPARTMENTS: "必须有：名称。可有：代码、级别（区、市、省）、启用日期、停用日期、并入部门。",
    Kind.ZONES: "必须有：名称。可有：代码、级别（区、街道、社区、网格）、上级。",
    Kind.PROJECTS: "必须有：名称。可有：代码、类别、牵头部门、协同部门、数量、说明等；各地年度清单原样上传即可。",
    Kind.ROSTER: "必须有：姓名、联系电话。可有：街道、发放日期、金额、监护人等；身份证、银行卡列会自动丢弃。",
    Kind.CALENDAR: "必须有：日期、类别（放假、调休上班、考试日）。可有：节日。",
}


@get("/supervisor/imports", opt=WHOLE)
async def imports_page(request: Request[Any, Any, Any]) -> Response[str]:
    """What was imported, and the form for the next file."""
    return await _page(request)


async def _page(request: Request[Any, Any, Any], error: BadInput | None = None, **typed: str) -> Response[str]:
    return pages.page(
        request, "supervisors/imports.html", status=422 if error else 200,
        errors={error.field: error.sentence} if error else None,
        chosen={"kind": "", "project": request.query_params.get("project", ""), "programme": "", **typed},
        kinds=[(kind.value, KIND_WORDS[kind]) for kind in Kind],
        columns=[(KIND_WORDS[kind], COLUMNS[kind]) for kind in Kind],
        projects=await project_office.projects_for_files(),
        programmes=await project_office.programmes(),
        applied=await import_office.applied(),
    )  # fmt: skip


@post("/supervisor/imports", opt=WHOLE)
async def upload(request: Request[Any, Any, Any]) -> Response[Any]:
    """Check a file; nothing is written but a sealed copy that waits for the confirmation."""
    staff, form = await staff_of(request), await request.form()
    typed = {name: str(form.get(name, ""))[:60].strip() for name in ("kind", "project", "programme")}
    try:
        name, content = await _file_of(form.get("file"))
        _refuse_wrong_choice(typed)
    except BadInput as refused:
        return await _page(request, refused, **typed)
    project = typed["project"] if typed["kind"] == Kind.ROSTER else ""
    staged = staging.begin(
        staff.site, staff.viewer.account_id, typed["kind"], project, typed["programme"], name, content
    )
    async with staff.site.ledger.change(actor_of(request)) as change:
        change.record(Fact("import_uploaded", staged.ref, {"kind": staged.kind, "bytes": len(content)}))
    await import_office.wait_for(import_office.check(staff.site, staged), SMALL_FILE_SECONDS)
    return Redirect(f"/supervisor/imports/{staged.ref}", status_code=303)


async def _file_of(given: object) -> tuple[str, bytes]:
    if not isinstance(given, UploadFile) or not given.filename:
        raise BadInput("请选择要导入的文件（csv 或 xlsx）。", "file")
    content = await given.read()
    if not content:
        raise BadInput("这个文件是空的，请重新选择。", "file")
    if len(content) > MOST_BYTES:
        raise BadInput("文件超过10 MB，请拆成几个文件分次导入。", "file")
    # browsers of old sent whole paths, and a name is only shown
    return PurePath(given.filename.replace("\\", "/")).name, content


def _refuse_wrong_choice(typed: dict[str, str]) -> None:
    if typed["kind"] not in set(Kind):
        raise BadInput("请选择文件里是什么。", "kind")
    if typed["kind"] == Kind.ROSTER and not typed["project"]:
        raise BadInput("导入名单要选择它属于哪个项目。", "project")


@get("/supervisor/imports/{ref:str}", opt=WHOLE)
async def import_page(request: Request[Any, Any, Any], ref: FromPath[str]) -> Response[str]:
    """How far it is, the report, and the button that brings it in."""
    staff, staged = await _mine(request, ref)
    waiting = staging.content_waits(staff.site, ref)
    return pages.page(
        request, "supervisors/import.html", upload=staged, kind=KIND_WORDS[Kind(staged.kind)], waiting=waiting
    )


async def _mine(request: Request[Any, Any, Any], ref: str) -> tuple[Staff, Upload]:
    staff = await staff_of(request)
    return staff, staging.load(staff.site, ref, staff.viewer.account_id)


@get("/supervisor/imports/{ref:str}/report", opt=WHOLE)
async def report_file(request: Request[Any, Any, Any], ref: FromPath[str]) -> Response[bytes]:
    """The whole report as csv."""
    staff, staged = await _mine(request, ref)
    headers = {"Content-Disposition": f'attachment; filename="import-{staged.ref}.csv"'}
    return Response(staging.report(staff.site, ref), media_type="text/csv; charset=utf-8", headers=headers)


@post("/supervisor/imports/{ref:str}/confirm", opt=WHOLE)
async def confirm(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """Bring the checked file in, once."""
    staff, staged = await _mine(request, ref)
    if staged.step != "checked" or not staged.acceptable:
        raise BadInput("这个文件不在等待确认，请看它现在的状态。")
    applying = staging.take(staff.site, staged)
    actor = actor_of(request)
    await import_office.wait_for(import_office.bring_in(staff.site, applying, actor), SMALL_FILE_SECONDS)
    return Redirect(f"/supervisor/imports/{ref}", status_code=303)


@post("/supervisor/imports/{ref:str}/discard", opt=WHOLE)
async def discard(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """Leave it: the file is deleted at once."""
    staff, staged = await _mine(request, ref)
    if staged.busy:
        raise BadInput("正在处理，请等它结束。")
    async with staff.site.ledger.change(actor_of(request)) as change:
        change.record(Fact("import_discarded", ref, {"kind": staged.kind}))
    staging.drop(staff.site, ref)
    return Redirect("/supervisor/imports?done=discarded", status_code=303)


@post("/supervisor/imports/{ref:str}/undo", opt=WHOLE)
async def undo(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """Take an import back, while nothing stands on it."""
    staff = await staff_of(request)
    async with staff.site.ledger.change(actor_of(request)) as change:
        await import_office.undo(change, ref)
    return Redirect("/supervisor/imports?done=undone", status_code=303)


HANDLERS = [imports_page, upload, import_page, report_file, confirm, discard, undo]
