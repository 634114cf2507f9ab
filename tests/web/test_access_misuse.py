"""What strangers and former insiders try: filling the trail, secrets in the log, links that should be dead."""

import dataclasses
import json
import logging

import pytest

from questionnaires.facts import Fact
from survey_service.clock import real_now
from survey_service.models import AuditEntry
from survey_service.operation import doctor
from survey_service.trust import accounts, audit
from survey_service.trust.audit import COMMAND
from survey_service.trust.viewer import Role
from survey_service.web.shield import logged_path
from tests import cast, serving

PASSWORD = "春风又绿江南岸 2026"
TOKEN = "Jx3_vQ-0aZpLmN8rTs2kWg"


async def test_a_stranger_cannot_fill_the_trail_with_refusals(office: serving.Office) -> None:
    visitor = office.visitor()
    codes = {(await visitor.post("/login", headers={"origin": "https://evil.example"})).status_code for _ in range(70)}
    assert codes == {403}
    assert await AuditEntry.filter(action="access_denied").count() == 60
    agent = await office.visitor_as(Role.AGENT)
    await agent.get("/audit")
    assert await AuditEntry.filter(action="access_denied", role="agent").count() == 1, "insiders are always on record"


@pytest.mark.parametrize(
    "path", [f"/s//{TOKEN}", f"//s/{TOKEN}", f"/api/v1//s/{TOKEN}", f"/enter//{TOKEN}", f"/S/{TOKEN}", f"/{TOKEN}"]
)
async def test_a_secret_in_a_mistyped_address_opens_nothing_and_is_not_logged(
    office: serving.Office, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "survey.access"):
        assert (await office.visitor().get(f"{serving.BASE}{path}")).status_code == 404
    lines = [getattr(record, "fields", {}).get("path", "") for record in caplog.records]
    assert lines and TOKEN not in json.dumps(lines)


def test_what_follows_a_token_is_struck_out_like_the_rest() -> None:
    assert logged_path(f"/s/{TOKEN}/13800138000") == f"/s/{accounts.token_digest(TOKEN)[:8]}/***"
    assert logged_path(f"/s/{TOKEN}/later/done").endswith("/later/done")


@pytest.mark.parametrize("event", ["new link", "password set", "disabled and enabled", "other role"])
async def test_an_unused_link_dies_with_what_it_was_given_for(office: serving.Office, event: str) -> None:
    member = await cast.account(Role.AGENT, "agent.chen")
    old, _ = await accounts.issue_link(member, "password", real_now())
    assert (await office.visitor().get(f"/set-password/{old}")).status_code == 200
    if event == "new link":
        await accounts.issue_link(member, "password", real_now())
    elif event == "password set":
        await accounts.set_password(member, PASSWORD)
    elif event == "other role":
        await accounts.change_role(member, Role.SUPERVISOR)
    else:
        await accounts.disable(member, real_now())
        await accounts.enable(member)
    sent = {"password": PASSWORD + "x", "repeat": PASSWORD + "x"}
    assert (await office.visitor().post(f"/set-password/{old}", data=sent)).status_code == 404


async def test_a_second_link_for_the_first_administrator_opens_nothing_once_there_is_one(
    office: serving.Office,
) -> None:
    links = [(await accounts.issue_link(None, "first-admin", real_now()))[0] for _ in range(2)]
    sent = {"name": "admin.zhou", "password": PASSWORD + "x", "repeat": PASSWORD + "x"}
    assert (await office.visitor().post(f"/set-password/{links[0]}", data=sent)).status_code == 303
    assert (await office.visitor().get(f"/set-password/{links[1]}")).status_code == 404
    again = await office.visitor().post(f"/set-password/{links[1]}", data=sent | {"name": "admin.two"})
    assert again.status_code == 404 and await accounts.administrators() == 1


async def test_https_without_a_named_proxy_is_refused_even_on_this_machine(office: serving.Office) -> None:
    public = dataclasses.replace(office.site.settings, public_url="https://hf.example.gov.cn", host="127.0.0.1")
    named = dataclasses.replace(public, trusted_proxies=("127.0.0.1",))
    for settings, refused in ((public, True), (named, False)):
        found = [each for each in await doctor.examine(settings) if "SURVEY_TRUSTED_PROXIES" in each.sentence]
        assert [each.refused for each in found] == [refused]


async def test_an_anchor_that_is_gone_is_a_finding_and_not_a_sound_trail(office: serving.Office) -> None:
    await office.visitor_as(Role.AUDITOR)
    site, anchor = office.site, office.site.settings.audit_anchor
    await site.ledger.note(COMMAND, Fact("message_kept", "-"), "done")
    assert not (await audit.verify(site.keyring, anchor)).problems
    anchor.unlink()
    assert (await audit.verify(site.keyring, anchor)).problems == ("锚点文件不在或是空的，看不出末尾的记录是否被删",)


@pytest.mark.parametrize("path", ["/login", f"/enter/{TOKEN}", f"/set-password/{TOKEN}", "/api/v1/session"])
async def test_a_stranger_cannot_keep_the_server_busy_with_a_huge_form(office: serving.Office, path: str) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await office.visitor().post(path, content=b"a=1&" * 30_000, headers=form)).status_code == 413
