"""The auditor reads Chinese: every action and every detail that the code can put on the trail has its words."""

import ast
from collections.abc import Iterator

from survey_service.trust import trail_words
from tests.architecture.sources import product
from tests.architecture.test_facts import _words

MAKERS = {"Fact", "_fact"}


def _makers() -> Iterator[tuple[str, ast.AST, ast.Call]]:
    for path, tree in _trees():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in MAKERS:
                        yield path, function, node


def _trees() -> Iterator[tuple[str, ast.AST]]:
    for source in product():
        yield source.name, source.tree


def _keys(node: ast.AST, function: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Dict):
        yield from (key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
    elif isinstance(node, ast.Name):
        for each in ast.walk(function):
            if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None:
                target = each.targets[0] if isinstance(each, ast.Assign) else each.target
                if ast.unparse(target) == node.id:
                    yield from _keys(each.value, function)


def test_every_action_of_the_code_has_chinese_words() -> None:
    found = {word: path for path, function, call in _makers() for word in _words(call.args[0], function)}
    assert len(found) > 75, "the names are read from the code"
    assert not {word: path for word, path in found.items() if word not in trail_words.ACTIONS}
    assert not set(trail_words.ACTIONS) - set(found), "words for what no code says any more"


def test_every_detail_of_the_code_has_chinese_words() -> None:
    keys = set[str]()
    for _, function, call in _makers():
        for given in call.args[2:3]:
            keys.update(_keys(given, function))
    assert {"purpose", "commitment", "sha256", "attempt"} <= keys, "the details are read from the code"
    unknown = sorted(keys - set(trail_words.DETAILS))
    assert not unknown, unknown


def test_no_two_actions_sound_the_same() -> None:
    labels = [action.label for action in trail_words.ACTIONS.values()]
    assert sorted(set(labels)) == sorted(labels)


def test_objects_and_details_are_said_in_words() -> None:
    assert trail_words.about("account_disabled", "abc", {"abc": "民政局联络员"}) == "民政局联络员"
    assert trail_words.about("case_claimed", "2222qcqaed", {}) == "个案 2222qcqaed"
    assert trail_words.about("sign_in_refused", "-", {}) == "—"
    assert trail_words.detail("code", "310") == ("结果", "310 " + trail_words._outcome("310").split(" ", 1)[1])
    assert trail_words.detail("S08", 3) == ("已完成待抽检", "3")
    assert trail_words.detail("purpose", "login") == ("用途", "登录")
    assert trail_words.detail("never", True) == ("今后都不联系", "是")
    assert trail_words.action("of_a_later_version") == "of_a_later_version"
