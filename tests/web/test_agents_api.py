"""The JSON calls of agents' tools: one case each, one answer per key, numbers only on the record."""

import asyncio
import datetime as dt
from typing import Any

import httpx

from callbacks.models import Attempt, Case
from questionnaires.statements import execute, rows
from survey_service.trust import audit
from survey_service.trust.viewer import Role
from tests import cast
from tests.web.calls import Desk

REASON = {"reason": "对方要求回电核对"}


async def _claim(desk: Desk) -> dict[str, Any]:
    answer = await desk.agent.post("/api/v1/agent/next")
    assert answer.status_code == 200, answer.text
    case: dict[str, Any] = answer.json()["case"]
    return case


async def test_roles_without_calls_get_a_problem_with_a_stable_code(desk: Desk) -> None:
    for role in (Role.OFFICIAL, Role.SUPERVISOR, Role.ADMIN):
        visitor = await desk.office.visitor_as(role)
        answer = await visitor.post("/api/v1/agent/next")
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "not-allowed"


async def test_a_foreign_case_and_a_missing_one_are_answered_alike(desk: Desk) -> None:
    await desk.person()
    ref = (await _claim(desk))["ref"]
    other = await desk.office.visitor_as(Role.AGENT, desk.district.agent_li)
    bodies: dict[str, dict[str, str]] = {
        "heartbeat": {}, "release": {"reason": "break"}, "reveal": REASON,
        "attempts": {"attempt": "x", "claim": "y", "code": "310"},
    }  # fmt: skip
    for action, body in bodies.items():
        foreign = await other.post(f"/api/v1/cases/{ref}/{action}", json=body)
        missing = await other.post(f"/api/v1/cases/zzzzzzzzzz/{action}", json=body)
        assert (foreign.status_code, missing.status_code) == (404, 404), action
        assert foreign.json()["code"] == missing.json()["code"]


