"""What pages and programs behind a questionnaire link share: the visit, the device cookie, the notice, the actor."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from litestar import Request
from litestar.datastructures import Cookie
from tortoise.transactions import in_transaction

from callbacks.calling import links
from questionnaires.statements import CONNECTION
from survey_service.clock import real_now
from survey_service.errors import NotFound, TooManyTries
from survey_service.respondents import respondent_visit
from survey_service.respondents.respondent_visit import Fieldwork, Visit
from survey_service.settings import Settings
from survey_service.trust import limits
from survey_service.trust.audit import Actor
from survey_service.trust.origins import Source
from survey_service.web import pages
from survey_service.web.guards import site_of

SUMMARY_YEARS = 10
TOKEN_LENGTH = 64
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Notice:
    """The figures and numbers in the notice before the first question."""

    answer_years: int
    identity_days: int
    summary_years: int
    form: tuple[str, ...] | None


def notice(settings: Settings, fieldwork: Fieldwork) -> Notice:
    """The notice of this installation; the lines of the statistical form only when there is one."""
    lines = [
        ("表号", fieldwork.form_no), ("制定机关", fieldwork.issuer), ("批准文号", fieldwork.approval_no),
        ("有效期至", pages.day_text(fieldwork.valid_until) if fieldwork.valid_until else ""),
    ]  # fmt: skip
    form = tuple(f"{label}：{text}" for label, text in lines if text)
    return Notice(
        settings.answer_years, settings.identity_days, SUMMARY_YEARS,
        form if fieldwork.form_no or fieldwork.approval_no else None,
    )  # fmt: skip


def notice_sha256(request: Request[Any, Any, Any], shown: Notice) -> str:
    """Digest of the notice as it is rendered: what the respondent agreed to."""
    engine: Environment = request.app.state.templates
    text = engine.get_template("respondents/notice.html").render(page=pages.frame(request), notice=shown)
    return hashlib.sha256(text.encode()).hexdigest()


def cookie_key(settings: Settings, token: str) -> str:
    """One cookie per link; its name tells nothing of the token."""
    return f"{'__Host-' if settings.secure else ''}survey-{links.digest(token)[:12]}"


def device_cookie(settings: Settings, token: str, device: str, expires_at: dt.datetime | None) -> Cookie:
    """Remembers the device that began to answer, as long as the link lives; lax, or a link in a message would lose it."""
    left = (expires_at - real_now()).total_seconds() if expires_at else 0
    return Cookie(
        key=cookie_key(settings, token), value=device, max_age=max(int(left), 86_400), path="/",
        secure=settings.secure, httponly=True, samesite="lax",
    )  # fmt: skip


def respondent_of(request: Request[Any, Any, Any]) -> Actor:
    """Who acts, for the trail: the respondent, without the address of a private phone."""
    return Actor("respondent", "respondent", "", request.scope["state"].get("request_id", ""))


def source_of(request: Request[Any, Any, Any]) -> Source:
    """Where the answers come from, for their digest only."""
    return Source(request.scope["state"].get("address", ""), request.headers.get("user-agent", ""))


async def arrive(request: Request[Any, Any, Any], token: str) -> Visit:
    """The visit of this request. Unknown tokens count against the address that tries them, known ones never."""
    site = site_of(request)
    device = request.cookies.get(cookie_key(site.settings, token))
    try:
        if len(token) > TOKEN_LENGTH:
            raise NotFound
        office = site.settings.office_name
        return await respondent_visit.load(token, device, site.clock.now(), site.keyring, office)
    except NotFound:
        await _count_miss(request)
        raise


async def _count_miss(request: Request[Any, Any, Any]) -> None:
    site, address, now = site_of(request), request.scope["state"].get("address", ""), real_now()
    if await limits.reached(site.keyring, limits.TOKEN_MISSES, address, now):
        raise TooManyTries(MINUTE)
    async with in_transaction(CONNECTION):
        await limits.count(site.keyring, limits.TOKEN_MISSES, address, now)
