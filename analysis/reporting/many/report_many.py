"""The section "many projects": claims, watch list, funnels, ranks, model rates, ways of asking and remarks. Pure.

Made only of figures that the report prints: what is hidden there has no counts and therefore no place here.
"""

from collections.abc import Sequence
from functools import lru_cache

from analysis import rounding
from analysis.comparison import shrinkage
from analysis.comparison.multiplicity import Claim
from analysis.comparison.shrinkage import Shrunk
from analysis.intervals import Interval
from analysis.nonresponse.modes import FEW, ModeRate, by_mode
from analysis.quality import sentences
from analysis.quality.flags import Code, Flag
from analysis.quality.publishing import RateToShow, publication
from analysis.reporting.many import claiming, placing
from analysis.reporting.many.many_model import Many, ModelRow, ModelView, ModeRow, ModesView, Remark
from analysis.reporting.report_figures import Targets
from analysis.reporting.report_model import Figure, ProjectRow

MODEL_LABEL = "模型估计"
INTERIM = "批次还没有结束,这几张名单每天会变;对外说请等批次结束。"
ENTIRE = "全部答复,不用估计"
SOME_HIDDEN = f"有的方式不足{FEW}份答案,各方式之间暂不能比较。"


def many(rows: Sequence[ProjectRow], modes: Sequence[Figure], targets: Targets, *, closed: bool) -> Many:
    """The projects of a wave together.

    rows: the report's own, of which those with a printed, judged 满意率 take part; modes: the printed rates by way of
    asking; targets: in thousandths, with the two-sided alpha of the printed intervals. Raises TargetOutOfRange.
    """
    judged = tuple(row for row in rows if _is_judged(row.satisfaction))
    found = claiming.tests(judged, targets.satisfaction)
    side = targets.alpha / 2
    return Many(
        judged=len(judged),
        sentence=_sentence(len(judged)),
        interim_text="" if closed or not judged else INTERIM,
        met=claiming.claim_list(judged, found, Claim.met, side),
        not_met=claiming.claim_list(judged, found, Claim.not_met, side),
        watch=claiming.watch(judged, found),
        around_target=placing.around_target(judged, targets.satisfaction),
        around_average=placing.around_average(judged),
        ranks=placing.ranks(judged, targets.alpha),
        model=_model(judged),
        modes=_modes(modes, targets.alpha),
        remarks=_remarks(judged),
    )


def _is_judged(figure: Figure) -> bool:
    return figure.value is not None and figure.x is not None and bool(figure.n) and figure.verdict != ""


def _sentence(judged: int) -> str:
    if not judged:
        return placing.NO_RATES
    return f"{judged}个项目出了满意率。项目一多,总有几个碰巧偏高或偏低;把它们放在一起说,要求比单看一个项目更严。"


@lru_cache(maxsize=32)
def _shrunk(counts: tuple[tuple[int, int], ...]) -> Shrunk:
    return shrinkage.beta_binomial(counts)


def _model(rows: Sequence[ProjectRow]) -> ModelView:
    """Beside the printed rates, never instead of them; fewer than two projects give no model."""
    if len(rows) < 2:
        return ModelView(label=MODEL_LABEL, sentence="项目不到两个,不作模型估计。", mean=None, strength=None, rows=())
    found = _shrunk(tuple((row.satisfaction.x or 0, row.satisfaction.n or 0) for row in rows))
    shown = tuple(_model_row(row, share) for row, share in zip(rows, found.shares, strict=True))
    return ModelView(
        label=MODEL_LABEL, sentence=_model_sentence(found), mean=found.mean, strength=found.strength, rows=shown
    )


def _model_row(row: ProjectRow, share: float) -> ModelRow:
    figure = row.satisfaction
    whole = figure.census or figure.n == figure.population
    return ModelRow(
        project=row.code, name=row.name, figure=figure.id, n=figure.n or 0, text=figure.text,
        model=None if whole else share, model_text=ENTIRE if whole else f"{rounding.share_text(share)}%",
    )  # fmt: skip


def _model_sentence(found: Shrunk) -> str:
    what = "模型估计把每个项目往全部项目的平均数上拉,答案越少拉得越多;它只供参考,不代替调查得到的率,也不作判定。"
    mean = rounding.share_text(found.mean)
    if found.strength is None:
        return f"{what}这些项目之间的差别没有超出碰巧的范围,所以模型估计都是{mean}%。"
    return f"{what}平均数{mean}%,相当于给每个项目另加{found.strength:.0f}份答案。"


def _modes(figures: Sequence[Figure], alpha: float) -> ModesView:
    shown = {one.name: (one.x, one.n) for one in figures if one.x is not None and one.n is not None}
    found = by_mode(shown, alpha)
    rates = {one.mode: one for one in found.rates}
    sentence = found.sentence if len(shown) == len(figures) else SOME_HIDDEN
    return ModesView(sentence=sentence, rows=tuple(_mode_row(one, rates.get(one.name)) for one in figures))


def _mode_row(figure: Figure, rate: ModeRate | None) -> ModeRow:
    if rate is None:
        return ModeRow(name=figure.name, text=figure.hidden, counts_text="", interval_text="", difference_text="")
    low, high = (rounding.share_text(end) for end in (rate.interval.low, rate.interval.high))
    return ModeRow(
        name=figure.name, text=figure.text, counts_text=figure.counts_text, interval_text=f"{low}%—{high}%",
        difference_text=_difference(rate),
    )  # fmt: skip


def _difference(rate: ModeRate) -> str:
    if rate.difference is None:
        return "答案最多,作比较的底"
    gap = rounding.share_text(abs(rate.difference))
    words = f"{'高' if rate.difference > 0 else '低'}{gap}个百分点" if gap != "0.0" else "差不到0.1个百分点"
    return f"{words},{'超出碰巧的范围' if rate.differs else '差异不显著'}"


def _remarks(rows: Sequence[ProjectRow]) -> tuple[Remark, ...]:
    """The first mark of each figure, one sentence each."""
    found = ((row, _marks(row)) for row in rows)
    return tuple(
        Remark(project=row.code, name=row.name, figure=row.satisfaction.id, code=flags[0].code.value,
               sentence=_words(flags[0]))
        for row, flags in found
        if flags
    )  # fmt: skip


def _marks(row: ProjectRow) -> tuple[Flag, ...]:
    figure = row.satisfaction
    n, value = figure.n or 0, figure.value or 0.0
    interval = None if figure.low is None or figure.high is None else Interval(figure.low, figure.high)
    rate = RateToShow(figure.id, n, value, interval, float(n), census=figure.census or n == figure.population)
    return publication(rate, least=1).flags


def _words(flag: Flag) -> str:
    """The report prints wide intervals with their rate, so it must not say that the rate is not shown."""
    return sentences.wide_but_shown(flag.strength) if flag.code is Code.wide_interval else flag.sentence
