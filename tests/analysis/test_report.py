"""A report from a hand-made district says what a careful reader of the same counts would say."""

from fractions import Fraction

import msgspec
import pytest

from analysis.reporting.disclosure import Audience
from analysis.reporting.report import build
from analysis.reporting.report_input import FrameKind
from analysis.reporting.report_model import AreaRow, ProjectRow, Report
from analysis.wording import distance
from tests.analysis.report_cases import PROJECTS, ZONES, answers, cells, given, project, wave


@pytest.fixture(scope="module")
def report() -> Report:
    return build(given())


def row(report: Report, code: str) -> ProjectRow:
    return next(one for one in report.projects if one.code == code)


def zone(report: Report, code: str) -> AreaRow:
    return next(one for one in report.zones if one.code == code)


def test_a_project_shows_rate_counts_interval_verdict_and_distance(report: Report) -> None:
    figure = row(report, "P3").satisfaction
    assert (figure.x, figure.n, figure.text) == (132, 160, "82.5%")
    assert figure.verdict_label == "未达标"
    assert figure.distance == "低于目标7.5个百分点"
    assert figure.sentence.startswith("名义率82.5%(132/160),95%区间")
    assert figure.low is not None and figure.high is not None and figure.low < 0.825 < figure.high < 0.9


def test_the_strict_rate_and_the_score_stand_beside_the_wide_rate(report: Report) -> None:
    p1 = row(report, "P1")
    assert p1.satisfaction.counts_text == "475/496"
    assert p1.strict.counts_text == "370/496"
    assert p1.score.text == "81.3分"


def test_a_fully_answered_list_collapses_to_its_rate(report: Report) -> None:
    figure = row(report, "P4").satisfaction
    assert figure.census and (figure.low, figure.high, figure.verdict) == (1.0, 1.0, "met")


def test_a_list_with_one_unanswered_person_does_not_collapse() -> None:
    lists = (project("P4", "五保", 29, 29, census=True, tried_all=True),)
    figure = row(build(given(projects=lists, cells=tuple(answers("P4", "Z1", (20, 8, 0, 0, 0))))), "P4").satisfaction
    assert not figure.census and figure.low is not None and figure.low < 1
    assert "最坏96.6%、最好100.0%" in figure.note


def test_a_sensitive_project_under_ten_answers_shows_no_rate_and_no_count_of_answers(report: Report) -> None:
    orphans = row(report, "P5").satisfaction
    assert (orphans.x, orphans.n, orphans.value, orphans.counts) == (None, None, None, ())
    assert orphans.verdict == "insufficient" and orphans.reason == "too_few"


def test_the_hidden_project_is_in_no_total_so_that_subtraction_does_not_find_it(report: Report) -> None:
    shown = [one.satisfaction for one in report.projects if one.satisfaction.n]
    pooled = report.headline.pooled
    assert (pooled.x, pooled.n) == (sum(one.x or 0 for one in shown), sum(one.n or 0 for one in shown))
    assert sum(one.answers.n or 0 for one in report.zones) == pooled.n
    assert "孤儿救助" in report.headline.coverage_text


def test_a_project_without_a_list_says_why_it_has_no_rate(report: Report) -> None:
    (health,) = report.unlisted
    assert health.why_no_rate == "按子项另取名单,目前没有受益人名单。"
    assert health.satisfaction.value is None


def test_three_named_forms_of_the_total_and_the_weighted_one_is_judged(report: Report) -> None:
    top = report.headline
    assert "按受益人数加权" in top.weighted.name and top.weighted.verdict == "met"
    assert "按项目等权" in top.equal.name and top.equal.verdict == ""
    assert "样本合并" in top.pooled.name and top.pooled.text == "93.5%"
    lists = {
        "P1": (188000, 503, 475, 496),
        "P2": (5325, 190, 180, 188),
        "P3": (3034, 160, 132, 160),
        "P4": (29, 29, 29, 29),
    }
    weight = {code: Fraction(people, r) for code, (people, r, _, _) in lists.items()}
    part = sum(weight[code] * x for code, (_, _, x, _) in lists.items())
    whole = sum(weight[code] * n for code, (_, _, _, n) in lists.items())
    assert top.weighted.value == pytest.approx(float(part / whole))


