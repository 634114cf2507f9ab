"""Projects, waves and cases on the supervisor's pages: shown masked, changed with a reason, refused in one sentence."""

import datetime as dt

import pytest

from callbacks.calling.case_row import load, snapshot
from callbacks.models import Attempt, Case, Project, ProjectDepartment, Wave
from questionnaires.statements import execute, execute_many, rows
from survey_service.models import AuditEntry, LimitEvent
from tests import cast, serving

PLAN = """
code = "HF-1"
title = "第一批"
programme = "2026"
measurement_role = "service"
starts = 2026-03-06
ends = 2026-03-31
phone_questionnaire = "phone"
"""


async def _phone_form() -> None:
    await execute(
        "INSERT INTO questionnaires_version (key, version, mode, title, sha256, definition, published_at)"
        " VALUES ('phone', '1', 'phone', '电话问卷', 'x', '{}', $1)",
        cast.NOW,
    )


async def _people(office: serving.Office, about: Project, count: int) -> None:
    batch = await cast.batch(project_id=about.id)
    for _ in range(count):
        who, _ = await cast.person(office.site.keyring)
        await cast.Entitlement.create(
            ref=cast.ref("ent"), project_id=about.id, person_ref=who.ref, frame_date=cast.TODAY, batch_id=batch.id
        )


async def _dialled(office: serving.Office) -> tuple[cast.District, cast.Called, Attempt]:
    scene = await cast.district()
    frame = scene.frames[scene.relief.id]
    made = await cast.case(office.site.keyring, scene.wave, scene.relief, frame, scene.east, state="S03", attempts=1)
    at = office.clock.now() - dt.timedelta(hours=1)
    dial = await Attempt.create(
        ref=cast.ref("att"), case_id=made.case.id, number=1, agent_id=scene.agent_chen.id, started_at=at, ended_at=at,
        code="310", phone_digest=made.contact.phone_digest, before=snapshot(await load(made.case.id)),
    )  # fmt: skip
    return scene, made, dial


async def test_the_list_of_projects_compares_lists_with_what_was_declared(office: serving.Office) -> None:
    relief = await cast.project(frame_kind="list", declared_count=5, declared_unit="人", section="困难群众")
    await cast.project("P02", "背街小巷改造", frame_kind="area", section="城市更新")
    await _people(office, relief, 3)
    page = (await (await office.visitor_as("supervisor")).get("/supervisor/projects")).text
    assert "名单比上报少2人" in page and "按点位" in page and "城市更新" in page


async def test_the_supervisor_tells_sensitive_projects_apart_by_their_official_names(office: serving.Office) -> None:
    for code, name in (("P01", "残疾人护理补贴"), ("P02", "特困人员供养")):
        project = await cast.project(
            code, name, frame_kind="list", sensitive=True, public_name="一项民生补助", spoken_name="一项民生补助"
        )
        await _people(office, project, 1)
    chief = await office.visitor_as("supervisor")
    for address in ("/supervisor/imports", "/supervisor/waves/new"):
        page = (await chief.get(address)).text
        assert "残疾人护理补贴（P01）" in page and "特困人员供养（P02）" in page and "一项民生补助" not in page, address
    assert "<strong>特困人员供养</strong>" in (await chief.get("/supervisor/projects")).text


