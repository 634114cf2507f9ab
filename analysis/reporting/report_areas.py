"""Rows of zones and departments, with small cells hidden so that totals minus parts do not bring them back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from msgspec.structs import replace

from analysis.metrics import MetricDefinition, Ratio, metric, ratio
from analysis.ranking import standard_competition
from analysis.reporting import disclosure
from analysis.reporting.disclosure import Cover, is_few, shown
from analysis.reporting.report_figures import (
    WeightedRate,
    answer_figure,
    blank,
    weighted_figure,
    weighted_rate,
    weighted_sentence,
)
from analysis.reporting.report_input import FrameKind, ProjectFrame
from analysis.reporting.report_material import ByProject, Material, strata
from analysis.reporting.report_model import AreaRow, Count, Figure
from analysis.reporting.report_projects import NOT_RANKED, insignificant, rank_text

LEAST_FOR_RANK = 30
PROTECTED = "为保护少数答卷,不列比率"
NOTHING = Count("", 0, "0")


@dataclass(frozen=True, slots=True)
class _Zone:
    """One zone and one metric: everything known, and what of it may be seen."""

    pair: Ratio
    rate: WeightedRate | None
    base: Cover
    categories: Cover

    @property
    def negative(self) -> int:
        return self.pair.n - self.pair.x


def zone_rows(material: Material) -> tuple[AreaRow, ...]:
    """All zones in administrative order: domains of the projects' samples, weighted by N_h/r_h."""
    zones = _zone_names(material)
    satisfaction = _zones(material, metric("M01"), tuple(code for code, _ in zones))
    awareness = _zones(material, metric("M06"), tuple(code for code, _ in zones))
    rows = tuple(_zone_row(material, code, name, satisfaction[code], awareness[code]) for code, name in zones)
    return _ranked(rows, [satisfaction[code] for code, _ in zones])


def _zone_names(material: Material) -> tuple[tuple[str, str], ...]:
    known = material.given.zones
    codes = {code for code, _ in known}
    rest = sorted(code for code in material.by_zone if code not in codes)
    return (*known, *((code, code or "未定片区") for code in rest))


def _zones(material: Material, definition: MetricDefinition, codes: Sequence[str]) -> dict[str, _Zone]:
    projects = material.weighable(definition)
    pairs = [_pair(material.by_zone.get(code, {}), projects, definition) for code in codes]
    rates = [_rate(material, projects, definition, code) for code in codes]
    bases = disclosure.hide([pair.n for pair in pairs], material.least)
    also = [base is not Cover.SHOWN or is_few(pair.x, material.least) for base, pair in zip(bases, pairs, strict=True)]
    categories = disclosure.hide([pair.n - pair.x for pair in pairs], material.least, also)
    return {
        code: _Zone(pair, rate, base, category)
        for code, pair, rate, base, category in zip(codes, pairs, rates, bases, categories, strict=True)
    }


def _pair(answers: ByProject, projects: Sequence[ProjectFrame], definition: MetricDefinition) -> Ratio:
    pairs = [ratio(definition, answers.get(project.code, {}).get(definition.item, {})) for project in projects]
    return Ratio(sum(pair.x for pair in pairs), sum(pair.n for pair in pairs))


def _rate(
    material: Material, projects: Sequence[ProjectFrame], definition: MetricDefinition, zone: str
) -> WeightedRate | None:
    return weighted_rate(strata(projects, definition, material.by_zone.get(zone, {}), material.by_project))


def _zone_row(material: Material, code: str, name: str, satisfaction: _Zone, awareness: _Zone) -> AreaRow:
    scope = f"zone:{code}"
    return AreaRow(
        code=code,
        name=name,
        projects=tuple(sorted(material.by_zone.get(code, {}))),
        answers=_count("有效样本", satisfaction.pair.n, satisfaction.base, material.least),
        satisfied=_category("满意", satisfaction, satisfaction.pair.x, material.least),
        dissatisfied=_category("不满意", satisfaction, satisfaction.negative, material.least),
        satisfaction=_zone_figure(material, scope, metric("M01"), satisfaction),
        awareness=_zone_figure(material, scope, metric("M06"), awareness),
        rank=None,
        rank_text=NOT_RANKED,
        rank_note="",
    )


def _count(label: str, n: int, cover: Cover, least: int) -> Count:
    printed = shown(n, cover, least)
    return Count(label, printed.n, printed.text)


def _category(label: str, zone: _Zone, n: int, least: int) -> Count:
    return _count(label, n, zone.categories, least)


def _zone_figure(material: Material, scope: str, definition: MetricDefinition, zone: _Zone) -> Figure:
    """The weighted rate of a zone; no interval and no rank under 30 answers, no rate that gives a hidden count away."""
    if zone.rate is None:
        return blank(scope, definition, "本片区还没有有效答案")
    if zone.base is not Cover.SHOWN or zone.pair.n < LEAST_FOR_RANK:
        return blank(scope, definition, NOT_RANKED)
    figure = weighted_figure(scope, definition, zone.rate, material.targets, material.least)
    if zone.categories is Cover.SHOWN:
        return replace(figure, population=None)
    if not _gives_away(zone):
        return replace(figure, population=None, x=None, sentence=weighted_sentence(figure, figure.n))
    return _protected(figure, zone, material.least)


