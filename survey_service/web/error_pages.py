"""How errors are answered: a friendly page for people, `application/problem+json` for programs, one line in the log."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from asyncpg import InterfaceError
from asyncpg.exceptions import CharacterNotInRepertoireError
from jinja2 import Environment
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException, ValidationException
from litestar.response import Redirect
from tortoise.exceptions import IntegrityError
from tortoise.exceptions import ValidationError as UnstorableText

from survey_service import db
from survey_service.errors import ANSWERS, Answer, BadInput, NotSignedIn, TooManyTries
from survey_service.web import pages
from survey_service.web.domain_errors import DOMAIN_ANSWERS, sentence_of

RESPONDENTS = "/s/"
AGAIN_IN = 10
LOG = logging.getLogger("survey.errors")
INTERNAL = Answer(500, "internal", "系统出错了，请把请求编号告诉管理员。您填写的内容没有丢，按“返回”就能看到。")
FRAMEWORK = {
    400: Answer(400, "bad-request", "请求有误。"),
    404: Answer(404, "not-found", "没有找到这个页面或这条记录。"),
    405: Answer(405, "method", "这个网址不支持这种操作。"),
    413: Answer(413, "too-large", "提交的内容太大。"),
    422: Answer(422, "bad-input", "填写的内容有误。"),
    429: Answer(429, "too-many-tries", "尝试次数过多，请稍后再试。"),
    503: Answer(503, "busy", "系统正忙，您填写的内容没有丢，请过一会儿按“返回”再提交。"),
}


def answer_for(error: Exception) -> Answer:
    """Status, stable code and sentence of an error; 500 for what nobody expected."""
    for kind in type(error).__mro__:
        if found := ANSWERS.get(kind) or DOMAIN_ANSWERS.get(kind):
            return Answer(found.status, found.code, sentence_of(error) or found.sentence)
    if _unstorable(error):
        return FRAMEWORK[422]
    if _away(error):
        return FRAMEWORK[503]
    if isinstance(error, ValidationException) or _too_deep(error):
        return FRAMEWORK[422]
    if isinstance(error, (NotFoundException, MethodNotAllowedException, HTTPException)):
        return FRAMEWORK.get(error.status_code, FRAMEWORK[400] if error.status_code < 500 else INTERNAL)
    return INTERNAL


def _away(error: Exception) -> bool:
    """The database's fault, also where taking the change back over the broken connection failed as well."""
    first = error.__context__ if isinstance(error, InterfaceError) else error
    return isinstance(first, db.AWAY) and not isinstance(first, IntegrityError)


def _unstorable(error: Exception) -> bool:
    """Text that a column cannot hold: too long for it, or with the NUL that PostgreSQL knows no place for."""
    return isinstance(error, UnstorableText) or isinstance(error.__cause__, CharacterNotInRepertoireError)


def _too_deep(error: Exception) -> bool:
    """A body of thousands of nested brackets; msgspec has no error of its own for it."""
    return isinstance(error, RecursionError) and "deserializing" in str(error)


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The last resort of every request; nothing internal leaves the house."""
    answer = answer_for(error)
    state = request.scope.get("state", {})
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        fields = {"request": state.get("request_id", "")}
        LOG.error("unexpected", exc_info=(type(error), error, error.__traceback__), extra={"fields": fields})
    path = request.scope["path"]
    headers = _waiting(answer, error)
    if path.startswith("/api/"):
        return _problem(answer, error, state.get("request_id", ""), headers)
    if isinstance(error, NotSignedIn):
        return Redirect("/login", status_code=303)
    return _page(request, answer, headers)


def _waiting(answer: Answer, error: Exception) -> dict[str, str]:
    if isinstance(error, TooManyTries):
        return {"Retry-After": str(error.seconds)}
    return {"Retry-After": str(AGAIN_IN)} if answer.status == HTTPStatus.SERVICE_UNAVAILABLE else {}


def _problem(answer: Answer, error: Exception, request_id: str, headers: dict[str, str]) -> Response[bytes]:
    body: dict[str, Any] = {
        "type": "about:blank", "status": answer.status, "code": answer.code, "title": answer.sentence,
        "request": request_id,
    }  # fmt: skip
    if isinstance(error, BadInput) and error.field:
        body["field"] = error.field
    encoded = msgspec.json.encode(body)
    return Response(encoded, status_code=answer.status, media_type="application/problem+json", headers=headers)


def _page(request: Request[Any, Any, Any], answer: Answer, headers: dict[str, str]) -> Response[str]:
    context: dict[str, Any] = {"number": answer.status, "sentence": answer.sentence, "code": answer.code}
    engine: Environment = request.app.state.templates
    template = engine.select_template(_templates(request.scope["path"], answer))
    response = pages.page(request, str(template.name), status=answer.status, **context)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _templates(path: str, answer: Answer) -> list[str]:
    """The most fitting page first; behind a questionnaire link those of the respondent, with large type."""
    if path.startswith(RESPONDENTS):
        own = ["respondents/closed.html"] if answer.code == "closed" else []
        return [*own, f"respondents/{answer.status}.html", "respondents/error.html"]
    return [f"errors/{answer.status}.html", "errors/error.html"]
