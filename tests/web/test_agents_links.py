"""The questionnaire link that somebody asks for on the phone, and what ends when a person has died."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from callbacks.models import Case, DoNotContact, Entitlement, Link, Wave
from questionnaires import versions
from survey_service import ticks
from survey_service.messages import outbox
from survey_service.models import Outbox
from survey_service.trust.audit import SYSTEM
from survey_service.trust.viewer import Role
from tests import cast
from tests.questionnaires.forms import SHIPPED
from tests.web.calls import Desk, words

TOMORROW = cast.NOW + dt.timedelta(days=1)


async def _with_messages(desk: Desk, gateway: Any) -> None:
    """The installation sends messages, and the wave has a questionnaire for phones."""
    version, _ = await versions.publish(SHIPPED["mobile"], cast.NOW)
    await Wave.filter(id=desk.district.wave.id).update(mobile_version_id=version.id)
    desk.office.app.state.site = dataclasses.replace(desk.office.site, gateway=gateway)
    async with desk.office.site.ledger.change(SYSTEM) as change:
        change.record(await outbox.mark_live(True))


async def test_a_link_asked_for_in_a_call_is_queued_once_with_a_fresh_token(desk: Desk) -> None:
    await _with_messages(desk, object())
    called = await desk.called()
    assert "发手机问卷链接" in await desk.page(called.case.ref)
    answer = await desk.agent.post(f"/agent/cases/{called.case.ref}/link")
    assert answer.headers["location"] == f"/agent/cases/{called.case.ref}?done=link-queued"
    message, link = await Outbox.get(), await Link.get()
    text = desk.office.site.keyring.unseal(outbox.COLUMN, message.ref, message.body_sealed)
    assert (message.kind, message.state, message.case_id, link.case_id) == (
        "invitation", "queued", called.case.id, called.case.id,
    )  # fmt: skip
    assert "/s/" in text and "救助" not in text
    again = await desk.agent.post(f"/agent/cases/{called.case.ref}/link")
    assert again.status_code == 422 and "已经在排队" in again.text
    assert await Outbox.all().count() == 1
    assert (await Case.get(id=called.case.id)).state == "S02", "the call goes on"
    assert [each["object"] for each in await desk.facts("invitation_queued")] == [called.case.ref]


async def test_a_link_can_be_sent_after_the_call_and_turns_the_waiting_case_to_it(desk: Desk) -> None:
    await _with_messages(desk, object())
    called = await desk.called()
    recorded = (await desk.outcome(called.case.ref, "310")).headers["location"]
    await Case.filter(id=called.case.id).update(state="S07", next_attempt_at=None)
    assert "发手机问卷链接" in (await desk.agent.get(recorded)).text
    assert (await desk.agent.post(f"{recorded}/link")).headers["location"] == f"{recorded}?done=link-queued"
    assert (await Case.get(id=called.case.id)).next_reason == "已发手机问卷链接，等本人自己答"
    other = await desk.office.visitor_as(Role.AGENT, desk.district.agent_li)
    assert (await other.post(f"{recorded}/link")).status_code == 404
    desk.office.clock.pass_by(hours=3)
    assert (await desk.agent.post(f"{recorded}/link")).status_code == 422


@pytest.mark.parametrize(
    ("what", "said"), [("nothing", "短信还没有开通"), ("barred", "勿扰名单"), ("no form", "没有手机问卷")]
)
async def test_no_link_is_sent_where_none_may_be_and_the_page_says_why(desk: Desk, what: str, said: str) -> None:
    await _with_messages(desk, None if what == "nothing" else object())
    called = await desk.called()
    if what == "barred":
        await DoNotContact.create(phone_digest=called.case.phone_digest, reason="refused", at=cast.NOW)
    if what == "no form":
        await Wave.filter(id=desk.district.wave.id).update(mobile_version_id=None)
    page = await desk.page(called.case.ref)
    assert said in page and f"/agent/cases/{called.case.ref}/link" not in page
    refused = await desk.agent.post(f"/agent/cases/{called.case.ref}/link")
    assert refused.status_code == 422 and said in refused.text
    assert await Outbox.all().count() == 0


async def _also_waiting(desk: Desk, person_ref: str) -> Case:
    """The same person in another project's wave."""
    d = desk.district
    other = await cast.case(
        desk.office.site.keyring, d.wave, d.road, d.frames[d.road.id], d.west, state="S03", next_attempt_at=TOMORROW
    )
    await Case.filter(id=other.case.id).update(person_ref=person_ref)
    return other.case


async def test_every_other_case_of_a_person_who_died_ends_when_the_outcome_stands(desk: Desk) -> None:
    called = await desk.called()
    other = await _also_waiting(desk, called.person.ref)
    page = words(await desk.page(called.case.ref))
    assert "请您节哀" in page
    done = await desk.agent.get((await desk.outcome(called.case.ref, "230", note="女儿说的")).headers["location"])
    assert "不再打扰这家人" in done.text and "不再拨打" not in done.text
    await ticks.run(desk.office.site)
    assert (await Case.get(id=other.id)).state == "S03", "the outcome can still be withdrawn"
    desk.office.clock.pass_by(minutes=3)
    await ticks.run(desk.office.site)
    ended = await Case.get(id=other.id)
    assert (ended.state, ended.final_code, ended.next_attempt_at) == ("S11", "230", None)
    assert len(await desk.facts("case_ended_by_death")) == 1


async def test_a_withdrawn_death_ends_nothing(desk: Desk) -> None:
    called = await desk.called()
    other = await _also_waiting(desk, called.person.ref)
    recorded = (await desk.outcome(called.case.ref, "230", note="听错了")).headers["location"]
    assert (await desk.agent.post(f"{recorded}/undo")).status_code == 303
    await desk.outcome(called.case.ref, "310")
    desk.office.clock.pass_by(minutes=3)
    await ticks.run(desk.office.site)
    assert (await Case.get(id=other.id)).state == "S03"


async def test_who_died_before_the_list_was_made_was_never_to_be_asked(desk: Desk) -> None:
    called = await desk.called()
    await Entitlement.filter(id=called.entitlement.id).update(frame_date=dt.date(2026, 2, 1))
    late = await desk.outcome(called.case.ref, "230", note="家属说的", died_on="2026-03-06")
    assert late.status_code == 422 and "去世日期在今天以后" in late.text and "家属说的" in late.text
    await desk.outcome(called.case.ref, "230", note="家属说的", died_on="2026-01-15")
    assert (await Case.get(id=called.case.id)).state == "S12"


async def test_a_language_that_a_colleague_speaks_waits_for_that_colleague(desk: Desk) -> None:
    await cast.account(Role.AGENT, "agent.he", (desk.district.east,), languages="合肥话")
    called = await desk.called()
    assert '<option value="合肥话">' in await desk.page(called.case.ref)
    await desk.outcome(called.case.ref, "232", note="只说方言", language="合肥话")
    case = await Case.get(id=called.case.id)
    assert case.language == "合肥话" and case.state != "S07"
