"""Tokens for programs by page: made by their own account, shown once, revoked; an administrator makes them for results."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from survey_service.clock import real_now
from survey_service.errors import BadInput, NotSignedIn
from survey_service.models import Account
from survey_service.trust import accounts, notices, program_tokens
from survey_service.trust.program_tokens import BY_ROLE, GIVEN_BY_ADMINISTRATORS, LABELS, USUAL_DAYS
from survey_service.trust.viewer import Role, Viewer
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow, site_of, viewer_of

HOLDERS = allow(*BY_ROLE)


def _viewer(request: Request[Any, Any, Any]) -> Viewer:
    viewer = viewer_of(request)
    if viewer is None:
        raise NotSignedIn
    return viewer


@get("/tokens", opt=HOLDERS)
async def tokens_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The account's tokens and the form for another."""
    return await _page(request)


async def _page(request: Request[Any, Any, Any], token: str = "", error: BadInput | None = None) -> Response[str]:
    viewer = _viewer(request)
    return pages.page(
        request, "admin/tokens.html", status=422 if error else 200, token=token, days=USUAL_DAYS,
        errors={error.field: error.sentence} if error else None,
        listed=await program_tokens.of(viewer.account_id, real_now()),
        scopes=[(scope.value, LABELS[scope]) for scope in BY_ROLE[viewer.role]],
    )  # fmt: skip


def days_in(text: str) -> int:
    """Whole days as typed; 0 for anything else, which no token may have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


@post("/tokens", opt=HOLDERS)
async def make(request: Request[Any, Any, Any]) -> Response[str]:
    """A token of one's own; it is shown once."""
    viewer, form = _viewer(request), await request.form()
    account = await Account.get(id=viewer.account_id)
    wanted, days = [str(word) for word in form.getall("scopes", [])], days_in(str(form.get("days", "")))
    try:
        async with site_of(request).ledger.change(actor_of(request)) as change:
            label = str(form.get("label", ""))
            token, fact = await program_tokens.make(account, label, wanted, days, viewer.ref, real_now())
            change.record(fact)
    except BadInput as refused:
        return await _page(request, error=refused)
    return await _page(request, token)


@post("/tokens/{ref:str}/revoke", opt=HOLDERS)
async def revoke(request: Request[Any, Any, Any], ref: FromPath[str]) -> Redirect:
    """A token of one's own opens nothing any more."""
    viewer = _viewer(request)
    async with site_of(request).ledger.change(actor_of(request)) as change:
        change.record(await program_tokens.revoke(viewer.account_id, ref, real_now()))
    return Redirect("/tokens?done=token-revoked", status_code=303)


@post("/admin/accounts/{ref:str}/token", opt=allow(Role.ADMIN))
async def make_for(request: Request[Any, Any, Any], ref: FromPath[str]) -> Response[str]:
    """A token for a program that reads results in the name of an account; its holder is told."""
    viewer, form, account = _viewer(request), await request.form(), await accounts.by_ref(ref)
    days, label = days_in(str(form.get("days", ""))), str(form.get("label", ""))
    async with site_of(request).ledger.change(actor_of(request)) as change:
        wanted = sorted(GIVEN_BY_ADMINISTRATORS)
        token, fact = await program_tokens.make(account, label, wanted, days, viewer.ref, real_now())
        sentence = f"{viewer.display_name}用您的账号给程序建了一个读结果的令牌。不需要的话，请在“程序令牌”里停用。"
        await notices.tell([account], sentence, real_now(), "/tokens")
        change.record(fact)
    return pages.page(request, "admin/token.html", token=token, name=account.display_name)


HANDLERS = [tokens_page, make, revoke, make_for]
