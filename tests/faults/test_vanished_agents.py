"""An agent who vanishes loses the case after fifteen minutes, and what he brings late is kept apart (C2)."""

from typing import Any

import httpx

from callbacks.models import Attempt
from survey_service import ticks
from survey_service.trust.viewer import Role
from tests import cast, serving
from tests.web.calls import Desk, desk_at

SENTENCE = "这位老人说钱没有收到，请核实"


async def _two_desks(office: serving.Office) -> tuple[Desk, httpx.AsyncClient]:
    desk = await desk_at(office)
    await desk.person()
    other = await cast.account(Role.AGENT, "agent.sun", (desk.district.east,))
    return desk, await office.visitor_as(Role.AGENT, other)


async def _claimed(client: httpx.AsyncClient) -> dict[str, Any] | None:
    answer = await client.post("/api/v1/agent/next", json={})
    assert answer.status_code == 200, answer.text
    case: dict[str, Any] | None = answer.json()["case"]
    return case


def _said(case: dict[str, Any], code: str, note: str = "") -> dict[str, Any]:
    return {"attempt": case["attempt"], "claim": case["claim"], "code": code, "note": note}


async def test_the_case_of_a_vanished_agent_returns_and_his_late_outcome_is_kept_apart(office: serving.Office) -> None:
    first, second = await _two_desks(office)
    mine = await _claimed(first.agent)
    assert mine
    office.clock.pass_by(minutes=14)
    await ticks.run(office.site)
    assert await _claimed(second) is None
    office.clock.pass_by(minutes=2)
    await ticks.run(office.site)
    taken = await _claimed(second)
    assert taken and taken["ref"] == mine["ref"] and taken["attempt"] != mine["attempt"]
    path = f"/api/v1/cases/{mine['ref']}/attempts"
    assert (await second.post(path, json=_said(taken, "310"))).status_code == 201
    late = await first.agent.post(path, json=_said(mine, "200", SENTENCE))
    assert (late.status_code, late.json()["saved"]) == (409, True)
    kept = {attempt.ref: attempt for attempt in await Attempt.all()}
    assert (kept[taken["attempt"]].code, kept[taken["attempt"]].contested) == ("310", False)
    assert (kept[mine["attempt"]].code, kept[mine["attempt"]].contested) == ("200", True)
    sealed = kept[mine["attempt"]].note_sealed
    assert sealed and SENTENCE in office.site.keyring.unseal("callbacks_attempt.note", mine["attempt"], sealed)


async def test_the_counted_result_stays_when_the_late_one_is_sent_ten_times(office: serving.Office) -> None:
    first, second = await _two_desks(office)
    mine = await _claimed(first.agent)
    assert mine
    office.clock.pass_by(minutes=16)
    await ticks.run(office.site)
    taken = await _claimed(second)
    assert taken
    path = f"/api/v1/cases/{mine['ref']}/attempts"
    await second.post(path, json=_said(taken, "310"))
    for _ in range(10):
        assert (await first.agent.post(path, json=_said(mine, "100"))).status_code == 409
    assert await Attempt.filter(contested=True).count() <= 1
    assert await Attempt.filter(contested=False).count() == 1


async def test_an_agent_whose_page_keeps_beating_keeps_the_case(office: serving.Office) -> None:
    first, second = await _two_desks(office)
    mine = await _claimed(first.agent)
    assert mine
    for _ in range(60):
        office.clock.pass_by(seconds=30)
        beat = await first.agent.post(f"/api/v1/cases/{mine['ref']}/heartbeat", json={})
        assert beat.status_code == 200
        await ticks.run(office.site)
    assert await _claimed(second) is None


async def test_an_agent_who_comes_back_before_anybody_else_took_the_case_goes_on(office: serving.Office) -> None:
    first, _ = await _two_desks(office)
    mine = await _claimed(first.agent)
    assert mine
    office.clock.pass_by(minutes=16)
    await ticks.run(office.site)
    done = await first.agent.post(f"/api/v1/cases/{mine['ref']}/attempts", json=_said(mine, "310"))
    assert done.status_code == 201, done.text
    assert await Attempt.filter(contested=True).count() == 0
