"""A report made ready for its pages: every figure by its address, pictures, and what the numbers ask for. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from analysis import wording
from analysis.reporting import charts
from analysis.reporting.many.charts_funnel import funnel_chart
from analysis.reporting.many.many_model import FunnelView
from analysis.reporting.report_model import Figure, ProjectRow, Report

T = TypeVar("T")
CODES = frozenset({
    "id", "metric", "code", "project", "figure", "verdict", "reason", "seed", "frame_digest", "key", "format", "starts",
    "ends", "as_of", "project_class", "version", "unit", "role", "audience",
})  # fmt: skip
"""Fields that hold codes; all others are words and get full-width punctuation."""

WIDE, NARROW = 880, 358
LOW_RESPONSE = 0.5


@dataclass(frozen=True, slots=True)
class Opened:
    """One figure of the report and where it stands: 总体, or the name of its project, zone or department."""

    place: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in two widths; the style sheet shows the one that fits. `short` names it in the list of parts."""

    title: str
    short: str
    wide: Markup
    narrow: Markup


@dataclass(frozen=True, slots=True)
class Step:
    """Something the numbers ask for; `link` leads to the part of the page it is about."""

    text: str
    link: str


def typeset(value: T) -> T:
    """The same values with Chinese punctuation in every sentence."""
    if isinstance(value, Struct):
        changes = {name: typeset(getattr(value, name)) for name in value.__struct_fields__ if name not in CODES}
        return replace(value, **changes)
    if isinstance(value, tuple):
        return tuple(typeset(one) for one in value)  # type: ignore[return-value]
    if isinstance(value, dict):
        return {key: typeset(one) for key, one in value.items()}  # type: ignore[return-value]
    return wording.typeset(value) if isinstance(value, str) else value  # type: ignore[return-value]


def figures(report: Report) -> dict[str, Opened]:
    """Every figure by its id."""
    found: dict[str, Opened] = {}
    parts: list[tuple[str, Any]] = [
        ("总体", report.headline),
        ("执行情况", report.fieldwork),
        ("总体", report.integrity),
    ]
    parts += [(row.name, row) for row in report.projects]
    parts += [(row.name, row) for row in (*report.zones, *report.departments)]
    for place, part in parts:
        for figure in _figures(part):
            found.setdefault(figure.id, Opened(place, figure))
    return found


def _figures(value: Any) -> Iterator[Figure]:
    if isinstance(value, Figure):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _figures(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _figures(one)


def pictures(report: Report) -> tuple[Picture, ...]:
    """Both pictures of intervals; none where there is no project to draw."""
    return (intervals(report), awareness(report)) if report.projects else ()


def intervals(report: Report) -> Picture:
    """All intervals of 满意率 against the target."""
    rows = charts.satisfaction_rows(report)
    return _picture(rows, report.wave.satisfaction_target, "满意率", "satisfaction")


def awareness(report: Report) -> Picture:
    """All intervals of 知晓率 against its own target."""
    rows = charts.awareness_rows(report)
    return _picture(rows, report.wave.awareness_target, "知晓率", "awareness")


def _picture(rows: tuple[charts.ChartRow, ...], target: int, word: str, name: str) -> Picture:
    title = f"各项目{word}与95%区间"
    wide = charts.intervals_chart(rows, target, WIDE, title, f"{name}-wide")
    narrow = charts.intervals_chart(rows, target, NARROW, title, f"{name}-narrow")
    return Picture(title, f"{word}一览图", Markup(wide), Markup(narrow))


def funnels(report: Report) -> tuple[Picture, ...]:
    """The projects around the target and around the average; none where no rate is printed."""
    many = report.many
    return tuple(map(_funnel, (many.around_target, many.around_average))) if many and many.judged else ()


def _funnel(view: FunnelView) -> Picture:
    wide, narrow = (
        Markup(funnel_chart(view, width, f"{view.around}-{name}"))
        for width, name in ((WIDE, "wide"), (NARROW, "narrow"))
    )
    return Picture(view.title, "漏斗图", wide, narrow)


def levels(row: ProjectRow) -> Markup:
    """The five levels of one project as a bar; empty where nothing may be drawn."""
    return Markup(charts.levels_bar(row.levels, 640, "levels"))


def next_steps(report: Report, overdue: int) -> tuple[Step, ...]:
    """What the numbers ask for, most urgent first; `overdue` callbacks are past their date."""
    steps = []
    for group in report.verdicts:
        names = tuple(item.name for item in group.items)
        if group.verdict == "not_met" and names:
            todo = "先看群众不满意的原因，再定整改措施" if report.part else "先看群众不满意的原因，交责任部门整改"
            steps.append(Step(f"{wording.listing(names, 3)}未达标：{todo}。", "#verdict-not_met"))
        if group.verdict == "insufficient" and names and not report.wave.closed:
            steps.append(
                Step(f"{len(names)}个项目证据不足：继续回访，还差多少份见各项目名下。", "#verdict-insufficient")
            )
    if overdue and not report.part:
        steps.append(Step(f"{overdue}人×项目过了回访期限还没问到，请民生办安排人手。", "#fieldwork"))
    if _response(report) < LOW_RESPONSE and report.wave.closed:
        steps.append(Step("应答率不到一半，引用结果时请连同应答率一起说。", "#fieldwork"))
    if report.unlisted:
        steps.append(
            Step(f"{len(report.unlisted)}个项目没有名单或没有列入本批次，不出率，各自能做什么见下表。", "#unlisted")
        )
    return tuple(steps)


def _response(report: Report) -> float:
    found = [figure.value for figure in report.fieldwork.rates if figure.metric == "M20"]
    return found[0] if found and found[0] is not None else 1.0
