"""The respondent's questionnaire for programs: where it stands, drafts, and one submission."""

import secrets
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response, get, post, put
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody

from callbacks.calling.links import LinkCondition
from questionnaires.errors import AlreadySubmitted
from questionnaires.rendering import QuestionView
from survey_service.errors import BadInput, LinkUsed
from survey_service.respondents import respondent_flow
from survey_service.respondents.respondent_flow import Given, Kept, Receipt
from survey_service.respondents.respondent_path import CONSENT
from survey_service.respondents.respondent_visit import Visit
from survey_service.web.guards import CAPABILITY, PUBLIC, site_of
from survey_service.web.respondents.respondent_links import (
    arrive,
    device_cookie,
    notice,
    notice_sha256,
    respondent_of,
    source_of,
)


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """Answers by key: a code, a text, or for several choices a list of codes."""

    answers: dict[str, str | list[str]] = {}
    version: str = ""


class Choice(msgspec.Struct):
    """One answer to choose."""

    code: str
    label: str


class Question(msgspec.Struct):
    """The question that is next."""

    name: str
    type: str
    label: str
    hint: str
    required: bool
    max_length: int
    choices: list[Choice]


class Standing(msgspec.Struct):
    """Where the questionnaire stands; `answers` only for the device that gave them."""

    state: str
    version: str
    number: int
    total: int
    notes: list[str]
    question: Question | None
    answers: dict[str, str]
    refused: dict[str, str]
    notice: dict[str, str | int | list[str] | None] | None = None


class Submitted(msgspec.Struct):
    """The receipt of a submission, the same each time."""

    state: str
    reference: str
    submitted_at: str


@get("/api/v1/s/{token:str}", opt=PUBLIC)
async def standing(request: Request[Any, Any, Any], token: FromPath[str]) -> Standing:
    """State, notice or next question. Changes nothing."""
    visit = await arrive(request, token)
    visit.refuse_spent()
    return _standing(request, visit, {})


@put("/api/v1/s/{token:str}/draft", opt=CAPABILITY)
async def draft(request: Request[Any, Any, Any], token: FromPath[str], data: JSONBody[Draft]) -> Response[Standing]:
    """Keeps answers; the first ones need `q_consent` = 1 among them."""
    visit = await arrive(request, token)
    visit.refuse_spent()
    kept, cookies = await _keep(request, token, visit, data)
    return Response(_standing(request, kept.visit, dict(kept.refused)), cookies=cookies)


@post("/api/v1/s/{token:str}/submission", opt=CAPABILITY)
async def submission(
    request: Request[Any, Any, Any], token: FromPath[str], data: JSONBody[Draft]
) -> Response[Submitted]:
    """Submits: 201 for the first, 200 for the same answers again, 409 for others."""
    visit = await arrive(request, token)
    if visit.link.condition is LinkCondition.USED:
        return await _again(request, visit, data)
    visit.refuse_spent()
    kept, cookies = await _keep(request, token, visit, data)
    if kept.refused:
        key, sentence = next(iter(kept.refused.items()))
        raise BadInput(f"{sentence.rstrip('。')}。", key)
    page = kept.visit.path.page()
    if page.question is not None:
        raise BadInput("还有题目没有回答。", page.question.name)
    try:
        actor, source = respondent_of(request), source_of(request)
        receipt = await respondent_flow.submit(site_of(request), kept.visit, actor, source)
    except LinkUsed:
        return await _again(request, kept.visit, data)
    return Response(_submitted(receipt), status_code=HTTPStatus.CREATED, cookies=cookies)


async def _again(request: Request[Any, Any, Any], visit: Visit, data: Draft) -> Response[Submitted]:
    if _agreed(data) not in ("", "1"):
        raise LinkUsed
    receipt = await respondent_flow.again(site_of(request), visit, _given(data), respondent_of(request))
    return Response(_submitted(receipt), status_code=HTTPStatus.OK)


async def _keep(request: Request[Any, Any, Any], token: str, visit: Visit, data: Draft) -> tuple[Kept, list[Cookie]]:
    site, actor, cookies = site_of(request), respondent_of(request), list[Cookie]()
    if data.version and data.version != visit.version:
        raise BadInput("问卷已经换了版本，请重新打开。", "version")
    if not visit.begun:
        if _agreed(data) != "1":
            raise BadInput("要先同意才能作答。", CONSENT)
        device = secrets.token_urlsafe(16)
        digest = notice_sha256(request, notice(site.settings, visit.fieldwork))
        visit = await respondent_flow.begin(site, visit, device, digest, actor)
        cookies.append(device_cookie(site.settings, token, device, visit.link.expires_at))
    return await _saved(request, visit, _given(data)), cookies


async def _saved(request: Request[Any, Any, Any], visit: Visit, given: Given) -> Kept:
    """Saves; a submission that came between reading and writing is no longer a draft."""
    try:
        return await respondent_flow.save(site_of(request), visit, given, respondent_of(request))
    except AlreadySubmitted as late:
        raise LinkUsed from late


def _agreed(data: Draft) -> str:
    value = data.answers.get(CONSENT, "")
    return value if isinstance(value, str) else "".join(value)


def _given(data: Draft) -> Given:
    return {key: [value] if isinstance(value, str) else value for key, value in data.answers.items() if key != CONSENT}


def _submitted(receipt: Receipt) -> Submitted:
    return Submitted("submitted", receipt.reference, receipt.submitted_at.isoformat(timespec="seconds"))


def _standing(request: Request[Any, Any, Any], visit: Visit, refused: dict[str, str]) -> Standing:
    path = visit.path
    if not visit.begun:
        question, notes = path.consent()
        shown = notice(site_of(request).settings, visit.fieldwork)
        return Standing(
            "new", visit.version, 0, len(path.questions), [note.label for note in notes], _question(question), {},
            refused,
            {
                "office": site_of(request).settings.office_name, "answer_years": shown.answer_years,
                "identity_days": shown.identity_days, "summary_years": shown.summary_years,
                "form": list(shown.form) if shown.form else None,
            },
        )  # fmt: skip
    page = path.page()
    given = {view.name: view.value for view in path.answered() if view.value} if visit.same_device else {}
    state = "begun" if page.question else "complete"
    return Standing(
        state, visit.version, page.number, page.total, [note.label for note in page.notes], _question(page.question),
        given, refused,
    )  # fmt: skip


def _question(view: QuestionView | None) -> Question | None:
    if view is None:
        return None
    choices = [Choice(choice.code, choice.label) for choice in view.choices]
    return Question(view.name, view.type.value, view.label, view.hint, view.required, view.max_length, choices)


HANDLERS = [standing, draft, submission]
