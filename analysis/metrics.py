"""Every rate the reports print, as a named and versioned definition over answer counts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from analysis import scales
from analysis.scales import DONT_KNOW, SCALES, ScaleId


class Unit(StrEnum):
    """What a figure is measured in; 分 and % are never converted into each other."""

    PERCENT = "%"
    POINTS = "分"
    PERCENTAGE_POINTS = "个百分点"


class TargetKind(StrEnum):
    """Which target of the wave a metric is judged against; NONE is printed without a verdict."""

    NONE = "none"
    SATISFACTION = "satisfaction"
    AWARENESS = "awareness"


class Source(StrEnum):
    """Where the two integers come from."""

    ANSWERS = "answers"
    DISPOSITIONS = "dispositions"
    ESTIMATES = "estimates"


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """One metric: `positive` and `denominator` are codes of `item`; dispositions and estimates leave them empty."""

    id: str
    key: str
    name: str
    source: Source
    formula: str
    denominator_text: str
    note: str = ""
    item: str = ""
    scale: ScaleId | None = None
    positive: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    unit: Unit = Unit.PERCENT
    target: TargetKind = TargetKind.NONE
    version: str = "1"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A rate as it is kept: x of n, both integers (for a score: the sum of points and the number of answers)."""

    x: int
    n: int

    @property
    def fraction(self) -> Fraction | None:
        """x/n exactly, None without a denominator."""
        return Fraction(self.x, self.n) if self.n else None


_S5 = scales.codes(ScaleId.S5A)
_AWARE = (*scales.codes(ScaleId.A3), DONT_KNOW)
_FIVE = "五级有效答案之和,剔除说不清、拒答、不适用"
_ASKED = "全部被问知晓题的有效样本(不是跳转之后);说不清计为不知晓,拒答剔除"


def _answers(
    id_: str, key: str, name: str, item: str, scale: ScaleId, positive: tuple[str, ...], denominator: tuple[str, ...],
    formula: str, denominator_text: str, note: str = "", unit: Unit = Unit.PERCENT, target: TargetKind = TargetKind.NONE,
) -> MetricDefinition:  # fmt: skip
    return MetricDefinition(
        id_,
        key,
        name,
        Source.ANSWERS,
        formula,
        denominator_text,
        note,
        item,
        scale,
        positive,
        denominator,
        unit,
        target,
    )


def _other(
    id_: str, key: str, name: str, source: Source, formula: str, denominator_text: str, note: str = "",
    unit: Unit = Unit.PERCENT, target: TargetKind = TargetKind.NONE,
) -> MetricDefinition:  # fmt: skip
    return MetricDefinition(id_, key, name, source, formula, denominator_text, note, unit=unit, target=target)


_WIDE = scales.positive(ScaleId.S5A)
_STRICT = scales.positive(ScaleId.S5A, strict=True)
_SAT, _KNOW = TargetKind.SATISFACTION, TargetKind.AWARENESS

