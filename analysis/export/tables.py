"""The printed tables of a report as rows of text and numbers, shared by all file formats. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis import wording
from analysis.reporting.report_model import AreaRow, Count, Figure, ProjectRow, Report

Value = str | int | float | None

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; `widths` are relative column widths."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    widths: tuple[int, ...]


def guarded(text: str) -> str:
    """Text a spreadsheet cannot take for a formula: a leading = + - @ or control character gets an apostrophe."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def short(figure: Figure) -> str:
    """A figure in a narrow cell: its text, or a dash."""
    return figure.text if figure.value is not None else wording.DASH


def verdict(figure: Figure) -> str:
    """The verdict with its mark for few answers."""
    return f"{figure.verdict_label}(样本偏少)" if figure.few and figure.value is not None else figure.verdict_label


def people(row: ProjectRow) -> str:
    """The size of the list, or that it is not known."""
    return wording.DASH if row.population is None else str(row.population)


def headline(report: Report) -> Table:
    """The district's figures, population-weighted first."""
    top = report.headline
    figures = (
        top.weighted, top.equal, top.pooled, top.direct, top.strict, top.score, top.awareness,
        top.awareness_unprompted, top.awareness_prompted, top.participation, top.benefit,
    )  # fmt: skip
    rows = tuple(
        (one.name, one.text, one.interval_text, one.distance, verdict(one), one.counts_text or one.hidden)
        for one in figures
    )
    return Table("总体结果", ("指标", "结果", "95%区间", "与目标相比", "判定", "依据"), rows, (34, 12, 20, 24, 14, 20))


def projects(report: Report) -> Table:
    """The table officials read first: one line for each project, those without a list last."""
    header = ("序号", "项目", "类别", "责任部门", "受益人数", "抽取", "有效样本", "应答率RR1", "满意率", "95%区间", "判定",
              "与目标相比", "严格满意率", "得分", "知晓率", "知晓率区间", "知晓率判定", "名次", "不满意首因")  # fmt: skip
    rows = [_project(number, row) for number, row in enumerate(report.projects, 1)]
    rows += [_unlisted(number, row) for number, row in enumerate(report.unlisted, len(rows) + 1)]
    widths = (6, 26, 12, 14, 10, 8, 10, 10, 10, 18, 14, 22, 11, 10, 10, 18, 14, 12, 30)
    return Table("分项目满意率、知晓率", header, tuple(rows), widths)


def _project(number: int, row: ProjectRow) -> tuple[Value, ...]:
    rate, known = row.satisfaction, row.awareness
    return (
        number, row.name, row.class_label, row.department, row.population, row.drawn, row.valid, short(row.rr1),
        short(rate), rate.interval_text, verdict(rate), rate.distance, short(row.strict), short(row.score), short(known),
        known.interval_text, verdict(known), row.rank_text, row.top_reason,
    )  # fmt: skip


def _unlisted(number: int, row: ProjectRow) -> tuple[Value, ...]:
    blanks = ("",) * 13
    return (number, row.name, row.class_label, row.department, row.population, *blanks, row.why_no_rate)


def areas(report: Report, title: str, rows: tuple[AreaRow, ...], kind: str) -> Table:
    """Zones or departments: ranks with ties, hidden counts as they are printed."""
    header = (kind, "名次", "有效样本", "满意", "不满意", "满意率", "95%区间", "判定", "知晓率", "知晓率区间", "说明")
    lines = tuple(
        (
            row.name, row.rank_text, _number(row.answers), _number(row.satisfied), _number(row.dissatisfied),
            short(row.satisfaction), row.satisfaction.interval_text, verdict(row.satisfaction), short(row.awareness),
            row.awareness.interval_text, _remark(row),
        )
        for row in rows
    )  # fmt: skip
    return Table(title, header, lines, (18, 14, 10, 8, 8, 10, 18, 14, 10, 18, 34))


def zones(report: Report) -> Table:
    """The table of zones in administrative order."""
    return areas(report, "分街道(片区)结果", report.zones, "街道(片区)")


