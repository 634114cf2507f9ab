"""The administrator's pages: accounts and the state of the system; no personal data of people called, no trail."""

import asyncio
import datetime as dt
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from survey_service.clock import real_now
from survey_service.desks import account_desk
from survey_service.errors import AccountRefused, BadInput, NotSignedIn
from survey_service.messages import outbox
from survey_service.models import Key
from survey_service.operation import doctor
from survey_service.operation.doctor import Finding
from survey_service.settings import Settings
from survey_service.site import Site
from survey_service.trust import accounts, handed_links
from survey_service.trust.viewer import Role, Viewer
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow, site_of, viewer_of

Form = URLEncodedBody[dict[str, str]]
ADMIN = allow(Role.ADMIN)
PURPOSES = {
    "field": "封存姓名、电话", "bidx": "按号码查找", "audit": "审计链", "csrf": "表单令牌", "limit": "限次计数",
}  # fmt: skip
KEY_STATES = {"active": "使用中", "retired": "已停用，只用于读旧数据"}
LIVE_WORD = "正式运行"
WITHOUT_WORK = frozenset({Role.REVIEWER})
"""Roles whose pages have nothing to do yet: an existing account keeps such a role, a new one is not given it."""


@get("/admin", opt=ADMIN)
async def accounts_page(request: Request[Any, Any, Any]) -> Response[str]:
    """All accounts and the form for a new one."""
    return await _page(request)


async def _page(
    request: Request[Any, Any, Any], *, values: dict[str, str] | None = None, zones: list[str] | None = None,
    errors: dict[str, str] | None = None, link: str = "", link_for: str = "", responsible: list[str] | None = None,
    awaits: bool = False,
) -> Response[str]:  # fmt: skip
    return pages.page(
        request, "admin/accounts.html", status=422 if errors else 200, accounts=await account_desk.lines(),
        choices=await account_desk.choices(), values=values or {},
        roles=[(role.value, role.label) for role in Role if role not in WITHOUT_WORK],
        zones=zones or [], responsible=responsible or [], errors=errors, link=link, link_for=link_for, awaits=awaits,
        days=accounts.LINK_LIFE.days,
    )  # fmt: skip


@post("/admin/accounts", opt=ADMIN)
async def add(request: Request[Any, Any, Any]) -> Response[str]:
    """A new account; the link is shown once, to be handed to its holder."""
    site, form = site_of(request), await request.form()
    given, zones = {name: str(value) for name, value in form.items()}, [str(code) for code in form.getall("zones", [])]
    responsible = [str(code) for code in form.getall("responsible", [])]
    try:
        async with site.ledger.change(actor_of(request)) as change:
            viewer, eyes = _administrator(request), bool(site.settings.four_eyes)
            account, token, awaits, facts = await account_desk.add(given, zones, responsible, viewer, eyes, real_now())
            change.record(*facts)
    except BadInput as refused:
        return await _page(
            request, values=given, zones=zones, errors={refused.field: refused.sentence}, responsible=responsible
        )
    except AccountRefused as refused:
        return await _page(request, values=given, zones=zones, errors={"name": str(refused)}, responsible=responsible)
    return await _page(request, link=_address(site, token), link_for=account.name, awaits=awaits)


def _address(site: Site, token: str) -> str:
    return f"{site.settings.public_url}/set-password/{token}"


def _administrator(request: Request[Any, Any, Any]) -> Viewer:
    viewer = viewer_of(request)
    if viewer is None:
        raise NotSignedIn
    return viewer


@post("/admin/accounts/{ref:str}/link", opt=ADMIN)
async def link(request: Request[Any, Any, Any], ref: FromPath[str]) -> Response[str]:
    """Another set-password link."""
    site, account = site_of(request), await accounts.by_ref(ref)
    async with site.ledger.change(actor_of(request)) as change:
        eyes = bool(site.settings.four_eyes)
        token, awaits, fact = await handed_links.issue(account, _administrator(request), eyes, real_now())
        change.record(fact)
    return await _page(request, link=_address(site, token), link_for=account.name, awaits=awaits)


@post("/admin/accounts/{ref:str}/disable", opt=ADMIN)
async def disable(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """The account signs in no more; its sessions end."""
    account, viewer = await accounts.by_ref(ref), _administrator(request)
    async with site_of(request).ledger.change(actor_of(request)) as change:
        await account_desk.refuse_last_administrator(account, viewer)
        change.record(await accounts.disable(account, real_now()))
    return Redirect("/admin?done=disabled", status_code=303)


@post("/admin/accounts/{ref:str}/enable", opt=ADMIN)
async def enable(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """The account may sign in again."""
    account = await accounts.by_ref(ref)
    async with site_of(request).ledger.change(actor_of(request)) as change:
        change.record(await accounts.enable(account))
    return Redirect("/admin?done=enabled", status_code=303)


@post("/admin/accounts/{ref:str}/role", opt=ADMIN)
async def role(request: Request[Any, Any, Any], ref: FromPath[str], data: Form) -> Redirect:
    """Another role; its sessions end."""
    account, viewer = await accounts.by_ref(ref), _administrator(request)
    site = site_of(request)
    async with site.ledger.change(actor_of(request)) as change:
        change.record(await account_desk.change_role(account, data.get("role", ""), viewer, site.settings, real_now()))
    return Redirect("/admin?done=role-changed", status_code=303)


@post("/admin/accounts/{ref:str}/sessions", opt=ADMIN)
async def end_sessions(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """Sign the account out everywhere."""
    account = await accounts.by_ref(ref)
    async with site_of(request).ledger.change(actor_of(request)) as change:
        _, fact = await accounts.end_sessions(account)
        change.record(fact)
    return Redirect("/admin?done=sessions-ended", status_code=303)


@get("/admin/system", opt=ADMIN)
async def system_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The live mark, what the doctor finds, the keys by id and state."""
    return await _system(request)


async def _system(request: Request[Any, Any, Any], error: str = "") -> Response[str]:
    site = site_of(request)
    keys = await Key.all().order_by("purpose", "created_at")
    return pages.page(
        request, "admin/system.html", status=422 if error else 200, error=error, live=await outbox.is_live(),
        live_word=LIVE_WORD, gateway=site.gateway is not None, findings=await _findings(site.settings),
        keys=[_described(key) for key in keys],
    )  # fmt: skip


def _described(key: Key) -> tuple[str, str, str, str, dt.datetime]:
    purpose, state = PURPOSES.get(key.purpose, key.purpose), KEY_STATES.get(key.state, key.state)
    return key.kid, purpose, key.suite, state, key.created_at


async def _findings(settings: Settings) -> list[Finding]:
    # in a thread with a loop of its own: the examination opens the database once more and reads files at leisure
    return await asyncio.to_thread(lambda: asyncio.run(doctor.examine(settings)))


@post("/admin/live", opt=ADMIN)
async def live(request: Request[Any, Any, Any], data: Form) -> Response[Any]:
    """Mark the installation live after the word was typed, or take the mark away at once."""
    wanted = data.get("to", "")
    if wanted not in ("on", "off"):
        return await _system(request, "请从页面上的按钮操作。")
    if wanted == "on" and data.get("confirm", "").strip() != LIVE_WORD:
        return await _system(request, f"要标记为正式运行，请在框里填“{LIVE_WORD}”四个字。")
    async with site_of(request).ledger.change(actor_of(request)) as change:
        change.record(await outbox.mark_live(wanted == "on"))
    return Redirect(f"/admin/system?done={'live' if wanted == 'on' else 'not-live'}", status_code=303)


HANDLERS = [accounts_page, add, link, disable, enable, role, end_sessions, system_page, live]
