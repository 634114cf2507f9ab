"""The district's headline in its named forms, and the projects grouped by verdict. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from msgspec.structs import replace

from analysis import tallies, wording
from analysis.metrics import MetricDefinition, Ratio, Unit, metric, ratio
from analysis.reporting import disclosure
from analysis.reporting.disclosure import Cover
from analysis.reporting.report_figures import blank, code_counts, plain_share, weighted_figure
from analysis.reporting.report_material import Material, by_project
from analysis.reporting.report_model import CodeCount, Figure, Headline, ProjectRow, VerdictGroup, VerdictItem

_SCOPE = "district"
EQUAL_NOTE = "各项目满意率简单平均,供考核排名参考,不作达标判定"
POOLED_NOTE = "各项目有效答案直接合并,只在自加权样本有效,不作达标判定"


def headline(material: Material, rows: Sequence[ProjectRow]) -> Headline:
    """Population-weighted first, then equal, pooled and the direct question, then awareness and the rest."""
    weighted = _weighted(material, metric("M29"), metric("M01"))
    direct = _weighted(material, metric("M37"), metric("M37"))
    awareness = _weighted(material, metric("M06"), metric("M06"), "总体知晓率(按受益人数加权)")
    pairs = [material.pair(project, metric("M01")) for project in material.weighable(metric("M01"))]
    return Headline(
        weighted=weighted,
        equal=plain_share(_SCOPE, "M30", _equal(pairs), EQUAL_NOTE),
        pooled=_pooled(pairs),
        direct=direct,
        strict=_weighted(material, metric("M03"), metric("M03")),
        score=_score(material),
        awareness=awareness,
        awareness_unprompted=_weighted(material, metric("M35"), metric("M35")),
        awareness_prompted=_weighted(material, metric("M36"), metric("M36")),
        participation=_weighted(material, metric("M09"), metric("M09")),
        benefit=_weighted(material, metric("M10"), metric("M10")),
        levels=_levels(material),
        by_mode=_by_mode(material),
        coverage_text=_coverage(material),
        summary=_summary(weighted, direct, awareness, rows),
    )


def _weighted(material: Material, printed: MetricDefinition, counted: MetricDefinition, name: str = "") -> Figure:
    figure = weighted_figure(
        _SCOPE, printed, material.weighted(counted), material.targets, material.least, name or printed.name
    )
    return figure if material.audience is disclosure.Audience.STAFF else replace(figure, x=None)


def _equal(pairs: Sequence[Ratio]) -> Fraction | None:
    if not pairs:
        return None
    return sum((Fraction(pair.x, pair.n) for pair in pairs), Fraction()) / len(pairs)


def _pooled(pairs: Sequence[Ratio]) -> Figure:
    x, n = sum(pair.x for pair in pairs), sum(pair.n for pair in pairs)
    figure = plain_share(_SCOPE, "M31", Fraction(x, n) if n else None, POOLED_NOTE)
    return replace(figure, x=x, n=n, counts_text=f"{x}/{n}") if n else figure


def _score(material: Material) -> Figure:
    """Mean points weighted like the rate; a stratum's points are its sum over its answers."""
    definition = metric("M04")
    total, points, answers = Fraction(), Fraction(), 0
    for project in material.weighable(definition):
        pair = material.pair(project, definition)
        people = max(tallies.respondents(material.counts(project)), pair.n)
        weight = Fraction(project.population or 0, people)
        total, points, answers = total + weight * pair.n, points + weight * pair.x, answers + pair.n
    if not total:
        return blank(_SCOPE, definition, "还没有有效答案")
    value = points / total
    shell = replace(blank(_SCOPE, definition, ""), name="总体满意度得分(按受益人数加权)", unit=Unit.POINTS)
    return replace(shell, n=answers, value=float(value), text=wording.points(value), counts_text=f"{answers}份有效答案")