def departments(report: Report) -> Table:
    """The table of departments in charge."""
    return areas(report, "分责任部门结果", report.departments, "责任部门")


def _number(count: Count) -> Value:
    return count.n if count.n is not None else count.text


def _remark(row: AreaRow) -> str:
    parts = (row.satisfaction.hidden if row.satisfaction.hidden != row.rank_text else "", row.rank_note)
    return ";".join(part for part in parts if part)


def groups(report: Report) -> Table:
    """How the sample was worked, by outcome group."""
    rows = tuple((one.label, one.n) for one in report.fieldwork.groups)
    return Table("样本执行情况", ("结果类别", "个案数"), rows, (24, 10))


def outcomes(report: Report) -> Table:
    """Every outcome code with its number of cases."""
    rows = tuple((one.code, one.label, one.group, one.n, one.share_text) for one in report.fieldwork.outcomes)
    return Table("拨打结果分布", ("代码", "结果", "类别", "个案数", "占比"), rows, (8, 36, 22, 10, 10))


def rates(report: Report) -> Table:
    """Response and contact rates."""
    rows = tuple((one.name, one.text, one.counts_text or one.hidden) for one in report.fieldwork.rates)
    return Table("执行率", ("指标", "结果", "分子/分母"), rows, (24, 10, 24))


def levels(report: Report) -> Table:
    """The five levels over all counted projects."""
    rows = tuple((one.label, one.n if one.n is not None else one.text) for one in report.headline.levels)
    return Table("总体五级分布", ("答案", "人数"), rows, (20, 10))


def reasons(report: Report) -> Table:
    """What the dissatisfied named."""
    rows = tuple((one.label, _number(one)) for one in report.reasons)
    return Table("不满意原因分布", ("原因", "提及次数"), rows, (36, 10))


def definitions(report: Report) -> Table:
    """What every metric means."""
    rows = tuple((one.id, one.name, one.version, one.text) for one in report.definitions.values())
    return Table("指标解释", ("编号", "指标", "版本", "口径"), rows, (8, 30, 6, 110))


FIGURE_HEADER = ("范围", "代码", "名称", "指标编号", "指标", "结果", "分子", "分母", "折合名单人数", "数值", "区间下限",
                 "区间上限", "目标千分数", "判定", "理由码", "与目标相比", "说明",
                 "数据性质")  # fmt: skip


def all_figures(report: Report) -> Table:
    """One row for every figure, for machines: counts as numbers, shares between 0 and 1, hidden ones empty."""
    nature = "演示数据" if report.wave.demonstration_text else "实际数据"
    rows = tuple((*_figure(*one), nature) for one in named_figures(report))
    return Table("指标明细", FIGURE_HEADER, rows, (10, 14, 26, 8, 26, *(12,) * 11, 30, 10))


def _figure(scope: str, code: str, name: str, figure: Figure) -> tuple[Value, ...]:
    remark = ";".join(part for part in (figure.hidden, figure.note) if part)
    return (
        scope, code, name, figure.metric, figure.name, figure.text, figure.x, figure.n, figure.population,
        figure.value, figure.low, figure.high, figure.target, figure.verdict_label, figure.reason, figure.distance, remark,
    )  # fmt: skip


def named_figures(report: Report) -> Iterator[tuple[str, str, str, Figure]]:
    """Scope word, code, name and figure of everything in the report."""
    top = report.headline
    district = report.wave.district or report.wave.title
    for field in top.__struct_fields__:
        value = getattr(top, field)
        if isinstance(value, Figure):
            yield "总体", report.wave.code, district, value
    for figure in top.by_mode:
        yield "方式", report.wave.code, figure.name, figure
    for figure in report.fieldwork.rates:
        yield "执行", report.wave.code, district, figure
    for project in (*report.projects, *report.unlisted):
        for field in project.__struct_fields__:
            value = getattr(project, field)
            if isinstance(value, Figure):
                yield "项目", project.code, project.name, value
    for word, rows in (("片区", report.zones), ("部门", report.departments)):
        for row in rows:
            yield word, row.code, row.name, row.satisfaction
            yield word, row.code, row.name, row.awareness
