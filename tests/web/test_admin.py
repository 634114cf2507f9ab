"""The administrator: accounts and the system, no personal data, no trail; whoever is changed is signed out at once."""

import pytest

from callbacks.scope import zones_answered_for
from survey_service.messages import outbox
from survey_service.models import Account, AuditEntry
from survey_service.trust.viewer import Role
from tests import cast, serving


async def test_nobody_else_manages_accounts(office: serving.Office) -> None:
    agent = await cast.account(Role.AGENT)
    for role in ("supervisor", "auditor", "official"):
        visitor = await office.visitor_as(role)
        assert (await visitor.get("/admin")).status_code == 403
        assert (await visitor.post(f"/admin/accounts/{agent.ref}/disable")).status_code == 403
        assert (await visitor.post("/admin/live", data={"to": "on", "confirm": "正式运行"})).status_code == 403
    assert (await Account.get(id=agent.id)).disabled_at is None and not await outbox.is_live()


async def test_a_new_account_gets_a_link_that_sets_its_password(office: serving.Office) -> None:
    await cast.zone()
    admin = await office.visitor_as("admin")
    page = await admin.post(
        "/admin/accounts", data={"name": "wu.ying", "display_name": "吴英", "role": "street", "zones": ["CD01"]}
    )
    assert page.status_code == 200
    link = page.text.split("<code>")[1].split("</code>")[0]
    assert (await office.visitor().get(link)).status_code == 200
    assert link not in (await admin.get("/admin")).text, "shown once"
    assert "城东街道" in (await admin.get("/admin")).text
    assert {entry.action for entry in await AuditEntry.filter(role="admin")} == {"account_added", "access_link_issued"}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "X", "role": "agent"}, "账号名用2到40个"),
        ({"name": "li.si", "role": "king"}, "请选择角色"),
        ({"name": "li.si", "role": "street"}, "街道账号要选它管的片区"),
        ({"name": "li.si", "role": "department"}, "责任部门账号要选部门"),
        ({"name": "li.si", "role": "street", "zones": "NOPE"}, "没有片区"),
    ],
)
async def test_a_wrong_form_comes_back_with_one_sentence(
    office: serving.Office, form: dict[str, str], sentence: str
) -> None:
    admin = await office.visitor_as("admin")
    answer = await admin.post("/admin/accounts", data={**form, "display_name": "别丢了我"})
    assert answer.status_code == 422 and sentence in answer.text and "别丢了我" in answer.text
    assert await Account.filter(name="li.si").count() == 0


async def test_disabling_changing_and_ending_sessions_work_at_the_next_request(office: serving.Office) -> None:
    admin = await office.visitor_as("admin")
    for action, form in (("disable", {}), ("role", {"role": "official"}), ("sessions", {})):
        account = await cast.account(Role.AUDITOR, f"auditor.{action}")
        visitor = await office.visitor_as("auditor", account)
        assert (await visitor.get("/audit")).status_code == 200
        assert (await admin.post(f"/admin/accounts/{account.ref}/{action}", data=form)).status_code == 303
        assert (await visitor.get("/audit")).headers.get("location") == "/login"
    assert {entry.action for entry in await AuditEntry.filter(role="admin")} == {
        "account_disabled", "account_role_changed", "sessions_ended",
    }  # fmt: skip
    disabled = await Account.get(name="auditor.disable")
    assert (await admin.post(f"/admin/accounts/{disabled.ref}/enable")).status_code == 303
    assert (await Account.get(id=disabled.id)).disabled_at is None


async def test_nobody_locks_himself_out(office: serving.Office) -> None:
    admin = await office.visitor_as("admin")
    own = await Account.get(role="admin")
    assert (await admin.post(f"/admin/accounts/{own.ref}/disable")).status_code == 422
    assert (await admin.post(f"/admin/accounts/{own.ref}/role", data={"role": "agent"})).status_code == 422
    other = await cast.account(Role.AGENT)
    for word in ("street", "department", "god"):
        assert (await admin.post(f"/admin/accounts/{other.ref}/role", data={"role": word})).status_code == 422
    assert (await admin.post("/admin/accounts/nosuchref/disable")).status_code == 404
    assert (await Account.get(id=own.id)).role == "admin" and (await Account.get(id=other.id)).role == "agent"


async def test_the_system_is_marked_live_only_after_typing_the_word(office: serving.Office) -> None:
    admin = await office.visitor_as("admin")
    page = (await admin.get("/admin/system")).text
    assert "未标记为正式运行" in page and "封存姓名、电话" in page and "密钥齐全" in page
    assert (await admin.post("/admin/live", data={"to": "on", "confirm": "是"})).status_code == 422
    assert not await outbox.is_live()
    assert (await admin.post("/admin/live", data={"to": "on", "confirm": "正式运行"})).status_code == 303
    assert await outbox.is_live()
    assert (await admin.post("/admin/live", data={"to": "off"})).status_code == 303
    assert not await outbox.is_live()
    assert [entry.action for entry in await AuditEntry.filter(role="admin").order_by("seq")] == [
        "messages_marked_live", "messages_marked_not_live",
    ]  # fmt: skip


async def test_no_secret_of_a_key_and_nobody_called_is_on_the_pages(office: serving.Office) -> None:
    scene = await cast.district()
    made = await cast.case(office.site.keyring, scene.wave, scene.relief, scene.frames[scene.relief.id], scene.east)
    name = office.site.keyring.unseal("vault_person.name", made.person.ref, made.person.name_sealed)
    admin = await office.visitor_as("admin")
    for place in ("/admin", "/admin/system"):
        text = (await admin.get(place)).text
        assert name not in text and made.case.ref not in text and "1991" not in text
    assert (await admin.get("/audit")).status_code == 403


async def test_only_roles_with_work_are_offered_and_a_stored_one_stays_visible(office: serving.Office) -> None:
    admin = await office.visitor_as("admin")
    assert "复核员" not in (await admin.get("/admin")).text
    await cast.account(Role.REVIEWER)
    page = (await admin.get("/admin")).text
    assert page.count('<option value="reviewer" selected>') == 1 and page.count('value="reviewer"') == 1


async def test_the_zones_an_agent_answers_for_are_kept_with_the_account(office: serving.Office) -> None:
    zone = await cast.zone()
    admin = await office.visitor_as("admin")
    given = {"name": "wu.ying", "display_name": "吴英", "role": "agent", "responsible": ["CD01"]}
    assert (await admin.post("/admin/accounts", data=given)).status_code == 200
    made = await Account.get(name="wu.ying")
    assert await zones_answered_for(made.id) == {zone.id}
