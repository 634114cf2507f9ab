"""Small files, short functions, shallow nesting, first sentences, and the words that this house does not use."""

import ast
import re
from collections import Counter

from tests.architecture.sources import ROOT, everything, product, texts

MOST_MODULES = 18
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
DEEPEST = 3
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
NAMELESS = re.compile(r"(^|_)(utils?|helpers?|common|managers?|base|misc)(_|$)", re.I)
VAGUE_CLASS = re.compile(r"(Service|Manager|Helper|Util|Utils)$")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\braise NotImplementedError\b")
TICK_RUNNER = ("survey_service/ticks.py", "survey_service/operation/scheduler.py")
CLOCK_CALLS = re.compile(r"\b(datetime|dt|date)\.(datetime\.)?(now|utcnow|today)\(")
CLOCK_ALLOWED = ("survey_service/clock.py",)
ENVIRONMENT = re.compile(r"\bos\.(environ|getenv)\b|\bfrom os import .*\b(environ|getenv)\b")
ENVIRONMENT_ALLOWED = (
    "survey_service/settings.py",
    "survey_service/operation/serving.py",
)  # the latter hands them to its workers
OTHER_WORDS_FOR_OURS = {
    "campaign": "wave",
    "questionnaire_response": "submission",
    "survey_round": "wave",
}


def _lines(name: str, text: str, pattern: re.Pattern[str]) -> list[str]:
    return [f"{name}:{number}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]


def test_no_file_is_longer_than_a_sitting() -> None:
    long = [f"{source.name}: {lines}" for source in everything() if (lines := source.text.count("\n")) > LONGEST_FILE]
    assert not long, "\n".join(long)


def test_no_folder_holds_more_than_a_reader_can_survey() -> None:
    folders = Counter(source.path.parent for source in product() if source.path.name != "__init__.py")
    full = [f"{folder.relative_to(ROOT)}: {count} modules" for folder, count in folders.items() if count > MOST_MODULES]
    assert not full, "\n".join(full)


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{source.name}:{function.lineno} {function.name}: {length}"
        for source in product()
        for function in source.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long, "\n".join(long)


def _depth(node: ast.AST) -> int:
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        # an elif is an If inside the orelse of an If; it does not go deeper
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, _depth(child) + (isinstance(child, BRANCHES) and not is_elif))
    return deepest


def test_nothing_is_nested_deeper_than_three() -> None:
    deep = [
        f"{source.name}:{function.lineno} {function.name}: {depth}"
        for source in product()
        for function in source.functions()
        if (depth := _depth(function)) > DEEPEST
    ]
    assert not deep, "\n".join(deep)


def test_every_module_starts_with_a_sentence() -> None:
    silent = [source.name for source in everything() if not source.docstring.strip()]
    assert not silent, "\n".join(silent)


def test_no_file_or_class_has_a_name_that_says_nothing() -> None:
    files = [source.name for source in product() if NAMELESS.search(source.path.stem)]
    classes = [
        f"{source.name}:{node.lineno} {node.name}"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and VAGUE_CLASS.search(node.name)
    ]
    assert not files + classes, "\n".join(files + classes)


def test_nothing_is_left_unfinished() -> None:
    marks = [
        where for name, text in texts() if not name.startswith("tests/") for where in _lines(name, text, UNFINISHED)
    ]
    assert not marks, "\n".join(marks)


def test_only_the_clock_asks_what_time_it_is() -> None:
    found = [
        where
        for source in product()
        if source.name not in CLOCK_ALLOWED
        for where in _lines(source.name, source.text, CLOCK_CALLS)
    ]
    assert not found, "\n".join(found)


def test_only_the_settings_read_the_environment() -> None:
    found = [
        where
        for source in product()
        if source.name not in ENVIRONMENT_ALLOWED
        for where in _lines(source.name, source.text, ENVIRONMENT)
    ]
    assert not found, "\n".join(found)


def test_no_error_is_swallowed_whole() -> None:
    found = [
        f"{source.name}:{node.lineno}"
        for source in product()
        if source.name not in TICK_RUNNER
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises_again(node)
    ]
    assert not found, "\n".join(found)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or ast.unparse(handler.type) in ("Exception", "BaseException")


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_one_word_for_one_thing() -> None:
    found = [
        f"{where}: say {ours}"
        for source in product()
        for theirs, ours in OTHER_WORDS_FOR_OURS.items()
        for where in _lines(source.name, source.text, re.compile(rf"\b{theirs}s?\b", re.I))
    ]
    assert not found, "\n".join(found)
