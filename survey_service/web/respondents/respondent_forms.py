"""Reads what a respondent's form sent, whatever it sent. Pure."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from survey_service.errors import BadInput

MOST_FIELDS = 400
OWN = frozenset({"at", "version", "go", "scope", "slot"})


@dataclass(frozen=True, slots=True)
class Form:
    """The form's own fields, and the answers by key."""

    at: str
    version: str
    go: str
    scope: str
    slot: str
    answers: dict[str, list[str]]


def read(content_type: str, body: bytes) -> Form:
    """The form in a request body; undecodable bytes become replacement characters. Raises BadInput."""
    if body and not content_type.lower().startswith("application/x-www-form-urlencoded"):
        raise BadInput("提交的格式不对，请在打开的网页上作答。")
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as problem:
        raise BadInput("提交的内容太多。") from problem
    own: dict[str, str] = {}
    answers: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in OWN:
            own[name] = value
        else:
            answers.setdefault(name, []).append(value)
    return Form(**{name: own.get(name, "") for name in OWN}, answers=answers)
