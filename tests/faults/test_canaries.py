"""Number 7 of the bar: nothing personal and no secret lies on the disk in the clear, whatever was done."""

import asyncio
import contextlib
import datetime as dt
import time
from dataclasses import dataclass
from typing import Any

import httpx
from tortoise.transactions import in_transaction

from callbacks.calling import links
from callbacks.frame import importing
from callbacks.frame.files.columns import Kind
from questionnaires import library, statements, versions, xlsform
from survey_service import demo_clock
from survey_service.clock import real_now
from survey_service.desks import import_office, wave_office
from survey_service.operation import running
from survey_service.reporting import reports
from survey_service.trust import accounts
from survey_service.trust.audit import COMMAND
from survey_service.trust.viewer import Role
from tests.faults.answering import ANSWERS
from tests.faults.canaries import Canaries, digits, hits, word
from tests.faults.conftest import Install
from tests.faults.installations import START, Installation
from tests.faults.nursery import Nursery
from tests.faults.servers import ServerProcess
from tests.faults.sizes import SIZES

ZONES = "名称,级别\n城东街道,街道\n"
PROJECTS = "代码,名称,类别,责任部门\nB01,困难群众生活救助,补助,民政局\n"
HEAD = "姓名,联系电话,家庭住址,街道,发放日期,监护人,监护人电话,身份证号,备注"
PLAN = """
code = "K1"
title = "第一批"
programme = "{programme}"
measurement_role = "service"
starts = 2026-03-02
ends = 2026-03-31
phone_questionnaire = "phone"
mobile_questionnaire = "mobile"
"""
SUPERVISOR, AGENT = "dudao", "huifang"


@dataclass(slots=True)
class Caller:
    """A program that signed in through the front door."""

    client: httpx.AsyncClient

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """A change, with its form token."""
        return await self.client.post(path, **body)


async def _sign_in(place: Installation, canaries: Canaries, name: str, password: str) -> Caller:
    client = httpx.AsyncClient(base_url=place.base, timeout=60)
    wrong = {"name": name, "password": canaries.tell("password", word(12))}
    assert (await client.post("/api/v1/session", json=wrong)).status_code in (401, 403)
    answer = await client.post("/api/v1/session", json={"name": name, "password": password})
    assert answer.status_code == 201, answer.text
    client.headers["x-csrf-token"] = answer.json()["csrf_token"]
    canaries.tell("cookie", client.cookies["session"])
    return Caller(client)


async def _prepare(place: Installation, canaries: Canaries) -> dict[str, str]:
    """Places, questionnaires and two accounts; their passwords."""
    passwords = {name: canaries.tell("password", word(14)) for name in (SUPERVISOR, AGENT)}
    async with running.installation(place.settings) as (_, site):
        async with site.ledger.change(COMMAND) as change:
            await demo_clock.store(START)
            for definition in xlsform.read_folder(library.folder()):
                change.record((await versions.publish(definition, real_now()))[1])
            await accounts.add("admin", Role.ADMIN, real_now())
            for name, role in ((SUPERVISOR, Role.SUPERVISOR), (AGENT, Role.AGENT)):
                made, fact = await accounts.add(name, role, real_now())
                change.record(fact, await accounts.set_password(made, passwords[name]))
        for kind, text in ((Kind.ZONES, ZONES), (Kind.PROJECTS, PROJECTS)):
            report = await importing.check_file(kind, text.encode(), today=START.date())
            async with site.ledger.change(COMMAND) as change:
                await import_office.apply(site, change, report)
    return passwords


def _roster(canaries: Canaries, people: int) -> bytes:
    lines = [HEAD]
    for _ in range(people):
        tell = canaries.tell
        lines.append(
            f"{tell('name', word())},{tell('phone', digits('138', 11))},{tell('address', word(9))},城东街道,2026-02-20,"
            f"{tell('guardian', word())},{tell('phone', digits('139', 11))},"
            f"{tell('identity', digits('34010219', 17) + 'X')},{tell('remark', word(9))}"
        )
    return "\n".join(lines).encode("gb18030")


