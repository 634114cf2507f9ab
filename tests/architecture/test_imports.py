"""Who may import whom; the layers themselves are import-linter's contracts in pyproject.toml."""

import ast
import subprocess
import sys

import grimp

from tests.architecture.sources import PACKAGES, ROOT, product

MODELS = tuple(f"{package}.models" for package in PACKAGES)
BRIDGES = ("survey_service.extract", "survey_service.demo")
MUST_BE_PURE = (
    "callbacks.rules.",
    "callbacks.frame.lists.",
    "questionnaires.definition",
    "questionnaires.logic",
    "questionnaires.validation",
    "questionnaires.scoring",
    "questionnaires.rendering",
    "questionnaires.facts",
)
IMPURE_LIBRARIES = ("tortoise", "questionnaires.statements")


def test_the_import_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def test_no_module_imports_itself_through_others() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    cycles = []
    for module in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            if imported > module and graph.chain_exists(importer=imported, imported=module):
                cycles.append(f"{module} -> {imported} -> ... -> {module}")
    assert not cycles, "\n".join(cycles[:5])


def test_rows_are_imported_only_inside_their_package_and_by_the_bridges() -> None:
    found = [
        f"{source.name}:{line} imports {name}"
        for source in product()
        for line, name in source.imports()
        if name.startswith(MODELS) and name.split(".")[0] != source.package and not source.module.startswith(BRIDGES)
    ]
    assert not found, "\n".join(found)


def test_a_module_that_calls_itself_pure_reaches_no_rows_and_no_statements() -> None:
    graph = grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)
    found = []
    for source in product():
        if "Pure." not in source.docstring.splitlines()[0:1][0] or source.module not in graph.modules:
            continue
        reached = graph.find_upstream_modules(source.module)
        dirty = sorted(
            name for name in reached if name in (*MODELS, *IMPURE_LIBRARIES) or name.split(".")[0] == "tortoise"
        )
        found += [f"{source.name} says Pure. and reaches {', '.join(dirty)}"] if dirty else []
    assert not found, "\n".join(found)


def test_the_modules_that_decide_say_that_they_are_pure() -> None:
    found = [
        source.name
        for source in product()
        if (source.module.startswith(MUST_BE_PURE) or source.package == "analysis") and "Pure." not in source.docstring
        and not source.name.endswith("__init__.py") and not source.module.startswith("analysis.export")
    ]  # fmt: skip
    assert not found, "no `Pure.` in the first sentence: " + ", ".join(found)


def test_scipy_comes_only_as_scipy_special() -> None:
    found = [
        f"{source.name}:{line} imports {name}"
        for source in product()
        for line, name in source.imports()
        if name.split(".")[0] == "scipy" and not name.startswith("scipy.special")
    ]
    assert not found, "\n".join(found)


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{source.name}:{node.lineno} in {function.name}"
        for source in product()
        for function in source.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not found, "\n".join(found)
