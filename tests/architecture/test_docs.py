"""The documents: links lead somewhere, examples parse and are used, settings and commands are all told, plain words."""

import csv
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from survey_service.cli.main import commands
from survey_service.settings import PREFIX, Settings
from tests.architecture.sources import ROOT, everything, files

DOCUMENTS = tuple(path for path in files() if path.suffix == ".md")
FENCED = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
COMMAND = re.compile(r"(?:^|`|\$ )(?:\.venv/bin/)?survey-service ((?:[a-z-]+ ?)+)", re.M)
PARSERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "csv": lambda text: list(csv.reader([text])),
}
LONGEST_DECISION = 60
LARGEST_PICTURE = 150_000
OPERATING = ROOT / "docs" / "operating.md"
SETTING = re.compile(r"`(SURVEY_[A-Z_]+)`")
DOCUMENTED_ELSEWHERE = {PREFIX + "CONFIG"}
"""Read by the settings themselves, not one of their fields."""

PRAISE = re.compile(
    "领先|革命性|一站式|赋能|颠覆|极致|完美|强大的|轻松搞定|业界|智慧化|全方位"
    r"|\b(seamless|blazing|world-class|cutting-edge|revolutionary|effortless|powerful|best-in-class|robust)\b",
    re.I,
)
UNFINISHED = re.compile(r"待补充|待完善|敬请期待|\b(TBD|lorem ipsum|coming soon)\b", re.I)
OTHER_WORDS_FOR_OURS = re.compile("调查轮次|呼叫任务|投诉单|\\b(campaign|survey round)s?\\b", re.I)


def test_every_link_leads_to_a_file() -> None:
    lost = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in DOCUMENTS
        for target in LINK.findall(path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]
    assert not lost, "\n".join(lost)


def test_every_example_in_the_documents_parses() -> None:
    for path in DOCUMENTS:
        for kind, body in FENCED.findall(path.read_text("utf-8")):
            if kind in PARSERS:
                try:
                    PARSERS[kind](body)
                except ValueError as problem:
                    pytest.fail(f"{path.relative_to(ROOT)}: an example of {kind} does not parse: {problem}")


def test_every_command_in_the_documents_exists() -> None:
    lost = [
        f"{path.relative_to(ROOT)}: survey-service {words}"
        for path in DOCUMENTS
        for words in COMMAND.findall(path.read_text("utf-8"))
        if not _exists(words.split())
    ]
    assert not lost, "\n".join(lost)


def _exists(words: list[str]) -> bool:
    command: click.Command | None = commands
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            return True  # what follows is an argument or an option
        command = command.commands.get(word)
        if command is None:
            return False
    return True


def _commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield before + name


def test_every_command_is_told_to_operators() -> None:
    text = OPERATING.read_text("utf-8")
    missing = [name for name in _commands(commands) if f"`survey-service {name}" not in text]
    assert not missing, "\n".join(missing)


def test_every_setting_is_told_to_operators_with_its_default_and_no_other() -> None:
    text = OPERATING.read_text("utf-8")
    known = {PREFIX + field.name.upper() for field in fields(Settings)} | DOCUMENTED_ELSEWHERE
    told = set(SETTING.findall(text))
    assert told == known, f"not told: {sorted(known - told)}; told without being one: {sorted(told - known)}"
    rows = dict(re.findall(r"^\| `(SURVEY_[A-Z_]+)` \| (.*?) \|", text, re.M))
    wrong = [name for name, default in Settings().to_env().items() if rows[name].strip("`") != (default or "空")]
    assert not wrong, f"another default than the program's: {wrong}"


def test_no_document_speaks_of_a_setting_that_does_not_exist() -> None:
    known = {PREFIX + field.name.upper() for field in fields(Settings)} | DOCUMENTED_ELSEWHERE
    strange = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in DOCUMENTS
        for name in re.findall(r"SURVEY_[A-Z]+(?:_[A-Z]+)*", path.read_text("utf-8"))
        if name not in known
    ]
    assert not strange, "\n".join(strange)


def test_every_example_file_is_used_by_a_test() -> None:
    tests = "".join(
        source.text for source in everything() if source.package == "tests" and source.path != Path(__file__)
    )
    examples = [path for path in files() if path.parent == ROOT / "docs" / "payloads"]
    assert len(examples) >= 10
    unused = [path.name for path in examples if f'"{path.name}"' not in tests and f'"{path.stem}"' not in tests]
    assert not unused, "\n".join(unused)


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached or not path.exists():
            continue
        reached.add(path)
        if path.is_dir():
            waiting += path.iterdir()
        elif path.suffix == ".md":
            waiting += [(path.parent / target).resolve() for target in LINK.findall(path.read_text("utf-8"))]
    lost = [str(path.relative_to(ROOT)) for path in DOCUMENTS if path not in reached]
    assert not lost, "\n".join(lost)


def test_pictures_of_the_documents_are_small() -> None:
    pictures = [path for path in files() if path.parent == ROOT / "docs" / "pictures"]
    heavy = [path.name for path in pictures if path.stat().st_size > LARGEST_PICTURE]
    assert not heavy, "\n".join(heavy)


@pytest.mark.parametrize("pattern", [PRAISE, UNFINISHED, OTHER_WORDS_FOR_OURS], ids=["praise", "unfinished", "words"])
def test_documents_use_plain_words_and_ours(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in DOCUMENTS
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


def test_decisions_are_numbered_and_short() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in decisions if path.name[:4].isdigit()]
    assert len(numbers) == len(set(numbers)), f"one number, two decisions: {numbers}"
    long = [path.name for path in decisions if path.read_text("utf-8").count("\n") > LONGEST_DECISION]
    assert not long, "\n".join(long)