async def _bring_in(supervisor: Caller, roster: bytes, *, confirm: bool) -> None:
    """Upload, check, look at the report; confirm it or leave it lying."""
    form = {"kind": "roster", "project": "B01", "programme": ""}
    sent = await supervisor.post("/supervisor/imports", data=form, files={"file": ("名单.csv", roster, "text/csv")})
    assert sent.status_code == 303, sent.text[-800:]
    page = sent.headers["location"]
    report = await _until(supervisor, f"{page}/report")
    if confirm:
        assert (await supervisor.post(f"{page}/confirm")).status_code == 303, report.text
    shown = await supervisor.client.get(page)
    assert shown.status_code == 200


async def _until(supervisor: Caller, page: str) -> httpx.Response:
    """What takes longer than the answer waits is there a little later."""
    for _ in range(100):
        got = await supervisor.client.get(page)
        if got.status_code == 200:
            return got
        await asyncio.sleep(0.2)
    raise AssertionError(f"{page}: {got.status_code}")


async def _open_wave(place: Installation, canaries: Canaries) -> list[str]:
    """Draws the sample and issues the links."""
    async with running.installation(place.settings) as (_, site):
        now = site.clock.now()
        programme = (await statements.rows("SELECT code FROM callbacks_programme"))[0]["code"]
        async with site.ledger.change(COMMAND) as change:
            change.record((await wave_office.open_wave(site, PLAN.format(programme=programme), now))[1])
        async with in_transaction("default"):
            await statements.execute("UPDATE callbacks_case SET state = 'S01', next_attempt_at = $1", START)
        async with site.ledger.change(COMMAND) as change:
            found, fact = await links.issue_many("K1", now, now + dt.timedelta(days=14))
            change.record(fact)
            for kind in ("password", "login"):
                token, fact = await accounts.issue_link(await accounts.Account.get(name=AGENT), kind, real_now())
                canaries.tell("token", token)
                change.record(fact)
    return [canaries.tell("token", token) for token in found.values()]


async def _call(agent: Caller, canaries: Canaries) -> int:
    """Calls down the list with notes, looks at pages, searches by number; how many notes were kept."""
    kept = 0
    for number, code in enumerate(("310", "200", "320")):
        case = (await agent.post("/api/v1/agent/next", json={}, headers={"idempotency-key": f"n{number}"})).json()[
            "case"
        ]
        assert case, "nobody to call"
        assert (await agent.client.get(f"/agent/cases/{case['ref']}")).status_code == 200
        note = canaries.tell("note", word(10))
        said = {"attempt": case["attempt"], "claim": case["claim"], "code": code, "note": note}
        path = f"/api/v1/cases/{case['ref']}/attempts"
        done = await agent.post(path, json=said, headers={"idempotency-key": f"o{number}"})
        assert done.status_code == 201, done.text
        kept += 1
        await agent.post("/agent/inbound", data={"number": case["phone"]})
        await agent.post(f"/api/v1/cases/{case['ref']}/reveal", json={"reason": "核对号码"})
    return kept


async def _answer(place: Installation, canaries: Canaries, tokens: list[str]) -> int:
    """Respondents with open texts and a phone number of their own; how many submitted."""
    done = 0
    async with httpx.AsyncClient(base_url=place.base, timeout=60) as client:
        for token in tokens[: SIZES.canaries]:
            texts = {
                "d2": canaries.tell("answer", word(12)), "f1": canaries.tell("answer", word(12)), "e1": "1",
                "e2": canaries.tell("phone", digits("137", 11)),
            }  # fmt: skip
            given = {"answers": {**ANSWERS, **texts}}
            await client.get(f"/s/{token}")
            await client.put(f"/api/v1/s/{token}/draft", json=given)
            done += (await client.post(f"/api/v1/s/{token}/submission", json=given)).status_code == 201
            for cookie in client.cookies.jar:
                canaries.tell("cookie", str(cookie.value))
            client.cookies.clear()
    return done


