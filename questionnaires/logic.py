"""Which items a respondent meets: visibility and calculations recomputed from definition, context and answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

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


@dataclass(frozen=True, slots=True)
class _Program:
    order: tuple[str, ...]
    relevant: Mapping[str, Node]
    groups: Mapping[str, Node]
    calculations: Mapping[str, Node]


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
        return _Program(
            order,
            {item.name: parse(item.relevant) for item in definition.items if item.relevant},
            {group.name: parse(group.relevant) for group in definition.groups if group.relevant},
            {item.name: parse(item.calculation) for item in definition.items if item.calculation},
        )
    except CycleError as error:
        raise ItemFailed(str(error.args[1][0]), "循环引用") from error
    except ExpressionRefused as refused:
        raise ItemFailed(_first_unreadable(definition), refused.sentence) from refused


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
    node = program.relevant.get(item.name)
    return node is None or _holds(item.name, node, values)


def _holds(item: str, node: Node, values: Mapping[str, str]) -> bool:
    try:
        return holds(node, Scope(values))
    except EvaluationFailed as failed:
        raise ItemFailed(item, failed.sentence) from failed


def _value(item: Item, program: _Program, values: Mapping[str, str], context: Context, answers: Answers) -> str:
    if item.type in GIVEN:
        return context.get(item.name) or item.default
    if item.type is ItemType.CALCULATE:
        return _calculated(item, program, values)
    return answers.get(item.name, "")


def _calculated(item: Item, program: _Program, values: Mapping[str, str]) -> str:
    node = program.calculations.get(item.name)
    if node is None:
        return ""
    try:
        return text(evaluate(node, Scope(values)))
    except EvaluationFailed as failed:
        raise ItemFailed(item.name, failed.sentence) from failed