async def test_a_project_is_edited_by_its_allowed_fields_only(office: serving.Office) -> None:
    project = await cast.project(frame_kind="list")
    lead, partner = await cast.department(), await cast.department("JY", "城东区教育局")
    agent, chief = await office.visitor_as("agent"), await office.visitor_as("supervisor")
    page = (await chief.get("/supervisor/projects/P01")).text
    version = page.split('name="version" value="')[1].split('"')[0]
    form = {
        "public_name": "生活救助", "spoken_name": "救助金", "hint": "", "sensitive": "yes", "window_from_days": "3",
        "window_to_days": "60", "lead": str(lead.id), "cooperating": [str(partner.id)], "version": version,
        "code": "HACKED", "budget_fen": "1", "programme_id": "99", "demo": "yes",
    }  # fmt: skip
    assert (await agent.post("/supervisor/projects/P01", data=form)).status_code == 403
    wrong = await chief.post("/supervisor/projects/P01", data={**form, "public_name": "", "hint": "别丢了我"})
    assert wrong.status_code == 422 and "对外名称不能空着" in wrong.text and "别丢了我" in wrong.text
    assert (await chief.post("/supervisor/projects/P01", data={**form, "window_from_days": "90"})).status_code == 422
    assert (await chief.post("/supervisor/projects/P01", data={**form, "lead": "424242"})).status_code == 422
    assert (await chief.post("/supervisor/projects/P01", data=form)).status_code == 303
    saved = await Project.get(id=project.id)
    assert (saved.public_name, saved.sensitive, saved.minor, saved.window_to_days) == ("生活救助", True, False, 60)
    assert (saved.code, saved.budget_fen, saved.demo) == ("P01", None, False)
    assert {(each.department_id, each.role) for each in await ProjectDepartment.all()} == {
        (lead.id, "lead"), (partner.id, "coop"),
    }  # fmt: skip
    stale = await chief.post("/supervisor/projects/P01", data={**form, "public_name": "第二个人写的"})
    assert stale.status_code == 409 and "第二个人写的" in stale.text and "现在的值：生活救助" in stale.text
    assert await AuditEntry.filter(action="project_edited").count() == 1
    assert (await chief.get("/supervisor/projects/NOPE")).status_code == 404


async def test_other_days_move_the_callbacks_of_those_without_a_case(office: serving.Office) -> None:
    project = await cast.project(frame_kind="list")
    await _people(office, project, 2)
    await execute("UPDATE callbacks_entitlement SET event_date = $1", dt.date(2026, 3, 1))
    chief = await office.visitor_as("supervisor")
    version = (await chief.get("/supervisor/projects/P01")).text.split('name="version" value="')[1].split('"')[0]
    form = {
        "public_name": "甲",
        "spoken_name": "甲",
        "window_from_days": "1",
        "window_to_days": "2",
        "version": version,
    }
    assert (await chief.post("/supervisor/projects/P01", data=form)).status_code == 303
    assert {str(each.callback_until) for each in await cast.Entitlement.all()} == {"2026-03-03"}
    assert [str(each["begins_on"]) for each in await rows("SELECT begins_on FROM callbacks_due_import")] == [
        "2026-03-02"
    ]


async def test_a_plan_is_looked_at_before_it_is_opened(office: serving.Office) -> None:
    await _phone_form()
    project = await cast.project(frame_kind="list")
    await _people(office, project, 12)
    chief = await office.visitor_as("supervisor")
    for role in ("agent", "official"):
        other = await office.visitor_as(role)
        assert (await other.post("/supervisor/waves", data={"plan": PLAN})).status_code == 403
    seen = await chief.post("/supervisor/waves/plan", data={"way": "text", "plan": PLAN})
    assert seen.status_code == 200 and "全数回访" in seen.text and "能证实的概率" in seen.text
    assert await Wave.all().count() == 0
    opened = await chief.post("/supervisor/waves", data={"plan": PLAN})
    assert opened.headers["location"].startswith("/supervisor/waves/HF-1")
    page = (await chief.get("/supervisor/waves/HF-1")).text
    wave = await Wave.get()
    assert wave.seed_commitment in page and wave.seed not in page and "名单摘要" in page
    again = await chief.post("/supervisor/waves", data={"plan": PLAN})
    assert again.status_code == 422 and "已经存在" in again.text
    assert await AuditEntry.filter(action="wave_opened").count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [("nonsense", "不是有效的 TOML"), (PLAN.replace('"2026"', '"1999"'), "没有代码为 1999"), ("", "请粘贴计划")],
)
async def test_a_plan_with_mistakes_is_sent_back_with_its_text(
    office: serving.Office, change: str, sentence: str
) -> None:
    chief = await office.visitor_as("supervisor")
    answer = await chief.post("/supervisor/waves/plan", data={"way": "text", "plan": change})
    assert answer.status_code == 422 and sentence in answer.text


