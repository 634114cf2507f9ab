"""The two ways out of a questionnaire: another time, and no."""

import datetime as dt
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from callbacks.calling.do_not_contact import HARD_REFUSAL
from callbacks.errors import AppointmentRefused, HeldByAnother, UnknownCase
from survey_service.errors import FieldworkClosed
from survey_service.respondents import respondent_flow
from survey_service.respondents.respondent_flow import Slot
from survey_service.respondents.respondent_visit import Visit
from survey_service.web import pages
from survey_service.web.guards import CAPABILITY, PUBLIC, site_of
from survey_service.web.respondents.respondent_links import arrive, respondent_of
from survey_service.web.respondents.respondents import form_of

NEVER, ONCE = "never", "once"
CHOOSE = "请选一个时间。"
GONE = "这个时间已经不能约了，请另选一个。"
IN_CALL = "我们的回访员可能正在给您打电话。请接听，或者过一会儿再试。"


@dataclass(frozen=True, slots=True)
class SlotView:
    """One stretch to choose."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class DayView:
    """The stretches of one day."""

    label: str
    slots: tuple[SlotView, ...]


def _days(found: list[Slot], now: dt.datetime, zone: dt.tzinfo) -> list[DayView]:
    days = groupby(found, key=lambda slot: slot.day)
    today = now.astimezone(zone).date()
    return [
        DayView(_day(day, today), tuple(SlotView(slot.value, _stretch(slot, zone)) for slot in slots))
        for day, slots in days
    ]


def _day(day: dt.date, today: dt.date) -> str:
    near = {0: "今天 ", 1: "明天 ", 2: "后天 "}.get((day - today).days, "")
    return f"{near}{day.month}月{day.day}日 周{pages.WEEKDAYS[day.weekday()]}"


def _stretch(slot: Slot, zone: dt.tzinfo) -> str:
    return f"{slot.band} {slot.at.astimezone(zone):%H:%M}—{slot.until.astimezone(zone):%H:%M}"


@get("/s/{token:str}/later", opt=PUBLIC)
async def later_page(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """The times to choose from."""
    visit = await arrive(request, token)
    visit.refuse_spent()
    return await _offer(request, token, visit)


async def _offer(
    request: Request[Any, Any, Any], token: str, visit: Visit, error: str | None = None, chosen: str = ""
) -> Response[str]:
    site, now = site_of(request), site_of(request).clock.now()
    days = _days(await respondent_flow.slots(site, visit, now), now, site.settings.zone)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return pages.page(
        request, "respondents/later.html", status=status, token=token, days=days, chosen=chosen, error=error
    )


@post("/s/{token:str}/later", opt=CAPABILITY, status_code=HTTPStatus.OK)
async def later(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Makes the appointment."""
    site, visit = site_of(request), await arrive(request, token)
    visit.refuse_spent()
    form = await form_of(request)
    offered = await respondent_flow.slots(site, visit, site.clock.now())
    chosen = next((slot for slot in offered if slot.value == form.slot), None)
    if chosen is None:
        return await _offer(request, token, visit, error=GONE if form.slot else CHOOSE)
    try:
        await respondent_flow.call_later(site, visit, chosen, respondent_of(request))
    except HeldByAnother:
        return await _offer(request, token, visit, error=IN_CALL, chosen=form.slot)
    except AppointmentRefused:
        return await _offer(request, token, visit, error=GONE)
    except UnknownCase as over:
        raise FieldworkClosed from over
    return Redirect(f"/s/{token}/later/done", status_code=303)


@get("/s/{token:str}/later/done", opt=PUBLIC)
async def later_done(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """The time that was promised."""
    visit = await arrive(request, token)
    visit.refuse_spent()
    site = site_of(request)
    agreed = await respondent_flow.promised(site, visit)
    if agreed is None:
        return Redirect(f"/s/{token}/later", status_code=303)
    begin, end = (at.astimezone(site.settings.zone) for at in (agreed.start, agreed.end))
    today = site.clock.now().astimezone(site.settings.zone).date()
    return pages.page(
        request, "respondents/later_done.html", token=token, day_text=_day(begin.date(), today),
        hours_text=f"{agreed.band} {begin:%H:%M} 到 {end:%H:%M} 之间",
    )  # fmt: skip


@get("/s/{token:str}/decline", opt=PUBLIC)
async def decline_page(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """This time, or never again."""
    visit = await arrive(request, token)
    visit.refuse_spent()
    return pages.page(request, "respondents/decline.html", token=token, error=None)


@post("/s/{token:str}/decline", opt=CAPABILITY, status_code=HTTPStatus.OK)
async def decline(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Ends the case as a refusal; the second press finds what the first one did."""
    visit = await arrive(request, token)
    form = await form_of(request)
    if visit.declined is None:
        visit.refuse_spent()
        if form.scope not in (ONCE, NEVER):
            return Redirect(f"/s/{token}/decline", status_code=303)
        never = form.scope == NEVER
        try:
            await respondent_flow.decline(site_of(request), visit, never, respondent_of(request))
        except HeldByAnother:
            return pages.page(request, "respondents/decline.html", status=409, token=token, error=IN_CALL)
        except UnknownCase as over:
            raise FieldworkClosed from over
    return Redirect(f"/s/{token}/declined", status_code=303)


@get("/s/{token:str}/declined", opt=PUBLIC)
async def declined_page(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """What was noted down."""
    visit = await arrive(request, token)
    if visit.declined is None:
        visit.refuse_spent()
        return pages.page(request, "respondents/decline.html", token=token, error=None)
    scope = NEVER if visit.declined == HARD_REFUSAL else ONCE
    return pages.page(request, "respondents/declined.html", scope=scope)


HANDLERS = [later_page, later, later_done, decline_page, decline, declined_page]
