"""Messages and receipts: nothing leaves before its time, the sheet carries nothing that runs, receipts are signed."""

import dataclasses
import hashlib
import hmac
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from callbacks.models import Case, DoNotContact
from survey_service.clock import real_now
from survey_service.desks import message_desk
from survey_service.messages import outbox
from survey_service.models import AuditEntry, Outbox
from survey_service.settings import Settings
from survey_service.trust.audit import SYSTEM
from tests import cast, serving

KEY = b"receipts-key"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """An installation that expects receipts."""
    path = tmp_path / "receipt.key"
    path.write_bytes(KEY + b"\n")
    return dataclasses.replace(serving.settings_for(database_url, tmp_path), sms_receipt_key_file=str(path))


async def _scene(office: serving.Office, people: int = 2) -> cast.District:
    scene = await cast.district()
    for _ in range(people):
        await cast.case(office.site.keyring, scene.wave, scene.relief, scene.frames[scene.relief.id], scene.east)
    return scene


async def _queued(office: serving.Office, state: str = "sent") -> Outbox:
    scene = await _scene(office, 1)
    async with office.site.ledger.change(SYSTEM) as change:
        change.record((await outbox.queue(office.site, scene.wave.code, outbox.NOTICE, change.now))[1])
    await Outbox.all().update(state=state, sent_at=office.clock.now())
    return await Outbox.get()


async def test_others_neither_queue_nor_download(office: serving.Office) -> None:
    scene = await _scene(office)
    form = {"wave": scene.wave.code, "kind": "notice", "format": "csv", "reason": "代发"}
    for role in ("agent", "admin", "official", "auditor"):
        visitor = await office.visitor_as(role)
        assert (await visitor.post("/supervisor/messages/queue", data=form)).status_code == 403
        assert (await visitor.post("/supervisor/messages/sheet", data=form)).status_code == 403
    assert await Outbox.all().count() == 0


async def test_the_notice_comes_first_and_the_page_says_that_nothing_leaves(office: serving.Office) -> None:
    scene = await _scene(office)
    chief = await office.visitor_as("supervisor")
    page = (await chief.get("/supervisor/messages")).text
    assert "一条也不会发" in page and "给2人排队" in page and "0551-64491234" in page
    early = await chief.post("/supervisor/messages/queue", data={"wave": scene.wave.code, "kind": "invitation"})
    assert early.status_code == 422 and "先发预告短信" in early.text
    for kind in ("notice", "invitation"):
        done = await chief.post("/supervisor/messages/queue", data={"wave": scene.wave.code, "kind": kind})
        assert done.status_code == 303, done.text
    again = await chief.post("/supervisor/messages/queue", data={"wave": scene.wave.code, "kind": "notice"})
    assert again.status_code == 422 and "没有可以发的人" in again.text
    assert await Outbox.all().count() == 4
    for wrong in ({"wave": "NOPE", "kind": "notice"}, {"wave": scene.wave.code, "kind": "spam"}):
        assert (await chief.post("/supervisor/messages/queue", data=wrong)).status_code == 422
    assert await AuditEntry.filter(action="messages_queued").count() == 2


async def test_the_sheet_is_text_only_and_on_the_trail_with_its_digest(office: serving.Office) -> None:
    scene = await _scene(office)
    chief = await office.visitor_as("supervisor")
    await chief.post("/supervisor/messages/queue", data={"wave": scene.wave.code, "kind": "notice"})
    form = {"wave": scene.wave.code, "kind": "notice", "format": "xlsx"}
    assert (await chief.post("/supervisor/messages/sheet", data=form)).status_code == 422, "a reason is asked for"
    assert (
        await chief.post("/supervisor/messages/sheet", data={**form, "format": "exe", "reason": "代发"})
    ).status_code == 422
    assert await Outbox.filter(state="queued").count() == 2
    answer = await chief.post("/supervisor/messages/sheet", data={**form, "reason": "交电信平台代发"})
    assert answer.status_code == 200
    sheet = zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml").decode()
    assert set(re.findall(r'<c [^>]*?t="(\w+)"', sheet)) == {"s"} and sheet.count("<c ") == 6 and "<f>" not in sheet
    entry = await AuditEntry.get(action="messages_exported")
    said = json.loads(entry.details)
    assert (said["rows"], said["sha256"]) == (2, hashlib.sha256(answer.content).hexdigest())
    assert entry.reason == "交电信平台代发" and "1991" not in entry.details
    assert await Outbox.filter(state="exported").count() == 2
    again = await chief.post("/supervisor/messages/sheet", data={**form, "reason": "再下一次"})
    assert again.status_code == 422 and "没有排队的短信" in again.text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\uff1d"])
