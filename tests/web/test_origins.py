"""Where answers by link come from: a digest that is counted, flagged in the report, and leads back to nobody."""

import re

import httpx

from questionnaires.statements import execute, rows
from survey_service import ticks
from survey_service.models import AuditEntry, Origin, OriginKey
from survey_service.trust.origins import Source, device_class
from survey_service.trust.viewer import Role
from tests import serving
from tests.web.links import Respondent, Scene, scene

WECHAT = "Mozilla/5.0 (Linux; Android 8.0; SM-G9500) AppleWebKit/537.36 MicroMessenger/6.7"
CARRIER = "100.64.7.9"


async def answer(those: Scene, address: str, agent: str = WECHAT) -> None:
    """One more person answers by link, from this address."""
    transport = httpx.ASGITransport(app=those.office.app, client=(address, 40_000))
    browser = httpx.AsyncClient(transport=transport, base_url=serving.BASE, headers={"user-agent": agent})
    those.office.visitors.append(browser)
    phone = Respondent(browser, (await those.invite()).url)
    await phone.agree()
    await phone.answer_all()
    sent = await phone.post([("version", phone.version), ("go", "submit")])
    assert sent.status_code == 200


def test_the_class_of_a_device_is_one_word_without_version_or_model() -> None:
    agents = {
        WECHAT: "wechat", "Mozilla/5.0 (iPhone; CPU iPhone OS 12_0 like Mac OS X)": "ios", "": "none",
        "Mozilla/5.0 (Linux; Android 13; 2201122C)": "android", "Mozilla/5.0 (X11; Linux x86_64)": "desktop",
    }  # fmt: skip
    assert {agent: device_class(agent) for agent in agents} == agents


def test_a_household_is_one_place_though_each_device_has_its_own_address() -> None:
    one, other = Source("2001:db8:1:2::10", WECHAT), Source("2001:db8:1:2:ffff::1", WECHAT)
    assert one.text == other.text != Source("2001:db8:1:3::10", WECHAT).text
    assert Source("not an address", "").text == "|none"


async def test_equal_places_have_equal_digests_and_neither_address_nor_device_is_kept(office: serving.Office) -> None:
    those = await scene(office)
    for address in (CARRIER, CARRIER, "203.0.113.8"):
        await answer(those, address)
    kept = [each.digest for each in await Origin.all().order_by("submission_id")]
    assert kept[0] == kept[1] != kept[2]
    everything = str(
        [await rows(f"SELECT * FROM {table}") for table in ("survey_service_origin", "survey_service_origin_key")]
    )
    assert CARRIER not in everything and "MicroMessenger" not in everything and "SM-G9500" not in everything
    assert all(not each.address for each in await AuditEntry.filter(role="respondent"))


async def test_many_answers_from_one_place_are_flagged_in_the_report_and_still_count(office: serving.Office) -> None:
    those = await scene(office)
    official = await office.visitor_as(Role.OFFICIAL)
    for number in range(4):
        await answer(those, CARRIER)
        await answer(those, f"203.0.113.{number}")
    path = f"/report/{those.wave.code}"
    assert "没有发现许多人的手机答卷" in (await official.get(path)).text
    await answer(those, CARRIER)
    page = (await official.get(path)).text
    assert re.search(r"有5人的手机答卷出自1个相同的网络地址和设备类别", page)
    report = (await official.get(f"/api/v1/waves/{those.wave.code}/report")).json()
    assert "已标记备查" in report["integrity"]["origins_text"]


async def test_the_secret_of_a_wave_is_its_own_and_is_destroyed_when_the_wave_is_over(office: serving.Office) -> None:
    those = await scene(office)
    await answer(those, CARRIER)
    before = (await Origin.get()).digest
    assert await OriginKey.filter(wave_id=those.wave.id).exists()
    await ticks.run(office.site)
    assert await OriginKey.filter(wave_id=those.wave.id).exists(), "the wave is still open"
    await execute("UPDATE callbacks_wave SET state = 'closed'")
    await ticks.run(office.site)
    assert not await OriginKey.exists() and (await Origin.get()).digest == before
    assert await AuditEntry.filter(action="origin_key_destroyed").count() == 1
    await execute("UPDATE callbacks_wave SET state = 'open'")
    await answer(those, CARRIER)
    digests = {each.digest for each in await Origin.all()}
    assert len(digests) == 2, "under another secret the same address is another digest"
