"""From counts to printed figures: the rate, its interval, its verdict, or the sentence why none is shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from msgspec.structs import replace

from analysis import rounding, wording
from analysis.hkg import Stratum
from analysis.hypergeometric import CountInterval, exact_interval
from analysis.intervals import Interval, wilson
from analysis.metrics import (
    KNOWN_LIST,
    NO_INTERVAL,
    OPEN_LINK,
    UNKNOWN_SIZE,
    WEIGHTED,
    MetricDefinition,
    Ratio,
    TargetKind,
    Unit,
    metric,
    ratio,
)
from analysis.reporting.report_input import FrameKind, WaveFacts
from analysis.reporting.report_model import CodeCount, Figure
from analysis.scales import DONT_KNOW, NONRESPONSE_LABELS, NOT_APPLICABLE, REFUSED, ScaleId, label
from analysis.scales import codes as scale_codes
from analysis.tallies import domain_size
from analysis.verdicts import Judgement, judge, judge_strata

NO_ANSWERS = "还没有有效答案"


@dataclass(frozen=True, slots=True)
class Targets:
    """Both targets of a wave in thousandths, and the two-sided error probability of every interval."""

    satisfaction: int
    awareness: int
    alpha: float

    def of(self, kind: TargetKind) -> int | None:
        """The target a metric is judged against, None for one that is only printed."""
        return {TargetKind.SATISFACTION: self.satisfaction, TargetKind.AWARENESS: self.awareness}.get(kind)


def targets_of(wave: WaveFacts) -> Targets:
    """The targets the wave was opened with."""
    return Targets(wave.satisfaction_target, wave.awareness_target, wave.alpha)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a rate of one list stands on: the list, who answered at all, and how it was worked.

    `scope` starts the figure's id; `least` is the smallest number of answers under which anything is printed.
    """

    scope: str
    population: int | None
    respondents: int
    drawn_all: bool
    tried_all: bool
    least: int
    kind: FrameKind
    targets: Targets
    staff: bool = True

    def domain(self, valid: int) -> int | None:
        """The people of the list a question with so many valid answers concerns."""
        if self.population is None:
            return None
        people = max(self.population, self.respondents)
        return domain_size(people, self.respondents, valid)


def blank(scope: str, definition: MetricDefinition, hidden: str) -> Figure:
    """A figure that cannot be given, with the sentence why."""
    return Figure(
        id=f"{scope}:{definition.id}", metric=definition.id, name=definition.name, unit=definition.unit, hidden=hidden
    )


def few(basis: Basis, definition: MetricDefinition, n: int) -> Figure:
    """A figure with too few answers to be printed: it carries no counts."""
    sentence = NO_ANSWERS if n == 0 else f"有效答案不足{basis.least}份,不出数"
    target = basis.targets.of(definition.target)
    shell = blank(basis.scope, definition, sentence)
    if target is None or basis.kind is FrameKind.OPEN:
        return shell
    words = f"有效答案只有{n}份,不足以判定;还需继续回访。" if basis.staff else f"{sentence}。"
    return replace(
        shell, target=target, verdict="insufficient", verdict_label="证据不足", reason="too_few", sentence=words
    )


def code_counts(definition: MetricDefinition, counts: Mapping[str, int]) -> tuple[CodeCount, ...]:
    """The answers behind a figure, levels first and nonresponse after; a figure opens them."""
    scale = definition.scale or ScaleId.FLAG
    levels = [(code, label(scale, code)) for code in scale_codes(scale)]
    rest = [(code, NONRESPONSE_LABELS[code]) for code in (DONT_KNOW, REFUSED, NOT_APPLICABLE) if counts.get(code)]
    return tuple(
        CodeCount(code, words, counts.get(code, 0), str(counts.get(code, 0))) for code, words in [*levels, *rest]
    )


def answer_figure(basis: Basis, definition: MetricDefinition, counts: Mapping[str, int]) -> Figure:
    """The figure of one metric of answers for one list of people.

    Rates get the exact interval of the list (Wilson where its size is unknown), and a verdict where the metric has a
    target; open-link answers get neither; a score in 分 gets no interval.
    """
    pair = ratio(definition, counts)
    if pair.n < max(basis.least, 1):
        return few(basis, definition, pair.n)
    figure = _plain(basis.scope, definition, pair, code_counts(definition, counts))
    if not basis.staff:
        return _public(_complete(figure, basis, definition, pair))
    return _complete(figure, basis, definition, pair)


def _public(figure: Figure) -> Figure:
    """The same figure without the counts of single answers: a rate and its base."""
    return replace(figure, x=None, counts=(), counts_text=f"{figure.n}份", sentence="")


def _complete(figure: Figure, basis: Basis, definition: MetricDefinition, pair: Ratio) -> Figure:
    if definition.unit is Unit.POINTS:
        return figure
    if basis.kind is FrameKind.OPEN:
        return replace(figure, note=OPEN_LINK, method=OPEN_LINK)
    population = basis.domain(pair.n)
    target = basis.targets.of(definition.target)
    method = UNKNOWN_SIZE if population is None else KNOWN_LIST
    figure = replace(figure, population=population, method=method)
    if target is None:
        return _with_interval(figure, *_interval(pair, population, basis.targets.alpha))
    judgement = judge(
        pair.x, pair.n, population, target, basis.targets.alpha, basis.drawn_all, basis.tried_all, basis.least
    )
    return judged(figure, judgement, Fraction(pair.x, pair.n), target)


