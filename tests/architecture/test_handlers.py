"""Handlers read a form, call one action and choose a page: short, and without a word of SQL."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import Source, product

LONGEST_HANDLER = 20
"""In statements, those inside blocks counted; fifteen is the aim."""

ROUTERS = {"get", "post", "put", "patch", "delete"}
SQL = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s[\s\S]*\b(FROM|VALUES|SET|AS)\b")


def _web() -> Iterator[Source]:
    yield from (source for source in product() if source.name.startswith("survey_service/web/"))


def _is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = [each.func for each in function.decorator_list if isinstance(each, ast.Call)]
    return any(isinstance(call, ast.Name) and call.id in ROUTERS for call in calls)


def _statements(function: ast.AST) -> int:
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1


def test_a_handler_is_short() -> None:
    handlers = [(source, function) for source in _web() for function in source.functions() if _is_handler(function)]
    assert len(handlers) > 50
    long = [
        f"{source.name}:{function.lineno} {function.name}: {count}"
        for source, function in handlers
        if (count := _statements(function)) > LONGEST_HANDLER
    ]
    assert not long, "\n".join(long)


def test_no_sql_is_written_where_requests_are_answered() -> None:
    found = [
        f"{source.name}:{node.lineno} {node.value.strip()[:60]}"
        for source in _web()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    ]
    assert not found, "\n".join(found)
