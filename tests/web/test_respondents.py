"""A respondent answers on the phone, page by page, without any script."""

import pytest

from callbacks.calling import links
from callbacks.models import Case, Link, Module
from questionnaires import statements
from survey_service.trust import audit
from tests import serving
from tests.web.links import Respondent, scene, text_of

PREVIEWS = ("WhatsApp/2.23", "MicroMessenger/8.0", "facebookexternalhit/1.1", "TelegramBot (like TwitterBot)")


async def test_a_link_leads_from_the_notice_to_a_counted_answer(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    first = text_of((await phone.look()).text)
    for words in (
        "谁在问",
        "城东区民生办",
        "为什么问",
        "收集什么",
        "答案保存2年",
        "您的权利",
        "0551-64491234",
        "高龄津贴",
    ):
        assert words in first
    await phone.agree()
    assert await phone.answer_all() == ["m0", "a1", "a2", "b1", "c1", "c3", "c4", "c6", "f1", "u1", "g1", "h2", "h3"]
    assert "题目答完了，请提交" in phone.seen[-1]
    assert (await phone.submit()).status_code == 200
    assert "已提交，谢谢您" in phone.seen[-1]
    case, module = await Case.get(id=invited.case.id), await Module.get(id=invited.modules[0].id)
    assert (case.state, case.final_code) == ("S08", "100")
    rows = await statements.rows(
        "SELECT a.item, a.code FROM questionnaires_answer a WHERE a.submission_id = $1 ORDER BY a.item",
        module.submission_id,
    )
    assert {("c1", "4"), ("g1", "5"), ("m35", "1")} <= {(row["item"], row["code"]) for row in rows}
    assert (await audit.verify(office.site.keyring, office.site.settings.audit_anchor)).problems == ()


async def test_what_was_agreed_to_is_kept_by_its_digest(office: serving.Office) -> None:
    one, other = await scene(office), None
    invited = await one.invite()
    assert (await Link.get(case_id=invited.case.id)).notice_sha256 is None
    await Respondent(office.visitor(), invited.url).agree()
    first = (await Link.get(case_id=invited.case.id)).notice_sha256
    other = await one.invite()
    await Respondent(office.visitor(), other.url).agree()
    assert first and first == (await Link.get(case_id=other.case.id)).notice_sha256
    entry = await statements.row("SELECT details FROM survey_service_audit_entry WHERE action = 'link_started'")
    assert entry is not None and first in entry["details"]


async def test_previews_change_nothing(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    client, before = office.visitor(), await audit.head()
    for number in range(100):
        method = "HEAD" if number % 4 == 0 else "GET"
        answer = await client.request(method, invited.url, headers={"user-agent": PREVIEWS[number % len(PREVIEWS)]})
        assert answer.status_code == 200
    link = await Link.get(case_id=invited.case.id)
    assert not any([link.used_at, link.device_hash, link.notice_sha256])
    assert await statements.rows("SELECT id FROM questionnaires_submission") == []
    assert await audit.head() == before
    phone = Respondent(client, invited.url)
    await phone.agree()
    await phone.answer_all()
    assert (await phone.submit()).status_code == 200


async def test_an_unknown_link_is_not_found_and_the_thirty_first_guess_has_to_wait(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    client = office.visitor()
    answers = [await client.get(f"/s/{links.new_token()}") for _ in range(31)]
    assert [answer.status_code for answer in answers] == [404] * 30 + [429]
    assert "没有找到这份问卷" in answers[0].text
    assert "请过几分钟再试" in answers[-1].text
    assert int(answers[-1].headers["retry-after"]) > 0
    for _ in range(40):
        assert (await client.get(invited.url)).status_code == 200, "a real link works behind the same address"


async def test_links_that_are_over_say_so(office: serving.Office) -> None:
    those = await scene(office)
    expired, revoked, closed = [await those.invite() for _ in range(3)]
    client = office.visitor()
    await Link.filter(case_id=revoked.case.id).update(revoked_at=office.clock.now())
    assert (await client.get(revoked.url)).status_code == 410
    office.clock.pass_by(days=8)
    gone = await client.get(expired.url)
    assert (gone.status_code, "这个链接已经失效" in gone.text) == (410, True)
    assert (await client.post(expired.url, data={"q_consent": "1"})).status_code == 410
    await statements.execute("UPDATE callbacks_wave SET state = 'closed'")
    over = await client.get(closed.url)
    assert (over.status_code, "这次回访已经结束" in over.text) == (410, True)


async def test_a_used_link_says_thank_you_and_takes_nothing_more(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    await phone.answer_all()
    await phone.submit()
    used = await phone.look()
    assert (used.status_code, "您已经提交过了" in used.text) == (409, True)
    changed = await phone.client.post(invited.url, data={"at": "c1", "c1": "1", "go": "next"})
    assert changed.status_code == 409
    altered = await phone.client.post(invited.url, data={"c1": "1", "go": "submit"})
    assert altered.status_code == 409
    again = await phone.client.post(invited.url, data={"go": "submit"})
    assert (again.status_code, again.headers["location"]) == (303, f"{invited.url}/done")


async def test_the_same_device_resumes_with_its_answers(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    await phone.say("1")
    await phone.say("3")
    assert phone.at == "a2"
    page = await phone.look()
    assert phone.at == "a2"
    assert "从这一题接着答" in page.text
    back = await phone.say("", go="back")
    assert phone.at == "a1"
    assert 'value="3" checked' in back.text
    await phone.look("m0")
    assert phone.at == "m0"


async def test_another_device_goes_on_where_the_first_stopped_and_sees_no_answer(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone, other = Respondent(office.visitor(), invited.url), Respondent(office.visitor(), invited.url)
    await phone.agree()
    for value in ("1", "3", "1", "1", "2"):
        await phone.say(value)
    assert phone.at == "c3"
    await other.look()
    assert other.at == "c3"
    for earlier in ("m0", "a1", "c1"):
        page = await other.look(earlier)
        assert other.at == "c3"
        assert "checked" not in page.text
    assert 'value="back"' not in other.seen[-1]
    await other.answer_all({"c3": "5", "c4": "5", "c6": "5", "d1": "1", "e1": "3", "u1": "2", "g1": "4"})
    assert "请提交" in other.seen[-1]
    assert "您的回答" not in text_of(other.seen[-1]).replace("您的回答才算数", "")
    assert (await other.submit()).status_code == 200


async def test_a_refused_answer_is_asked_again_with_what_was_typed(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    nothing = await phone.say()
    assert (nothing.status_code, "请选一项" in nothing.text, phone.at) == (422, True, "m0")
    strange = await phone.say("999")
    assert (strange.status_code, phone.at) == (422, "m0")
    await phone.say("1")
    await phone.say("3")
    both = await phone.say("1", "98")
    assert (both.status_code, "不能与其他同选" in both.text) == (422, True)
    for value in ("1", "1", "4", "4", "4", "4"):
        await phone.say(value)
    assert phone.at == "f1"
    long = await phone.say("修路" * 150)
    assert (long.status_code, "最多200字" in long.text) == (422, True)
    assert "修路" * 150 in long.text
    broken = await phone.say("路灯\x00坏了")
    assert (broken.status_code, "路灯坏了" in broken.text) == (422, True)
    await phone.say("<script>alert(1)</script>{{7*7}}")
    page = await phone.look("f1")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page.text


async def test_nothing_can_be_answered_before_the_notice_was_agreed_to(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.look()
    refused = await phone.post([("at", "c1"), ("version", phone.version), ("c1", "1"), ("go", "submit")])
    assert refused.status_code == 422
    assert "谁在问" in refused.text
    assert await statements.rows("SELECT id FROM questionnaires_submission") == []


async def test_an_unfinished_questionnaire_is_not_submitted(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    early = await phone.submit()
    assert (early.status_code, phone.at) == (422, "m0")
    assert (await Case.get(id=invited.case.id)).state == "S01"


async def test_hostile_bodies_are_refused_without_an_error_of_ours(office: serving.Office) -> None:
    invited = await (await scene(office)).invite()
    phone = Respondent(office.visitor(), invited.url)
    await phone.agree()
    form = {"content-type": "application/x-www-form-urlencoded"}
    bodies = [
        (b"at=m0&m0=%ff%fe&go=next", form), (b"at=%00&%00=1", form), (b"\xff\xfe", form), (b"&" * 5_000, form),
        (b"a=1&" * 5_000, form), (b"at=99.m0&99.m0=1", form), (b"at=m0&m0[]=1", form), (b"{}", {}),
        (b"at=m0&m0=1", {"content-type": "multipart/form-data; boundary=x"}), (b"x=" + b"9" * 65_000, form),
        (b"version=0&at=m0&m0=1", form), (b"go=submit&go=back&at=&at=x", form), (b"", form),
    ]  # fmt: skip
    for body, headers in bodies:
        answer = await phone.client.post(invited.url, content=body, headers=headers)
        assert answer.status_code in (303, 422), f"{body[:30]!r}: {answer.status_code}"
    too_large = await phone.client.post(invited.url, content=b"m0=" + b"1" * 66_000, headers=form)
    assert too_large.status_code == 413
    await phone.look()
    assert phone.at == "m0", "nothing of it was taken for an answer"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 303), ({"origin": "null"}, 303), ({}, 303),
        ({"origin": "http://127.0.0.1:8000"}, 303), ({"origin": "https://evil.example"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403), ({"sec-fetch-site": "cross-site"}, 403),
    ],
)  # fmt: skip
async def test_browsers_send_our_own_forms_without_an_origin(
    office: serving.Office, headers: dict[str, str], status: int
) -> None:
    invited = await (await scene(office)).invite()
    answer = await office.visitor().post(invited.url, data={"at": "q_consent", "q_consent": "1"}, headers=headers)
    assert answer.status_code == status


async def test_an_origin_that_says_nothing_opens_no_other_form(office: serving.Office) -> None:
    refused = await office.visitor().post("/login", data={"name": "x"}, headers={"origin": "null"})
    assert refused.status_code == 403
