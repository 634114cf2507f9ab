"""Where the projects stand: funnels around target and average, ranks with the ranks that chance leaves open. Pure."""

from collections.abc import Sequence
from functools import lru_cache
from math import sqrt

from analysis import rounding, wording
from analysis.comparison import funnel
from analysis.comparison.funnel import Band, Funnel, Limits, Placed, Unit
from analysis.hypergeometric import exact_interval
from analysis.intervals import Interval, wilson
from analysis.ranking import RankRange, indistinct_groups, rank_ranges
from analysis.reporting.many.many_model import ENTIRE, ENTIRE_LABEL, FunnelPoint, FunnelView, Placing, Ranks
from analysis.reporting.report_model import Figure, ProjectRow

NO_RATES = "还没有出数的项目。"
_AWAY = (*(band.label for band in Band if band is not Band.inside), ENTIRE_LABEL)
VISIBLE = 1.05
"""A widening of less than a twentieth is not worth a word."""


def unit(figure: Figure) -> Unit:
    """The whole numbers behind a printed rate."""
    return Unit(figure.x or 0, figure.n or 0, figure.population)


@lru_cache(maxsize=32)
def _around_target(units: tuple[Unit, ...], target: int) -> Funnel:
    return funnel.around_target(units, target)


@lru_cache(maxsize=32)
def _around_average(units: tuple[Unit, ...]) -> Funnel:
    return funnel.around_average(units)


def around_target(rows: Sequence[ProjectRow], target: int) -> FunnelView:
    """Every project against the target (thousandths) and what chance allows around it."""
    found = _around_target(tuple(unit(row.satisfaction) for row in rows), target)
    share = wording.target(target)
    parts = (f"以目标{share}为中心。", _counted(found), "目标不是这些项目的平均数,所以两条界线不放宽。")
    return _view("target", f"各项目与目标{share}的距离", share, found, rows, "".join(parts))


def around_average(rows: Sequence[ProjectRow]) -> FunnelView:
    """Every project against all their answers together, wider where they scatter more than chance."""
    found = _around_average(tuple(unit(row.satisfaction) for row in rows))
    share = f"{rounding.share_text(found.centre)}%" if rows else wording.DASH
    parts = (f"以这些项目的答卷合在一起的{share}为中心。", _counted(found), _scatter(found.phi, len(rows)))
    return _view("average", "各项目与全区平均的距离", share, found, rows, "".join(parts))


def _counted(found: Funnel) -> str:
    labels = [_band(one)[1] for one in found.placed]
    away = [f"、{label}{labels.count(label)}个" for label in _AWAY if labels.count(label)]
    return f"{len(labels)}个项目中,正常波动{labels.count(Band.inside.label)}个{''.join(away)}。"


def _band(one: Placed) -> tuple[str, str]:
    """Code and words: a fully answered list has no chance about it, so it lies in no band."""
    if one.unit.n == one.unit.population:
        return ENTIRE, ENTIRE_LABEL
    return one.band.value, one.band.label


def _scatter(phi: float, count: int) -> str:
    if count < 2:
        return "只有一个项目,谈不上各项目之间的差别。"
    times = sqrt(phi)
    if times < VISIBLE:
        return "各项目之间的差别没有超出碰巧的范围,两条界线没有放宽。"
    return f"各项目之间的差别比碰巧造成的大(约{times:.1f}倍),两条界线已放宽到{times:.1f}倍。"


def _view(
    around: str, title: str, share: str, found: Funnel, rows: Sequence[ProjectRow], sentence: str
) -> FunnelView:  # fmt: skip
    points = []
    for row, one in zip(rows, found.placed, strict=True):
        band, label = _band(one)
        inner, outer = (_drawn(limits, found.centre) for limits in (one.inner, one.outer))
        points.append(
            FunnelPoint(
                project=row.code, name=row.name, figure=row.satisfaction.id, n=one.unit.n, value=one.unit.share,
                text=row.satisfaction.text, low=inner.low, high=inner.high, far_low=outer.low, far_high=outer.high,
                band=band, band_label=label,
            )
        )  # fmt: skip
    if not rows:
        sentence = NO_RATES
    return FunnelView(
        around=around, title=title, centre=found.centre, centre_text=share, phi=found.phi, sentence=sentence,
        points=tuple(points),
    )  # fmt: skip


def _drawn(limits: Limits | None, centre: float) -> Limits:
    return limits.shown if limits else Limits(centre, centre)


def ranks(rows: Sequence[ProjectRow], alpha: float) -> Ranks:
    """The ranked projects, best first, and the ranks that remain possible for each.

    With k projects every interval is taken at alpha / k, so that all the statements hold together at alpha.
    """
    placed = sorted((row for row in rows if row.rank is not None), key=lambda row: row.rank or 0)
    if len(placed) < 2:
        return Ranks(sentence="可以排名的项目不到两个,不比名次。", placings=(), groups=())
    intervals = [_interval(row.satisfaction, alpha / len(placed)) for row in placed]
    ranges = rank_ranges(intervals)
    groups = tuple(tuple(placed[i].name for i in group) for group in indistinct_groups(intervals) if len(group) > 1)
    return Ranks(sentence=_rank_sentence(len(placed), ranges), placings=_placings(placed, ranges), groups=groups)


def _placings(placed: Sequence[ProjectRow], ranges: Sequence[RankRange]) -> tuple[Placing, ...]:
    return tuple(
        Placing(
            project=row.code, name=row.name, figure=row.satisfaction.id, text=row.satisfaction.text,
            rank=row.rank or 0, rank_text=row.rank_text, best=found.best, worst=found.worst, range_text=found.label,
        )
        for row, found in zip(placed, ranges, strict=True)
    )  # fmt: skip


def _interval(figure: Figure, alpha: float) -> Interval:
    x, n = figure.x or 0, figure.n or 0
    if figure.population is None:
        return wilson(x, n, alpha)
    return exact_interval(x, n, figure.population, alpha).interval


def _rank_sentence(count: int, ranges: Sequence[RankRange]) -> str:
    if all(found.best == 1 and found.worst == count for found in ranges):
        return f"{count}个项目之间差异不显著,分不出先后,名次不要用来表扬或批评。"
    sure = sum(1 for found in ranges if found.best == found.worst)
    return f"{count}个项目里名次能确定的有{sure}个;其余只能说在第几名到第几名之间,同在一组的差异不显著,不要比先后。"