def _levels(material: Material) -> tuple[CodeCount, ...]:
    counts = tallies.total(material.counts(project) for project in material.weighable(metric("M01")))
    levels = code_counts(metric("M01"), counts.get("c1", {}))
    if material.audience is disclosure.Audience.STAFF:
        return levels
    covered = disclosure.table({level.code: level.n or 0 for level in levels}, material.least)
    return tuple(
        CodeCount(level.code, level.label, covered[level.code].n, covered[level.code].text) for level in levels
    )


def _by_mode(material: Material) -> tuple[Figure, ...]:
    """The direct question by mode: modes are never compared without saying so, and small ones are hidden."""
    definition = metric("M37")
    codes = frozenset(project.code for project in material.weighable(definition))
    cells = (cell for cell in tallies.official(material.given.cells) if cell.project in codes)
    counts = tallies.fold(cells, lambda cell: cell.mode)
    pairs = {mode: ratio(definition, counts.get(mode, {}).get(definition.item, {})) for mode in wording.MODE_LABELS}
    covers = disclosure.hide([pair.n for pair in pairs.values()], material.least)
    return tuple(
        share_of(f"mode:{mode}", definition, pair, cover, wording.MODE_LABELS[mode])
        for (mode, pair), cover in zip(pairs.items(), covers, strict=True)
        if pair.n
    )


def share_of(scope: str, definition: MetricDefinition, pair: Ratio, cover: Cover, name: str) -> Figure:
    """One part of a known total as a plain rate, covered like its base."""
    if cover is not Cover.SHOWN:
        why = "答卷太少,不列" if cover is Cover.FEW else "为保护少数答卷,不列"
        return replace(blank(scope, definition, why), name=name)
    figure = plain_share(scope, definition.id, Fraction(pair.x, pair.n), "未加权,只作对照", name)
    return replace(figure, x=pair.x, n=pair.n, counts_text=f"{pair.x}/{pair.n}")


def _coverage(material: Material) -> str:
    """Which projects stand in the headline and which do not."""
    included = {project.code for project in material.weighable(metric("M01"))}
    left_out = tuple(project.name for project in material.projects if project.code not in included)
    words = f"总体由{len(included)}个项目按受益人数加权得出。"
    if left_out:
        words += f"{wording.listing(left_out)}因有效答案太少或名单人数未知未计入总体。"
    if material.unlisted:
        words += f"另有{len(material.unlisted)}个项目没有名单或没有列入本批次。"
    return words


def _summary(weighted: Figure, direct: Figure, awareness: Figure, rows: Sequence[ProjectRow]) -> tuple[str, ...]:
    sentences = [_sentence(weighted), _sentence(direct), _sentence(awareness)]
    groups = {
        label: sum(1 for row in rows if row.satisfaction.verdict == verdict)
        for verdict, label in wording.VERDICT_LABELS.items()
    }
    counted = "、".join(f"{label}{n}个" for label, n in groups.items())
    return (*(one for one in sentences if one), f"{len(rows)}个项目中:{counted}。")


def _sentence(figure: Figure) -> str:
    if figure.value is None:
        return f"{figure.name}:{figure.hidden}。"
    distance = f"{figure.distance};" if figure.distance else ""
    return f"{figure.name}{figure.text},95%区间{figure.interval_text or '算不出'},{distance}{figure.verdict_label}。"


def verdict_groups(rows: Sequence[ProjectRow]) -> tuple[VerdictGroup, ...]:
    """达标, 未达标, 证据不足, each with its projects, why, and how many more answers decide it."""
    return tuple(
        VerdictGroup(verdict, label, tuple(_item(row) for row in rows if row.satisfaction.verdict == verdict))
        for verdict, label in wording.VERDICT_LABELS.items()
    )


def _item(row: ProjectRow) -> VerdictItem:
    figure = row.satisfaction
    why = figure.sentence or figure.hidden
    return VerdictItem(row.code, row.name, figure.id, figure.text, why, row.decide)


def headline_from(material: Material, cells: Sequence[tallies.Cell], key: str, name: str) -> Figure:
    """The headline rate from another selection of answers, over the same projects."""
    rate = material.weighted(metric("M01"), by_project(cells))
    return weighted_figure(f"{_SCOPE}:{key}", metric("M29"), rate, material.targets, material.least, name)