async def test_the_simple_form_makes_a_plan(office: serving.Office) -> None:
    await _phone_form()
    await _people(office, await cast.project(frame_kind="list"), 5)
    await _people(office, await cast.project("P02", "另一个项目", frame_kind="list"), 5)
    form = {
        "way": "form", "code": "HF-2", "title": '第"二"批', "programme": "2026", "measurement_role": "service",
        "starts": "2026-03-06", "ends": "2026-03-20", "phone_questionnaire": "phone", "satisfaction_target": "92.5",
        "awareness_target": "90", "allow_links": "yes", "project": ["P02"],
    }  # fmt: skip
    chief = await office.visitor_as("supervisor")
    seen = await chief.post("/supervisor/waves/plan", data=form)
    assert seen.status_code == 200 and "另一个项目" in seen.text.split('id="sheet"')[1]
    bad = await chief.post("/supervisor/waves/plan", data={**form, "ends": "明天"})
    assert bad.status_code == 422 and "ends 要写成日期" in bad.text and "HF-2" in bad.text


async def test_a_reserve_is_released_and_a_wave_is_closed_after_typing_its_code(office: serving.Office) -> None:
    await _phone_form()
    await _people(office, await cast.project(frame_kind="list"), 45)
    chief = await office.visitor_as("supervisor")
    await chief.post(
        "/supervisor/waves", data={"plan": PLAN + 'census_below = 0\n[[project]]\ncode = "P01"\nsample = 20\n'}
    )
    before = await Case.all().count()
    assert "再放出" in (await chief.get("/supervisor/waves/HF-1")).text
    assert (await chief.post("/supervisor/waves/HF-1/replicates", data={"project": "P01"})).status_code == 303
    assert await Case.all().count() > before
    while (answer := await chief.post("/supervisor/waves/HF-1/replicates", data={"project": "P01"})).status_code == 303:
        pass
    assert answer.status_code == 409 and "没有备用样本" in answer.text
    assert (await chief.post("/supervisor/waves/HF-1/close", data={"confirm": "是"})).status_code == 422
    assert (await Wave.get()).state == "open"
    assert (await chief.post("/supervisor/waves/HF-1/close", data={"confirm": "HF-1"})).status_code == 303
    assert (await chief.post("/supervisor/waves/HF-1/close", data={"confirm": "HF-1"})).status_code == 409
    assert (await Wave.get()).seed in (await chief.get("/supervisor/waves/HF-1")).text, "who wants may draw again"


async def test_cases_are_listed_masked_and_paged(office: serving.Office) -> None:
    scene, made, _ = await _dialled(office)
    chief = await office.visitor_as("supervisor")
    page = (await chief.get("/supervisor/waves/W1/cases?state=S03")).text
    number = office.site.keyring.unseal("vault_contact.phone", made.contact.ref, made.contact.phone_sealed)
    assert made.case.ref in page and number not in page and f"{number[:3]}****" in page
    assert made.case.ref not in (await chief.get("/supervisor/waves/W1/cases?state=S14")).text
    for query in ("state=S99", "after=x", "after=1;drop", "state=password__startswith"):
        assert (await chief.get(f"/supervisor/waves/W1/cases?{query}")).status_code == 422
    frame = scene.frames[scene.relief.id]
    for _ in range(51):
        await cast.case(office.site.keyring, scene.wave, scene.relief, frame, scene.east)
    first = (await chief.get("/supervisor/waves/W1/cases")).text
    after = first.split("after=")[1].split('"')[0]
    second = (await chief.get(f"/supervisor/waves/W1/cases?after={after}")).text
    assert first.count("/supervisor/cases/") == 50 and second.count("/supervisor/cases/") == 2


async def test_a_number_is_shown_for_a_reason_that_is_written_down_first(office: serving.Office) -> None:
    _, made, _ = await _dialled(office)
    number = office.site.keyring.unseal("vault_contact.phone", made.contact.ref, made.contact.phone_sealed)
    grouped = f"{number[:3]} {number[3:7]} {number[7:]}"
    place = f"/supervisor/cases/{made.case.ref}"
    agent, chief = await office.visitor_as("agent"), await office.visitor_as("supervisor")
    assert (await agent.post(f"{place}/reveal", data={"reason": "核对号码"})).status_code == 403
    assert grouped not in (await chief.get(place)).text
    refused = await chief.post(f"{place}/reveal", data={"reason": ""})
    assert refused.status_code == 422 and grouped not in refused.text
    shown = await chief.post(f"{place}/reveal", data={"reason": "家属来电核对"})
    assert shown.status_code == 200 and grouped in shown.text
    entry = await AuditEntry.get(action="phone_revealed")
    assert (entry.object, entry.reason) == (made.case.ref, "家属来电核对") and number not in entry.details
    assert (await chief.post("/supervisor/cases/nosuchcase/reveal", data={"reason": "家属来电核对"})).status_code == 404


