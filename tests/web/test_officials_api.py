"""Waves, reports and progress as JSON, and the report command: files that other programs open."""

import csv
import datetime as dt
import io
import json
from pathlib import Path

import docx
import httpx
import msgspec
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from analysis.export import json as report_json
from survey_service.cli import reports as reports_command
from survey_service.cli.main import commands
from survey_service.desks import wave_progress
from survey_service.errors import BadInput
from survey_service.web.officials import api_reports
from tests import cast, serving
from tests.web import answers


async def ask(office: serving.Office, path: str) -> httpx.Response:
    return await (await office.visitor_as("official")).get(path)


async def test_the_report_as_json_is_the_report(office: serving.Office) -> None:
    await answers.scene()
    answer = await ask(office, "/api/v1/waves/W1/report")
    assert answer.headers["content-type"].startswith("application/json")
    report = report_json.read(answer.content)
    row = report.projects[0]
    assert (row.satisfaction.x, row.satisfaction.n, row.satisfaction.verdict) == (116, 118, "met")
    assert report.definitions[row.satisfaction.metric].version == "1"


async def test_waves_come_in_pages_with_a_cursor(office: serving.Office) -> None:
    for number in range(1, 6):
        await cast.wave(f"W{number}", starts_on=dt.date(2026, number, 1))
    visitor = await office.visitor_as("official")
    first = (await visitor.get("/api/v1/waves?limit=2")).json()
    assert [wave["code"] for wave in first["waves"]] == ["W5", "W4"]
    second = (await visitor.get(f"/api/v1/waves?limit=2&cursor={first['next']}")).json()
    assert [wave["code"] for wave in second["waves"]] == ["W3", "W2"]
    last = (await visitor.get(f"/api/v1/waves?limit=2&cursor={second['next']}")).json()
    assert ([wave["code"] for wave in last["waves"]], last["next"]) == (["W1"], None)


async def test_errors_are_problems_with_a_stable_code(office: serving.Office) -> None:
    await answers.scene()
    for path, status, code in (
        ("/api/v1/waves?cursor=nowhere", 422, "bad-input"),
        ("/api/v1/waves?limit=0", 422, "bad-input"),
        ("/api/v1/waves/W9/report", 404, "not-found"),
        ("/api/v1/waves/W9/progress", 404, "not-found"),
    ):
        answer = await ask(office, path)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
        assert answer.headers["content-type"] == "application/problem+json"
    hidden = await (await office.visitor_as("street")).get("/api/v1/waves/W1/progress")
    assert (hidden.status_code, hidden.json()["code"]) == (403, "results-hidden")


async def test_progress_counts_cases_by_state_and_what_is_due(office: serving.Office) -> None:
    await answers.scene()
    told = (await ask(office, "/api/v1/waves/W1/progress")).json()
    states = {state["state"]: state["n"] for state in told["states"]}
    assert states == {"S01": 215, "S03": 45, "S08": 310, "S11": 5}
    assert told["cases"] == sum(states.values())
    road = next(project for project in told["projects"] if project["code"] == "P02")
    assert (road["people"], road["finished"], road["due_today"], road["overdue"]) == (149, 99, 50, 0)


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx", "docx", "html"])
async def test_downloads_open_again_and_say_the_same(office: serving.Office, kind: str) -> None:
    await answers.scene()
    made = await (await office.visitor_as("official")).post("/report/W1/files", data={"format": kind})
    assert opened(kind, made.content)


def opened(kind: str, content: bytes) -> bool:
    """Whether the file opens in its own format and prints the rate of the first project."""
    if kind == "json":
        return report_json.read(content).projects[0].satisfaction.text == "98.3%"
    if kind == "csv":
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        return any("98.3%" in line for line in lines)
    if kind == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
        return any("98.3%" in str(cell) for sheet in sheets for line in sheet for cell in line)
    if kind == "docx":
        document = docx.Document(io.BytesIO(content))
        return any("98.3%" in cell.text for table in document.tables for line in table.rows for cell in line.cells)
    return "98.3%" in content.decode("utf-8")


@pytest.fixture
async def installed(database_url: str, tmp_path: Path) -> dict[str, str]:
    """An installation with the scene in it and nobody serving it; its environment."""
    settings = serving.settings_for(database_url, tmp_path)
    async with serving.opened(settings, cast.NOW):
        await answers.scene()
    return settings.to_env()


def run(environment: dict[str, str], *words: str) -> str:
    done = CliRunner().invoke(commands, ["report", *words], env=environment, catch_exceptions=False)
    return done.output


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx", "docx", "html"])
def test_the_command_writes_every_kind_of_file(installed: dict[str, str], tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"report.{kind}"
    assert "已写入" in run(installed, "W1", "--format", kind, "--out", str(out))
    assert opened(kind, out.read_bytes())


def test_the_command_says_what_comes_later_and_what_is_not_there(installed: dict[str, str], tmp_path: Path) -> None:
    out = str(tmp_path / "report")
    for words, said in (
        (("W1", "--format", "pdf"), "以后提供"),
        (("W1", "--format", "sav"), "以后提供"),
        (("W9",), "没有批次 W9"),
    ):
        with pytest.raises(BadInput) as refused:
            run(installed, *words, "--out", out)
        assert said in refused.value.sentence
    assert not Path(out).exists()
    assert reports_command.report.name == "report"


def test_the_examples_in_the_documentation_are_payloads_of_these_calls() -> None:
    folder = Path(__file__).parents[2] / "docs" / "payloads"
    report = report_json.read((folder / "report.json").read_bytes())
    assert json.loads((folder / "report.json").read_text("utf-8"))["format"] == report.format == "survey-report/1"
    assert json.loads(report_json.export(report)) == json.loads((folder / "report.json").read_text("utf-8")), (
        "the example has every field of today"
    )
    assert report.projects and report.headline.weighted.text.endswith("%")
    for name, kind in (("waves", api_reports.WaveList), ("progress", wave_progress.Progress)):
        text = (folder / f"{name}.json").read_bytes()
        example = msgspec.json.decode(text, type=kind)
        assert json.loads(msgspec.json.encode(example)) == json.loads(text), f"{name}.json has every field of today"
