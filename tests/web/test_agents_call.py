"""One call from the claim to the outcome and back, as the agent's page does it."""

import datetime as dt

from callbacks.models import Attempt, Case, Module, Project
from questionnaires.models import Submission
from survey_service import ticks
from survey_service.trust.viewer import Role
from tests.web.calls import SATISFIED, Desk, hidden, rename, words


async def test_nobody_but_agents_sees_the_agents_day(desk: Desk) -> None:
    for role in Role:
        if role is not Role.AGENT:
            visitor = await desk.office.visitor_as(role)
            assert (await visitor.get("/agent")).status_code == 403
            assert (await visitor.post("/agent/next")).status_code == 403


async def test_the_case_of_another_agent_looks_as_if_it_did_not_exist(desk: Desk) -> None:
    called = await desk.called()
    other = await desk.office.visitor_as(Role.AGENT, desk.district.agent_li)
    for path in ("", "/answers", "/outcome", "/heartbeat", "/release"):
        method = "GET" if not path else "POST"
        foreign = await other.request(method, f"/agent/cases/{called.case.ref}{path}", data={"code": "310"})
        missing = await other.request(method, f"/agent/cases/zzzzzzzzzz{path}", data={"code": "310"})
        assert (foreign.status_code, missing.status_code) == (404, 404), path
    assert await Attempt.all().count() == 0


async def test_next_says_why_there_is_no_case_and_when_there_will_be(desk: Desk) -> None:
    await desk.person(state="S03", next_attempt_at=desk.office.clock.now() + dt.timedelta(hours=5))
    answer = await desk.agent.post("/agent/next")
    assert answer.status_code == 200
    assert "现在没有可拨的个案" in words(answer.text) and "15:05" in words(answer.text)
    desk.office.clock.pass_by(hours=11)
    closed = words((await desk.agent.post("/agent/next")).text)
    assert "现在不在可拨时段" in closed and "3月6日 周五 09:00" in closed


async def test_the_claimed_case_shows_the_name_to_be_spoken_and_the_number_in_groups(desk: Desk) -> None:
    called = await desk.called()
    await rename(called, desk.office.site.keyring, "王秀英", sex="female")
    page = await desk.page(called.case.ref)
    digits = desk.office.site.keyring.unseal("vault_contact.phone", called.contact.ref, called.contact.phone_sealed)
    assert "王秀英" in page and "请问是王女士吗" in page
    assert f"{digits[:3]} {digits[3:7]} {digits[7:]}" in page
    assert "我的工号是" + str(desk.district.agent_chen.agent_no) in page
    claims = await desk.facts("case_claimed")
    assert [each["object"] for each in claims] == [called.case.ref]


async def test_what_happened_is_said_instead_of_no_more_dials(desk: Desk) -> None:
    called = await desk.called()
    await desk.answer(called.case.ref, SATISFIED)
    await desk.answer(called.case.ref, SATISFIED)
    done = await desk.agent.get((await desk.outcome(called.case.ref, "100")).headers["location"])
    assert "已完成，不用再打" in done.text and "不再拨打" not in done.text
    refused = await desk.called()
    over = await desk.agent.get((await desk.outcome(refused.case.ref, "201", note="不要再打")).headers["location"])
    assert "不再拨打" in over.text


async def test_a_promised_time_and_the_call_that_made_it_stand_at_the_head_of_the_case(desk: Desk) -> None:
    called = await desk.called()
    answer = await desk.outcome(called.case.ref, "210", note="孙女接的，下午在家", day="2026-03-05", clock="15:30")
    assert answer.status_code == 303, words(answer.text)
    desk.office.clock.pass_by(hours=5, minutes=30)
    await ticks.run(desk.office.site)
    assert (await desk.agent.post("/agent/next")).headers["location"] == f"/agent/cases/{called.case.ref}"
    page = words(await desk.page(called.case.ref))
    assert "约好 15:30 本人约的" in page
    assert "上次 3月5日 周四 10:05，约定回拨-本人：“孙女接的，下午在家”" in page


async def test_a_sensitive_project_is_named_only_after_the_person_is_known_to_be_there(desk: Desk) -> None:
    await Project.filter(id=desk.district.relief.id).update(
        sensitive=True, name="重度精神障碍患者药费救助", spoken_name="一项民生补助"
    )
    called = await desk.called()
    await rename(called, desk.office.site.keyring, "赵德明", sex="male")
    before = await desk.page(called.case.ref)
    assert "赵先生" in before and "赵德明" not in before and "精神障碍" not in before
    await desk.answer(called.case.ref, {"q_ident": "1"})
    after = await desk.page(called.case.ref)
    assert "赵德明" in after and "精神障碍" in after
    await desk.answer(called.case.ref, {"q_consent": "1", "s1": "2", "s2": "4"})
    assert "您知道政府有重度精神障碍患者药费救助这项民生政策吗？" in words(await desk.page(called.case.ref))


