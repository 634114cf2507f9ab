"""Every change says what it changed, in words that name nobody, and the trail shows when somebody tampers with it."""

import ast
import re
from collections.abc import Iterator

import pytest

from callbacks.models import Programme
from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.errors import NoFactRecorded
from survey_service.trust import audit
from survey_service.trust.audit import COMMAND
from tests import serving
from tests.architecture.sources import product

PERSONAL = {
    "name", "display_name", "person", "phone", "number", "mobile", "tel", "id_number", "address", "text", "note", "answer",
    "answers", "comment", "token", "password", "secret", "guardian", "birth", "body", "message",
}  # fmt: skip
LOG_CALLS = {"debug", "info", "warning", "error", "exception", "critical"}


NAME = re.compile(r"[a-z]+(_[a-z]+)+")
IRREGULAR = {"begun", "built", "found", "kept", "lost", "made", "read", "sent", "set", "taken", "undone", "withdrawn"}
STANDING_WORDS = {"signed_in", "signed_out"}


def _calls_of_facts(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Fact":
            yield node


def _words(node: ast.expr, function: ast.AST) -> Iterator[str]:
    """The texts a name can have; what comes from the function's own argument or from another fact is named there."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from (word for side in (node.body, node.orelse) for word in _words(side, function))
    elif isinstance(node, ast.Name):
        for each in ast.walk(function):
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == node.id:
                yield from _words(each.value, function)
    elif not isinstance(node, ast.Attribute):
        yield ast.unparse(node)


def _names_of_facts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for call in _calls_of_facts(function):
                yield from ((call.lineno, word) for word in _words(call.args[0], function))


def _is_noun_verbed(name: str) -> bool:
    parts = name.split("_")
    said = any(part.endswith("ed") or part in IRREGULAR for part in parts[1:])
    return name in STANDING_WORDS or (bool(NAME.fullmatch(name)) and said)


def test_a_fact_is_named_by_a_thing_and_what_happened_to_it() -> None:
    named = [(source.name, line, name) for source in product() for line, name in _names_of_facts(source.tree)]
    assert {"wave_opened", "submission_started", "messages_marked_live"} <= {name for _, _, name in named}
    wrong = [f"{file}:{line} {name}" for file, line, name in named if not _is_noun_verbed(name)]
    assert not wrong, "\n".join(wrong)


def _keys_of_facts(tree: ast.Module) -> list[tuple[int, str]]:
    dicts = [given for call in _calls_of_facts(tree) for given in (*call.args, *(word.value for word in call.keywords))]
    return [
        (key.lineno, str(key.value))
        for given in dicts
        if isinstance(given, ast.Dict)
        for key in given.keys
        if isinstance(key, ast.Constant)
    ]


def test_no_fact_has_a_place_for_personal_data() -> None:
    found = [
        f"{source.name}:{line} {key}"
        for source in product()
        for line, key in _keys_of_facts(source.tree)
        if key in PERSONAL
    ]  # fmt: skip
    assert not found, "\n".join(found)


def test_log_lines_are_fixed_words_so_that_nothing_personal_slips_in() -> None:
    found = [
        f"{source.name}:{node.lineno} {ast.unparse(node)[:80]}"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOG_CALLS
        and ast.unparse(node.func.value).upper() in ("LOG", "LOGGER", "LOGGING", "ACCESS")
        and not (node.args and isinstance(node.args[0], ast.Constant))
    ]  # fmt: skip
    assert not found, "\n".join(found)


def _programme() -> dict[str, object]:
    return {"code": "2027", "title": "民生实事", "year": 2027, "level": "district"}


async def test_a_change_that_says_nothing_is_rolled_back(office: serving.Office) -> None:
    with pytest.raises(NoFactRecorded):
        async with office.site.ledger.change(COMMAND):
            await Programme.create(**_programme())
    assert not await Programme.exists(code="2027")


async def test_a_change_that_fails_leaves_neither_rows_nor_trail(office: serving.Office) -> None:
    before = await audit.head()
    with pytest.raises(ZeroDivisionError):
        async with office.site.ledger.change(COMMAND) as change:
            await Programme.create(**_programme())
            change.record(Fact("programme_added", "2027"))
            raise ZeroDivisionError
    assert not await Programme.exists(code="2027")
    assert await audit.head() == before


async def test_a_change_leaves_a_trace_and_an_edit_of_the_trail_shows(office: serving.Office) -> None:
    for year in (2027, 2028):
        async with office.site.ledger.change(COMMAND) as change:
            change.record(Fact("programme_added", str(year), {"year": year}))
    anchor = office.site.settings.audit_anchor
    assert (await audit.verify(office.site.keyring, anchor)).problems == ()
    await statements.execute("UPDATE survey_service_audit_entry SET object = $1 WHERE seq = $2", "2029", 1)
    assert (await audit.verify(office.site.keyring, anchor)).problems
    await statements.execute("UPDATE survey_service_audit_entry SET object = $1 WHERE seq = $2", "2027", 1)
    assert (await audit.verify(office.site.keyring, anchor)).problems == ()
    await statements.execute("DELETE FROM survey_service_audit_entry WHERE seq = $1", 2)
    assert (await audit.verify(office.site.keyring, anchor)).problems


async def test_a_draft_leaves_no_trace_and_stays(office: serving.Office) -> None:
    before = await audit.head()
    async with office.site.ledger.change(COMMAND) as change:
        await Programme.create(**_programme())
        change.record(Fact("draft_saved", "2027", chained=False))
    assert await Programme.exists(code="2027")
    assert await audit.head() == before