async def test_a_session_opens_with_name_and_password_and_ends(desk: Desk) -> None:
    wrong = await desk.office.visitor().post(
        "/api/v1/session", json={"name": "agent.chen", "password": "nothing like it"}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (401, "login-refused")
    strange = await desk.office.visitor().post("/api/v1/session", json={"name": "a", "password": "b", "role": "admin"})
    assert strange.status_code == 422
    gone = await desk.agent.delete("/api/v1/session")
    assert gone.status_code == 204
    assert (await desk.agent.post("/api/v1/agent/next")).status_code == 401


async def test_next_gives_a_case_or_null_and_why(desk: Desk) -> None:
    empty = (await desk.agent.post("/api/v1/agent/next")).json()
    assert empty["case"] is None and "没有要回访的个案" in empty["why"]
    called = await desk.person()
    case = await _claim(desk)
    assert case["ref"] == called.case.ref and case["phone_grouped"].count(" ") == 2


async def test_fifty_agents_at_once_get_fifty_different_cases(desk: Desk) -> None:
    for _ in range(50):
        await desk.person()
    callers: list[httpx.AsyncClient] = []
    for number in range(50):
        account = await cast.account(Role.AGENT, f"agent.n{number}", (desk.district.east,))
        callers.append(await desk.office.visitor_as(Role.AGENT, account))
    answers = await asyncio.gather(*(caller.post("/api/v1/agent/next") for caller in callers))
    refs = [answer.json()["case"]["ref"] for answer in answers if answer.json()["case"]]
    assert {answer.status_code for answer in answers} == {200}
    assert len(refs) == len(set(refs)) == 50
    holders = await Case.filter(state="S02").values_list("claimed_by", flat=True)
    assert len(set(holders)) == 50


async def test_an_outcome_says_what_comes_next(desk: Desk) -> None:
    await desk.person()
    case = await _claim(desk)
    body = {"attempt": case["attempt"], "claim": case["claim"], "code": "310"}
    answer = await desk.agent.post(f"/api/v1/cases/{case['ref']}/attempts", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "S03" and "再拨" in answer.json()["reason"]
    at = dt.datetime.fromisoformat(answer.json()["next_attempt_at"])
    assert at == dt.datetime(2026, 3, 5, 6, 30, tzinfo=dt.UTC)


async def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(desk: Desk) -> None:
    await desk.person()
    case = await _claim(desk)
    path, keyed = f"/api/v1/cases/{case['ref']}/attempts", {"idempotency-key": "dial-1"}
    body = {"attempt": case["attempt"], "claim": case["claim"], "code": "310"}
    first, second = [await desk.agent.post(path, json=body, headers=keyed) for _ in range(2)]
    assert (first.status_code, first.content) == (second.status_code, second.content)
    other = await desk.agent.post(path, json={**body, "code": "312"}, headers=keyed)
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")
    assert await Attempt.all().count() == 1


async def test_a_key_used_many_times_at_once_claims_one_case(desk: Desk) -> None:
    for _ in range(3):
        await desk.person()
    keyed = {"idempotency-key": "morning"}
    answers = await asyncio.gather(*(desk.agent.post("/api/v1/agent/next", headers=keyed) for _ in range(10)))
    assert len({answer.content for answer in answers}) == 1
    assert await Case.filter(state="S02").count() == 1


async def test_a_kept_answer_is_not_readable_in_the_database(desk: Desk) -> None:
    called = await desk.person()
    digits = desk.office.site.keyring.unseal("vault_contact.phone", called.contact.ref, called.contact.phone_sealed)
    answer = await desk.agent.post("/api/v1/agent/next", headers={"idempotency-key": "k"})
    assert digits in answer.text
    kept = await rows("SELECT body FROM survey_service_idempotency")
    assert len(kept) == 1 and digits not in kept[0]["body"]


async def test_an_outcome_for_a_case_that_somebody_else_has_is_kept_and_says_so(desk: Desk) -> None:
    await desk.person()
    case = await _claim(desk)
    await Case.filter(ref=case["ref"]).update(claimed_by=desk.district.agent_li.id)
    body = {"attempt": case["attempt"], "claim": case["claim"], "code": "310"}
    answer = await desk.agent.post(f"/api/v1/cases/{case['ref']}/attempts", json=body)
    assert answer.status_code == 409 and answer.json()["code"] == "claim-lost" and answer.json()["saved"]
    assert (await Attempt.get(ref=case["attempt"])).contested


async def test_a_number_is_shown_for_a_reason_and_on_the_record(desk: Desk) -> None:
    called = await desk.person()
    ref = (await _claim(desk))["ref"]
    short = await desk.agent.post(f"/api/v1/cases/{ref}/reveal", json={"reason": "看"})
    assert short.status_code == 422
    shown = await desk.agent.post(f"/api/v1/cases/{ref}/reveal", json=REASON)
    digits = desk.office.site.keyring.unseal("vault_contact.phone", called.contact.ref, called.contact.phone_sealed)
    assert shown.json()["phone"] == digits
    entries = await desk.facts("phone_revealed")
    assert [(each["object"], each["reason"], each["outcome"]) for each in entries] == [(ref, REASON["reason"], "done")]


async def test_the_sixty_first_number_of_an_hour_is_not_shown(desk: Desk) -> None:
    await desk.person()
    ref = (await _claim(desk))["ref"]
    codes = [(await desk.agent.post(f"/api/v1/cases/{ref}/reveal", json=REASON)).status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]
    assert [each["outcome"] for each in await desk.facts("phone_revealed")].count("denied") == 1


async def test_no_number_is_shown_when_the_trail_cannot_be_written(desk: Desk, monkeypatch: Any) -> None:
    called = await desk.person()
    ref = (await _claim(desk))["ref"]

    async def broken(*_: Any, **__: Any) -> None:
        raise OSError("the trail is full")

    monkeypatch.setattr(audit, "append", broken)
    answer = await desk.agent.post(f"/api/v1/cases/{ref}/reveal", json=REASON)
    digits = desk.office.site.keyring.unseal("vault_contact.phone", called.contact.ref, called.contact.phone_sealed)
    assert answer.status_code >= 500 and digits not in answer.text


async def test_strange_fields_and_broken_bodies_are_refused(desk: Desk) -> None:
    await desk.person()
    ref = (await _claim(desk))["ref"]
    for content in (b"{", b'{"reason": "break", "state": "S08"}', b"[]", b'{"reason": "because"}'):
        answer = await desk.agent.post(f"/api/v1/cases/{ref}/release", content=content)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
    assert await execute("UPDATE callbacks_case SET state = state WHERE state = 'S02'") == 1


async def test_taking_cases_only_to_read_their_numbers_comes_to_an_end(desk: Desk) -> None:
    for _ in range(22):
        await desk.person()
    codes = []
    for _ in range(21):
        ref = (await _claim(desk))["ref"]
        codes.append((await desk.agent.post(f"/api/v1/cases/{ref}/release", json={"reason": "mistake"})).status_code)
    assert codes == [200] * 20 + [429]
    page = await desk.agent.post(f"/agent/cases/{ref}/release", data={"reason": "mistake"})
    assert page.status_code == 429, "the page is no way around"
    assert (await _claim(desk))["ref"] == ref, "he keeps the case that he has to dial now"


async def test_a_tool_cannot_call_its_own_dial_an_inbound_one(desk: Desk) -> None:
    called = await desk.person()
    case = await _claim(desk)
    body = {"attempt": case["attempt"], "claim": case["claim"], "code": "310", "inbound": True}
    answer = await desk.agent.post(f"/api/v1/cases/{case['ref']}/attempts", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, "inbound")
    assert (await Case.get(id=called.case.id)).state == "S02"
