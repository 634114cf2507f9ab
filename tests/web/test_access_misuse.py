"""What strangers and former insiders try: filling the trail, secrets in the log, links that should be dead."""

import json
import logging

import pytest

from survey_service import accounts
from survey_service.clock import real_now
from survey_service.models import AuditEntry
from survey_service.viewer import Role
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
