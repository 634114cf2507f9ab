"""The section that may be watched every day: what it says, whom it hides, and that no figure of it is broken."""

import datetime as dt

import pytest

from analysis import errors
from analysis.export import docx, html, json, xlsx
from analysis.reporting.disclosure import Audience
from analysis.reporting.report import build
from analysis.reporting.report_evidence import REFUSALS, evidence_rows, evidence_text, refusal_text
from analysis.reporting.report_input import ProjectLooks, ReportInput
from analysis.reporting.report_material import prepare
from analysis.reporting.report_model import EvidenceRow
from analysis.reporting.report_share import Share, share
from analysis.sequential.order import Prefix
from analysis.sequential.standing import follow
from survey_service.reporting import looks as taking
from tests.analysis.report_cases import SHANGHAI, answers, given, outcomes, project, wave

NOW = dt.datetime(2026, 4, 9, 9, 5, tzinfo=SHANGHAI)


def watched(code: str, listed: int, *looks: tuple[int, int, int], **changes: object) -> ProjectLooks:
    return ProjectLooks(code, listed, (("M01", looks),) if looks else (), **changes)  # type: ignore[arg-type]


def of(*looks: ProjectLooks, **changes: object) -> dict[str, EvidenceRow]:
    """The rows by project."""
    facts: ReportInput = given(looks=looks, **changes)
    return {row.project: row for row in evidence_rows(prepare(facts, Audience.STAFF))}


def test_evidence_over_the_limit_advises_to_stop_and_says_on_what_it_rests() -> None:
    row = of(watched("P1", 188000, (30, 28, 28), (60, 56, 56)))["P1"]
    assert (row.verdict_label, row.people, row.looks, row.needed_text) == ("达标", 60, 2, "40倍")
    assert row.evidence_text.startswith("达标") and row.stop and row.advice == "evidence_met"
    assert "前60人" in row.advice_text and "知晓率" in row.advice_text, "the other rate has no verdict yet"
    low, high = row.interval_text.split("—")
    assert 90 <= float(low.rstrip("%")) <= float(high.rstrip("%")) <= 100


def test_evidence_below_the_limit_goes_on_calling_and_its_interval_reaches_across_the_target() -> None:
    row = of(watched("P1", 188000, (30, 28, 26)))["P1"]
    assert (row.verdict_label, row.stop, row.advice) == ("证据不足", False, "evidence_open")
    low, high = (float(end.rstrip("%")) for end in row.interval_text.split("—"))
    assert low < 90 <= high


@pytest.mark.parametrize(
    ("satisfied", "said", "advice"), [(25, "都达标", "certain_met"), (10, "都不达标", "certain_not_met")]
)
def test_what_nobody_left_can_change_is_said_without_a_single_look(satisfied: int, said: str, advice: str) -> None:
    listed = project("P4", "农村五保集中供养", 27, 27)
    cells = tuple(answers("P4", "Z3", (satisfied, 0, 0, 26 - satisfied, 0)))
    row = of(watched("P4", 27), projects=(listed,), cells=cells, outcomes=())["P4"]
    assert said in row.certain_text and (row.stop, row.advice, row.looks) == (True, advice, 0)
    assert (row.evidence_text, row.interval_text, row.verdict) == ("", "", "")


def test_the_bounds_leave_out_who_does_not_belong_on_the_list_and_name_the_tipping_point() -> None:
    row = of(watched("P4", 29))["P4"]
    assert (row.worst_text, row.best_text) == ("100.0%", "100.0%")
    row = of(watched("P3", 3034))["P3"]
    assert row.worst_text == "4.4%" and "才达到90%" in row.tipping_text and row.certain_text == ""


def test_every_condition_that_can_break_has_its_words_and_stops_the_watching() -> None:
    assert set(REFUSALS) >= {one.__name__ for one in taking.BROKEN}
    assert len(set(REFUSALS.values())) == len(REFUSALS)
    for name in REFUSALS:
        assert issubclass(getattr(errors, name), Exception)
        assert not any("a" <= letter.lower() <= "z" for letter in refusal_text(name)), name
    row = of(watched("P1", 188000, (30, 30, 30), (60, 60, 60), refusal="OrderDrawnTooLate"))["P1"]
    assert "第一次联系之后" in row.refusal
    assert (row.evidence_text, row.interval_text, row.stop, row.advice_text) == ("", "", False, "")


def test_a_settled_project_says_since_when_and_is_not_offered_again() -> None:
    row = of(watched("P1", 188000, (60, 56, 56), settled=NOW))["P1"]
    assert "已停止拨打" in row.settled_text and not row.stop


def test_a_closed_wave_advises_nothing() -> None:
    row = of(watched("P1", 188000, (60, 56, 56)), wave=wave(closed=NOW))["P1"]
    assert (row.stop, row.advice_text, row.verdict_label) == (False, "", "达标")


def test_projects_whose_rate_is_hidden_and_public_pages_have_no_row() -> None:
    looks = (watched("P5", 17), watched("P1", 188000), watched("P6", 5))
    assert list(of(*looks)) == ["P1"], "seven answers of a sensitive project are too few; P6 has no list"
    assert evidence_rows(prepare(given(looks=looks), Audience.PUBLIC)) == ()
    few = of(watched("P1", 188000, (4, 4, 4)))["P1"]
    assert (few.people, few.evidence_text) == (0, ""), "four answers at the first look are four people"


def test_who_reads_a_part_reads_the_evidence_of_its_projects_only() -> None:
    report = build(given(looks=(watched("P1", 188000), watched("P3", 3034))))
    mine = share(report, Share("区住建局", frozenset({"P3"})))
    assert [row.project for row in mine.evidence] == ["P3"]


@pytest.mark.parametrize(("s", "t"), [(0, 0), (0, 1), (1, 1), (0, 300), (300, 300), (269, 300), (5, 5)])
def test_no_count_makes_a_broken_number(s: int, t: int) -> None:
    text = evidence_text(follow([Prefix(300, t, s)], 300))
    assert text.endswith(("倍", "倍以上")) and "nan" not in text and "inf" not in text


def test_just_over_the_limit_is_never_printed_below_it() -> None:
    for n in range(20, 60):
        standing = follow([Prefix(n, n, n)], 300)
        if standing.met_at:
            assert evidence_text(standing) == "达标1000倍以上" or int(evidence_text(standing)[2:-1]) >= 40
            break
    else:
        raise AssertionError("sixty satisfied of sixty must suffice")


def test_the_files_hold_the_evidence() -> None:
    report = build(given(looks=(watched("P1", 188000, (60, 56, 56)),), outcomes=outcomes()))
    assert json.read(json.export(report)).evidence == report.evidence
    page = html.export(report).decode()
    assert "边看边定论" in page and "nan" not in page.lower()
    assert len(xlsx.export(report)) > len(xlsx.export(build(given(outcomes=outcomes()))))
    assert docx.export(report)


def test_where_everybody_is_closed_nobody_is_offered_to_be_stopped() -> None:
    row = of(watched("P4", 29, (29, 29, 29)))["P4"]
    assert not row.stop and "没有人要再拨打" in row.advice_text
