"""One row for each project: its figures, its verdict, and what the dissatisfied named first. Pure."""

from fractions import Fraction
from itertools import pairwise

from msgspec.structs import replace

from analysis import wording
from analysis.metrics import metric
from analysis.outcome_rates import OutcomeCounts, OutcomeRates, rates
from analysis.planning import AnswersToDecide, answers_to_decide
from analysis.ranking import standard_competition
from analysis.reporting import disclosure
from analysis.reporting.disclosure import Audience, Cover
from analysis.reporting.report_fieldwork import group_counts, rate_figure
from analysis.reporting.report_figures import Basis, answer_figure, blank
from analysis.reporting.report_input import FrameKind, ProjectFrame
from analysis.reporting.report_material import Material
from analysis.reporting.report_model import CodeCount, Figure, ProjectRow
from analysis.scales import DONT_KNOW
from analysis.tallies import REASON_ITEM

_FIGURES: dict[str, str] = {
    "satisfaction": "M01",
    "strict": "M03",
    "score": "M04",
    "awareness": "M06",
    "awareness_unprompted": "M35",
    "awareness_prompted": "M36",
    "participation": "M09",
    "benefit": "M10",
    "consistency": "M11",
}
NOT_RANKED = "样本不足,不排名"
NO_LIST = "没有可回访的受益人名单,不出比率"
NO_PROMPT = "本项目未设提示说明,不出此指标"
NO_CONSISTENCY = "不是按发放名单回访的项目,不出此指标"


def project_rows(material: Material) -> tuple[ProjectRow, ...]:
    """All projects with people to ask, ranked, in the order of the programme."""
    reasons = top_reasons(material)
    rows = tuple(_row(material, project, reasons.get(project.code, "")) for project in material.projects)
    return rank_projects(rows)


def unlisted_rows(material: Material) -> tuple[ProjectRow, ...]:
    """The projects without a list: no figure, and the sentence why."""
    return tuple(_unlisted(project) for project in material.unlisted)


def _row(material: Material, project: ProjectFrame, reason: str) -> ProjectRow:
    basis, counts = material.basis(project), material.counts(project)
    figures = {
        name: answer_figure(basis, metric(id_), counts.get(metric(id_).item, {})) for name, id_ in _FIGURES.items()
    }
    figures |= _not_applicable(project, basis, figures)
    outcome_rates = _rates(material, project)
    satisfaction = figures["satisfaction"]
    return _shell(
        project,
        figures,
        valid=basis.respondents,
        rr1=rate_figure(basis.scope, "M20", outcome_rates.RR1),
        rr3=rate_figure(basis.scope, "M21", outcome_rates.RR3),
        decide=decide_text(basis, satisfaction),
        levels=satisfaction.counts,
        reason=reason,
    )


def _not_applicable(project: ProjectFrame, basis: Basis, figures: dict[str, Figure]) -> dict[str, Figure]:
    changes = {}
    if not project.prompted and figures["awareness_prompted"].n is None:
        changes["awareness_prompted"] = blank(basis.scope, metric("M36"), NO_PROMPT)
    if project.frame_kind is not FrameKind.LIST:
        changes["consistency"] = blank(basis.scope, metric("M11"), NO_CONSISTENCY)
    return changes


def _rates(material: Material, project: ProjectFrame) -> OutcomeRates:
    groups = group_counts(one for one in material.given.outcomes if one.project == project.code)
    return rates(OutcomeCounts(**groups))


def _shell(
    project: ProjectFrame, figures: dict[str, Figure], *, valid: int, rr1: Figure, rr3: Figure, decide: str,
    levels: tuple[CodeCount, ...], reason: str, why: str = "",
) -> ProjectRow:  # fmt: skip
    completion = rate_figure_of(project, valid)
    return ProjectRow(
        code=project.code, name=project.name, public_name=project.public_name, project_class=project.project_class,
        class_label=wording.CLASS_LABELS.get(project.project_class, project.project_class),
        department=project.lead_department, population=project.population, drawn=project.drawn, valid=valid,
        sensitive=project.sensitive, census=project.census, why_no_rate=why, rr1=rr1, rr3=rr3, completion=completion,
        decide=decide, levels=levels, top_reason=reason, rank=None, rank_text="", rank_note="", **figures,
    )  # fmt: skip


def rate_figure_of(project: ProjectFrame, valid: int) -> Figure:
    """M15 of one project: valid answers of people drawn."""
    scope = f"project:{project.code}"
    if not project.drawn or valid > project.drawn:
        return blank(scope, metric("M15"), "没有抽中人数")
    value = Fraction(valid, project.drawn)
    shell = blank(scope, metric("M15"), "")
    return replace(
        shell,
        x=valid,
        n=project.drawn,
        value=float(value),
        text=wording.percent(value),
        counts_text=f"{valid}/{project.drawn}",
    )


