"""A supervisor of the whole district stops calling a settled project, and calls it again; nobody else may."""

import pytest

from analysis.export import json as report_json
from callbacks.models import Case, Frame
from questionnaires import statements
from survey_service.models import AuditEntry
from survey_service.trust.viewer import Role
from tests import cast, serving
from tests.web import answers
from tests.web.test_officials import text_of

STOP, BACK = "/supervisor/waves/W1/projects/{}/settle", "/supervisor/waves/W1/projects/{}/resume"


async def watched(refusal: str = "") -> answers.Scene:
    """The scene with two looks at P01, which 116 of 118 like, and a refusal of P03."""
    scene = await answers.scene()
    sql = (
        "INSERT INTO survey_service_look (frame_id, metric, number, people, answers, satisfied, taken_at)"
        " VALUES ($1, 'M01', $2, $3, $3, $4, $5)"
    )
    frame = await Frame.get(project_id=scene.projects["P01"].id)
    await statements.execute_many(sql, [(frame.id, 1, 30, 30, cast.NOW), (frame.id, 2, 60, 59, cast.NOW)])
    await Frame.filter(project_id=scene.projects["P03"].id).update(look_refusal=refusal)
    return scene


async def test_the_result_page_says_why_it_may_be_watched_and_what_each_project_needs(office: serving.Office) -> None:
    await watched("OrderDrawnTooLate")
    official = await office.visitor_as(Role.OFFICIAL)
    said = text_of(await official.get("/report/W1"))
    assert "边看边定论" in said and "这些证据可以天天看" in said and "1000倍以上" not in said.split("边看边定论")[0]
    assert "可以停止拨打" in said and "第一次联系之后" in said
    assert "nan" not in said.lower() and "inf" not in said.lower()
    one = text_of(await official.get("/report/W1/projects/P01"))
    assert "名单次序的前60人都有了结果" in one and "天天看都算数" in one
    made = report_json.read((await official.get("/api/v1/waves/W1/report")).content)
    assert [row.project for row in made.evidence] == ["P01", "P02", "P03"], "the others have too few answers"


async def test_a_supervisor_stops_a_settled_project_and_takes_it_back(office: serving.Office) -> None:
    await watched()
    chief = await office.visitor_as(Role.SUPERVISOR)
    assert "已有结论，可以停止拨打" in text_of(await chief.get("/supervisor/waves/W1"))
    before = await Case.filter(set_aside=True).count()
    assert (await chief.post(STOP.format("P01"), data={"why": ""})).status_code == 422, "a reason is needed"
    assert (await chief.post(STOP.format("P01"), data={"why": "decided"})).status_code == 303
    assert before == 0 < await Case.filter(set_aside=True).count()
    page = text_of(await chief.get("/supervisor/waves/W1"))
    assert "已停止拨打" in page and "恢复拨打" in page
    refused = await chief.post("/supervisor/waves/W1/replicates", data={"project": "P01"})
    assert refused.status_code == 409
    official = await office.visitor_as(Role.OFFICIAL)
    assert "起已停止拨打" in text_of(await official.get("/report/W1/projects/P01"))
    assert (await chief.post(BACK.format("P01"))).status_code == 303
    assert await Case.filter(set_aside=True).count() == 0
    kept = [
        each.action
        for each in await AuditEntry.filter(action__in=["project_settled", "project_resumed"]).order_by("seq")
    ]
    assert kept == ["project_settled", "project_resumed"]


async def test_a_project_without_a_verdict_cannot_be_stopped_and_says_why(office: serving.Office) -> None:
    await watched("OrderDrawnTooLate")
    chief = await office.visitor_as(Role.SUPERVISOR)
    for project, why in (("P03", "第一次联系之后"), ("P04", "继续拨打")):
        answer = await chief.post(STOP.format(project), data={"why": "decided"})
        assert answer.status_code == 422 and why in answer.text, project
    assert (await chief.post(STOP.format("P06"), data={"why": "decided"})).status_code == 404
    assert await Frame.filter(settled_at__isnull=False).count() == 0


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.AGENT, Role.STREET])
async def test_nobody_else_may_stop_or_take_back(office: serving.Office, role: Role) -> None:
    await watched()
    visitor = await office.visitor_as(role)
    for path in (STOP, BACK):
        assert (await visitor.post(path.format("P01"), data={"why": "decided"})).status_code == 403
    assert await Frame.filter(settled_at__isnull=False).count() == 0


async def test_who_is_set_aside_counts_as_not_called_in_the_outcomes(office: serving.Office) -> None:
    await watched()
    chief, official = await office.visitor_as(Role.SUPERVISOR), await office.visitor_as(Role.OFFICIAL)
    before = report_json.read((await official.get("/api/v1/waves/W1/report")).content).fieldwork.outcomes
    await chief.post(STOP.format("P01"), data={"why": "spare_people"})
    after = report_json.read((await official.get("/api/v1/waves/W1/report")).content).fieldwork.outcomes
    assert after == before and any(row.code == "300" for row in after)
