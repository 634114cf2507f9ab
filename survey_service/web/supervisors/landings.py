"""Where reviewers, departments and streets land: their tasks so far, and plainly what is still to come."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from callbacks.calling import number_repairs
from callbacks.errors import NumberRefused
from survey_service.desks import project_office, repair_desk, wave_desk
from survey_service.desks.repair_desk import RELATIONS, Person
from survey_service.errors import NotFound
from survey_service.reporting import report_access
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow
from survey_service.web.staff_desk import Staff, staff_of

Form = URLEncodedBody[dict[str, str]]
FINDERS = allow(Role.STREET, Role.DEPARTMENT)


@get("/review", opt=allow(Role.REVIEWER))
async def review_page(request: Request[Any, Any, Any]) -> Response[str]:
    """What reviewing will be; nothing waits here yet."""
    return pages.page(request, "streets/review.html", waiting=await wave_desk.answered((await staff_of(request)).scope))


@get("/street", opt=allow(Role.STREET))
async def street_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The street's numbers to be found."""
    return await _page(request, await staff_of(request))


@get("/department", opt=allow(Role.DEPARTMENT))
async def department_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The department's projects, its numbers to be found, results of closed waves."""
    return await _page(request, await staff_of(request))


async def _page(
    request: Request[Any, Any, Any], staff: Staff, *, status: int = 200, repair: int = 0, person: Person | None = None,
    error: str = "", typed: str = "", relation: str = "self",
) -> Response[str]:  # fmt: skip
    tasks = await repair_desk.tasks(staff.site.keyring, staff.scope, staff.today)
    return pages.page(
        request, "streets/tasks.html", status=status, tasks=tasks, repair=repair, person=person, error=error,
        typed=typed, relation=relation, relations=list(RELATIONS.items()),
        projects=await project_office.within(staff.scope) if staff.viewer.role is Role.DEPARTMENT else [],
        waves=await report_access.visible_waves(staff.viewer),
    )  # fmt: skip


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise NotFound
    return int(text)


@post("/repairs/{ref:str}/who", opt=FINDERS)
async def who(request: Request[Any, Any, Any], ref: FromPath[str]) -> Response[str]:
    """Whose number it is; on record before it is shown."""
    repair = _number(ref)
    staff = await staff_of(request)
    tasks = await repair_desk.tasks(staff.site.keyring, staff.scope, staff.today)
    person = await repair_desk.who(staff.site, actor_of(request), staff.scope, tasks, repair)
    return await _page(request, staff, repair=repair, person=person)


@post("/repairs/{ref:str}/found", opt=FINDERS)
async def found(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Response[Any]:
    """A number was found."""
    repair = _number(ref)
    staff = await staff_of(request)
    typed, relation = data.get("phone", "")[:40], data.get("relation", "self")
    hours = await staff.hours()
    try:
        if relation not in RELATIONS:
            raise NumberRefused("请选择这是谁的号码。")
        async with staff.site.ledger.change(actor_of(request)) as change:
            _, fact = await number_repairs.fixed(
                staff.scope, repair, typed, change.now, hours.calendar, hours.windows, staff.site.keyring, relation
            )
            change.record(fact)
    except NumberRefused as refused:
        sentence = refused.sentence
        return await _page(request, staff, status=422, repair=repair, error=sentence, typed=typed, relation=relation)
    return Redirect(f"{staff.viewer.role.home}?done=number-fixed", status_code=303)


@post("/repairs/{ref:str}/none", opt=FINDERS)
async def none_found(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """Nobody knows a number."""
    staff = await staff_of(request)
    hours = await staff.hours()
    async with staff.site.ledger.change(actor_of(request)) as change:
        _, fact = await number_repairs.not_found(staff.scope, _number(ref), change.now, hours.calendar, hours.windows)
        change.record(fact)
    return Redirect(f"{staff.viewer.role.home}?done=number-not-found", status_code=303)


HANDLERS = [review_page, street_page, department_page, who, found, none_found]