def test_a_csv_cell_that_a_spreadsheet_would_calculate_is_guarded(start: str) -> None:
    text = message_desk.as_csv([("19910000001", f"{start}cmd|' /C calc'!A0")]).decode("utf-8-sig")
    assert f",{start}" not in text and "'" + start in text and text.startswith("手机号")


async def test_an_unknown_message_is_settled_by_hand_once(office: serving.Office) -> None:
    message = await _queued(office, "unknown")
    chief = await office.visitor_as("supervisor")
    assert message.ref in (await chief.get("/supervisor/messages")).text
    place = f"/supervisor/messages/{message.ref}/settle"
    assert (await chief.post(place, data={"as": "delivered"})).status_code == 422
    assert (await chief.post(place, data={"as": "queued"})).status_code == 303
    settled = await Outbox.get()
    assert (settled.state, settled.sent_at) == ("queued", None)
    assert (await chief.post(place, data={"as": "sent"})).status_code == 404
    assert await AuditEntry.filter(action="message_settled_by_hand").count() == 1


def _signed(body: bytes, key: bytes = KEY, off: int = 0) -> dict[str, str]:
    stamp = str(int(real_now().timestamp()) + off)
    digest = hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"x-timestamp": stamp, "x-signature": digest, "content-type": "application/json"}


async def _post(client: httpx.AsyncClient, body: bytes, headers: dict[str, Any]) -> int:
    return (await client.post("/hooks/sms", content=body, headers=headers)).status_code


async def test_only_a_fresh_and_fitting_signature_moves_a_message(office: serving.Office) -> None:
    message = await _queued(office)
    gateway, body = office.visitor(), json.dumps([{"ref": message.ref, "status": "delivered"}]).encode()
    right = _signed(body)
    for headers in (
        {},
        _signed(body, b"other"),
        _signed(body, off=-301),
        _signed(body, off=301),
        {**right, "x-signature": "é"},
    ):
        encoded = {name: value.encode() for name, value in headers.items()}
        assert await _post(gateway, body, encoded) == 401
    assert await _post(gateway, body.replace(b"delivered", b"deliverex"), right) == 401
    assert (await Outbox.get()).state == "sent"
    assert await _post(gateway, body, right) == 200
    assert (await Outbox.get()).state == "delivered"
    assert await AuditEntry.filter(outcome="denied", action="receipt_refused").count() == 6


async def test_a_replayed_or_contradicting_receipt_changes_nothing_more(office: serving.Office) -> None:
    message = await _queued(office)
    gateway = office.visitor()
    first = json.dumps([{"ref": message.ref, "status": "delivered"}]).encode()
    late = json.dumps([{"ref": message.ref, "status": "failed"}, {"ref": "nobody", "status": "delivered"}]).encode()
    for body in (first, first, late, b"[]"):
        assert await _post(gateway, body, _signed(body)) == 200
    assert (await Outbox.get()).state == "delivered"
    assert await AuditEntry.filter(action="receipt_taken").count() == 1


async def test_nonsense_with_a_right_signature_is_refused(office: serving.Office) -> None:
    gateway = office.visitor()
    for body in (b"{}", b"nonsense", b'[{"ref": 1}]', b"\xff\xfe"):
        assert await _post(gateway, body, _signed(body)) == 422
    assert await _post(gateway, b"x" * 5_000_000, _signed(b"x")) == 413


async def test_without_a_key_there_are_no_receipts(office: serving.Office) -> None:
    bare = dataclasses.replace(office.site.settings, sms_receipt_key_file="")
    office.app.state.site = dataclasses.replace(office.site, settings=bare)
    assert await _post(office.visitor(), b"[]", _signed(b"[]")) == 404


async def test_the_sheet_leaves_out_who_said_no_who_answered_and_who_had_a_message_today(
    office: serving.Office,
) -> None:
    scene = await _scene(office, 4)
    chief = await office.visitor_as("supervisor")
    form = {"wave": scene.wave.code, "kind": "notice", "format": "csv", "reason": "交电信平台代发"}
    await chief.post("/supervisor/messages/queue", data=form)
    queued = await Outbox.all().order_by("id")
    await DoNotContact.create(phone_digest=queued[0].phone_digest, reason="refused", at=office.clock.now())
    await Case.filter(id=queued[1].case_id).update(state="S08")
    await Outbox.filter(id=queued[2].id).update(phone_digest=queued[3].phone_digest)
    answer = await chief.post("/supervisor/messages/sheet", data=form)
    assert answer.status_code == 200 and len(answer.content.decode("utf-8-sig").splitlines()) == 2
    states = [one.state for one in await Outbox.all().order_by("id")]
    assert states == ["cancelled", "cancelled", "exported", "queued"]
    office.clock.pass_by(hours=25)
    assert (await chief.post("/supervisor/messages/sheet", data=form)).status_code == 200, (
        "a day later the other may go"
    )
