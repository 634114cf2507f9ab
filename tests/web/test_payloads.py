"""The examples of docs/payloads, each given to the real commands and calls, in the order of a first wave."""

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from analysis.reporting.report_model import EvidenceRow, Report
from callbacks.calling import links
from callbacks.models import Case
from survey_service.cli.main import commands
from survey_service.settings import Settings
from survey_service.trust.audit import COMMAND
from survey_service.trust.viewer import Role
from tests import cast, serving
from tests.conftest import THURSDAY_MORNING

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "payloads"
WAVE = "CD2026-1"
LATER = THURSDAY_MORNING + dt.timedelta(minutes=10)
"""The commands' clock starts at 10:05 and runs; this one is held in the hand."""


def example(name: str) -> Any:
    """A JSON file of the folder."""
    return json.loads((EXAMPLES / name).read_text("utf-8"))


def _shape(value: Any) -> Any:
    """Names and kinds of a payload, whatever the values; the first of a list stands for all."""
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(inner) for inner in value[:1]]
    return type(value).__name__


@pytest.fixture
def office_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as the commands find them in the environment, with the demonstration's clock."""
    for name, value in settings.to_env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SURVEY_CLOCK", "demo")
    return settings


async def _command(*words: str, typed: str = "") -> Result:
    # commands run an event loop of their own, so not in this one
    return await asyncio.to_thread(CliRunner().invoke, commands, list(words), typed)


async def _done(*words: str, typed: str = "") -> str:
    result = await _command(*words, typed=typed)
    assert result.exit_code == 0, (words, result.output, result.exception)
    return result.output


async def _first_wave() -> None:
    """What an operator types, with the files of the folder."""
    session = example("session.json")
    await _done("migrate")
    await _done("questionnaire", "import", "--builtin")
    await _done("import", "zones", str(EXAMPLES / "zones.csv"))
    await _done("import", "departments", str(EXAMPLES / "departments.csv"))
    await _done("import", "projects", str(EXAMPLES / "projects.csv"), "--programme", "CD2026")
    await _done("import", "roster", str(EXAMPLES / "roster.csv"), "--project", "P01")
    await _done("wave", "open", str(EXAMPLES / "PLAN.toml"))
    agent = ("account", "add", session["name"], "--role", "agent", "--zone", "CD01", "--zone", "CD02")
    await _done(*agent, "--password-stdin", typed=f"{session['password']}\n")


async def test_the_lists_are_taken_as_they_are_and_what_is_odd_is_said(office_settings: Settings) -> None:
    await _first_wave()
    again = await _command("import", "roster", str(EXAMPLES / "roster.csv"), "--project", "P01")
    assert again.exit_code == 1 and "导入过" in again.output


async def test_the_plan_prints_what_its_sample_can_prove(office_settings: Settings) -> None:
    await _done("migrate")
    await _done("import", "zones", str(EXAMPLES / "zones.csv"))
    await _done("import", "projects", str(EXAMPLES / "projects.csv"), "--programme", "CD2026")
    said = await _done("import", "roster", str(EXAMPLES / "roster.csv"), "--project", "P01")
    assert "合计行，不作为一个人" in said and "没有可用的电话" in said and "可导入6条" in said
    sheet = await _done("wave", "plan", str(EXAMPLES / "PLAN.toml"))
    assert "名单6人，全数回访6人" in sheet and "能证实的概率" in sheet and "P03 背街小巷改造：没有名单" in sheet


async def test_an_agents_calls_have_the_shape_of_the_examples(office_settings: Settings) -> None:
    await _first_wave()
    async with serving.opened(office_settings, LATER) as office:
        agent = office.visitor()
        opened = await agent.post("/api/v1/session", json=example("session.json"))
        assert opened.status_code == 201, opened.text
        agent.headers["x-csrf-token"] = opened.json()["csrf_token"]
        answer = await agent.post("/api/v1/agent/next", headers={"idempotency-key": "first"})
        assert answer.status_code == 200 and _shape(answer.json()) == _shape(example("next.json"))
        case = answer.json()["case"]
        given = {**example("attempt.json"), "attempt": case["attempt"], "claim": case["claim"]}
        recorded = await agent.post(f"/api/v1/cases/{case['ref']}/attempts", json=given)
        assert recorded.status_code == 201, recorded.text
        assert recorded.json()["next_attempt_at"] == "2026-03-06T01:45:00Z", "9:45 in Shanghai"
        refused = await agent.post("/api/v1/cases/zzzzzzzzzz/release", json={"reason": "break"})
        problem = example("problem.json")
        assert refused.headers["content-type"] == "application/problem+json"
        assert _shape(refused.json()) == _shape(problem)
        assert (refused.status_code, refused.json()["code"]) == (problem["status"], problem["code"])


async def test_a_respondent_drafts_and_submits_the_examples(office_settings: Settings) -> None:
    await _first_wave()
    async with serving.opened(office_settings, LATER) as office:
        case = await Case.filter(state="S01").first()
        assert case is not None
        async with office.site.ledger.change(COMMAND) as change:
            token, fact = await links.issue(case.ref, change.now, change.now.replace(month=4))
            change.record(fact)
        phone, url = office.visitor(), f"/api/v1/s/{token}"
        kept = await phone.put(f"{url}/draft", json=example("draft.json"))
        assert (kept.status_code, kept.json()["refused"]) == (200, {}), kept.text
        done = await phone.post(f"{url}/submission", json=example("submission.json"))
        assert done.status_code == 201, done.text
        assert (await phone.post(f"{url}/submission", json=example("submission.json"))).json() == done.json()


async def test_the_report_has_the_shape_of_the_example(office_settings: Settings) -> None:
    shown = msgspec.json.decode((EXAMPLES / "report.json").read_bytes(), type=Report, strict=True)
    assert shown.projects and shown.headline.weighted.text.endswith("%")
    await _first_wave()
    async with serving.opened(office_settings, LATER) as office:
        await cast.account(Role.OFFICIAL)
        official = await office.visitor_as(Role.OFFICIAL)
        made = (await official.get(f"/api/v1/waves/{WAVE}/report")).json()
        known = example("report.json")
        assert made.keys() == known.keys() and made["format"] == known["format"]
        assert made["wave"].keys() == known["wave"].keys()
        assert made["headline"].keys() == known["headline"].keys()
        assert made["projects"][0].keys() == known["projects"][0].keys()
        assert known["evidence"][0].keys() == set(EvidenceRow.__struct_fields__)