def test_awareness_has_its_own_target_and_verdict() -> None:
    stricter = build(given(wave=wave(awareness_target=800)))
    assert stricter.headline.awareness.verdict == "met"
    assert build(given()).headline.awareness.verdict == "insufficient"


def test_verdict_groups_say_why_and_how_many_more_answers_decide(report: Report) -> None:
    groups = {group.label: [item.name for item in group.items] for group in report.verdicts}
    assert groups == {
        "达标": ["城乡居民基本医疗保险", "残疾人生活和护理补贴", "农村五保集中供养"],
        "未达标": ["棚户区改造"],
        "证据不足": ["孤儿救助"],
    }
    open_case = build(given(cells=tuple(answers("P1", "Z1", (60, 20, 12, 5, 3)))))
    item = next(g for g in open_case.verdicts if g.label == "证据不足").items[0]
    assert "待确认" in item.why and "往后全满意,最少再要" in item.decide and "照现在的比率,约再要" in item.decide


def test_staff_answers_are_outside_void_ones_removed_and_coached_ones_inside(report: Report) -> None:
    assert row(report, "P3").valid == 160
    honest = report.integrity
    assert honest.coached.n == 2 and honest.coached.other.n == (honest.coached.official.n or 0) - 2
    assert honest.void.n == 5 and honest.void.other.n == (honest.void.official.n or 0) + 5
    assert honest.staff_text == "工作人员代答6份,不计入官方率,已转复核。"


def test_1799_of_2000_prints_90_and_says_that_it_is_not() -> None:
    lists = (project("P1", "参保", 2000, 2000, census=True, tried_all=True),)
    figure = row(
        build(given(projects=lists, cells=tuple(answers("P1", "Z1", (1799, 0, 0, 201, 0))))), "P1"
    ).satisfaction
    assert figure.text == "90.0%" and figure.verdict == "not_met"
    assert figure.distance == "低于目标0.1个百分点"  # 0.05, halves up
    assert distance(Fraction(17999, 20000), 900) == "低于目标不足0.1个百分点"
    assert distance(Fraction(18000, 20000), 900) == "恰等于目标"
    assert "实际未达目标" in figure.note


def test_a_list_of_unknown_size_gets_wilson_and_an_open_link_no_interval_at_all() -> None:
    lists = (
        project("P1", "农村道路", None, 300, frame_kind=FrameKind.AREA),
        project("P2", "扫码征集", None, 0, frame_kind=FrameKind.OPEN),
    )
    given_answers = (*answers("P1", "Z1", (279, 0, 0, 21, 0)), *answers("P2", "Z1", (279, 0, 0, 21, 0)))
    built = build(given(projects=lists, cells=given_answers))
    area, link = row(built, "P1").satisfaction, row(built, "P2").satisfaction
    assert area.interval_text == "89.5%—95.4%" and area.verdict == "insufficient"  # G08
    assert link.text == "93.0%" and (link.low, link.verdict) == (None, "") and "仅供参考" in link.note


def test_zones_of_less_than_thirty_answers_are_not_ranked_and_get_no_interval() -> None:
    few = build(given(cells=(*cells(), *answers("P1", "Z4", (20, 5, 0, 0, 0))), zones=(*ZONES, ("Z4", "长淮街道"))))
    small = zone(few, "Z4")
    assert small.rank is None and small.rank_text == "样本不足,不排名"
    assert small.satisfaction.low is None and small.satisfaction.value is None
    assert small.answers.n == 25


