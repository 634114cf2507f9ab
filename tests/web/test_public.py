"""Pages for everybody, without an account."""

from survey_service.trust.viewer import Role
from tests import cast, serving


async def test_an_agents_number_can_be_checked(office: serving.Office) -> None:
    agent = await cast.account(Role.AGENT)
    client = office.visitor()
    page = (await client.get("/public/is-this-real")).text
    assert "身份证号" in page and "12345" in page and "0551-64491234" in page
    known = await client.get("/public/is-this-real", params={"agent": agent.agent_no})
    assert f"工号 {agent.agent_no} 是我们的回访员" in known.text
    assert agent.display_name not in known.text
    assert "没有工号 999999 的回访员" in (await client.get("/public/is-this-real?agent=999999")).text


async def test_a_number_of_somebody_who_left_is_not_ours(office: serving.Office) -> None:
    agent = await cast.account(Role.AGENT, disabled_at=cast.NOW)
    page = await office.visitor().get("/public/is-this-real", params={"agent": agent.agent_no})
    assert "没有工号" in page.text


async def test_numbers_cannot_be_listed_by_trying(office: serving.Office) -> None:
    client = office.visitor()
    codes = [(await client.get(f"/public/is-this-real?agent={number}")).status_code for number in range(25)]
    assert codes == [200] * 20 + [429] * 5
    assert (await client.get("/public/is-this-real")).status_code == 200, "reading stays free"


async def test_what_is_asked_is_shown_as_text(office: serving.Office) -> None:
    page = await office.visitor().get("/public/is-this-real", params={"agent": "<b>1'\"</b>{{7*7}}\x00"})
    assert page.status_code == 200
    assert "<b>1" not in page.text


async def test_the_office_can_be_reached(office: serving.Office) -> None:
    page = await office.visitor().get("/public/office")
    assert page.status_code == 200
    assert 'href="tel:055164491234"' in page.text


async def test_results_are_not_public_yet(office: serving.Office) -> None:
    assert (await office.visitor().get("/public/results")).status_code == 404
