"""A respondent asks to be called at another time, or says no."""

import re

import httpx
import pytest

from callbacks.models import Appointment, Case, DoNotContact, Link
from questionnaires import statements
from tests import serving
from tests.web.links import Respondent, scene, text_of


def offered(page: httpx.Response) -> list[str]:
    return re.findall(r'name="slot" value="([^"]+)"', page.text)


async def test_the_times_offered_lie_inside_the_calling_hours(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    page = await office.visitor().get(f"{invited.url}/later")
    words = text_of(page.text)
    assert (
        "今天 3月5日 周四 上午 10:30—11:30 下午 14:30—17:30 晚间 18:30—20:30 明天 3月6日 周五 上午 09:00—11:30" in words
    )
    assert "3月7日 周六 上午 09:30—11:30" in words
    assert len(offered(page)) == 15
    await statements.execute("UPDATE callbacks_wave SET weekends = $1", False)
    assert "周六" not in text_of((await office.visitor().get(f"{invited.url}/later")).text)


async def test_a_chosen_time_becomes_an_appointment(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    slots = offered(await phone.client.get(f"{invited.url}/later"))
    await phone.post([("slot", slots[4])], "/later")
    assert "约好了" in phone.seen[-1] and "明天 3月6日 周五 下午 14:30 到 17:30 之间" in text_of(phone.seen[-1])
    case, made = await Case.get(id=invited.case.id), await Appointment.get(case_id=invited.case.id)
    assert case.state == "S04"
    assert made.made_by == "respondent_online"
    assert made.at == case.next_attempt_at
    await phone.post([("slot", slots[0])], "/later")
    made_so_far = await Appointment.filter(case_id=invited.case.id).order_by("id")
    assert [each.state for each in made_so_far] == ["cancelled", "open"]
    await phone.agree()
    await phone.answer_all()
    await phone.submit()
    assert (await Case.get(id=invited.case.id)).state == "S08", "answering calls the appointment off"
    assert not await Appointment.exists(state="open")


@pytest.mark.parametrize("slot", ["", "20260305T1200Z", "19700101T0000Z", "'; --", "99999999T9999Z"])
async def test_a_time_that_was_not_offered_is_refused(office: serving.Office, slot: str) -> None:
    invited = await (await scene(office)).invite()
    answer = await office.visitor().post(f"{invited.url}/later", data={"slot": slot})
    assert answer.status_code == 422
    assert offered(answer), "the times are offered again"
    assert not await Appointment.exists()


async def test_during_a_call_no_time_is_made(office: serving.Office) -> None:
    invited = await (await scene(office)).invite(state="S02", claimed_by=1)
    client = office.visitor()
    slots = offered(await client.get(f"{invited.url}/later"))
    answer = await client.post(f"{invited.url}/later", data={"slot": slots[0]})
    assert (answer.status_code, "正在给您打电话" in answer.text) == (422, True)
    refused = await client.post(f"{invited.url}/decline", data={"scope": "once"})
    assert (refused.status_code, "正在给您打电话" in refused.text) == (409, True)
    assert (await Case.get(id=invited.case.id)).state == "S02"


@pytest.mark.parametrize(("scope", "code", "barred"), [("once", "200", False), ("never", "201", True)])
async def test_a_no_ends_the_case_and_its_links(office: serving.Office, scope: str, code: str, barred: bool) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    await phone.say("1")
    await phone.post([("scope", scope)], "/decline")
    assert "已记下，谢谢您" in phone.seen[-1]
    assert ("不会再为这类回访打电话" in phone.seen[-1]) is barred
    case = await Case.get(id=invited.case.id)
    assert (case.state, case.final_code, case.next_attempt_at) == ("S11", code, None)
    assert await DoNotContact.exists(phone_digest=case.phone_digest) is barred
    kept = await statements.row("SELECT state, answers FROM questionnaires_submission")
    assert kept is not None and kept["state"] == "draft" and '"q_consent":"2"' in kept["answers"].replace(" ", "")
    gone = await phone.look()
    assert (gone.status_code, "您表示过不参加" in gone.text) == (410, True)
    assert (await Link.get(case_id=invited.case.id)).used_at is None
    again = await phone.post([("scope", scope)], "/decline")
    assert (again.status_code, "已记下" in again.text) == (200, True)


async def test_without_a_choice_nothing_is_noted(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.post([("scope", "")], "/decline")
    assert "这次不参加" in phone.seen[-1]
    assert (await Case.get(id=invited.case.id)).state == "S01"
    await phone.look()
    await phone.post([("at", "q_consent"), ("q_consent", "2")])
    assert "您不想参加，没有关系" in phone.seen[-1]


async def test_a_no_after_the_call_was_answered_leaves_the_answer(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    await Case.filter(id=invited.case.id).update(state="S08", final_code="100")
    phone = Respondent(office.visitor(), invited.url)
    await phone.post([("scope", "never")], "/decline")
    case = await Case.get(id=invited.case.id)
    assert (case.state, case.final_code) == ("S08", "100")
    assert await DoNotContact.exists(phone_digest=case.phone_digest)
    answer = await phone.client.get(f"{invited.url}/later")
    assert answer.status_code == 410
