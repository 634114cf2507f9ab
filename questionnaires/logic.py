"""Which items a respondent meets: visibility and calculations recomputed from definition, context and answers. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from questionnaires.definition import GIVEN, SHOWN, Definition, Item, ItemType
from questionnaires.errors import EvaluationFailed, ExpressionRefused, ItemFailed
from questionnaires.evaluation import Scope, evaluate, holds, text
from questionnaires.expressions import Node, parse, references

Context = Mapping[str, str]
Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class State:
    """What holds for these answers: names met in order, and the value that each name has for expressions."""

    path: tuple[str, ...]
    values: Mapping[str, str]


MOST_REMEMBERED = 512
ADDRESSED = "salutation"
"""The only value given from outside that tells who is asked."""

WORDS = frozenset({ItemType.TEXT, ItemType.DECIMAL, ItemType.DATE, ItemType.TIME, ItemType.DATETIME})
Result = TypeVar("Result")


class _Rule:
    """An expression with what it came to for values met before: the same few answers come again and again.

    Nothing is remembered of an expression that reads words of the respondent.
    """

    __slots__ = ("_found", "_names", "_remembers", "node")

    def __init__(self, source: str, worded: frozenset[str]) -> None:
        self.node = parse(source)
        self._names = references(source)
        self._remembers = worded.isdisjoint(self._names)
        self._found: dict[tuple[str | None, ...], bool | str] = {}

    def result(self, values: Mapping[str, str], work: Callable[[Node, Scope], Result]) -> Result:
        """What `work` makes of the expression; one rule is always given the same `work`."""
        if not self._remembers:
            return work(self.node, Scope(values))
        key = tuple([values.get(name) for name in self._names])
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= MOST_REMEMBERED:
                self._found.clear()
            found = self._found[key] = work(self.node, Scope(values))  # type: ignore[assignment]
        return found  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class _Program:
    order: tuple[str, ...]
    relevant: Mapping[str, _Rule]
    groups: Mapping[str, _Rule]
    calculations: Mapping[str, _Rule]


def path(definition: Definition, context: Context, answers: Answers) -> tuple[str, ...]:
    """Names of the notes and questions that are met, in the order of the form.

    An answer to an item that is not met counts as missing, for the path, for calculations and for scoring. A select
    with several answers is one text with the codes between spaces. Raises ItemFailed when an expression cannot be
    evaluated within its limits.
    """
    return state(definition, context, answers).path


def state(definition: Definition, context: Context, answers: Answers) -> State:
    """Path and values together; see `path`."""
    program = _program(definition)
    values: dict[str, str] = {}
    met: set[str] = set()
    decided: dict[str, bool] = {}
    for name in program.order:
        item = definition.item(name)
        if item is None:
            continue
        if not _is_met(item, program, values, decided):
            continue
        met.add(name)
        value = _value(item, program, values, context, answers)
        if value:
            values[name] = value
    shown = (item.name for item in definition.items if item.type in SHOWN and item.name in met)
    return State(tuple(shown), values)


def counted(definition: Definition, context: Context, answers: Answers) -> dict[str, str]:
    """Answers that count: given, not blank, and on the path; in the order of the form."""
    found = state(definition, context, answers)
    return {
        name: found.values[name]
        for name in found.path
        if name in found.values and (item := definition.item(name)) is not None and item.is_question
    }


def circle(definition: Definition) -> tuple[str, ...]:
    """Names that refer to each other in a circle, first and last the same; empty when there is none."""
    try:
        _order(definition)
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()


def _order(definition: Definition) -> tuple[str, ...]:
    known = {item.name for item in definition.items}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for item in definition.items:
        needed = [name for source in _sources(definition, item) for name in references(source) if name in known]
        sorter.add(item.name, *needed)
    return tuple(sorter.static_order())


def _sources(definition: Definition, item: Item) -> list[str]:
    groups = (definition.group(name) for name in item.groups)
    sources = [group.relevant for group in groups if group is not None]
    return [source for source in (*sources, item.relevant, item.calculation) if source]


@lru_cache(maxsize=128)
def _program(definition: Definition) -> _Program:
    try:
        order = _order(definition)
        worded = _worded(definition, order)
        return _Program(
            order,
            {item.name: _Rule(item.relevant, worded) for item in definition.items if item.relevant},
            {group.name: _Rule(group.relevant, worded) for group in definition.groups if group.relevant},
            {item.name: _Rule(item.calculation, worded) for item in definition.items if item.calculation},
        )
    except CycleError as error:
        raise ItemFailed(str(error.args[1][0]), "循环引用") from error
    except ExpressionRefused as refused:
        raise ItemFailed(_first_unreadable(definition), refused.sentence) from refused


def _worded(definition: Definition, order: Iterable[str]) -> frozenset[str]:
    """Names whose values may be a person's own words or name: typed, how he is addressed, or worked out of these."""
    found = {ADDRESSED}
    for item in filter(None, map(definition.item, order)):
        if item.type in WORDS or (item.calculation and not found.isdisjoint(references(item.calculation))):
            found.add(item.name)
    return frozenset(found)


def _first_unreadable(definition: Definition) -> str:
    for item in definition.items:
        for source in _sources(definition, item):
            try:
                parse(source)
            except ExpressionRefused:
                return item.name
    return ""


def _is_met(item: Item, program: _Program, values: dict[str, str], decided: dict[str, bool]) -> bool:
    # All that a group's condition refers to comes before its first item in the order, so it is decided once.
    for name in item.groups:
        if name in program.groups:
            if name not in decided:
                decided[name] = _holds(item.name, program.groups[name], values)
            if not decided[name]:
                return False
    rule = program.relevant.get(item.name)
    return rule is None or _holds(item.name, rule, values)


def _holds(item: str, rule: _Rule, values: Mapping[str, str]) -> bool:
    try:
        return rule.result(values, holds)
    except EvaluationFailed as failed:
        raise ItemFailed(item, failed.sentence) from failed


def _value(item: Item, program: _Program, values: Mapping[str, str], context: Context, answers: Answers) -> str:
    if item.type in GIVEN:
        return context.get(item.name) or item.default
    if item.type is ItemType.CALCULATE:
        return _calculated(item, program, values)
    return answers.get(item.name, "")


def _calculated(item: Item, program: _Program, values: Mapping[str, str]) -> str:
    rule = program.calculations.get(item.name)
    if rule is None:
        return ""
    try:
        return rule.result(values, _text)
    except EvaluationFailed as failed:
        raise ItemFailed(item.name, failed.sentence) from failed


def _text(node: Node, scope: Scope) -> str:
    return text(evaluate(node, scope))