def _plain(scope: str, definition: MetricDefinition, pair: Ratio, counts: tuple[CodeCount, ...]) -> Figure:
    value = Fraction(pair.x, pair.n)
    is_points = definition.unit is Unit.POINTS
    return Figure(
        id=f"{scope}:{definition.id}",
        metric=definition.id,
        name=definition.name,
        unit=definition.unit,
        x=pair.x,
        n=pair.n,
        value=float(value),
        text=wording.points(value) if is_points else wording.percent(value),
        counts_text=f"{pair.n}份" if is_points else f"{pair.x}/{pair.n}",
        method=NO_INTERVAL,
        counts=counts,
    )


def _interval(pair: Ratio, population: int | None, alpha: float) -> tuple[Interval, CountInterval | None]:
    if population is None:
        return wilson(pair.x, pair.n, alpha), None
    counts = exact_interval(pair.x, pair.n, population, alpha)
    return counts.interval, counts


def _with_interval(figure: Figure, interval: Interval | None, counts: CountInterval | None) -> Figure:
    if interval is None:
        return figure
    if counts is not None and counts.population:
        low, high = (rounding.percent_text(end, counts.population) for end in (counts.low, counts.high))
        text = f"{low}%—{high}%"
    else:
        text = wording.interval(interval.low, interval.high)
    return replace(figure, low=interval.low, high=interval.high, interval_text=text)


def judged(figure: Figure, judgement: Judgement, value: Fraction, target: int) -> Figure:
    """The figure with its verdict, its distance from the target and what must be said beside them."""
    figure = _with_interval(figure, judgement.interval, judgement.counts)
    return replace(
        figure,
        target=target,
        verdict=judgement.verdict.value,
        verdict_label=judgement.verdict.label,
        reason=judgement.reason.value if judgement.reason else "",
        sentence=judgement.sentence,
        distance=wording.distance(value, target),
        few=judgement.few,
        census=judgement.census,
        note=_note(figure, judgement, value, target),
    )


def _note(figure: Figure, judgement: Judgement, value: Fraction, target: int) -> str:
    parts = []
    if judgement.census:
        parts.append("名单全部有效答复,不存在抽样误差")
    if judgement.few:
        parts.append("样本偏少")
    if judgement.worst_best is not None:
        bounds = judgement.worst_best
        parts.append(
            f"全数回访尚有未答:最坏{rounding.share_text(bounds.low)}%、最好{rounding.share_text(bounds.high)}%"
        )
    if 1000 * value < target and figure.text == f"{rounding.percent_text(target, 1000)}%":
        parts.append(f"显示为{figure.text}但实际未达目标,按未修约的{figure.counts_text}判断")
    return ";".join(parts)


@dataclass(frozen=True, slots=True)
class WeightedRate:
    """A population-weighted rate: exactly, and the strata it is made of."""

    value: Fraction
    strata: tuple[Stratum, ...]

    @property
    def pair(self) -> Ratio:
        """Satisfied and answered, unweighted."""
        return Ratio(sum(one.x for one in self.strata), sum(one.n for one in self.strata))


def weighted_rate(strata: Sequence[Stratum]) -> WeightedRate | None:
    """sum(w x)/sum(w n) with w = N_h/r_h in whole fractions; None without answers."""
    answered = tuple(one for one in strata if one.n)
    total = sum((Fraction(one.population * one.n, one.rows) for one in answered), Fraction())
    if not total:
        return None
    part = sum((Fraction(one.population * one.x, one.rows) for one in answered), Fraction())
    return WeightedRate(part / total, answered)


def weighted_figure(
    scope: str, definition: MetricDefinition, rate: WeightedRate | None, targets: Targets, least: int, name: str = ""
) -> Figure:
    """A population-weighted figure with its HKG interval and a verdict where the metric has a target."""
    if rate is None or rate.pair.n < least:
        shell = blank(scope, definition, NO_ANSWERS if rate is None else f"有效答案不足{least}份,不出数")
        return replace(shell, name=name or definition.name)
    target = targets.of(definition.target)
    judgement = judge_strata(rate.strata, target or targets.satisfaction, targets.alpha, minimum=least)
    pair = rate.pair
    figure = Figure(
        id=f"{scope}:{definition.id}",
        metric=definition.id,
        name=name or definition.name,
        x=pair.x,
        n=pair.n,
        population=sum(one.population for one in rate.strata),
        value=float(rate.value),
        text=wording.percent(rate.value),
        counts_text=f"{pair.n}份有效答案",
        method=WEIGHTED,
    )
    if target is None:
        return _with_interval(figure, judgement.interval, None)
    figure = judged(figure, judgement, rate.value, target)
    return replace(figure, sentence=weighted_sentence(figure, pair.n))


_RELATIONS = {
    "met": "下限不低于目标{target},达标。",
    "not_met": "上限低于目标{target},未达标。",
    "insufficient": "跨过目标{target},暂不能判定。",
}


def weighted_sentence(figure: Figure, answers: int | None) -> str:
    """The verdict of a weighted rate in words, without counts that are not its own."""
    base = f"加权{figure.text}" + (f"(有效答案{answers}份)" if answers is not None else "")
    if not figure.interval_text or figure.target is None:
        return f"{base};算不出误差范围,暂不能判定。"
    relation = _RELATIONS[figure.verdict].format(target=wording.target(figure.target))
    return f"{base},95%区间{figure.interval_text},{relation}"


def plain_share(scope: str, metric_id: str, value: Fraction | None, note: str, name: str = "") -> Figure:
    """A share without interval or verdict: the equal and pooled forms, response rates, rates by mode."""
    definition = metric(metric_id)
    if value is None:
        return replace(blank(scope, definition, "没有可计算的数"), name=name or definition.name)
    return Figure(
        id=f"{scope}:{metric_id}",
        metric=metric_id,
        name=name or definition.name,
        value=float(value),
        text=wording.percent(value),
        note=note,
        method=NO_INTERVAL,
    )
