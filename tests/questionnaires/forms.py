"""Forms for the tests: the three that come with the product, and small ones written as tables inside a test."""

from pathlib import Path

from questionnaires import library
from questionnaires.definition import Definition
from questionnaires.xlsform import read_folder

SHIPPED = {definition.key: definition for definition in read_folder(library.folder())}

SETTINGS = "form_title,form_id,version\n小问卷,small,1\n"
CHOICES = "list_name,name,label\nyesno,1,是\nyesno,2,否\n"


def write_form(folder: Path, survey: str, choices: str = CHOICES, settings: str = SETTINGS) -> Path:
    """The three sheets as files; the survey's heading is part of `survey`."""
    for noun, text in (("survey", survey), ("choices", choices), ("settings", settings)):
        (folder / f"{noun}.csv").write_text(text, encoding="utf-8")
    return folder


def small(folder: Path, survey: str, choices: str = CHOICES) -> Definition:
    """The definition of one small form."""
    return read_folder(write_form(folder, survey, choices))[0]
