"""Signing in and out, one-time links, first password."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect
from tortoise.transactions import in_transaction

from questionnaires.facts import Fact
from survey_service.clock import real_now
from survey_service.errors import AccountRefused, LoginRefused, NotFound
from survey_service.models import Account
from survey_service.trust import accounts, handed_links, sessions
from survey_service.trust.audit import Actor
from survey_service.trust.viewer import Role
from survey_service.web import pages
from survey_service.web.guards import CAPABILITY, PUBLIC, actor_of, allow, site_of, viewer_of
from survey_service.web.shield import inside

Form = URLEncodedBody[dict[str, str]]
COOKIE_SECONDS = int(sessions.ABSOLUTE.total_seconds())


@get("/", opt=PUBLIC)
async def front(request: Request[Any, Any, Any]) -> Redirect:
    """To the role's landing page, or to the sign-in page."""
    viewer = viewer_of(request)
    return Redirect(viewer.role.home if viewer else "/login", status_code=303)


@get("/login", opt=PUBLIC)
async def login_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The sign-in form."""
    return pages.page(request, "login/login.html", name="", error=None)


@post("/login", opt=CAPABILITY)
async def login(request: Request[Any, Any, Any], data: Form) -> Response[Any]:
    """Sign in; a wrong name and a wrong password look and last the same."""
    name = data.get("name", "").strip().casefold()[:60]
    try:
        signed_in = await sign_in(request, name, data.get("password", ""))
    except LoginRefused:
        sentence = "账号或密码不对。连续输错5次要等15分钟；忘记密码请找系统管理员。"
        return pages.page(request, "login/login.html", status=401, name=name, error=sentence)
    cookie = pages.session_cookie(site_of(request).settings, signed_in.secret, COOKIE_SECONDS)
    return Redirect(Role(signed_in.account.role).home, status_code=303, cookies=[cookie])


async def sign_in(request: Request[Any, Any, Any], name: str, password: str) -> sessions.SignedIn:
    """Check the limits and the password, open a session, leave a trace either way."""
    site, now, state = site_of(request), real_now(), request.scope["state"]
    address = state["address"]
    # looked at, checked and counted by few at a time: guesses sent together must not all pass before the first counts
    async with request.app.state.password_checks:
        account = await _checked(request, name, password)
    actor = Actor(account.ref, account.role, address, state["request_id"], account.id)
    async with site.ledger.change(actor) as change:
        signed_in = await sessions.open_session(account, now)
        change.record(*await _ended(request), signed_in.fact)
    return signed_in


async def _checked(request: Request[Any, Any, Any], name: str, password: str) -> Account:
    site, now, address = site_of(request), real_now(), request.scope["state"]["address"]
    trusted = inside(address, site.settings.office_networks)
    await sessions.refuse_when_limited(site.keyring, name, address, trusted, now)
    try:
        return await sessions.check_password(site.keyring, name, password, trusted, now)
    except LoginRefused:
        async with in_transaction("default"):
            await sessions.count_failure(site.keyring, name, address, trusted, now)
        await site.ledger.note(actor_of(request), Fact("sign_in_refused", "-"), "denied")
        raise


async def _ended(request: Request[Any, Any, Any]) -> list[Fact]:
    """Whoever signs in gets a new id, and the one that the browser came with is dead."""
    viewer = viewer_of(request)
    return [await sessions.close_session(viewer)] if viewer else []


@post("/logout", opt=allow(*Role))
async def logout(request: Request[Any, Any, Any]) -> Redirect:
    """End the session on the server and take the cookie away."""
    site, viewer = site_of(request), viewer_of(request)
    if viewer is not None:
        async with site.ledger.change(actor_of(request)) as change:
            change.record(await sessions.close_session(viewer))
    cookie = pages.session_cookie(site.settings, "", 0)
    return Redirect(
        "/login?done=signed-out", status_code=303, cookies=[cookie], headers={"Clear-Site-Data": '"cache", "storage"'}
    )


@get("/enter/{token:str}", opt=PUBLIC)
async def enter_page(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """A one-time sign-in link asks for one press, so that a preview does not use it up."""
    try:
        link = await accounts.peek_link(token, ("login",), real_now())
    except NotFound:
        return Redirect("/login?done=no-link", status_code=303)
    account = await Account.get(id=link.account_id)
    return pages.page(
        request, "login/enter.html", token=token, name=account.display_name, role=Role(account.role).label
    )


@post("/enter/{token:str}", opt=CAPABILITY)
async def enter(request: Request[Any, Any, Any], token: FromPath[str]) -> Redirect:
    """Use a one-time sign-in link."""
    site, now, state = site_of(request), real_now(), request.scope["state"]
    async with site.ledger.change(actor_of(request)) as change:
        link = await accounts.use_link(token, ("login",), now)
        account = await Account.get_or_none(id=link.account_id, disabled_at__isnull=True)
        if account is None:
            raise NotFound
        signed_in = await sessions.open_session(account, now)
        change.actor = Actor(account.ref, account.role, state["address"], state["request_id"], account.id)
        change.record(*await _ended(request), handed_links.fact_of(account, link), signed_in.fact)
    cookie = pages.session_cookie(site.settings, signed_in.secret, COOKIE_SECONDS)
    return Redirect(Role(account.role).home, status_code=303, cookies=[cookie])


@get("/set-password/{token:str}", opt=PUBLIC)
async def password_page(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """The form behind a set-password link; for a new installation it also asks for the administrator's name."""
    link = await accounts.peek_link(token, ("password", "first-admin"), real_now())
    return pages.page(
        request, "login/set_password.html", token=token, first=link.purpose == "first-admin", name="", error=None
    )


@post("/set-password/{token:str}", opt=CAPABILITY)
async def set_password(request: Request[Any, Any, Any], token: FromPath[str], data: Form) -> Response[Any]:
    """Set the password; the first administrator of an installation comes to be here."""
    site, now = site_of(request), real_now()
    link = await accounts.peek_link(token, ("password", "first-admin"), now)
    first, name = link.purpose == "first-admin", data.get("name", "").strip().casefold()
    try:
        if data.get("password", "") != data.get("repeat", ""):
            raise AccountRefused("两次输入的密码不一样。")
        async with site.ledger.change(actor_of(request)) as change:
            await accounts.use_link(token, ("password", "first-admin"), now)
            if first:
                account, fact = await accounts.add(name, Role.ADMIN, now)
                change.record(fact)
            else:
                account = await Account.get(id=link.account_id)
            change.record(await accounts.set_password(account, data.get("password", "")))
            change.record(await handed_links.used(account, link, now, site.settings.zone))
    except AccountRefused as refused:
        context: dict[str, Any] = {"token": token, "first": first, "name": name, "error": str(refused)}
        return pages.page(request, "login/set_password.html", status=422, **context)
    return Redirect("/login?done=password-set", status_code=303)


HANDLERS = [front, login_page, login, logout, enter_page, enter, password_page, set_password]
