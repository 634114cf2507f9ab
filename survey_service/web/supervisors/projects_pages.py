"""Projects by page: the list by section, and the form for what a district may change about one."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from survey_service.desks import project_office
from survey_service.desks.project_office import Editable
from survey_service.errors import BadInput
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow, site_of
from survey_service.web.staff_desk import staff_of

SUPERVISOR = allow(Role.SUPERVISOR)
WHOLE = allow(Role.SUPERVISOR, whole=True)
CHANGED_MEANWHILE = "您打开本页之后，别人改过这个项目。您填的还在下面，请对照“现在的值”再保存一次。"


@get("/supervisor/projects", opt=SUPERVISOR)
async def projects_page(request: Request[Any, Any, Any]) -> Response[str]:
    """All projects by section."""
    scope = (await staff_of(request)).scope
    return pages.page(request, "supervisors/projects.html", sections=await project_office.sections(scope))


@get("/supervisor/projects/{code:str}", opt=WHOLE)
async def project_page(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
    """The form of one project."""
    stored = await project_office.editable(code)
    return await _form(request, stored, stored.values, stored.lead, stored.cooperating)


async def _form(
    request: Request[Any, Any, Any], stored: Editable, values: dict[str, Any], lead: object,
    cooperating: tuple[object, ...], *, status: int = 200, errors: dict[str, str] | None = None, meanwhile: str = "",
) -> Response[str]:  # fmt: skip
    offices = await project_office.departments()
    return pages.page(
        request, "supervisors/project.html", status=status, stored=stored, values=values, lead=str(lead or ""),
        cooperating={str(each) for each in cooperating}, departments=[(str(key), name) for key, name in offices],
        names=dict(offices), errors=errors, meanwhile=meanwhile,
        labels={**{name: label for name, (label, _) in project_office.TEXTS.items()}, **project_office.DAYS},
    )  # fmt: skip


@post("/supervisor/projects/{code:str}", opt=WHOLE)
async def save(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Save it, unless it was changed meanwhile."""
    form = await request.form()
    given = {name: str(value) for name, value in form.items()}
    partners = [str(each) for each in form.getall("cooperating", [])]
    async with site_of(request).ledger.change(actor_of(request)) as change:
        stored = await project_office.editable(code)
        values: dict[str, Any] = {**given, **{flag: given.get(flag) == "yes" for flag in project_office.FLAGS}}
        refused = await _refused(request, stored, given, values, partners)
        if isinstance(refused, Response):
            change.record(project_office.nothing_saved(stored))
            return refused
        _, fact = await project_office.save(stored, refused)
        change.record(fact)
    return Redirect("/supervisor/projects?done=saved", status_code=303)


async def _refused(
    request: Request[Any, Any, Any], stored: Editable, given: dict[str, str], values: dict[str, Any],
    partners: list[str],
) -> Response[str] | project_office.Edit:  # fmt: skip
    known = frozenset(key for key, _ in await project_office.departments())
    shown = {name: values.get(name, stored.values[name]) for name in stored.values}
    chosen: tuple[object, ...] = tuple(partners)
    try:
        edit = project_office.read_edit(given, partners, known)
    except BadInput as refused:
        errors = {refused.field: refused.sentence}
        return await _form(request, stored, shown, given.get("lead", ""), chosen, status=422, errors=errors)
    if given.get("version", "") != stored.version:
        return await _form(
            request, stored, shown, given.get("lead", ""), chosen, status=409, meanwhile=CHANGED_MEANWHILE
        )
    return edit


HANDLERS = [projects_page, project_page, save]
