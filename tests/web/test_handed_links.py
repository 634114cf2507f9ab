"""A set-password link in somebody else's hand: on the trail, told to those concerned, and confirmed where that is set."""

import dataclasses
import json
import re

import httpx

from survey_service.clock import real_now
from survey_service.models import Account, AuditEntry, LoginSession
from survey_service.trust import accounts
from survey_service.trust.viewer import Role
from tests import cast, serving

PASSWORD = "春风又绿江南岸 2026"
LINK = re.compile(r"/set-password/([A-Za-z0-9_-]+)")


def four_eyes(office: serving.Office) -> None:
    site = office.site
    office.app.state.site = dataclasses.replace(site, settings=dataclasses.replace(site.settings, four_eyes=1))


async def known(role: Role, name: str = "", **fields: str) -> Account:
    made = await cast.account(role, name, **fields)
    await accounts.set_password(made, PASSWORD)
    return await Account.get(id=made.id)


async def handed_out(admin: httpx.AsyncClient, account: Account) -> str:
    answer = await admin.post(f"/admin/accounts/{account.ref}/link")
    found = LINK.search(answer.text)
    assert answer.status_code == 200 and found is not None
    return found.group(1)


async def use(office: serving.Office, token: str, password: str = "another sentence 77") -> httpx.Response:
    transport = httpx.ASGITransport(app=office.app, client=("203.0.113.66", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url=serving.BASE) as somebody:
        return await somebody.post(f"/set-password/{token}", data={"password": password, "repeat": password})


async def test_the_trail_says_who_gave_the_link_for_whom_and_from_where_it_was_used(office: serving.Office) -> None:
    zhao, admin = await known(Role.SUPERVISOR), await known(Role.ADMIN)
    token = await handed_out(await office.visitor_as(Role.ADMIN, admin), zhao)
    assert (await use(office, token)).status_code == 303
    issued = await AuditEntry.filter(action="access_link_issued").get()
    assert (issued.actor, issued.object) == (admin.ref, zhao.ref)
    opened = await AuditEntry.filter(action="account_link_used").get()
    assert (opened.object, opened.address) == (zhao.ref, "203.0.113.66")
    assert json.loads(opened.details) == {"issuer": admin.ref, "purpose": "password"}


async def test_whose_password_was_reset_and_everybody_who_watches_sees_it_on_the_next_page(
    office: serving.Office,
) -> None:
    zhao = await known(Role.SUPERVISOR, display_name="赵主任")
    other = await known(Role.SUPERVISOR, "supervisor.qian")
    admin = await known(Role.ADMIN, display_name="周工")
    auditor, agent = await known(Role.AUDITOR), await known(Role.AGENT)
    await use(office, await handed_out(await office.visitor_as(Role.ADMIN, admin), zhao))
    own = await (await office.visitor_as(Role.SUPERVISOR, zhao)).get("/supervisor")
    assert re.search(r"您的密码于\d+月\d+日\d\d:\d\d由系统管理员周工发出的链接重设", own.text)
    for account, path in ((other, "/supervisor"), (auditor, "/audit")):
        page = await (await office.visitor_as(account.role, account)).get(path)
        assert "赵主任（supervisor.zhao）的密码" in page.text and "周工" in page.text, path
    assert "的密码于" not in (await (await office.visitor_as(Role.AGENT, agent)).get("/agent")).text


async def test_a_notice_stays_until_it_was_read_and_is_then_gone(office: serving.Office) -> None:
    zhao, admin = await known(Role.SUPERVISOR), await known(Role.ADMIN)
    await use(office, await handed_out(await office.visitor_as(Role.ADMIN, admin), zhao))
    browser = await office.visitor_as(Role.SUPERVISOR, zhao)
    for path in ("/supervisor", "/supervisor/waves"):
        page = await browser.get(path)
        assert "您的密码于" in page.text, "looking does not make it go away"
    found = re.search(r'action="(/notices/[^"]+)"', page.text)
    assert found is not None
    stranger = await office.visitor_as(Role.ADMIN, admin)
    assert (await stranger.post(found.group(1))).status_code == 404, "nobody reads it in another's place"
    assert (await browser.post(found.group(1))).status_code == 303
    assert "您的密码于" not in (await browser.get("/supervisor")).text


async def test_sessions_of_the_account_end_when_the_link_is_used(office: serving.Office) -> None:
    zhao, admin = await known(Role.SUPERVISOR), await known(Role.ADMIN)
    browser = await office.visitor_as(Role.SUPERVISOR, zhao)
    token = await handed_out(await office.visitor_as(Role.ADMIN, admin), zhao)
    assert (await browser.get("/supervisor")).status_code == 200
    await use(office, token)
    assert (await browser.get("/supervisor")).status_code == 303
    assert not await LoginSession.filter(account_id=zhao.id).exists()


async def test_a_first_password_of_an_agent_troubles_nobody_and_one_of_a_supervisor_is_told(
    office: serving.Office,
) -> None:
    zhao, admin = await known(Role.SUPERVISOR), await known(Role.ADMIN)
    by = await office.visitor_as(Role.ADMIN, admin)
    watching = await office.visitor_as(Role.SUPERVISOR, zhao)
    await use(office, await handed_out(by, await cast.account(Role.AGENT)))
    assert "的密码于" not in (await watching.get("/supervisor")).text
    await use(office, await handed_out(by, await cast.account(Role.SUPERVISOR, "supervisor.new")))
    assert "supervisor.new" in (await watching.get("/supervisor")).text


async def test_who_is_made_a_supervisor_is_told_to_those_there_are(office: serving.Office) -> None:
    zhao, agent = await known(Role.SUPERVISOR), await known(Role.AGENT)
    admin = await office.visitor_as(Role.ADMIN)
    assert (await admin.post(f"/admin/accounts/{agent.ref}/role", data={"role": "supervisor"})).status_code == 303
    page = await (await office.visitor_as(Role.SUPERVISOR, zhao)).get("/supervisor")
    assert "从回访员改为民生办督导" in page.text


async def test_with_four_eyes_the_link_is_dead_until_a_second_person_agrees(office: serving.Office) -> None:
    zhao, qian = await known(Role.SUPERVISOR), await known(Role.SUPERVISOR, "supervisor.qian")
    admin = await known(Role.ADMIN)
    four_eyes(office)
    by = await office.visitor_as(Role.ADMIN, admin)
    token = await handed_out(by, zhao)
    assert (await use(office, token)).status_code == 409
    assert zhao.ref not in (await by.get("/confirmations")).text, "who gave it does not confirm it"
    assert (await by.post(f"/confirmations/{zhao.ref}", data={"answer": "yes"})).status_code == 404
    second = await office.visitor_as(Role.SUPERVISOR, qian)
    assert "/confirmations" in (await second.get("/supervisor")).text, "the second person is told"
    assert (await second.post(f"/confirmations/{zhao.ref}", data={"answer": "yes"})).status_code == 303
    assert (await use(office, token)).status_code == 303
    assert await AuditEntry.filter(action="account_link_confirmed", actor=qian.ref, object=zhao.ref).exists()


async def test_a_link_that_the_second_person_takes_back_opens_nothing(office: serving.Office) -> None:
    zhao, qian = await known(Role.SUPERVISOR), await known(Role.SUPERVISOR, "supervisor.qian")
    four_eyes(office)
    token = await handed_out(await office.visitor_as(Role.ADMIN), zhao)
    second = await office.visitor_as(Role.SUPERVISOR, qian)
    assert (await second.post(f"/confirmations/{zhao.ref}", data={"answer": "no"})).status_code == 303
    assert (await use(office, token)).status_code == 404
    assert (await Account.get(id=zhao.id)).password_hash == zhao.password_hash


async def test_with_four_eyes_nobody_gets_around_it_by_a_new_role(office: serving.Office) -> None:
    await known(Role.SUPERVISOR)
    agent = await known(Role.AGENT)
    four_eyes(office)
    admin = await office.visitor_as(Role.ADMIN, await known(Role.ADMIN))
    await admin.post(f"/admin/accounts/{agent.ref}/role", data={"role": "supervisor"})
    answer = await office.visitor().post("/login", data={"name": agent.name, "password": PASSWORD})
    assert answer.status_code == 401, "the password that an administrator may know opens a supervisor's desk"
    assert (await use(office, await handed_out(admin, agent))).status_code == 409


async def test_where_nobody_else_could_agree_the_link_works_at_once(office: serving.Office) -> None:
    zhao = await known(Role.SUPERVISOR)
    four_eyes(office)
    token = await handed_out(await office.visitor_as(Role.ADMIN, await known(Role.ADMIN)), zhao)
    assert (await use(office, token)).status_code == 303


async def test_an_agents_link_needs_one_person_only(office: serving.Office) -> None:
    agent = await known(Role.AGENT)
    await known(Role.SUPERVISOR)
    four_eyes(office)
    token = await handed_out(await office.visitor_as(Role.ADMIN, await known(Role.ADMIN)), agent)
    assert (await use(office, token)).status_code == 303


async def test_a_link_printed_on_the_server_is_told_as_such(office: serving.Office) -> None:
    zhao = await known(Role.SUPERVISOR)
    token, _ = await accounts.issue_link(zhao, "password", real_now())
    await use(office, token)
    assert (
        "由服务器命令行发出的链接重设"
        in (await (await office.visitor_as(Role.SUPERVISOR, zhao)).get("/supervisor")).text
    )
