"""Runs the tree of an expression over the values of a questionnaire, with a budget of steps. Pure."""

import datetime as dt
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from questionnaires.errors import EvaluationFailed
from questionnaires.expressions import Call, Chain, Here, Literal, Negative, Node, Reference, compiled_pattern

MAX_STEPS = 10_000
MAX_TEXT = 10_000  # characters
MAX_MATCHED = 2_000  # characters given to regex()
EPOCH = dt.date(1970, 1, 1)
# China has kept one offset and no summer time since 1991; naive local times in answers are meant in it.
LOCAL = dt.timezone(dt.timedelta(hours=8))

Value = str | float | bool | dt.datetime | dt.date


@dataclass(slots=True)
class Scope:
    """What an expression may see: values by item name, the value being checked, and the instant given by the caller."""

    values: Mapping[str, str]
    here: str = ""
    now: dt.datetime | None = None
    steps: int = field(default=0)


def evaluate(node: Node, scope: Scope) -> Value:
    """Value of an expression by XPath 1.0 rules as ODK applies them.

    A missing answer is the empty text. Raises EvaluationFailed when 10,000 steps or 10 KB of text are exceeded, or
    when now() is asked where no instant was given.
    """
    scope.steps += 1
    if scope.steps > MAX_STEPS:
        raise EvaluationFailed("计算步数超过上限")
    match node:
        case Literal():
            return node.value
        case Reference():
            return _bounded(scope.values.get(node.name, ""))
        case Here():
            return _bounded(scope.here)
        case Negative():
            return -number(evaluate(node.operand, scope))
        case Chain():
            return _chain(node, scope)
        case Call():
            return _call(node, scope)


def holds(node: Node, scope: Scope) -> bool:
    """Truth of a condition."""
    return truth(evaluate(node, scope))


def truth(value: Value) -> bool:
    """Numbers are true unless zero or NaN, texts unless empty."""
    if isinstance(value, float):
        return not (value == 0 or math.isnan(value))
    return bool(value)


def number(value: Value) -> float:
    """Number of a value, NaN for what is none; dates count days since 1970, as in ODK."""
    match value:
        case bool():
            return 1.0 if value else 0.0
        case float():
            return value
        case dt.datetime():
            return value.timestamp() / 86400
        case dt.date():
            return float((value - EPOCH).days)
        case _:
            return _number_of_text(value)


def text(value: Value) -> str:
    """Text of a value; whole numbers have no decimal point."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return _text_of_number(value)
        case dt.datetime():
            return value.astimezone(LOCAL).isoformat(timespec="seconds")
        case dt.date():
            return value.isoformat()
        case _:
            return value


def moment(value: str) -> float:
    """Days since 1970 of an ISO date or date and time, NaN for anything else."""
    try:
        if len(value) == 10:
            return number(dt.date.fromisoformat(value))
        parsed = dt.datetime.fromisoformat(value)
    except ValueError:
        return math.nan
    return number(parsed if parsed.tzinfo else parsed.replace(tzinfo=LOCAL))


def _number_of_text(value: str) -> float:
    stripped = value.strip()
    if not stripped or len(stripped) > 40 or not set(stripped) <= set("0123456789.-"):
        return math.nan
    try:
        return float(stripped)
    except ValueError:
        return math.nan


def _text_of_number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) else repr(value)


def _bounded(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise EvaluationFailed("文字超过10KB")
    return value


def _chain(node: Chain, scope: Scope) -> Value:
    first = evaluate(node.first, scope)
    for sign, operand in node.rest:
        match sign:
            case "or":
                first = truth(first) or truth(evaluate(operand, scope))
            case "and":
                first = truth(first) and truth(evaluate(operand, scope))
            case _:
                first = BINARY[sign](first, evaluate(operand, scope))
    return first


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    one, other = _comparable(left, right)
    return one == other


def _unequal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool) or (isinstance(left, str) and isinstance(right, str)):
        return not _equal(left, right)
    # NaN differs from everything in XPath too, so an unanswered item is unequal to every number.
    one, other = _comparable(left, right)
    return one != other


def _comparable(left: Value, right: Value) -> tuple[float, float]:
    dated = isinstance(left, dt.date) or isinstance(right, dt.date)
    both_text = isinstance(left, str) and isinstance(right, str)
    numbers = (number(left), number(right))
    if dated or (both_text and any(math.isnan(one) for one in numbers)):
        return (
            moment(left) if isinstance(left, str) else numbers[0],
            moment(right) if isinstance(right, str) else numbers[1],
        )
    return numbers


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[Value, Value], Value]:
    return lambda left, right: compare(*_comparable(left, right))


def _arithmetic(combine: Callable[[float, float], float]) -> Callable[[Value, Value], Value]:
    return lambda left, right: combine(number(left), number(right))


def _divided(left: float, right: float) -> float:
    if right == 0:
        return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left)
    return left / right


def _remainder(left: float, right: float) -> float:
    # XPath mod keeps the sign of the dividend.
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "=": _equal,
    "!=": _unequal,
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "+": _arithmetic(operator.add),
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "div": _arithmetic(_divided),
    "mod": _arithmetic(_remainder),
}


def _call(node: Call, scope: Scope) -> Value:
    match node.name:
        case "if":
            chosen = node.arguments[1] if holds(node.arguments[0], scope) else node.arguments[2]
            return evaluate(chosen, scope)
        case "now" | "today":
            return _clock(node.name, scope)
        case "true" | "false":
            return node.name == "true"
    return FUNCTIONS[node.name](*(evaluate(argument, scope) for argument in node.arguments))


def _clock(name: str, scope: Scope) -> Value:
    if scope.now is None:
        raise EvaluationFailed(f"{name}() 只能用在填写限制里")
    return scope.now if name == "now" else scope.now.astimezone(LOCAL).date()


def _concat(*values: Value) -> Value:
    return _bounded("".join(text(value) for value in values))


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if text(value) != ""), "")


def _matches(value: Value, pattern: Value) -> Value:
    subject = text(value)
    if len(subject) > MAX_MATCHED:
        raise EvaluationFailed(f"regex() 检查的文字超过{MAX_MATCHED}字")
    return compiled_pattern(text(pattern)).fullmatch(subject) is not None


def _whole(value: Value) -> Value:
    converted = number(value)
    return float(int(converted)) if math.isfinite(converted) else converted


def _rounded(value: Value, places: Value = 0.0) -> Value:
    converted, digits = number(value), number(places)
    if not math.isfinite(converted) or not math.isfinite(digits) or abs(digits) > 12:
        return math.nan
    scale = 10.0 ** int(digits)
    scaled = converted * scale
    return math.floor(scaled + 0.5) / scale if math.isfinite(scaled) else converted


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "not": lambda value: not truth(value),
    "selected": lambda value, wanted: text(wanted).strip() in text(value).split(),
    "count-selected": lambda value: float(len(text(value).split())),
    "string-length": lambda value: float(len(text(value))),
    "regex": _matches,
    "concat": _concat,
    "coalesce": _coalesce,
    "number": lambda value: number(value),
    "string": lambda value: text(value),
    "int": _whole,
    "round": _rounded,
}
