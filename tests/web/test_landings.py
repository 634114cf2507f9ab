"""Streets and departments: their own numbers to be found and nothing of the sample, results only after closing."""

import datetime as dt

from callbacks.models import Case, NumberRepair, ProjectDepartment, Wave
from survey_service.models import AuditEntry
from survey_service.trust.viewer import Role
from tests import cast, serving


async def _repair(office: serving.Office, scene: cast.District, zone: cast.Zone) -> tuple[cast.Called, NumberRepair]:
    frame = scene.frames[scene.relief.id]
    made = await cast.case(office.site.keyring, scene.wave, scene.relief, frame, zone, state="S05")
    task = await NumberRepair.create(
        case_id=made.case.id, zone_id=zone.id, reason="空号", state="open", asked_at=office.clock.now(),
        due_on=dt.date(2026, 3, 10),
    )  # fmt: skip
    return made, task


def _name(office: serving.Office, made: cast.Called) -> str:
    return office.site.keyring.unseal("vault_person.name", made.person.ref, made.person.name_sealed)


async def _street(office: serving.Office, scene: cast.District) -> serving.httpx.AsyncClient:
    return await office.visitor_as("street", await cast.account(Role.STREET, zones=(scene.east,)))


async def test_a_street_sees_its_own_tasks_masked_and_whose_they_are_only_on_record(office: serving.Office) -> None:
    scene = await cast.district()
    await Wave.all().update(measurement_role="service")
    (mine, task), (_, foreign) = await _repair(office, scene, scene.east), await _repair(office, scene, scene.west)
    street = await _street(office, scene)
    page = (await street.get("/street")).text
    assert "要找的号码（1）" in page and _name(office, mine) not in page
    shown = (await street.post(f"/repairs/{task.id}/who")).text
    assert _name(office, mine) in shown
    assert (await AuditEntry.get(action="person_revealed")).object == mine.case.ref
    for action in ("who", "found", "none"):
        assert (await street.post(f"/repairs/{foreign.id}/{action}", data={"phone": "13800138000"})).status_code == 404
        assert (await street.post(f"/repairs/99999/{action}", data={"phone": "13800138000"})).status_code == 404


async def test_a_found_number_brings_the_case_back_and_a_wrong_one_is_explained(office: serving.Office) -> None:
    scene = await cast.district()
    await Wave.all().update(measurement_role="service")
    made, task = await _repair(office, scene, scene.east)
    street = await _street(office, scene)
    wrong = await street.post(f"/repairs/{task.id}/found", data={"phone": "1380013", "relation": "self"})
    assert wrong.status_code == 422 and 'value="1380013"' in wrong.text
    assert (await street.post(f"/repairs/{task.id}/found", data={"phone": "1", "relation": "x"})).status_code == 422
    assert (await street.post(f"/repairs/{task.id}/found", data={"phone": "13900139000"})).status_code == 303
    assert (await Case.get(id=made.case.id)).state == "S01"
    assert (await street.post(f"/repairs/{task.id}/none")).status_code == 404, "it is done already"
    assert await AuditEntry.filter(action="number_fixed", role="street").count() == 1


async def test_in_an_assessment_the_source_is_asked_and_the_street_sees_nothing(office: serving.Office) -> None:
    scene = await cast.district()
    made, task = await _repair(office, scene, scene.east)
    await ProjectDepartment.create(project_id=scene.relief.id, department_id=scene.civil_affairs.id, role="lead")
    street = await _street(office, scene)
    assert "现在没有要找的号码" in (await street.get("/street")).text
    assert (await street.post(f"/repairs/{task.id}/who")).status_code == 404
    chief = await cast.account(Role.DEPARTMENT, department_id=scene.civil_affairs.id)
    department = await office.visitor_as("department", chief)
    page = (await department.get("/department")).text
    assert "要找的号码（1）" in page and "困难群众生活救助" in page and "背街小巷改造" not in page
    assert (await department.post(f"/repairs/{task.id}/none")).status_code == 303
    assert (await NumberRepair.get(id=task.id)).state == "not_found"
    assert (await Case.get(id=made.case.id)).state == "S05", "it is asked a second time"


async def test_results_are_linked_once_the_wave_has_closed(office: serving.Office) -> None:
    scene = await cast.district()
    street = await _street(office, scene)
    assert "批次结束后，在这里看结果" in (await street.get("/street")).text
    await Wave.all().update(state="closed")
    assert "/report/W1" in (await street.get("/street")).text


async def test_the_reviewer_is_told_what_is_to_come(office: serving.Office) -> None:
    reviewer = await office.visitor_as("reviewer")
    assert "还没有开通" in (await reviewer.get("/review")).text
    assert (await reviewer.get("/street")).status_code == 403
