"""The respondent's questionnaire: pages that work without any script, one question at a time."""

import secrets
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from callbacks.calling.links import LinkCondition
from questionnaires.errors import NotComplete
from survey_service.errors import LinkUsed
from survey_service.respondents import respondent_flow
from survey_service.respondents.respondent_flow import Given
from survey_service.respondents.respondent_path import CONSENT, Page, is_telephone, typed
from survey_service.respondents.respondent_visit import Visit
from survey_service.web import pages
from survey_service.web.guards import CAPABILITY, PUBLIC, site_of
from survey_service.web.respondents import respondent_forms
from survey_service.web.respondents.respondent_forms import Form
from survey_service.web.respondents.respondent_links import (
    arrive,
    device_cookie,
    notice,
    notice_sha256,
    respondent_of,
    source_of,
)

BACK, SUBMIT = "back", "submit"
AGREE = "请先按“同意，开始答题”。不想参加，请按“不想参加”。"
INCOMPLETE = "还有题目没有答完，请接着答。"


@get("/s/{token:str}", opt=PUBLIC)
async def open_link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """The notice, the question that is next (or `?at=` an earlier one), or the last look before submitting."""
    visit = await arrive(request, token)
    visit.refuse_spent()
    if not visit.begun:
        return _consent(request, token, visit)
    at = request.query_params.get("at")
    page = visit.path.page(at if visit.same_device else None)
    return _shown(request, token, visit, page, resumed=at is None)