def _gives_away(zone: _Zone) -> bool:
    """Whether rate times answers leads back to the hidden count."""
    if zone.rate is None:
        return False
    return abs(zone.rate.value * zone.pair.n - zone.pair.x) < 1


def _protected(figure: Figure, zone: _Zone, least: int) -> Figure:
    words = PROTECTED
    if is_few(zone.negative, least):
        words = f"不满意不足{least}人,为保护答卷人不列比率"
    elif is_few(zone.pair.x, least):
        words = f"满意不足{least}人,为保护答卷人不列比率"
    return replace(
        blank(figure.id.rpartition(":")[0], metric(figure.metric), words),
        n=zone.pair.n,
        counts_text=f"{zone.pair.n}份有效答案",
        target=figure.target,
        verdict=figure.verdict,
        verdict_label=figure.verdict_label,
        reason=figure.reason,
        sentence=f"{words};判定:{figure.verdict_label}。",
        method=figure.method,
    )


def _ranked(rows: Sequence[AreaRow], zones: Sequence[_Zone]) -> tuple[AreaRow, ...]:
    values = {
        i: zone.rate.value
        for i, zone in enumerate(zones)
        if zone.rate is not None and zone.base is Cover.SHOWN and zone.pair.n >= LEAST_FOR_RANK
    }
    return _with_ranks(rows, values)


def _with_ranks(rows: Sequence[AreaRow], values: Mapping[int, Fraction]) -> tuple[AreaRow, ...]:
    ranks = dict(zip(values, standard_competition(list(values.values())), strict=True))
    notes = insignificant({i: rows[i].satisfaction for i in ranks}, ranks)
    return tuple(
        replace(row, rank=ranks[i], rank_text=rank_text(ranks, i), rank_note=notes.get(i, "")) if i in ranks else row
        for i, row in enumerate(rows)
    )


def department_rows(material: Material) -> tuple[AreaRow, ...]:
    """All departments with a project in the wave, in their usual order: whole projects, so nothing below a project."""
    named = [project.lead_department for project in (*material.projects, *material.unlisted)]
    order = [name for name in material.given.departments if name in named]
    order += sorted({name for name in named if name and name not in order})
    return _ranked_departments(tuple(_department(material, place, name) for place, name in enumerate(order, 1)))


def _department(material: Material, place: int, name: str) -> AreaRow:
    scope = f"department:{place}"
    mine = tuple(project for project in material.projects if project.lead_department == name)
    codes = tuple(one.code for one in (*mine, *material.unlisted) if one.lead_department == name)
    satisfaction = _department_figure(material, scope, metric("M01"), mine)
    awareness = _department_figure(material, scope, metric("M06"), mine)
    printed = [p for p in material.weighable(metric("M01")) if p.lead_department == name]
    pairs = [material.pair(project, metric("M01")) for project in printed] if satisfaction.n else []
    x, n = sum(pair.x for pair in pairs), sum(pair.n for pair in pairs)
    return AreaRow(
        code=str(place),
        name=name,
        projects=codes,
        answers=Count("有效样本", n, str(n)),
        satisfied=_staff_count(material, "满意", x),
        dissatisfied=_staff_count(material, "不满意", n - x),
        satisfaction=satisfaction,
        awareness=awareness,
        rank=None,
        rank_text=NOT_RANKED,
        rank_note="",
    )


def _staff_count(material: Material, label: str, n: int) -> Count:
    if material.audience is disclosure.Audience.PUBLIC:
        return Count(label, None, disclosure.HIDDEN_TEXT)
    return Count(label, n, str(n))


def _department_figure(
    material: Material, scope: str, definition: MetricDefinition, mine: Sequence[ProjectFrame]
) -> Figure:
    """One project: its own figure; several: weighted over those whose figure is printed."""
    if not mine:
        return blank(scope, definition, "牵头项目没有可回访的名单")
    if len(mine) == 1:
        counts = material.counts(mine[0]).get(definition.item, {})
        figure = answer_figure(material.basis(mine[0]), definition, counts)
        return replace(figure, id=f"{scope}:{definition.id}")
    printed = tuple(p for p in material.weighable(definition) if p in mine and p.frame_kind is FrameKind.LIST)
    rate = weighted_rate(strata(printed, definition, material.by_project, material.by_project))
    return weighted_figure(scope, definition, rate, material.targets, material.least)


def _ranked_departments(rows: tuple[AreaRow, ...]) -> tuple[AreaRow, ...]:
    values = {
        i: Fraction(row.satisfaction.value).limit_denominator(10**12)
        for i, row in enumerate(rows)
        if row.satisfaction.value is not None and row.satisfaction.low is not None and not row.satisfaction.few
    }
    return _with_ranks(rows, values)