_DEFINITIONS: tuple[MetricDefinition, ...] = (
    _answers("M01", "satisfaction_rate_wide", "满意率(含基本满意)", "c1", ScaleId.S5A, _WIDE, _S5,
             "(非常满意+满意+基本满意)÷五级有效答案之和", _FIVE, "默认口径;严格率并列印出", target=_SAT),
    _answers("M02", "satisfaction_rate_wide_dk", "满意率(说不清计入分母)", "c1", ScaleId.S5A, _WIDE,
             (*_S5, DONT_KNOW),
             "(非常满意+满意+基本满意)÷(五级有效答案+说不清)", "五级有效答案与说不清之和;说不清计为非满意",
             "重庆2009年公布口径"),
    _answers("M03", "satisfaction_rate_strict", "满意率(不含基本满意)", "c1", ScaleId.S5A, _STRICT, _S5,
             "(非常满意+满意)÷五级有效答案之和", _FIVE, "严格口径,与默认口径并列"),
    _answers("M04", "satisfaction_score", "满意度得分", "c1", ScaleId.S5A, _S5, _S5,
             "Σ(赋值×人数)÷五级有效答案之和;赋值100/80/60/30/0", _FIVE, "单位是分,不是百分比", unit=Unit.POINTS),
    _answers("M05", "dissatisfaction_rate", "不满意率", "c1", ScaleId.S5A, ("2", "1"), _S5,
             "(不满意+非常不满意)÷五级有效答案之和", _FIVE, "与满意率(含基本满意)之和为100%"),
    _answers("M06", "awareness_wide", "知晓率", "a1", ScaleId.A3, scales.positive(ScaleId.A3), _AWARE,
             "(知道+听说过)÷全部被问知晓题的有效样本", _ASKED, "知晓率有自己的目标和判定,与满意率分开", target=_KNOW),
    _answers("M07", "awareness_strict", "知晓率(窄口径)", "a1", ScaleId.A3, scales.positive(ScaleId.A3, strict=True),
             _AWARE, "知道÷全部被问知晓题的有效样本", _ASKED),
    _answers("M08", "awareness_content", "政策内容知晓率", "m08", ScaleId.FLAG, ("1",), ("1", "0"),
             "能说出至少1条政策内容的人数÷有效样本", "全部被问知晓题的有效样本", "访问员按标准答案判,不提示"),
    _answers("M09", "participation_rate", "参与率", "u1", ScaleId.YES_NO, ("1",), ("1", "2", DONT_KNOW),
             "参加过征求意见、投票、座谈、评议、监督的人数÷有效样本", "有效样本,剔除拒答;说不清计为未参加"),
    _answers("M10", "benefit_rate", "受益率", "b1", ScaleId.RECEIVED, ("1", "3"), ("1", "2", "3", DONT_KNOW),
             "自述已享受或已拿到的人数÷有效样本", "有效样本,剔除拒答;不清楚计为未享受",
             "收到但数额或内容不对的计入已拿到,另列核查"),
    _answers("M11", "receipt_consistency", "名单与自述一致率", "b1", ScaleId.RECEIVED, ("1",),
             ("1", "2", "3", DONT_KNOW),
             "自述已足额收到的人数÷名单内完成样本", "名单内完成样本,剔除拒答;没有收到和数额不对的另列",
             "补助类关键指标"),
    _other("M15", "coverage_callback", "回访率(覆盖率)", Source.DISPOSITIONS, "有效提交的对象÷应回访对象",
           "本批次应回访对象(抽中人数)", "作废答卷剔除"),
    _other("M16", "connect_rate_attempt", "接通率(按拨打次数)", Source.DISPOSITIONS, "接通次数÷拨打次数",
           "全部拨打次数", "运营用"),
    _other("M17", "connect_rate_case", "接通率(按样本)", Source.DISPOSITIONS, "至少接通一次的样本÷已拨样本", "已拨样本"),
    _other("M18", "completion_rate", "完成率", Source.DISPOSITIONS, "完成有效问卷的样本÷已拨样本",
           "已拨样本", "有效提交即计,作废剔除"),
    _other("M19", "refusal_rate", "拒访率", Source.DISPOSITIONS, "拒访(含中途拒访未达有效)÷接通且合格样本",
           "接通且合格的样本"),
    _other("M20", "rr1", "应答率RR1", Source.DISPOSITIONS, "I÷[(I+P)+(R+NC+O)+(UH+UO)]",
           "全部合格与资格不明的样本", "AAPOR最低应答率"),
    _other("M21", "rr3", "应答率RR3", Source.DISPOSITIONS, "I÷[(I+P)+(R+NC+O)+e(UH+UO)]",
           "合格样本与按e估计的资格不明样本", "e=(I+P+R+NC+O)÷(I+P+R+NC+O+NE)"),
    _other("COOP1", "coop1", "合作率COOP1", Source.DISPOSITIONS, "I÷[(I+P)+R+O]", "接触到的合格样本", "AAPOR合作率"),
    _other("M29", "overall_weighted", "总体满意率(按受益人数加权)", Source.ESTIMATES, "Σ(N_h÷N)·p_h",
           "各项目满意率按受益人数加权", "默认总体口径;区间含有限总体修正", target=_SAT),
    _other("M30", "overall_equal", "总体满意率(按项目等权)", Source.ESTIMATES, "Σp_h÷H", "各项目满意率简单平均",
           "考核排名常用;不作达标判定"),
    _other("M31", "overall_pooled", "总体满意率(样本合并)", Source.ESTIMATES, "Σx_h÷Σn_h", "各项目有效答案合并",
           "只在自加权样本有效;不作达标判定"),
    _other("M32", "composite", "综合得分", Source.ESTIMATES, "Σλ_j·S_j,Σλ=1", "各分项得分按公布的权重合成",
           unit=Unit.POINTS),
    _other("M33", "gap_to_target", "与目标差距", Source.ESTIMATES, "p-目标", "同所比较的比率",
           unit=Unit.PERCENTAGE_POINTS),
    _answers("M35", "awareness_unprompted", "知晓率(提示前)", "m35", ScaleId.FLAG, ("1",), ("1", "0"),
             "知道或听说过、且不是只从本次联系才知道的人数÷全部被问知晓题的有效样本", _ASKED,
             "只报项目名、念说明之前", target=_KNOW),
    _answers("M36", "awareness_prompted", "知晓率(提示后)", "m36", ScaleId.FLAG, ("1",), ("1", "0"),
             "(提示前知晓+念一句话说明后表示听说过)的人数÷全部被问知晓题的有效样本", _ASKED,
             "本批次未设说明的项目不出此指标", target=_KNOW),
    _answers("M37", "district_overall", "区总体满意率(直接问)", "g1", ScaleId.S5A, _WIDE, _S5,
             "(非常满意+满意+基本满意)÷g1五级有效答案之和", _FIVE, "与按受益人数加权的总体满意率并列报告", target=_SAT),
)  # fmt: skip