@post("/s/{token:str}", opt=CAPABILITY, status_code=HTTPStatus.OK)
async def answer(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Keeps what the form carries and goes on: next, back, or submit."""
    visit = await arrive(request, token)
    form = await form_of(request)
    if visit.link.condition is LinkCondition.USED:
        return await _again(request, token, visit, form)
    visit.refuse_spent()
    if form.version and form.version != visit.version:
        return Redirect(f"/s/{token}", status_code=303)
    if not visit.begun:
        return await _begin(request, token, visit, form)
    return await _go_on(request, token, visit, form, [])


async def form_of(request: Request[Any, Any, Any]) -> Form:
    """The form of this request."""
    return respondent_forms.read(request.headers.get("content-type", ""), await request.body())


async def _begin(request: Request[Any, Any, Any], token: str, visit: Visit, form: Form) -> Response[Any]:
    agreed = form.answers.pop(CONSENT, [""])[-1]
    if agreed == "2":
        return Redirect(f"/s/{token}/decline", status_code=303)
    if agreed != "1":
        return _consent(request, token, visit, error=AGREE)
    site, device = site_of(request), secrets.token_urlsafe(16)
    digest = notice_sha256(request, notice(site.settings, visit.fieldwork))
    visit = await respondent_flow.begin(site, visit, device, digest, respondent_of(request))
    cookie = device_cookie(site.settings, token, device, visit.link.expires_at)
    return await _go_on(request, token, visit, form, [cookie])


async def _go_on(
    request: Request[Any, Any, Any], token: str, visit: Visit, form: Form, cookies: list[Cookie]
) -> Response[Any]:
    site, actor = site_of(request), respondent_of(request)
    before = visit.path.page(form.at)
    given = _given(before, form)
    kept = await respondent_flow.save(site, visit, given, actor)
    visit = kept.visit
    if form.go == BACK:
        target = before.previous if before.question and before.question.name == form.at else None
        return _to(token, target, cookies)
    asked = next((key for key in given if key in kept.refused), None)
    if asked is not None and before.question is not None and before.question.name == asked:
        return _refused(request, token, visit, before, given[asked], kept.refused[asked], cookies)
    page = visit.path.page() if given or form.at else before
    if form.go == SUBMIT:
        return await _submit(request, token, visit, page, cookies)
    return _to(token, page.question.name if page.question else None, cookies)


def _given(before: Page, form: Form) -> Given:
    """The answers in the form; a question shown and left alone is a blank, unless the respondent only looks back."""
    given = {key: values for key, values in form.answers.items() if key != CONSENT}
    question = before.question
    asked = question is not None and question.name == form.at and form.go != SUBMIT
    if asked and form.at not in given:
        given[form.at] = []
    if question is not None and form.go == BACK and not "".join(given.get(form.at, [])).strip() and not question.value:
        given.pop(form.at, None)
    return given


async def _submit(
    request: Request[Any, Any, Any], token: str, visit: Visit, page: Page, cookies: list[Cookie]
) -> Response[Any]:
    if page.question is not None:
        return _shown(request, token, visit, page, error=INCOMPLETE, cookies=cookies)
    try:
        await respondent_flow.submit(site_of(request), visit, respondent_of(request), source_of(request))
    except LinkUsed:
        # the same press arrived twice: the first one is stored, and both get the same answer
        await respondent_flow.receipt(visit)
    except NotComplete:
        return _shown(request, token, visit, page, error=INCOMPLETE, cookies=cookies)
    return Redirect(f"/s/{token}/done", status_code=303, cookies=cookies)


async def _again(request: Request[Any, Any, Any], token: str, visit: Visit, form: Form) -> Response[Any]:
    """A form that comes after the submission: the same answers get the same answer, others the page of a used link."""
    if form.go != SUBMIT:
        raise LinkUsed
    given = {key: values for key, values in form.answers.items() if key != CONSENT}
    await respondent_flow.again(site_of(request), visit, given, respondent_of(request))
    return Redirect(f"/s/{token}/done", status_code=303)


@get("/s/{token:str}/done", opt=PUBLIC)
async def done(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Thanks, and what happens next; how a complaint is passed on is shown to the device that answered."""
    visit = await arrive(request, token)
    if visit.link.condition is not LinkCondition.USED:
        return Redirect(f"/s/{token}", status_code=303)
    path = visit.path
    forward = path.forwarded if visit.same_device else ""
    return pages.page(request, "respondents/done.html", notes=path.closing_notes(), forward=forward)


def _to(token: str, key: str | None, cookies: list[Cookie]) -> Redirect:
    return Redirect(f"/s/{token}?at={key}" if key else f"/s/{token}", status_code=303, cookies=cookies)


def _consent(request: Request[Any, Any, Any], token: str, visit: Visit, error: str | None = None) -> Response[str]:
    question, notes = visit.path.consent()
    return pages.page(
        request, "respondents/open.html", status=HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        token=token, version=visit.version, question=question, notes=notes, error=error, resumed=False,
        notice=notice(site_of(request).settings, visit.fieldwork),
    )  # fmt: skip


def _shown(
    request: Request[Any, Any, Any], token: str, visit: Visit, page: Page, *, resumed: bool = False,
    error: str | None = None, cookies: list[Cookie] | None = None,
) -> Response[str]:  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    common: dict[str, Any] = {
        "status": status, "cookies": cookies, "token": token, "version": visit.version, "error": error,
        "previous": page.previous if visit.same_device or cookies else None,
    }  # fmt: skip
    if page.question is None:
        return pages.page(request, "respondents/check.html", answers=_answers(visit), **common)
    return pages.page(
        request, "respondents/question.html", question=page.question, notes=page.notes, number=page.number,
        total=page.total, resumed=resumed and page.number > 1, later_offered=True,
        kind="tel" if is_telephone(page.question) else "", **common,
    )  # fmt: skip


def _refused(
    request: Request[Any, Any, Any], token: str, visit: Visit, before: Page, given: Any, sentence: str,
    cookies: list[Cookie],
) -> Response[str]:  # fmt: skip
    """The same question again with what is wrong; what was typed stays in its field."""
    question = typed(before.question, given) if before.question else None
    page = Page(question, before.notes, before.number, before.total, before.previous)
    return _shown(request, token, visit, page, error=f"{sentence.rstrip('。')}。", cookies=cookies)


def _answers(visit: Visit) -> list[dict[str, str]]:
    """The answers to look over, only on the device that gave them."""
    if not visit.same_device:
        return []
    return [
        {
            "name": view.name,
            "label": view.label,
            "text": "、".join(choice.label for choice in view.choices if choice.chosen) if view.choices else view.value,
        }
        for view in visit.path.answered()
    ]


HANDLERS = [open_link, answer, done]
