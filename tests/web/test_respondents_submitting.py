"""A questionnaire is submitted once, whole or not at all, whoever else is at it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from tortoise.connection import get_connection

from callbacks.models import Case, Link, Module
from questionnaires import statements
from survey_service.trust import audit
from tests import serving
from tests.web.links import FORM, Respondent, Scene, scene

COUNTED = (
    "SELECT count(*) AS n FROM callbacks_module m JOIN questionnaires_submission s ON s.id = m.submission_id"
    " WHERE s.state = 'submitted'"
)
TRACES = {
    "link": "SELECT id, used_at FROM callbacks_link",
    "submission": "SELECT id, state, digest FROM questionnaires_submission ORDER BY id",
    "answers": "SELECT submission_id, item, code FROM questionnaires_answer ORDER BY submission_id, item, code",
    "case": "SELECT id, state, final_code FROM callbacks_case",
    "module": "SELECT id, submission_id FROM callbacks_module ORDER BY id",
    "trail": "SELECT seq, action FROM survey_service_audit_entry ORDER BY seq",
}


STATEMENTS = {"execute_query", "execute_query_dict", "execute_many", "execute_insert"}


class Broken(RuntimeError):
    """The statement that was made to fail."""


async def ready(those: Scene) -> Respondent:
    """Somebody with one press left to do."""
    phone = Respondent(those.office.visitor(), (await those.invite()).url)
    await phone.agree()
    await phone.answer_all()
    return phone


async def test_fifty_presses_at_once_store_one_answer(office: serving.Office) -> None:
    phone = await ready(await scene(office))
    body = urlencode([("version", phone.version), ("go", "submit")])
    answers = await asyncio.gather(*(phone.client.post(phone.url, content=body, headers=FORM) for _ in range(50)))
    assert {(each.status_code, each.headers["location"]) for each in answers} == {(303, f"{phone.url}/done")}
    found = await statements.row(COUNTED)
    assert found == {"n": 1}
    used = await statements.rows("SELECT seq FROM survey_service_audit_entry WHERE action = 'link_used'")
    assert len(used) == 1
    assert (await audit.verify(office.site.keyring, office.site.settings.audit_anchor)).problems == ()


async def test_every_project_of_a_case_is_asked_and_shared_questions_only_once(office: serving.Office) -> None:
    those = await scene(
        office,
        {"name": "高龄津贴", "project_class": "subsidy"},
        {"name": "老旧小区改造", "project_class": "construction"},
        {"name": "公益性岗位", "project_class": "service"},
    )
    invited = await those.invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    asked = await phone.answer_all({"c1": "2", "d1": "1", "e1": "1", "e2": "0551-64490000", "c7": "4", "c9": "4", "c10": "4"} | {
        "m0": "3", "a1": "3", "a2": "1", "b1": "1", "c3": "4", "c4": "4", "c6": "4", "u1": "1", "g1": "3", "h2": "3",
    })  # fmt: skip
    assert [key for key in asked if key.rpartition(".")[2] in ("m0", "u1", "g1", "h2", "h3", "e2")] == [
        "m0", "e2", "3.u1", "3.g1", "3.h2", "3.h3",
    ]  # fmt: skip
    assert {"2.c7", "2.c9", "3.c10", "c4"} <= set(asked)
    await phone.submit()
    assert "由他们与您联系" in phone.seen[-1]
    rows = await statements.rows("SELECT submission_id, item, code FROM questionnaires_answer")
    for module in [await Module.get(id=each.id) for each in invited.modules]:
        kept = {(row["item"], row["code"]) for row in rows if row["submission_id"] == module.submission_id}
        assert {("g1", "3"), ("u1", "1"), ("m0", "3"), ("c1", "2")} <= kept
    states = await statements.rows("SELECT state, proxy FROM questionnaires_submission")
    assert [(row["state"], row["proxy"]) for row in states] == [("submitted", "family")] * 3
    assert (await Case.get(id=invited.case.id)).state == "S08"


@pytest.mark.parametrize("state", ["S03", "S04", "S05", "S06", "S07"])
async def test_an_answer_by_link_ends_the_waiting_of_a_case(office: serving.Office, state: str) -> None:
    those = await scene(office)
    invited = await those.invite(state=state)
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    await phone.answer_all()
    await phone.submit()
    assert (await Case.get(id=invited.case.id)).state == "S08"


async def test_an_answer_during_a_call_is_kept_and_the_case_stays_with_its_agent(office: serving.Office) -> None:
    those = await scene(office)
    invited = await those.invite(
        state="S02", claimed_by=1, claimed_at=office.clock.now(), lease_until=office.clock.now()
    )
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    await phone.answer_all()
    await phone.submit()
    assert (await Case.get(id=invited.case.id)).state == "S02"
    assert (await statements.row(COUNTED)) == {"n": 1}


async def test_answers_are_closed_even_when_the_press_and_a_change_meet(office: serving.Office) -> None:
    phone = await ready(await scene(office))
    body = urlencode([("version", phone.version), ("go", "submit")])
    change = urlencode([("at", "c1"), ("version", phone.version), ("c1", "1"), ("go", "next")])
    posts = [phone.client.post(phone.url, content=each, headers=FORM) for each in [body, change] * 10]
    answers = await asyncio.gather(*posts)
    assert {each.status_code for each in answers} <= {303, 409, 422}
    rows = await statements.rows("SELECT item, code FROM questionnaires_answer WHERE item = 'c1'")
    kept = await statements.row("SELECT answers, state FROM questionnaires_submission")
    assert kept is not None and kept["state"] in ("submitted", "draft")
    if kept["state"] == "submitted":
        assert len(rows) == 1
        assert f'"c1":"{rows[0]["code"]}"' in kept["answers"].replace(" ", "")


async def _traces() -> dict[str, list[dict[str, Any]]]:
    return {noun: await statements.rows(sql) for noun, sql in TRACES.items()}


def _failing(monkeypatch: pytest.MonkeyPatch, nth: int) -> list[str]:
    """The nth statement from now on raises instead of running; the list grows with what was tried."""
    ran: list[str] = []

    def counting(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def run(self: Any, sql: str, *args: Any, **more: Any) -> Any:
            ran.append(sql)
            if len(ran) == nth:
                raise Broken
            return await original(self, sql, *args, **more)

        return run

    for client in type(get_connection(statements.CONNECTION)).__mro__:
        for name in STATEMENTS & vars(client).keys():
            monkeypatch.setattr(client, name, counting(vars(client)[name]))
    return ran


async def test_wherever_the_submission_breaks_nothing_of_it_remains(
    office: serving.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await ready(await scene(office, {"name": "高龄津贴"}, {"name": "农村公路养护"}))
    before, broken = await _traces(), 0
    for nth in range(1, 200):
        with monkeypatch.context() as patch:
            ran = _failing(patch, nth)
            body = urlencode([("version", phone.version), ("go", "submit")])
            answer = await phone.client.post(phone.url, content=body, headers=FORM)
        if len(ran) < nth:
            break
        broken += 1
        assert answer.status_code == 500, f"statement {nth}: {ran[-1][:80]}"
        assert "还在手机上" in answer.text
        assert await _traces() == before, f"after statement {nth} ({ran[-1][:80]}) something remained"
    assert broken > 15, "the positive control: statements were broken"
    assert answer.status_code == 303, "and without a fault it goes through"
    after = await _traces()
    assert all(after[noun] != before[noun] for noun in TRACES), "the traces do see a submission"
    assert (await Link.first()).used_at is not None  # type: ignore[union-attr]
