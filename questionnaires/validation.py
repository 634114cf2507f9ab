"""Takes one answer or refuses it with a Chinese sentence; says what is still unanswered. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence

from questionnaires.definition import Definition, Item, ItemType
from questionnaires.errors import AnswerRefused, EvaluationFailed, ExpressionRefused
from questionnaires.evaluation import LOCAL, Scope, holds
from questionnaires.expressions import parse
from questionnaires.logic import Answers, Context, State, state

MAX_TEXT = 2_000  # characters
MAX_INTEGER = 999_999_999
WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
FRACTION = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,6})?", re.ASCII)
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)

Raw = str | Sequence[str]


def accept(
    definition: Definition, item_name: str, raw: Raw, context: Context, answers: Answers, now: dt.datetime
) -> str:
    """The value to keep, in one canonical text per type.

    Codes of a select_multiple stand in the order of the form with spaces between; numbers are in ASCII digits; a
    date and time carries its offset (+08:00 where none was given); text is trimmed, with line feeds only. A blank is
    "" and is taken only where an answer is optional. Raises AnswerRefused(item, sentence).
    """
    item = definition.item(item_name)
    if item is None or not item.is_question:
        raise AnswerRefused(item_name, "问卷里没有这一题")
    value = canonical(item, raw)
    if not value:
        if item.required:
            raise AnswerRefused(item_name, blank_sentence(item))
        return ""
    _check_constraint(definition, item, value, context, answers, now)
    return value


def canonical(item: Item, raw: Raw) -> str:
    """The value of a question in its one form, constraint not looked at. Raises AnswerRefused."""
    return CHECKS[item.type](item, _texts(item, raw))


def blank_sentence(item: Item) -> str:
    """What to say where a required answer is missing."""
    match item.type:
        case ItemType.SELECT_ONE:
            return "请选一项"
        case ItemType.SELECT_MULTIPLE:
            return "请至少选一项"
        case _:
            return "请填写这一题"


def unanswered(definition: Definition, context: Context, answers: Answers) -> tuple[str, ...]:
    """Required questions on the path without an answer, in order."""
    return missing_in(definition, state(definition, context, answers))


def missing_in(definition: Definition, found: State) -> tuple[str, ...]:
    """As `unanswered`, for a state already worked out."""
    items = (definition.item(name) for name in found.path)
    return tuple(
        item.name
        for item in items
        if item is not None and item.is_question and item.required and item.name not in found.values
    )


def complete(definition: Definition, context: Context, answers: Answers) -> bool:
    """Whether every required question on the path is answered."""
    return not unanswered(definition, context, answers)


def _texts(item: Item, raw: Raw) -> list[str]:
    texts = [raw] if isinstance(raw, str) else list(raw)
    if not all(isinstance(text, str) for text in texts) or len(texts) > 200:
        raise AnswerRefused(item.name, "答案格式不对")
    if sum(len(text) for text in texts) > 2 * MAX_TEXT:
        raise AnswerRefused(item.name, f"最多{MAX_TEXT}字")
    for text in texts:
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\r\t" for char in text):
            raise AnswerRefused(item.name, "含有无法保存的控制字符")
    return texts


def _single(item: Item, texts: list[str]) -> str:
    filled = [text.strip() for text in texts if text.strip()]
    if len(filled) > 1:
        raise AnswerRefused(item.name, "这一题只能有一个答案")
    return filled[0] if filled else ""


def _select_one(item: Item, texts: list[str]) -> str:
    value = _single(item, texts)
    if value and item.choice(value) is None:
        raise AnswerRefused(item.name, "请从列出的选项里选一项")
    return value


def _select_multiple(item: Item, texts: list[str]) -> str:
    chosen = {code for text in texts for code in text.split()}
    if not chosen <= {choice.name for choice in item.choices}:
        raise AnswerRefused(item.name, "请从列出的选项里选")
    return " ".join(choice.name for choice in item.choices if choice.name in chosen)


def _integer(item: Item, texts: list[str]) -> str:
    value = unicodedata.normalize("NFKC", _single(item, texts))
    if value and not WHOLE.fullmatch(value):
        raise AnswerRefused(item.name, f"请填整数，绝对值不超过{MAX_INTEGER}")
    return str(int(value)) if value else ""


def _decimal(item: Item, texts: list[str]) -> str:
    value = unicodedata.normalize("NFKC", _single(item, texts))
    if value and not FRACTION.fullmatch(value):
        raise AnswerRefused(item.name, "请填数字，整数最多12位、小数最多6位")
    return value.removeprefix("+")


def _text(item: Item, texts: list[str]) -> str:
    value = _single(item, texts).replace("\r\n", "\n").replace("\r", "\n")
    if len(value) > MAX_TEXT:
        raise AnswerRefused(item.name, f"最多{MAX_TEXT}字")
    return value


def _date(item: Item, texts: list[str]) -> str:
    value = _single(item, texts)
    try:
        return dt.date.fromisoformat(value).isoformat() if value else ""
    except ValueError as error:
        raise AnswerRefused(item.name, "请填日期，如2026-05-06") from error


def _time(item: Item, texts: list[str]) -> str:
    value = _single(item, texts)
    if value and not CLOCK.fullmatch(value):
        raise AnswerRefused(item.name, "请填时间，如14:30")
    return value


def _datetime(item: Item, texts: list[str]) -> str:
    value = _single(item, texts)
    if not value:
        return ""
    try:
        moment = dt.datetime.fromisoformat(value)
        # Instants near year 1 or 9999 leave the range of a datetime when moved to UTC.
        aware = moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
        return aware.astimezone(LOCAL).isoformat(timespec="minutes")
    except (ValueError, OverflowError) as error:
        raise AnswerRefused(item.name, "请填日期和时间，如2026-05-06 14:30") from error


def _acknowledge(item: Item, texts: list[str]) -> str:
    return "OK" if _single(item, texts) else ""


CHECKS: dict[ItemType, Callable[[Item, list[str]], str]] = {
    ItemType.SELECT_ONE: _select_one,
    ItemType.SELECT_MULTIPLE: _select_multiple,
    ItemType.INTEGER: _integer,
    ItemType.DECIMAL: _decimal,
    ItemType.TEXT: _text,
    ItemType.DATE: _date,
    ItemType.TIME: _time,
    ItemType.DATETIME: _datetime,
    ItemType.ACKNOWLEDGE: _acknowledge,
}


def _check_constraint(
    definition: Definition, item: Item, value: str, context: Context, answers: Answers, now: dt.datetime
) -> None:
    if not item.constraint:
        return
    values = state(definition, context, answers).values
    try:
        kept = holds(parse(item.constraint), Scope(values, here=value, now=now))
    except (EvaluationFailed, ExpressionRefused) as failed:
        raise AnswerRefused(item.name, f"无法检查这一题：{failed.sentence}") from failed
    if not kept:
        raise AnswerRefused(item.name, item.constraint_message or "答案不符合这一题的要求")
