"""Somebody rings back: found by the number in one search, masked until opened, never taken from another agent."""

import re

from callbacks.models import Attempt, Case
from questionnaires.statements import execute
from survey_service.trust.viewer import Role
from tests.cast import Called
from tests.web.calls import Desk, hidden, rename, words

TOKEN = re.compile(r'action="/agent/inbound/(\w+)">.*?name="token" value="(\w+)"', re.S)


def _number(desk: Desk, called: Called) -> str:
    return desk.office.site.keyring.unseal("vault_contact.phone", called.contact.ref, called.contact.phone_sealed)


async def test_a_reference_alone_opens_nothing(desk: Desk) -> None:
    called = await desk.person()
    answer = await desk.agent.post(f"/agent/inbound/{called.case.ref}", data={"token": "0" * 32})
    assert answer.status_code == 404
    assert (await Case.get(id=called.case.id)).state == "S01"


async def test_a_caller_is_found_by_his_number_masked_and_his_case_opened(desk: Desk) -> None:
    called = await desk.person(state="S03")
    await rename(called, desk.office.site.keyring, "周玉珍")
    digits = _number(desk, called)
    found = await desk.agent.post("/agent/inbound", data={"number": f"{digits[:3]} {digits[3:7]}-{digits[7:]}"})
    assert "周**" in found.text and "周玉珍" not in found.text and digits not in found.text
    ref, token = TOKEN.findall(found.text)[0]
    opened = await desk.agent.post(f"/agent/inbound/{ref}", data={"token": token})
    path, _, rang = opened.headers["location"].partition("?inbound=")
    assert path == f"/agent/cases/{called.case.ref}" and len(rang) == 32
    page = await desk.page(called.case.ref, inbound=rang)
    assert "对方打来，不占拨打次数" in words(page)
    own = hidden(page) | {"_inbound": rang, "code": "220", "note": "家人打来问是什么电话"}
    assert (await desk.agent.post(f"/agent/cases/{ref}/outcome", data=own)).status_code == 303
    assert (await Attempt.get(case_id=called.case.id)).inbound
    assert (await Case.get(id=called.case.id)).attempts == 0


async def test_a_dial_of_ours_cannot_be_passed_off_as_the_persons_call(desk: Desk) -> None:
    called = await desk.called()
    page = await desk.page(called.case.ref, inbound="1")
    assert "不占拨打次数" not in words(page)
    found = await desk.agent.post("/agent/inbound", data={"number": _number(desk, called)})
    assert "inbound=" not in found.text, "he holds it already: searching for its number makes no call of it"
    own = hidden(page) | {"_inbound": "1", "code": "310"}
    assert (await desk.agent.post(f"/agent/cases/{called.case.ref}/outcome", data=own)).status_code == 303
    assert not (await Attempt.get(case_id=called.case.id)).inbound
    assert (await Case.get(id=called.case.id)).attempts == 1


async def test_a_case_in_another_agents_call_is_not_opened(desk: Desk) -> None:
    called = await desk.called()
    other = await desk.office.visitor_as(Role.AGENT, desk.district.agent_li)
    found = await other.post("/agent/inbound", data={"number": _number(desk, called)})
    assert "别的回访员正在通话" in words(found.text) and not TOKEN.findall(found.text)


async def test_a_number_that_is_no_number_is_refused_with_the_reason_and_kept_in_the_field(desk: Desk) -> None:
    answer = await desk.agent.post("/agent/inbound", data={"number": "1380013"})
    assert answer.status_code == 422 and 'value="1380013"' in answer.text and 'role="alert"' in answer.text


async def test_searches_are_on_record_without_the_number_and_limited(desk: Desk) -> None:
    called = await desk.person()
    digits = _number(desk, called)
    codes = [(await desk.agent.post("/agent/inbound", data={"number": digits})).status_code for _ in range(121)]
    assert codes == [200] * 120 + [429]
    entries = await desk.facts("number_searched")
    assert len(entries) == 120 and all(digits not in str(entry) for entry in entries)


async def test_a_caller_from_the_agents_own_street_is_passed_on_in_an_assessment(desk: Desk) -> None:
    called = await desk.person()
    digits = _number(desk, called)
    found = TOKEN.search((await desk.agent.post("/agent/inbound", data={"number": digits})).text)
    assert found is not None
    await execute(
        "INSERT INTO callbacks_responsibility (account_id, zone_id) VALUES ($1, $2)",
        desk.district.agent_chen.id,
        desk.district.east.id,
    )
    assert "请转给别的回访员" in (await desk.agent.post("/agent/inbound", data={"number": digits})).text
    opened = await desk.agent.post(f"/agent/inbound/{called.case.ref}", data={"token": found[2]})
    assert opened.status_code == 409 and "不能由您访问" in words(opened.text)
    assert "没有要回访的个案" in words((await desk.agent.post("/agent/next")).text)