def _unlisted(project: ProjectFrame) -> ProjectRow:
    why = project.why_no_list or NO_LIST
    scope = f"project:{project.code}"
    figures = {name: blank(scope, metric(id_), why) for name, id_ in _FIGURES.items()}
    rr1, rr3 = blank(scope, metric("M20"), why), blank(scope, metric("M21"), why)
    return _shell(project, figures, valid=0, rr1=rr1, rr3=rr3, decide="", levels=(), reason="", why=why)


def decide_text(basis: Basis, figure: Figure) -> str:
    """How many more answers settle an open verdict, in words; "" when it is settled or nothing can settle it."""
    if figure.verdict != "insufficient" or figure.target is None or basis.kind is FrameKind.OPEN:
        return ""
    if figure.n is None or figure.x is None:
        return f"有效答案满{basis.least}份后才出数和判定"
    needed = answers_to_decide(figure.x, figure.n, figure.population, figure.target, basis.targets.alpha, basis.least)
    return _needed_text(needed)


def _needed_text(needed: AnswersToDecide) -> str:
    parts = []
    if needed.at_present_rate:
        parts.append(f"照现在的比率,约再要{needed.at_present_rate}份可判定")
    elif needed.at_present_rate is None:
        parts.append("照现在的比率,名单答完前判定不了")
    if needed.at_best:
        parts.append(f"往后全满意,最少再要{needed.at_best}份")
    if needed.at_worst:
        parts.append(f"往后全不满意,最少再要{needed.at_worst}份")
    return ";".join(parts)


def top_reasons(material: Material) -> dict[str, str]:
    """For each project what the dissatisfied named most; counts of a reason are covered across all projects."""
    labels = wording.REASON_LABELS | dict(material.given.reason_labels)
    projects = list(material.published(metric("M01")))
    counts = {project.code: dict(material.counts(project).get(REASON_ITEM, {})) for project in projects}
    found: dict[str, str] = {}
    for project in projects:
        named = {code: n for code, n in counts[project.code].items() if code != DONT_KNOW and n}
        if not named:
            continue
        code = max(sorted(named, key=_code_order), key=lambda one: named[one])
        shown = _reason_shown(material, projects, counts, code, project)
        if shown is not None:
            found[project.code] = labels.get(code, code) + (f"({shown})" if shown else "")
    return found


def _code_order(code: str) -> tuple[int, str]:
    return (int(code), code) if code.isdigit() else (10_000, code)


def _reason_shown(
    material: Material, projects: list[ProjectFrame], counts: dict[str, dict[str, int]], code: str, mine: ProjectFrame
) -> str | None:
    """The count as printed, "" where it is covered; None where even the reason would point at somebody."""
    parts = [counts[project.code].get(code, 0) for project in projects]
    least = disclosure.minimum(mine.sensitive, material.audience)
    position = projects.index(mine)
    if (mine.sensitive or material.audience is Audience.PUBLIC) and parts[position] < least:
        return None
    also = [
        0 < n < disclosure.minimum(project.sensitive, material.audience)
        for n, project in zip(parts, projects, strict=True)
    ]
    cover = disclosure.hide(parts, disclosure.MINIMUM, also)[position]
    return f"{parts[position]}次" if cover is Cover.SHOWN else ""


def rank_projects(rows: tuple[ProjectRow, ...]) -> tuple[ProjectRow, ...]:
    """Ranks by 满意率 on exact fractions, ties equal; too few answers are not ranked."""
    places = [
        i for i, row in enumerate(rows) if row.satisfaction.n and row.satisfaction.verdict and not row.satisfaction.few
    ]
    values = [Fraction(rows[i].satisfaction.x or 0, rows[i].satisfaction.n or 1) for i in places]
    ranks = dict(zip(places, standard_competition(values), strict=True))
    notes = insignificant({i: rows[i].satisfaction for i in places}, ranks)
    return tuple(
        replace(row, rank=ranks.get(i), rank_text=rank_text(ranks, i), rank_note=notes.get(i, ""))
        if i in ranks
        else replace(row, rank_text=NOT_RANKED)
        for i, row in enumerate(rows)
    )


def rank_text(ranks: dict[int, int], index: int) -> str:
    """第2, or 并列第2 when others share the rank."""
    rank = ranks[index]
    shared = sum(1 for other in ranks.values() if other == rank) > 1
    return f"并列第{rank}" if shared else f"第{rank}"


def insignificant(figures: dict[int, Figure], ranks: dict[int, int]) -> dict[int, str]:
    """Where the interval overlaps that of a neighbour in the ranking, the ranks say little: 差异不显著."""
    order = sorted(ranks, key=lambda i: ranks[i])
    notes: dict[int, str] = {}
    for first, second in pairwise(order):
        if _overlap(figures[first], figures[second]):
            notes[first] = notes[second] = "与相邻名次差异不显著"
    return notes


def _overlap(one: Figure, other: Figure) -> bool:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low <= other.high and other.low <= one.high