async def _stumble(place: Installation, canaries: Canaries, agent: Caller, token: str) -> None:
    """Everything that goes wrong quotes what was sent."""
    tell = canaries.tell
    anybody = httpx.AsyncClient(base_url=place.base, timeout=60)
    async with anybody:
        for client in (anybody, agent.client):
            phone, name = tell("phone", digits("136", 11)), tell("name", word())
            await client.get(f"/nowhere/{name}", params={"phone": phone, "name": name})
            await client.get(f"/api/v1/waves/{phone}/report")
            await client.get("/login", headers={"user-agent": phone, "referer": f"http://127.0.0.1/{phone}"})
            await client.get("/", headers={"cookie": f"session={tell('cookie', digits('c', 40))}"})
            await client.post("/login", data={"name": phone, "password": tell("password", word(9))})
            await client.post("/api/v1/session", content=f'{{"name": "{phone}'.encode())
            await client.post("/api/v1/agent/next", content=name.encode("gb18030"))
            await client.post(f"/s/{token}", data={"d2": name + "\x00", "at": phone, "e2": phone})
            await client.post(f"/api/v1/s/{token}/submission", json={"answers": {name: phone}})
            await client.post("/agent/inbound", data={"number": phone + name})
            await client.get(f"/s/{tell('token', digits('t', 22))}")
            with contextlib.suppress(httpx.TransportError):  # refused before it was sent to the end
                await client.put(f"/api/v1/s/{token}/draft", content=(name * 40_000).encode())


async def _export(place: Installation) -> None:
    folder = place.folder / "exports"
    folder.mkdir()
    async with running.installation(place.settings, reading=True) as (_, site):
        for kind in ("json", "csv", "xlsx", "docx", "html"):
            made = await reports.document("K1", kind, place.settings, site.clock.now())
            (folder / f"report.{kind}").write_bytes(made.content)


async def _leak(place: Installation, name: str) -> None:
    """What the search must find: a name in a table, a name in a log in another encoding."""
    async with running.installation(place.settings), in_transaction("default"):
        await statements.execute("UPDATE callbacks_project SET note = $1", name)


async def test_nothing_personal_lies_on_the_disk_in_the_clear(installed: Install, nursery: Nursery) -> None:
    begun, place, canaries = time.time() - 2, await installed(), Canaries()
    passwords = await _prepare(place, canaries)
    with ServerProcess(place, nursery=nursery) as server:
        supervisor = await _sign_in(place, canaries, SUPERVISOR, passwords[SUPERVISOR])
        await _bring_in(supervisor, _roster(canaries, SIZES.canaries + 3), confirm=True)
        server.stop()
        tokens = await _open_wave(place, canaries)
        server.start()
        await _bring_in(supervisor, _roster(canaries, 2), confirm=False)
        agent = await _sign_in(place, canaries, AGENT, passwords[AGENT])
        kept, submitted = await _call(agent, canaries), await _answer(place, canaries, tokens)
        await _stumble(place, canaries, agent, tokens[-1])
        await _export(place)
        server.kill()
    for caller in (supervisor, agent):
        await caller.client.aclose()
    people = (await place.rows("SELECT count(*) AS n FROM vault_person"))[0]["n"]
    texts = (await place.rows("SELECT count(*) AS n FROM questionnaires_open_text"))[0]["n"]
    assert (people, kept, submitted) == (SIZES.canaries + 3, 3, SIZES.canaries) and texts == 3 * submitted
    assert any((place.folder / "staging").iterdir())
    folders = [place.folder, *([place.cluster.folder] if place.cluster else [])]
    found = hits(canaries, folders, begun)
    told = sum(map(len, canaries.told.values()))
    print(f"\n{place.engine}: {told} secrets of {len(canaries.told)} kinds told, {len(found)} found in the clear")
    assert not found, found
    leaked = canaries.told["name"][0]
    await _leak(place, leaked)
    with server.log.open("ab") as log:
        log.write(canaries.told["address"][0].encode("gb18030"))
    assert {kind for kind, _ in hits(canaries, folders, begun)} >= {"name", "address"}