def test_a_zone_is_a_weighted_domain_of_the_samples(report: Report) -> None:
    east = zone(report, "Z1")
    weights = {"P1": Fraction(188000, 503), "P2": Fraction(5325, 190), "P3": Fraction(3034, 160)}
    counts = {"P1": (180, 183), "P2": (90, 91), "P3": (70, 82)}
    part = sum(weights[code] * x for code, (x, _) in counts.items())
    whole = sum(weights[code] * n for code, (_, n) in counts.items())
    assert east.satisfaction.value == pytest.approx(float(part / whole))


def test_few_dissatisfied_people_of_a_zone_cannot_be_found_by_subtraction_or_by_rate_times_answers() -> None:
    zones = tuple((f"Z{i}", f"街道{i}") for i in range(1, 6))
    counts = {"Z1": 2, "Z2": 9, "Z3": 14, "Z4": 20, "Z5": 8}
    lists = (project("P1", "参保", 9000, 600),)
    given_cells = tuple(cell for code, no in counts.items() for cell in answers("P1", code, (60, 30, 10, no, 0)))
    built = build(given(projects=lists, cells=given_cells, zones=zones))
    hidden = [one for one in built.zones if one.dissatisfied.n is None]
    assert zone(built, "Z1").dissatisfied.text == "<5"
    assert len(hidden) >= 2
    for one in hidden:
        assert one.satisfied.n is None and one.satisfaction.x is None and one.satisfaction.low is None
        assert one.satisfaction.value is None and one.satisfaction.verdict  # the verdict stays, the rate goes
        assert one.rank is not None
    assert zone(built, "Z4").dissatisfied.n == 20


def test_ranks_are_shared_and_the_next_one_is_skipped() -> None:
    zones = tuple((f"Z{i}", f"街道{i}") for i in range(1, 5))
    lists = (project("P1", "参保", 9000, 900),)
    counts = {"Z1": (50, 50), "Z2": (68, 32), "Z3": (68, 32), "Z4": (30, 70)}
    given_cells = tuple(c for code, (yes, no) in counts.items() for c in answers("P1", code, (yes, 0, 0, no, 0)))
    built = build(given(projects=lists, cells=given_cells, zones=zones))
    assert [one.rank for one in built.zones] == [3, 1, 1, 4]
    assert zone(built, "Z2").rank_text == "并列第1"
    assert zone(built, "Z4").rank_note == ""


def test_a_department_of_one_project_has_that_projects_figure(report: Report) -> None:
    own = next(one for one in report.departments if one.name == "区住建局").satisfaction
    assert (own.text, own.interval_text) == ("82.5%", row(report, "P3").satisfaction.interval_text)


def test_the_public_page_needs_ten_answers_and_shows_no_counts_of_single_answers() -> None:
    public = build(given(), Audience.PUBLIC)
    p1 = row(public, "P1").satisfaction
    assert p1.text == "95.8%" and p1.n == 496 and p1.x is None and p1.counts == () and "475" not in p1.sentence
    assert row(public, "P4").satisfaction.n == 29


def test_an_empty_wave_reports_nothing_instead_of_failing() -> None:
    empty = build(given(cells=(), outcomes=(), calls=()))
    assert all(one.satisfaction.value is None for one in empty.projects)
    assert empty.headline.weighted.hidden == "还没有有效答案"
    assert empty.headline.by_mode == ()


def test_response_rates_come_from_the_outcomes(report: Report) -> None:
    assert row(report, "P1").rr1.counts_text == "506/600"
    rates = {one.metric: one.text for one in report.fieldwork.rates}
    assert rates["M20"] == "67.2%" and rates["M16"] == "51.4%"


def test_every_figure_has_its_own_id_and_a_definition(report: Report) -> None:
    figures = [
        value for one in report.projects for value in msgspec.structs.asdict(one).values() if hasattr(value, "metric")
    ]
    ids = [figure.id for figure in figures]
    assert len(ids) == len(set(ids))
    assert {figure.metric for figure in figures} <= set(report.definitions)


def test_the_order_of_projects_is_the_order_of_the_programme(report: Report) -> None:
    assert [one.code for one in (*report.projects, *report.unlisted)] == [one.code for one in PROJECTS]
