"""A tick of the whole service: what falls due is seen, messages leave, one failing step does not stop the others."""

import dataclasses
import datetime as dt
import os

import pytest

from callbacks.models import Case
from questionnaires.facts import Fact
from survey_service import kept_answers, ticks
from survey_service.clock import real_now
from survey_service.desks import staging
from survey_service.gateways.sms import RecordingGateway
from survey_service.messages import outbox
from survey_service.models import Idempotency, LimitEvent, LoginSession, Outbox
from survey_service.site import Site
from survey_service.trust import limits
from tests import cast, serving


async def test_a_case_whose_time_has_come_is_in_the_queue_after_a_tick(office: serving.Office) -> None:
    scene = await cast.district()
    later = office.clock.now() + dt.timedelta(hours=3)
    made = await cast.case(
        office.site.keyring, scene.wave, scene.relief, scene.frames[scene.relief.id], scene.east,
        state="S03", next_attempt_at=later,
    )  # fmt: skip
    await ticks.run(office.site)
    assert (await Case.get(id=made.case.id)).state == "S03"
    office.clock.pass_by(hours=3)
    await ticks.run(office.site)
    assert (await Case.get(id=made.case.id)).state == "S01"


async def test_queued_messages_leave_through_the_gateway_of_a_live_installation(office: serving.Office) -> None:
    scene, gateway = await cast.district(), RecordingGateway()
    await cast.case(office.site.keyring, scene.wave, scene.relief, scene.frames[scene.relief.id], scene.east)
    site = dataclasses.replace(office.site, gateway=gateway)
    async with site.ledger.change(ticks.SYSTEM) as change:
        _, fact = await outbox.queue(site, scene.wave.code, outbox.NOTICE, change.now)
        change.record(fact)
    await ticks.run(site)
    assert gateway.sent == [], "not marked live: nothing leaves"
    async with site.ledger.change(ticks.SYSTEM) as change:
        change.record(await outbox.mark_live(True))
    await ticks.run(site)
    await ticks.run(site)
    assert len(gateway.sent) == 1
    assert (await Outbox.get()).state == "sent"


async def test_a_tick_forgets_what_nobody_will_ask_for_again_and_keeps_the_rest(office: serving.Office) -> None:
    now, keyring = real_now(), office.site.keyring
    old = {"answer": now - kept_answers.KEPT_FOR, "limit": now - dt.timedelta(days=1, hours=1)}
    async with office.site.ledger.change(ticks.SYSTEM) as change:
        for name, at in (
            ("old", old["answer"] - dt.timedelta(minutes=1)),
            ("new", old["answer"] + dt.timedelta(hours=1)),
        ):
            await kept_answers.take(kept_answers.keyed(name, b"{}"), at)
        for at in (old["limit"] - dt.timedelta(minutes=1), now):
            await limits.count(keyring, limits.REVEALS, "agent", at)
        change.record(Fact("step_begun", "test", chained=False))
    left = staging.begin(office.site, 1, "zones", "", "", "zones.csv", b"code,name")
    long_ago = (now - staging.LIFE).timestamp() - 60
    for path in staging.folder(office.site).iterdir():
        os.utime(path, (long_ago, long_ago))
    staged = staging.begin(office.site, 1, "zones", "", "", "zones.csv", b"code,name")
    await ticks.run(office.site)
    assert [each.key_hash for each in await Idempotency.all()] == [kept_answers.keyed("new", b"{}").key_hash]
    assert [each.at for each in await LimitEvent.all()] == [now]
    assert not staging.content_waits(office.site, left.ref)
    assert staging.content_waits(office.site, staged.ref), "an upload of today waits for its confirmation"


async def test_a_tick_leaves_those_at_work_signed_in_and_drops_sessions_long_over(office: serving.Office) -> None:
    at_work, gone = await office.visitor_as("supervisor"), await office.visitor_as("official")
    over = await LoginSession.all().order_by("-account_id").first()
    assert over is not None
    await LoginSession.filter(token_hash=over.token_hash).update(expires_at=real_now() - dt.timedelta(days=2))
    await ticks.run(office.site)
    assert (await at_work.get("/supervisor")).status_code == 200
    assert (await gone.get("/report")).status_code == 303
    assert not await LoginSession.filter(token_hash=over.token_hash).exists()


async def test_a_failing_step_does_not_keep_the_others_from_running(
    office: serving.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    async def breaks(_: Site) -> list[Fact]:
        raise RuntimeError("broken")

    async def follows(_: Site) -> list[Fact]:
        ran.append("follows")
        return []

    monkeypatch.setattr(ticks, "STEPS", (breaks, follows))
    await ticks.run(office.site)
    assert ran == ["follows"]