async def test_without_a_trail_no_number_is_shown(office: serving.Office) -> None:
    _, made, _ = await _dialled(office)
    number = office.site.keyring.unseal("vault_contact.phone", made.contact.ref, made.contact.phone_sealed)
    chief = await office.visitor_as("supervisor")
    await execute("ALTER TABLE survey_service_audit_entry RENAME TO broken")
    answer = await chief.post(f"/supervisor/cases/{made.case.ref}/reveal", data={"reason": "家属来电核对"})
    await execute("ALTER TABLE broken RENAME TO survey_service_audit_entry")
    assert answer.status_code >= 500 and number[7:] not in answer.text


async def test_the_sixty_first_reveal_of_an_hour_is_refused(office: serving.Office) -> None:
    _, made, _ = await _dialled(office)
    chief = await office.visitor_as("supervisor")
    place = f"/supervisor/cases/{made.case.ref}/reveal"
    assert (await chief.post(place, data={"reason": "家属来电核对"})).status_code == 200
    columns = await cast_limit_columns()
    await execute_many(
        "INSERT INTO survey_service_limit_event (kind, key_digest, at) VALUES ($1, $2, $3)", [columns] * 59
    )
    assert (await chief.post(place, data={"reason": "家属来电核对"})).status_code == 429


async def cast_limit_columns() -> tuple[str, str, dt.datetime]:
    """The event of the reveal that was just counted, to be repeated."""

    event = await LimitEvent.get(kind="reveal")
    return event.kind, event.key_digest, event.at


async def test_an_outcome_is_corrected_with_a_reason_by_an_added_row(office: serving.Office) -> None:
    _, made, dial = await _dialled(office)
    place, chief = f"/supervisor/attempts/{dial.ref}/correct", await office.visitor_as("supervisor")
    for form, sentence in (
        ({"code": "200", "why": ""}, "要写理由"),
        ({"code": "999", "why": "登记错了"}, "请选择正确的结果"),
        ({"code": "210", "why": "登记错了", "note": "约了"}, "约好的"),
        ({"code": "210", "why": "登记错了", "note": "约了", "appointment_at": "后天"}, "没有填对"),
    ):
        answer = await chief.post(place, data=form)
        assert answer.status_code == 422 and sentence in answer.text, form
    assert await Attempt.all().count() == 1
    assert (await chief.post(place, data={"code": "200", "why": "听录音是拒访"})).status_code == 303
    assert (await Case.get(id=made.case.id)).state == "S06"
    assert (await Attempt.get(id=dial.id)).code == "310", "what was recorded stays"
    assert "更正" in (await chief.get(f"/supervisor/cases/{made.case.ref}")).text
    assert await AuditEntry.filter(action="attempt_corrected", role="supervisor").count() == 1
    await Wave.all().update(state="closed")
    assert (await chief.post(place, data={"code": "310", "why": "再改"})).status_code == 409
    assert (await chief.post("/supervisor/attempts/nosuch/correct", data={})).status_code == 404


async def test_a_standing_answer_is_not_removed_by_another_outcome(office: serving.Office) -> None:
    _, made, dial = await _dialled(office)
    await Case.filter(id=made.case.id).update(state="S08", final_code="100")
    chief = await office.visitor_as("supervisor")
    assert "更正最后一次结果" not in (await chief.get(f"/supervisor/cases/{made.case.ref}")).text
    answer = await chief.post(f"/supervisor/attempts/{dial.ref}/correct", data={"code": "200", "why": "听录音是拒访"})
    assert answer.status_code == 409 and "只能由复核" in answer.text
    assert (await Case.get(id=made.case.id)).state == "S08"