METRICS: dict[str, MetricDefinition] = {definition.id: definition for definition in _DEFINITIONS}

POINTS_DEFAULT: dict[str, int] = {level.code: level.points or 0 for level in SCALES[ScaleId.S5A]}

KNOWN_LIST = "名单人数已知、按随机次序回访:精确超几何区间,双侧95%;只有名单上的人全部有效答复,区间才收缩为一点"
WEIGHTED = "按受益人数加权:超几何Korn-Graubard区间(HKG),双侧95%"
UNKNOWN_SIZE = "名单人数未知:Wilson区间,双侧95%"
OPEN_LINK = "开放链接的答卷不是抽样所得,仅供参考,不给区间,不判定"
NO_INTERVAL = "不给区间,不作达标判定"


def metric(id_: str) -> MetricDefinition:
    """The definition with this id; raises KeyError for an id that is not in the registry."""
    return METRICS[id_]


def headline_satisfaction(scale: ScaleId) -> MetricDefinition:
    """The default 满意率 of a scale: wide where the middle grade is positive, strict where its word is 一般."""
    return METRICS["M03" if scale is ScaleId.S5B else "M01"]


def ratio(definition: MetricDefinition, counts: Mapping[str, int], points: Mapping[str, int] | None = None) -> Ratio:
    """The integer pair of a metric of answers, from the number of answers per code.

    A metric in 分 returns the sum of points and the number of answers; `points` overrides 100/80/60/30/0.
    """
    n = sum(counts.get(code, 0) for code in definition.denominator)
    if definition.unit is Unit.POINTS:
        table = POINTS_DEFAULT if points is None else points
        return Ratio(sum(table[code] * counts.get(code, 0) for code in definition.denominator), n)
    return Ratio(sum(counts.get(code, 0) for code in definition.positive), n)


def composite(parts: Mapping[str, tuple[Fraction, Fraction]]) -> Fraction:
    """Σλ·S over name -> (weight, score); raises ValueError when the weights do not add up to 1 exactly."""
    if sum((weight for weight, _ in parts.values()), Fraction()) != 1:
        raise ValueError("weights of a composite score must add up to 1")
    return sum((weight * score for weight, score in parts.values()), Fraction())


def definition_text(definition: MetricDefinition, interval_method: str = NO_INTERVAL) -> str:
    """What a figure opens: name and version, formula, denominator with its don't-know rule, interval method."""
    lines = [
        f"{definition.name}(指标{definition.id},第{definition.version}版)",
        f"公式:{definition.formula}",
        f"分母:{definition.denominator_text}",
    ]
    if definition.item:
        lines.append(f"题号:{definition.item}")
    if definition.note:
        lines.append(f"说明:{definition.note}")
    lines.append(f"区间:{interval_method}")
    return "\n".join(lines)
