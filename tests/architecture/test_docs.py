"""The documents: links lead somewhere, examples parse, commands exist, decisions stay short."""

import csv
import json
import re
import tomllib
from collections.abc import Callable

import click
import pytest

from survey_service.cli.main import commands
from tests.architecture.sources import ROOT, files

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
        if not isinstance(command, click.Group):
            return True  # what follows is an argument
        command = command.commands.get(word)
        if command is None:
            return False
    return True


def test_decisions_are_numbered_and_short() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in decisions if path.name[:4].isdigit()]
    assert len(numbers) == len(set(numbers)), f"one number, two decisions: {numbers}"
    long = [path.name for path in decisions if path.read_text("utf-8").count("\n") > LONGEST_DECISION]
    assert not long, "\n".join(long)
