"""Waves by page: a plan with what it can show, opening, one wave with its frames, reserve samples, closing."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from callbacks.errors import PlanRefused
from callbacks.planning import plan_file, waves
from callbacks.rules.states import CaseState
from callbacks.rules.stopping import Why
from questionnaires.statements import day, instant
from survey_service import field
from survey_service.desks import evidence_desk, plan_form, project_office, wave_desk, wave_office
from survey_service.desks.wave_office import PlanSheet
from survey_service.errors import BadInput
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow, site_of
from survey_service.web.staff_desk import staff_of

Form = URLEncodedBody[dict[str, str]]
SUPERVISOR = allow(Role.SUPERVISOR)
WHOLE = allow(Role.SUPERVISOR, whole=True)
MOST_PLAN_BYTES = 65_536
ROLES = (
    ("service", "服务回访：帮群众解决问题"),
    ("assessment", "考核：结果用于评价部门和街道"),
    ("statistical", "统计调查：须有批准文号"),
)
FRESH = {
    "allow_links": "yes",
    "weekends": "yes",
    "measurement_role": "service",
    "satisfaction_target": "90",
    "awareness_target": "90",
}


@get("/supervisor/waves", opt=SUPERVISOR)
async def waves_page(request: Request[Any, Any, Any]) -> Response[str]:
    """All waves."""
    return pages.page(request, "supervisors/waves.html", waves=await wave_desk.waves((await staff_of(request)).scope))


@get("/supervisor/waves/new", opt=WHOLE)
async def new_wave(request: Request[Any, Any, Any]) -> Response[str]:
    """The form for a plan."""
    return await _form(request, FRESH)


async def _form(
    request: Request[Any, Any, Any], values: dict[str, str], text: str = "", chosen: tuple[str, ...] = (),
    mistakes: tuple[str, ...] = (), sheet: PlanSheet | None = None,
) -> Response[str]:  # fmt: skip
    return pages.page(
        request, "supervisors/plan.html", status=422 if mistakes else 200, values=values, text=text, chosen=chosen,
        mistakes=mistakes, sheet=sheet, roles=ROLES,
        programmes=await project_office.programmes(), projects=await project_office.projects_with_people(),
        phone_forms=await wave_desk.forms("phone"), mobile_forms=await wave_desk.forms("mobile"),
    )  # fmt: skip


@post("/supervisor/waves/plan", opt=WHOLE)
async def plan(request: Request[Any, Any, Any]) -> Response[str]:
    """What the plan would do; nothing is changed by looking."""
    form = await request.form()
    given = {name: str(value) for name, value in form.items() if not isinstance(value, UploadFile)}
    chosen = tuple(str(code) for code in form.getall("project", []))
    text = ""
    try:
        text = await _plan_text(given, form.get("file"), chosen)
        staff = await staff_of(request)
        sheet = await wave_office.sheet(text, staff.today)
    except PlanRefused as refused:
        return await _form(request, given if given.get("way") == "form" else FRESH, text, chosen, refused.sentences)
    except BadInput as refused:
        return await _form(request, given if given.get("way") == "form" else FRESH, text, chosen, (refused.sentence,))
    return await _form(request, given if given.get("way") == "form" else FRESH, text, chosen, sheet=sheet)


async def _plan_text(given: dict[str, str], file: object, chosen: tuple[str, ...]) -> str:
    if given.get("way") == "form":
        return plan_form.to_toml(given, chosen)
    if isinstance(file, UploadFile) and file.filename:
        raw = await file.read()
        try:
            return _short(raw.decode("utf-8-sig"))
        except UnicodeDecodeError as problem:
            raise BadInput("计划文件不是 UTF-8 文本，请另存为 UTF-8。", "file") from problem
    if not given.get("plan", "").strip():
        raise BadInput("请粘贴计划，或选择 PLAN.toml 文件。", "plan")
    return _short(given["plan"].replace("\r\n", "\n"))


def _short(text: str) -> str:
    if len(text.encode()) > MOST_PLAN_BYTES:
        raise BadInput("计划太长了，不像是一份 PLAN.toml。", "plan")
    return text


@post("/supervisor/waves", opt=WHOLE)
async def open_wave(request: Request[Any, Any, Any], data: Form) -> Response[Any]:
    """Open the wave of a plan that was looked at."""
    site, text = site_of(request), data.get("plan", "").replace("\r\n", "\n")
    try:
        async with site.ledger.change(actor_of(request)) as change:
            opened, fact = await wave_office.open_wave(site, _short(text), change.now)
            change.record(fact)
    except PlanRefused as refused:
        return await _form(request, FRESH, text, (), refused.sentences)
    except BadInput as refused:
        return await _form(request, FRESH, text, (), (refused.sentence,))
    return Redirect(f"/supervisor/waves/{opened.code}?done=wave-opened", status_code=303)


@get("/supervisor/waves/{code:str}", opt=SUPERVISOR)
async def wave_page(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
    """One wave: commitment, frames, reserve, states."""
    staff, wave = await staff_of(request), await waves.find(code)
    states = await wave_desk.states_of(wave["id"], staff.scope)
    return pages.page(
        request, "supervisors/wave.html", wave=wave, role=wave_desk.ROLES[plan_file.Role(wave["measurement_role"])],
        starts=day(wave["starts_on"]), ends=day(wave["ends_on"]), opened=instant(wave["opened_at"]),
        closed=instant(wave["closed_at"]), frames=await wave_desk.frames(wave["id"], staff.scope),
        states=states, calling=dict(states).get(CaseState.S02, 0), whys=list(Why),
        evidence=await evidence_desk.of_wave(site_of(request), code) if staff.scope.zone_ids is None else (),
    )  # fmt: skip


@post("/supervisor/waves/{code:str}/replicates", opt=WHOLE)
async def release(request: Request[Any, Any, Any], code: FromPath[str], data: Form) -> Redirect:
    """Draw the next replicate of one project."""
    site = site_of(request)
    hours = await field.hours(site.settings)
    async with site.ledger.change(actor_of(request)) as change:
        project = data.get("project", "")[:60]
        _, fact = await waves.release_replicate(code, project, change.now, hours.calendar, hours.windows)
        change.record(fact)
    return Redirect(f"/supervisor/waves/{code}?done=replicate", status_code=303)


@post("/supervisor/waves/{code:str}/close", opt=WHOLE)
async def close(request: Request[Any, Any, Any], code: FromPath[str], data: Form) -> Redirect:
    """Close a wave whose code was typed once more."""
    await waves.find(code)
    if data.get("confirm", "").strip() != code:
        raise BadInput(f"结束批次要再填一次批次代码 {code}，以免按错。", "confirm")
    async with site_of(request).ledger.change(actor_of(request)) as change:
        _, fact = await waves.close(code, change.now)
        change.record(fact)
    return Redirect(f"/supervisor/waves/{code}?done=wave-closed", status_code=303)


HANDLERS = [waves_page, new_wave, plan, open_wave, wave_page, release, close]
