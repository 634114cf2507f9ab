"""Nothing personal on a respondent's page, neutral words for sensitive projects, small pages, nothing cached."""

import http.cookies

import httpx

from callbacks.models import Case
from questionnaires import statements
from tests import serving
from tests.web.links import SATISFIED, Respondent, scene, text_of

NAME, PHONE = "欧阳金丝雀", "19918887766"
ON_THE_WIRE = 20_480


async def test_no_page_names_the_person(office: serving.Office) -> None:
    invited = await (await scene(office)).invite(NAME, PHONE)
    await statements.execute("UPDATE callbacks_entitlement SET amount_band = '1999元'")
    phone = Respondent(office.visitor(), invited.url)
    await phone.look()
    for path in ("/later", "/decline"):
        phone.seen.append((await phone.client.get(invited.url + path)).text)
    await phone.agree()
    await phone.answer_all()
    phone.seen.append((await phone.client.get(f"/api/v1{invited.url}")).text)
    await phone.submit()
    await phone.look()
    assert len(phone.seen) > 18
    case = await Case.get(id=invited.case.id)
    for page in phone.seen:
        for personal in (NAME, NAME[:2], PHONE, PHONE[-4:], "1999", case.ref, str(case.phone_digest), case.person_ref):
            assert personal not in page, f"{personal}: {text_of(page)[:200]}"


async def test_a_sensitive_project_is_called_by_its_neutral_name_and_not_explained(office: serving.Office) -> None:
    hidden = {
        "name": "精神障碍患者药费补助", "spoken_name": "一项民生补助", "hint": "给精神障碍患者发药费", "sensitive": True,
    }  # fmt: skip
    invited = await (await scene(office, hidden)).invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    asked = await phone.answer_all({"m0": "1", "a1": "1", "b1": "1", "c1": "4", "u1": "2", "g1": "4"})
    assert "a4" not in asked
    assert any("一项民生补助" in page for page in phone.seen)
    assert any("您知道您或您家能享受的民生政策里有一项民生补助吗？" in page for page in phone.seen)
    assert not any("精神障碍" in page or "药费" in page for page in phone.seen)


async def test_an_ordinary_project_is_explained_to_who_has_not_heard_of_it(office: serving.Office) -> None:
    invited = await (await scene(office, {"name": "高龄津贴", "hint": "80岁以上老人每月领津贴。"})).invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    assert "a4" in await phone.answer_all({"m0": "1", "a1": "1", "a4": "1", "b1": "2", "e1": "3", "u1": "2", "g1": "4"})
    assert any("80岁以上老人每月领津贴" in page for page in phone.seen)


def wire(answer: httpx.Response, body: bytes) -> int:
    """Bytes of one answer: status line, headers, compressed body."""
    head = b"HTTP/1.1 200 OK\r\n" + b"".join(name + b": " + value + b"\r\n" for name, value in answer.headers.raw)
    return len(head) + 2 + len(body)


async def fetched(client: httpx.AsyncClient, url: str) -> int:
    async with client.stream("GET", url, headers={"accept-encoding": "gzip"}) as answer:
        assert answer.status_code == 200
        body = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers.get("content-encoding") == "gzip", url
        return wire(answer, body)


async def test_the_first_page_with_its_styles_fits_in_twenty_kilobytes(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    client = office.visitor()
    page, styles = await fetched(client, invited.url), await fetched(client, "/static/survey.css")
    assert 2_000 < page + styles <= ON_THE_WIRE, f"{page} + {styles} bytes"
    assert page + styles <= 8_192, "it has been 6 KB: look before it grows"


async def test_pages_are_not_kept_indexed_or_referred_to(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    for url in (invited.url, "/s/unknown", f"/api/v1{invited.url}"):
        headers = (await office.visitor().get(url)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "noindex" in headers["x-robots-tag"]


async def test_the_device_is_remembered_by_a_cookie_of_this_link_only(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    assert "set-cookie" not in (await phone.look()).headers, "looking leaves nothing on the phone"
    answer = await phone.client.post(invited.url, data={"at": "q_consent", "q_consent": "1"})
    jar = http.cookies.SimpleCookie(answer.headers["set-cookie"])
    ((name, cookie),) = jar.items()
    assert cookie["httponly"] and cookie["samesite"] == "lax" and cookie["path"] == "/"
    assert invited.token not in name + cookie.value


async def test_a_passed_on_link_does_not_tell_what_was_answered(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    owner, api = office.visitor(), f"/api/v1{invited.url}/submission"
    sent = {"answers": {"q_consent": "1", **SATISFIED}}
    assert (await owner.post(api, json=sent)).status_code == 201
    stranger = office.visitor()
    for code in "12345":
        asked = await stranger.post(api, json={"answers": {"c1": code}})
        assert (asked.status_code, asked.json()["code"]) == (409, "link-used"), f"the answer {code} was told apart"
        pressed = await stranger.post(invited.url, data={"c1": code, "go": "submit"})
        assert pressed.status_code == 409, f"the answer {code} was told apart"
    assert (await stranger.post(api, json=sent)).status_code == 200, "an answer lost on the way, sent again at once"
    assert (await owner.post(api, json={"answers": {"c1": SATISFIED["c1"]}})).status_code == 200
    office.clock.pass_by(minutes=11)
    assert (await stranger.post(api, json=sent)).status_code == 409, "who asks later wants to know something"
    assert (await owner.post(api, json=sent)).status_code == 200
