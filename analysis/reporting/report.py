"""A whole report from counts: every number with its definition, interval, verdict, or the reason there is none. Pure."""

from analysis import tallies, wording
from analysis.metrics import (
    KNOWN_LIST,
    METRICS,
    NO_INTERVAL,
    WEIGHTED,
    MetricDefinition,
    Source,
    Unit,
    definition_text,
    metric,
)
from analysis.reporting import disclosure
from analysis.reporting.disclosure import Audience
from analysis.reporting.many.report_many import many
from analysis.reporting.report_areas import department_rows, zone_rows
from analysis.reporting.report_evidence import evidence_rows
from analysis.reporting.report_fieldwork import fieldwork
from analysis.reporting.report_input import ReportInput, WaveFacts
from analysis.reporting.report_integrity import integrity
from analysis.reporting.report_material import Material, prepare
from analysis.reporting.report_model import AreaRow, Count, Definition, Fieldwork, Report, WaveView
from analysis.reporting.report_overall import headline, verdict_groups
from analysis.reporting.report_projects import project_rows, unlisted_rows
from analysis.scales import DONT_KNOW

FORMAT = "survey-report/1"
_WEIGHTED_METRICS = frozenset({"M29", "M37"})


def build(given: ReportInput, audience: Audience = Audience.STAFF) -> Report:
    """The report of one wave for staff or for the public page.

    Raises what the statistics raise on impossible counts (CountsOutOfRange) and on a target outside 1..1000.
    """
    material = prepare(given, audience)
    rows = project_rows(material)
    top = headline(material, rows)
    worked = fieldwork(material)
    zones = zone_rows(material)
    return Report(
        format=FORMAT,
        audience=audience.value,
        wave=wave_view(given.wave),
        headline=top,
        verdicts=verdict_groups(rows),
        projects=rows,
        unlisted=unlisted_rows(material),
        zones=zones,
        departments=department_rows(material),
        reasons=_reasons(material),
        fieldwork=worked,
        integrity=integrity(material, top.weighted),
        notes=_notes(given, worked, zones),
        definitions=definitions(),
        evidence=evidence_rows(material),
        # the watch list and the counts are for the office: the public page has no part of this
        many=many(rows, top.by_mode, material.targets, closed=given.wave.closed is not None)
        if audience is Audience.STAFF
        else None,
    )


def definitions() -> dict[str, Definition]:
    """All metrics with the text a figure opens."""
    return {one.id: Definition(one.id, one.version, one.name, definition_text(one, _method(one))) for one in _all()}


def _all() -> tuple[MetricDefinition, ...]:
    return tuple(METRICS.values())


def _method(definition: MetricDefinition) -> str:
    if definition.id in _WEIGHTED_METRICS:
        return WEIGHTED
    if definition.source is Source.ANSWERS and definition.unit is Unit.PERCENT:
        return f"{KNOWN_LIST};名单人数未知时用Wilson区间;跨项目汇总时{WEIGHTED}"
    return NO_INTERVAL


def wave_view(wave: WaveFacts) -> WaveView:
    """The wave's facts as printed words."""
    return WaveView(
        code=wave.code,
        title=wave.title,
        role=wave.role,
        district=wave.district,
        issuer=wave.issuer,
        commissioner=wave.commissioner,
        starts=wave.starts.isoformat(),
        ends=wave.ends.isoformat(),
        period_text=wording.period(wave.starts, wave.ends),
        as_of=wave.as_of.isoformat(),
        as_of_text=wording.moment(wave.as_of),
        closed=wave.closed is not None,
        interim_text="" if wave.closed else f"批次尚未结束,以下为截至{wording.moment(wave.as_of)}的进行中数据。",
        demonstration_text=_demonstration(wave),
        seed=wave.seed,
        frame_digest=wave.frame_digest,
        frame_date_text=wording.day(wave.frame_date) if wave.frame_date else "",
        approval_text=_approval(wave),
        form_text=" ".join(part for part in (wave.form_name, wave.form_version) if part),
        satisfaction_target=wave.satisfaction_target,
        awareness_target=wave.awareness_target,
    )


def _demonstration(wave: WaveFacts) -> str:
    if not wave.is_demonstration:
        return ""
    real = f",真实时间{wording.moment(wave.real_as_of)}" if wave.real_as_of else ""
    return f"演示数据:人员和答卷均为虚构{real}。"


def _approval(wave: WaveFacts) -> str:
    if not wave.approval_number:
        return "未填写批准或备案文号。"
    until = f",有效期至{wording.day(wave.approval_until)}" if wave.approval_until else ""
    return f"{wave.approval_authority}{wave.approval_number}{until}。"


def _reasons(material: Material) -> tuple[Count, ...]:
    """What the dissatisfied named, over the published projects, most frequent first; 1 to 4 print <5."""
    labels = wording.REASON_LABELS | dict(material.given.reason_labels)
    counts = tallies.total(material.counts(project) for project in material.published(metric("M01")))
    named = [(code, n) for code, n in counts.get(tallies.REASON_ITEM, {}).items() if n and code != DONT_KNOW]
    rows = []
    for code, n in sorted(named, key=lambda pair: (-pair[1], pair[0])):
        few = disclosure.is_few(n, material.least)
        rows.append(Count(labels.get(code, code), None if few else n, f"<{material.least}" if few else str(n)))
    return tuple(rows)


def _notes(given: ReportInput, worked: Fieldwork, zones: tuple[AreaRow, ...]) -> tuple[str, ...]:
    alpha = f"{100 * (1 - given.wave.alpha):g}%"
    notes = [
        f"区间为双侧{alpha}。先列名义率,后作判定;判定按未修约的分子分母作出,不按显示的百分数。",
        "本结果只说明名单内愿意答复者折算到名单的情况;无应答者的看法未知,应答率一并列出。",
        "电话、手机自填与入户的回答方式不同,结果可能有差异,分方式列出,不混比。",
        "量表、题目、对象或方式不同的调查(含上级民调)不可直接相比。",
        "有效答案不足5份(敏感项目不足10份)的不出比率;片区里1至4人的类别印“<5”,并同时隐去其他格,防止反推。",
    ]
    if any(zone.rank is None for zone in zones):
        notes.append("有效样本不足30份的片区不排名、不给区间。")
    if not worked.outcomes:
        notes.append("本报告未含拨打结果,应答率从缺。")
    return tuple(notes)