async def test_answers_are_kept_as_given_and_a_refresh_loses_nothing(desk: Desk) -> None:
    called = await desk.called()
    first = await desk.answer(called.case.ref, {"q_ident": "1"})
    assert first.status_code == 200 and 'name="q_consent"' in first.text
    await desk.answer(called.case.ref, {"q_ident": "1", "q_consent": "1", "s1": "2", "s2": "4", "a1": "3"})
    page = await desk.page(called.case.ref)
    assert page.count(" checked") == 5 and 'name="a2"' in page


async def test_a_refused_answer_says_why_at_its_question_and_keeps_what_was_typed(desk: Desk) -> None:
    called = await desk.called()
    refused = await desk.answer(called.case.ref, {"q_ident": "1", "q_consent": "2", "q_appt": "2026-03-01T09:00"})
    assert "预约时间须晚于现在" in words(refused.text)
    assert 'value="2026-03-01T09:00"' in refused.text
    without_script = await desk.agent.post(
        f"/agent/cases/{called.case.ref}/answers", data={"q_appt": "2026-03-01T09:00", "q_consent": "2"}
    )
    assert without_script.status_code == 422 and "预约时间须晚于现在" in words(without_script.text)


async def test_a_complete_call_is_submitted_and_can_be_withdrawn_with_its_answers(desk: Desk) -> None:
    called = await desk.called()
    saved = await desk.answer(called.case.ref, SATISFIED)
    assert "接通完成" in words(saved.text)
    done = await desk.outcome(called.case.ref, "100")
    assert done.status_code == 303, words(done.text)
    assert (await Case.get(id=called.case.id)).state == "S08"
    module = await Module.get(id=called.module.id)
    assert (await Submission.get(id=module.submission_id)).state == "submitted"
    shown = words((await desk.agent.get(done.headers["location"])).text)
    assert "已登记：接通完成" in shown and "撤销" in shown
    desk.office.clock.pass_by(seconds=20)
    undone = await desk.agent.post(done.headers["location"] + "/undo")
    assert undone.status_code == 303, words(undone.text)
    page = await desk.page(called.case.ref)
    assert page.count(" checked") >= len(SATISFIED)
    assert (await Module.get(id=called.module.id)).submission_id is None
    again = await desk.outcome(called.case.ref, "110")
    assert again.status_code == 303, words(again.text)
    states = sorted(await Submission.all().values_list("state", flat=True))
    assert states == ["submitted", "superseded"]


async def test_an_incomplete_call_is_not_taken_as_complete(desk: Desk) -> None:
    called = await desk.called()
    await desk.answer(called.case.ref, {"q_ident": "1", "q_consent": "1", "s1": "2", "s2": "4", "a1": "3", "c1": "4"})
    answer = await desk.outcome(called.case.ref, "100")
    assert answer.status_code == 422 and "道必答题没有回答" in words(answer.text)
    assert "部分完成" in words(await desk.page(called.case.ref))
    assert await Attempt.all().count() == 0


async def test_no_answer_shows_the_next_attempt_with_its_reason(desk: Desk) -> None:
    called = await desk.called()
    answer = await desk.outcome(called.case.ref, "310")
    shown = words((await desk.agent.get(answer.headers["location"])).text)
    assert "已登记：无人接听" in shown and "3小时后" in shown and "3月5日 周四 14:30" in shown


async def test_a_refusal_wants_a_note_and_keeps_it_when_asked_again(desk: Desk) -> None:
    called = await desk.called()
    missing = await desk.outcome(called.case.ref, "200")
    assert missing.status_code == 422 and "要写一句说明" in words(missing.text)
    given = await desk.outcome(called.case.ref, "200", note="说在开会")
    assert given.status_code == 303
    stored = await Attempt.get(case_id=called.case.id)
    assert stored.note_sealed and "开会" not in stored.note_sealed
    assert (await Case.get(id=called.case.id)).requires_senior


async def test_an_appointment_outside_the_hours_is_refused_with_the_next_time_that_works(desk: Desk) -> None:
    called = await desk.called()
    late = await desk.outcome(called.case.ref, "210", note="请人代办", day="2026-03-06", clock="22:00")
    assert late.status_code == 422 and "最近可以约 3月7日 周六" in words(late.text) and "请人代办" in late.text
    fine = await desk.outcome(called.case.ref, "210", note="本人约的", day="2026-03-06", clock="09:15")
    shown = words((await desk.agent.get(fine.headers["location"])).text)
    assert "3月6日 周五 09:15" in shown


