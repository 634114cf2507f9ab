"""Sheets of numbers and texts for the office's own platform: counted, told, kept on the trail first, links that end soon."""

import csv
import dataclasses
import datetime as dt
import io
import re

import httpx
import pytest

from callbacks.calling import links
from questionnaires.statements import execute, instant, rows
from survey_service.models import AuditEntry, MessageSheet, Outbox
from survey_service.trust import audit, limits
from survey_service.trust.viewer import Role
from tests import cast, serving

PAGE = "/supervisor/messages"


async def queued(
    office: serving.Office, kind: str = "invitation", people: int = 2
) -> tuple[cast.District, httpx.AsyncClient]:
    """Messages in the queue, and the supervisor who queued them."""
    scene = await cast.district()
    for _ in range(people):
        await cast.case(office.site.keyring, scene.wave, scene.relief, scene.frames[scene.relief.id], scene.east)
    chief = await office.visitor_as(Role.SUPERVISOR, scene.supervisor)
    for each in dict.fromkeys(("notice", kind)):
        answer = await chief.post(f"{PAGE}/queue", data={"wave": scene.wave.code, "kind": each})
        assert answer.status_code == 303
    return scene, chief


def form(kind: str = "invitation") -> dict[str, str]:
    return {"wave": "W1", "kind": kind, "format": "csv", "reason": "交电信平台代发"}


async def test_a_link_in_a_file_ends_sooner_than_one_in_the_queue_and_its_text_says_when(
    office: serving.Office,
) -> None:
    _, chief = await queued(office)
    answer = await chief.post(f"{PAGE}/sheet", data=form())
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    assert len(lines) == 2 and all("（3日内有效" in text for _, text in lines)
    ends = {instant(each["expires_at"]) for each in await rows("SELECT expires_at FROM callbacks_link")}
    assert ends == {office.clock.now() + dt.timedelta(days=3)}
    link = re.search(r"/s/([A-Za-z0-9_-]{22})", lines[0][1])
    assert link is not None and (await links.find(link.group(1), office.clock.now())).condition == "ok"
    office.clock.pass_by(days=3, minutes=1)
    assert (await links.find(link.group(1), office.clock.now())).condition == "expired"


async def test_every_download_is_counted_and_shown_to_the_others(office: serving.Office) -> None:
    scene, chief = await queued(office)
    assert (await chief.post(f"{PAGE}/sheet", data=form())).status_code == 200
    kept = await MessageSheet.get()
    assert (kept.lines, kept.account_id, kept.kind) == (2, scene.supervisor.id, "invitation")
    colleague = await office.visitor_as(Role.SUPERVISOR, await cast.account(Role.SUPERVISOR, "supervisor.qian"))
    page = (await colleague.get(PAGE)).text
    assert "赵主任" in page and kept.sha256[:16] in page
    east = await cast.account(Role.SUPERVISOR, "supervisor.west", (scene.west,))
    assert kept.sha256[:16] not in (await (await office.visitor_as(Role.SUPERVISOR, east)).get(PAGE)).text


async def test_nobody_downloads_all_day(office: serving.Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SHEETS", dataclasses.replace(limits.SHEETS, most=1))
    _, chief = await queued(office)
    assert (await chief.post(f"{PAGE}/sheet", data=form())).status_code == 200
    await execute("UPDATE survey_service_outbox SET state = 'queued', sent_at = NULL")
    assert (await chief.post(f"{PAGE}/sheet", data=form())).status_code == 429
    assert await Outbox.filter(state="exported", kind="invitation").count() == 0


async def test_without_a_trail_there_is_no_file(office: serving.Office, monkeypatch: pytest.MonkeyPatch) -> None:
    _, chief = await queued(office)

    async def broken(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(audit, "append", broken)
    answer = await chief.post(f"{PAGE}/sheet", data=form())
    assert answer.status_code == 503 and b"/s/" not in answer.content and b"1991" not in answer.content
    monkeypatch.undo()
    assert await Outbox.filter(state="queued", kind="invitation").count() == 2
    assert not await AuditEntry.filter(action="messages_exported").exists() and not await MessageSheet.exists()
    ends = {instant(each["expires_at"]) for each in await rows("SELECT expires_at FROM callbacks_link")}
    assert ends == {office.clock.now() + dt.timedelta(days=7)}
