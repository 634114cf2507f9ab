"""The supervisor's desk: who may not see it, what it counts, and what is decided there."""

import dataclasses
import datetime as dt

from callbacks.models import Attempt, Case
from survey_service.clock import DemoClock
from survey_service.models import AuditEntry
from tests import cast, serving


async def _called(office: serving.Office, scene: cast.District, **fields: object) -> cast.Called:
    frame = scene.frames[scene.relief.id]
    return await cast.case(office.site.keyring, scene.wave, scene.relief, frame, scene.east, **fields)


async def _late(case: Case, agent_id: int, now: dt.datetime, **fields: object) -> Attempt:
    return await Attempt.create(
        ref=cast.ref("att"), case_id=case.id, number=1, agent_id=agent_id, started_at=now, ended_at=now,
        **{"code": "310", "contested": True, **fields},
    )  # fmt: skip


async def test_nobody_else_decides_for_the_supervisor(office: serving.Office) -> None:
    scene = await cast.district()
    waiting = await _called(office, scene, state="S14")
    for role in ("agent", "official", "admin", "auditor", "street", "department"):
        visitor = await office.visitor_as(role)
        assert (await visitor.get("/supervisor")).status_code == 403
        assert (await visitor.post(f"/supervisor/cases/{waiting.case.ref}/close")).status_code == 403
    assert (await Case.get(id=waiting.case.id)).state == "S14"


async def test_the_desk_counts_open_waves_and_says_when_there_are_none(office: serving.Office) -> None:
    chief = await office.visitor_as("supervisor")
    assert "现在没有进行中的批次" in (await chief.get("/supervisor")).text
    scene = await cast.district()
    made = await _called(office, scene)
    await _called(office, scene, state="S09")
    await _late(made.case, scene.agent_chen.id, office.clock.now(), contested=False)
    page = (await chief.get("/supervisor")).text
    assert "2026年第一批回访" in page and "已有结论的个案 1 / 2" in page
    assert "今天的拨打结果（1次）" in page


async def test_a_suspended_case_is_called_again_or_ends_and_leaves_a_trace(office: serving.Office) -> None:
    scene = await cast.district()
    chief = await office.visitor_as("supervisor")
    first, second, running = [await _called(office, scene, state=state) for state in ("S14", "S14", "S01")]
    assert "挂起的个案（2）" in (await chief.get("/supervisor")).text
    assert (await chief.post(f"/supervisor/cases/{first.case.ref}/resume")).status_code == 303
    assert (await chief.post(f"/supervisor/cases/{second.case.ref}/close")).status_code == 303
    assert (await chief.post(f"/supervisor/cases/{running.case.ref}/close")).status_code == 409
    assert [(await Case.get(id=one.case.id)).state for one in (first, second, running)] == ["S01", "S11", "S01"]
    assert {entry.action for entry in await AuditEntry.filter(role="supervisor")} >= {"case_resumed", "case_closed"}


async def test_a_late_result_waits_until_somebody_says_what_was_done(office: serving.Office) -> None:
    scene = await cast.district()
    chief = await office.visitor_as("supervisor")
    made = await _called(office, scene)
    late = await _late(made.case, scene.agent_chen.id, office.clock.now())
    assert "迟到的结果（1）" in (await chief.get("/supervisor")).text
    assert (await chief.post(f"/supervisor/late/{late.ref}", data={"reason": " "})).status_code == 422
    assert (await chief.post(f"/supervisor/late/{late.ref}", data={"reason": "与现结果一致"})).status_code == 303
    assert (await chief.post(f"/supervisor/late/{late.ref}", data={"reason": "再来一次"})).status_code == 409
    assert "迟到的结果（" not in (await chief.get("/supervisor")).text
    assert (await Case.get(id=made.case.id)).state == "S01"


async def test_a_late_result_counts_from_the_moment_a_supervisor_takes_it_over(office: serving.Office) -> None:
    scene = await cast.district()
    chief = await office.visitor_as("supervisor")
    made = await _called(office, scene, state="S02", claimed_by=scene.agent_li.id)
    late = await _late(made.case, scene.agent_chen.id, office.clock.now(), code="201")
    path = f"/supervisor/late/{late.ref}/take-over"
    assert path in (await chief.get("/supervisor")).text
    held = await chief.post(path, data={"reason": "录音为证"})
    assert held.status_code == 422 and "正在回访员手上" in held.text
    await Case.filter(id=made.case.id).update(state="S03", claimed_by=None)
    assert (await chief.post(path, data={"reason": ""})).status_code == 422
    assert (await chief.post(path, data={"reason": "录音为证"})).status_code == 303
    assert "迟到的结果（" not in (await chief.get("/supervisor")).text
    case = await Case.get(id=made.case.id)
    assert (case.state, case.final_code) == ("S11", "201")
    assert await AuditEntry.filter(action="late_result_taken_over", object=made.case.ref).count() == 1


async def test_the_real_clock_cannot_be_pushed(office: serving.Office) -> None:
    chief = await office.visitor_as("supervisor")
    assert (await chief.post("/supervisor/clock", data={"to": "tomorrow"})).status_code == 404


async def test_pushing_the_demo_clock_lets_happen_what_falls_due(office: serving.Office) -> None:
    scene = await cast.district()
    clock = DemoClock(office.clock.now())
    ledger = dataclasses.replace(office.site.ledger, clock=clock)
    office.app.state.site = dataclasses.replace(office.site, clock=clock, ledger=ledger)
    tomorrow = office.clock.now() + dt.timedelta(hours=23)
    made = await _called(office, scene, state="S03", next_attempt_at=tomorrow)
    chief = await office.visitor_as("supervisor")
    assert (await chief.post("/supervisor/clock", data={"to": "1999"})).status_code == 422
    page = (await chief.get("/supervisor")).text
    assert "午休" in page
    await chief.post("/supervisor/clock", data={"to": "noon"})
    assert "12:30" in (await chief.get("/supervisor")).text
    await chief.post("/supervisor/clock", data={"to": "afternoon"})
    assert "14:30" in (await chief.get("/supervisor")).text
    assert (await Case.get(id=made.case.id)).state == "S03"
    await chief.post("/supervisor/clock", data={"to": "tomorrow"})
    assert (await Case.get(id=made.case.id)).state == "S01"
    assert await AuditEntry.filter(action="demo_clock_forwarded").count() == 3
