"""What the database's counts become in a report, on both engines."""

import pytest

from analysis.reporting.report import build
from analysis.reporting.report_model import Report
from callbacks.calling import tallies
from questionnaires import statements
from survey_service import extract
from survey_service.errors import NotFound
from tests import cast, serving
from tests.web import answers


async def report_of(office: serving.Office) -> Report:
    """The report as a page would build it now."""
    return build(await extract.report_input("W1", office.site.settings, office.clock.now()))


async def test_every_kind_of_result_comes_out_of_the_tables(office: serving.Office) -> None:
    await answers.scene()
    report = await report_of(office)
    rows = {row.code: row for row in report.projects}
    assert {code: row.satisfaction.verdict for code, row in rows.items()} == {
        "P01": "met", "P02": "not_met", "P03": "insufficient", "P04": "insufficient", "P05": "insufficient",
    }  # fmt: skip
    assert (rows["P01"].satisfaction.x, rows["P01"].satisfaction.n, rows["P01"].population) == (116, 118, 130)
    assert (rows["P03"].satisfaction.x, rows["P03"].satisfaction.n) == (80, 84), "void and staff answers do not count"
    assert rows["P01"].department == "城东区民政局"
    assert [row.code for row in report.unlisted] == ["P06"]
    assert "点位" in report.unlisted[0].why_no_rate
    assert report.integrity.coached.n == 6
    assert report.integrity.void.n == 2
    assert [(count.label, count.n) for count in report.integrity.void_reasons] == [("复核：非本人作答", 2)]


async def test_the_outcome_table_counts_each_person_of_the_sample_once(office: serving.Office) -> None:
    await answers.scene()
    work = (await report_of(office)).fieldwork
    codes = {row.code: row.n for row in work.outcomes}
    assert codes == {"100": 308, "201": 5, "300": 215, "310": 41, "320": 4, "void": 2}
    assert work.drawn == sum(codes.values())
    rates = {figure.metric: figure for figure in work.rates}
    assert (rates["M16"].x, rates["M16"].n) == (308 + 2 + 5, 308 + 2 + 5 + 41 + 4)


async def test_a_withdrawn_outcome_gives_way_to_the_one_before_it(office: serving.Office) -> None:
    scene = await answers.scene()
    case = await statements.row("SELECT id FROM callbacks_case WHERE final_code IS NULL AND attempts = 1 ORDER BY id")
    assert case is not None
    for code, corrects in (("320", None), ("300", "last")):
        last = await statements.row("SELECT max(id) AS id FROM callbacks_attempt WHERE case_id = $1", case["id"])
        assert last is not None
        await statements.execute(
            "INSERT INTO callbacks_attempt (ref, case_id, number, started_at, ended_at, code, corrects_id)"
            " VALUES ($1, $2, 2, $3, $3, $4, $5)",
            cast.ref("try"), case["id"], cast.NOW, code, last["id"] if corrects else None,
        )  # fmt: skip
    codes = {row.code: row.n for row in (await report_of(office)).fieldwork.outcomes}
    assert (codes["310"], codes["320"]) == (41, 4), scene.wave.code


async def test_a_person_without_a_zone_is_counted_under_no_zone(office: serving.Office) -> None:
    scene = await answers.scene()
    await statements.execute("UPDATE callbacks_module SET zone_id = NULL WHERE zone_id = $1", scene.west.id)
    await tallies.rebuild(scene.wave.id)
    names = [zone.name for zone in (await report_of(office)).zones]
    assert names == ["城东街道", "城西街道", "未定片区"]


async def test_a_community_is_reported_under_its_street(office: serving.Office) -> None:
    scene = await answers.scene()
    below = await cast.zone("CD0201", "幸福社区", level="community", parent_id=scene.west.id)
    await statements.execute("UPDATE callbacks_module SET zone_id = $1 WHERE zone_id = $2", below.id, scene.west.id)
    zones = {zone.name: zone.answers.n for zone in (await report_of(office)).zones}
    assert zones == {"城东街道": 179, "城西街道": 117}


async def test_a_project_with_a_list_outside_the_wave_is_not_said_to_lack_one(office: serving.Office) -> None:
    scene = await answers.scene()
    await statements.execute("DELETE FROM callbacks_frame_member")
    other = await cast.wave("W2", state="open")
    await cast.frame(other, scene.projects["P01"], 130)
    report = build(await extract.report_input("W2", office.site.settings, office.clock.now()))
    why = {row.code: row.why_no_rate for row in report.unlisted}
    assert "没有列入本批次" in why["P02"]


async def test_there_is_no_report_of_an_unknown_wave(office: serving.Office) -> None:
    with pytest.raises(NotFound):
        await extract.report_input("W9", office.site.settings, office.clock.now())