async def test_after_two_minutes_only_a_supervisor_can_change_an_outcome(desk: Desk) -> None:
    called = await desk.called()
    answer = await desk.outcome(called.case.ref, "310")
    desk.office.clock.pass_by(minutes=3)
    late = await desk.agent.post(answer.headers["location"] + "/undo")
    assert late.status_code == 409 and "请找督导更正" in words(late.text)
    other = await desk.office.visitor_as(Role.AGENT, desk.district.agent_li)
    assert (await other.post(answer.headers["location"] + "/undo")).status_code == 404
    assert (await other.get(answer.headers["location"])).status_code == 404


async def test_the_same_outcome_sent_twice_is_one_attempt(desk: Desk) -> None:
    called = await desk.called()
    page = await desk.page(called.case.ref)
    own = hidden(page)
    for _ in range(2):
        answer = await desk.agent.post(f"/agent/cases/{called.case.ref}/outcome", data={**own, "code": "310"})
        assert answer.status_code == 303
    assert await Attempt.all().count() == 1


async def test_what_is_asked_once_in_a_call_is_not_asked_with_the_second_project(desk: Desk) -> None:
    called = await desk.called()
    second = await desk.second_project(called, desk.district.road)
    first_project = {
        key: value for key, value in SATISFIED.items() if key not in ("u1", "g1", "i1", "h1", "h2", "j1", "j2")
    }
    saved = await desk.answer(called.case.ref, first_project)
    assert 'name="g1"' not in saved.text and "接着问" in words(saved.text)
    page = await desk.page(called.case.ref)
    assert f'value="{second.ref}"' in page
    assert 'name="q_ident"' not in page and 'name="s1"' in page
    road = {"s1": "2", "a1": "2", "a2": "2", "b1": "1", "b3": "2", "c1": "3", "c2": "4", "c3": "4", "c6": "4", "c7": "4",
            "c8": "4", "c9": "4", "u1": "2", "g1": "4", "i1": "2", "h1": "2", "h2": "1", "j1": "1", "j2": "1"}  # fmt: skip
    await desk.answer(called.case.ref, road)
    done = await desk.outcome(called.case.ref, "100")
    assert done.status_code == 303, words(done.text)
    for module in await Module.filter(case_id=called.case.id):
        kept = await Submission.get(id=module.submission_id)
        assert kept.state == "submitted" and '"g1":"4"' in kept.answers and '"q_ident":"1"' in kept.answers


async def test_a_case_that_went_to_somebody_else_keeps_what_comes_late_apart(desk: Desk) -> None:
    called = await desk.called()
    await desk.answer(called.case.ref, {"q_ident": "1"})
    own = hidden(await desk.page(called.case.ref))
    await Case.filter(id=called.case.id).update(claimed_by=desk.district.agent_li.id)
    late = await desk.agent.post(
        f"/agent/cases/{called.case.ref}/answers", data={**own, "q_ident": "1", "q_consent": "1"}
    )
    assert late.status_code == 409 and "已另存，等督导处理" in words(late.text)
    outcome = await desk.agent.post(f"/agent/cases/{called.case.ref}/outcome", data={**own, "code": "310"})
    assert outcome.status_code == 409 and "已另存" in words(outcome.text)
    assert (await Attempt.get(case_id=called.case.id)).contested
    assert (await Case.get(id=called.case.id)).claimed_by == desk.district.agent_li.id
    assert await Submission.all().count() == 2


async def test_a_lapsed_case_that_nobody_took_can_be_continued(desk: Desk) -> None:
    called = await desk.called()
    await Case.filter(id=called.case.id).update(state="S01", lease_until=None)
    lapsed = await desk.agent.get(f"/agent/cases/{called.case.ref}")
    assert lapsed.status_code == 409 and "继续这一条" in words(lapsed.text)
    back = await desk.agent.post(f"/agent/cases/{called.case.ref}/heartbeat")
    assert back.headers["location"] == f"/agent/cases/{called.case.ref}"
    await desk.page(called.case.ref)


async def test_a_case_handed_back_is_free_for_others(desk: Desk) -> None:
    called = await desk.called()
    path = f"/agent/cases/{called.case.ref}/release"
    assert (await desk.agent.post(path, data={"reason": "nonsense"})).status_code == 422
    assert (await desk.agent.post(path, data={"reason": "acquainted"})).headers["location"] == "/agent?done=released"
    assert (await Case.get(id=called.case.id)).state == "S01"


async def test_the_day_counts_what_was_done_and_shows_promised_times_masked(desk: Desk) -> None:
    called = await desk.called()
    await rename(called, desk.office.site.keyring, "孙桂兰")
    await desk.outcome(called.case.ref, "210", note="本人约的", day="2026-03-05", clock="15:00")
    page = words((await desk.agent.get("/agent")).text)
    assert "15:00" in page and "孙**" in page and "孙桂兰" not in page
    assert "1 今天已拨" in page
