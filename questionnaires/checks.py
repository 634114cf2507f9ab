"""Checks the expressions and references of a whole form: unreadable, unknown, circular. Pure."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

from questionnaires.definition import Definition, Item
from questionnaires.errors import ExpressionRefused, FormProblem
from questionnaires.expressions import calls, references
from questionnaires.logic import circle

MAX_ALL_EXPRESSIONS = 300_000  # characters of all expressions of a form together
IN_TEXT = re.compile(r"\$\{([^}]{0,200})\}")
CLOCKS = frozenset({"now", "today"})


def expression_problems(definition: Definition, sheet: str, rows: Mapping[str, int]) -> Iterator[FormProblem]:
    """Everything wrong with expressions and `${names}`, each with the row of its item or group."""
    known = [item.name for item in definition.items]
    total = 0
    readable = True
    for name, column, source in _expressions(definition):
        total += len(source)
        for sentence in _faults(source, column, known):
            readable = False
            yield FormProblem(sheet, rows.get(name, 0), column, sentence)
    for item in definition.items:
        yield from _text_problems(item, sheet, rows.get(item.name, 0), known)
    if total > MAX_ALL_EXPRESSIONS:
        yield FormProblem(sheet, 0, "", "全部算式加起来过长")
    found = circle(definition) if readable else ()
    if found:
        sentence = f"循环引用：{' → '.join(found)}"
        yield FormProblem(sheet, rows.get(found[0], 0), "relevant", sentence)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`,是不是 …?` when something near is known, else nothing."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f",是不是 {near[0]}?" if near else ""


def _expressions(definition: Definition) -> Iterator[tuple[str, str, str]]:
    for group in definition.groups:
        if group.relevant:
            yield group.name, "relevant", group.relevant
    for item in definition.items:
        columns = (("relevant", item.relevant), ("constraint", item.constraint), ("calculation", item.calculation))
        yield from ((item.name, column, source) for column, source in columns if source)


def _faults(source: str, column: str, known: list[str]) -> Iterator[str]:
    try:
        mentioned = references(source)
        called = calls(source)
    except ExpressionRefused as refused:
        yield f"算式写法有误：{refused.sentence}"
        return
    for name in mentioned:
        if name not in known:
            yield f"引用了不存在的题目 {name}{did_you_mean(name, known)}"
    if column != "constraint" and called & CLOCKS:
        # The path must be the same tomorrow for the same answers.
        yield "now() 和 today() 只能用在填写限制(constraint)里"


def _text_problems(item: Item, sheet: str, row: int, known: list[str]) -> Iterator[FormProblem]:
    columns = (("label", item.label), ("hint", item.hint), ("constraint_message", item.constraint_message))
    for column, words in columns:
        for name in IN_TEXT.findall(words):
            if name.strip() not in known:
                sentence = f"文字里引用了不存在的题目 {name.strip()}{did_you_mean(name.strip(), known)}"
                yield FormProblem(sheet, row, column, sentence)
