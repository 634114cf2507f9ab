"""What is known of each project while it is still called: certainty, bounds, evidence, whether calling may end. Pure."""

from dataclasses import dataclass
from math import exp, floor, log

from analysis import wording
from analysis.errors import (
    AnswerWithoutPlace,
    AttemptsCapChanged,
    AttemptsOverCap,
    ClosedTooEarly,
    LookChanged,
    OrderDrawnTooLate,
    PlaceOutOfRange,
    PlaceTwice,
    ReplicatesBroken,
    SeedNotCommitted,
)
from analysis.hypergeometric import per_side
from analysis.metrics import MetricDefinition, metric
from analysis.nonresponse.bounds import Robust, WorstCase
from analysis.reporting import disclosure
from analysis.reporting.disclosure import Audience
from analysis.reporting.report_input import ProjectFrame, ProjectLooks
from analysis.reporting.report_material import Material
from analysis.reporting.report_model import EvidenceRow
from analysis.rounding import percent_text, target_text
from analysis.sequential import stopping
from analysis.sequential.order import Prefix
from analysis.sequential.standing import Rule, Standing, follow
from analysis.verdicts import Verdict

REFUSALS = {
    AnswerWithoutPlace.__name__: "有答卷对不上名单里的位置",
    AttemptsCapChanged.__name__: "每人最多打几次没有在开始前定好",
    AttemptsOverCap.__name__: "有人被拨打的次数超过事先定的上限",
    ClosedTooEarly.__name__: "有人还没打满事先定的次数就被放弃",
    LookChanged.__name__: "已看过的那几组人，答卷后来变了",
    OrderDrawnTooLate.__name__: "名单的次序是在第一次联系之后才排的",
    PlaceOutOfRange.__name__: "有人的位置不在名单之内",
    PlaceTwice.__name__: "名单里有两个人排在同一个位置",
    ReplicatesBroken.__name__: "名单分组的界线不对",
    SeedNotCommitted.__name__: "抽样种子没有在开始前存好承诺值",
}
NOT_WATCHED = "{why},不能边看边定论;这个项目到批次结束时按通常的区间判定一次。"
WATCHED = (
    "这些证据可以天天看:名单的次序在第一个电话之前排好,前面的人全部有了结果才看一次,达到要求的倍数才下结论,"
    "所以不论看多少次,错判达标或未达标的机会各不超过2.5%。"
)
MOST_TIMES = 1000
INELIGIBLE = "NE"
_SATISFACTION, _AWARENESS = "M01", "M06"
_CERTAIN = {
    Robust.met: "无论名单上其余的人怎么说,都达标。",
    Robust.not_met: "无论名单上其余的人怎么说,都不达标。",
    Robust.depends: "",
}


@dataclass(frozen=True, slots=True)
class _Known:
    """One project with what its looks say; `standing` is None where none was or may be taken."""

    project: ProjectFrame
    looks: ProjectLooks
    bounds: WorstCase
    standing: Standing | None


def refusal_text(refusal: str) -> str:
    """Why a project may not be watched while it is called, one sentence; "" for "" (it may)."""
    if not refusal:
        return ""
    return NOT_WATCHED.format(why=REFUSALS.get(refusal, "排名单、定次数或答卷的某个条件没有守住"))


def evidence_rows(material: Material) -> tuple[EvidenceRow, ...]:
    """One row for each listed project whose 满意率 is printed, in the order of the programme; staff only.

    A public page has none: two of them in sequence would show the answers of the people in between.
    Raises CountsOutOfRange when the looks are none of the list.
    """
    if material.audience is not Audience.STAFF:
        return ()
    looks = {one.project: one for one in material.given.looks}
    return tuple(
        _row(material, _known(material, project, looks[project.code]))
        for project in material.weighable(metric(_SATISFACTION))
        if project.code in looks
    )


def _known(material: Material, project: ProjectFrame, looks: ProjectLooks) -> _Known:
    pair = material.pair(project, metric(_SATISFACTION))
    outside = sum(one.n for one in material.given.outcomes if one.project == project.code and one.group == INELIGIBLE)
    people = max((project.population or 0) - outside, pair.n)
    bounds = WorstCase(people, pair.n, pair.x, material.given.wave.satisfaction_target)
    return _Known(project, looks, bounds, _standing(material, project, looks, metric(_SATISFACTION)))


def _standing(
    material: Material, project: ProjectFrame, looks: ProjectLooks, definition: MetricDefinition
) -> Standing | None:
    """Where the looks stand; None when none may be taken, or too few answers lie in them for a figure."""
    taken = dict(looks.looks).get(definition.id, ())
    least = disclosure.minimum(project.sensitive, material.audience)
    if looks.refusal or not taken or taken[-1][1] < least:
        return None
    wave = material.given.wave
    target = wave.satisfaction_target if definition.id == _SATISFACTION else wave.awareness_target
    return follow((Prefix(*one) for one in taken), looks.listed, Rule(target=target, alpha=wave.alpha))


def _row(material: Material, known: _Known) -> EvidenceRow:
    bounds, standing = known.bounds, known.standing
    advice = _advice(material, known)
    verdict = standing.verdict if standing else None
    aware = _standing(material, known.project, known.looks, metric(_AWARENESS))
    settled = known.looks.settled
    return EvidenceRow(
        project=known.project.code, name=known.project.name, certain_text=_CERTAIN[bounds.robust],
        worst_text=f"{percent_text(bounds.satisfied, bounds.population)}%",
        best_text=f"{percent_text(bounds.satisfied + bounds.missing, bounds.population)}%",
        tipping_text=bounds.sentence, people=standing.last.people if standing else 0,
        looks=standing.looks if standing else 0, evidence_text=evidence_text(standing) if standing else "",
        needed_text=f"{_needed(material.given.wave.alpha):g}倍", verdict=verdict.value if verdict else "",
        verdict_label=verdict.label if verdict else "", interval_text=_interval(standing),
        awareness_text=_awareness(aware), stop=_may_stop(material, known, advice),
        advice=advice.reason.value if advice else "", advice_text=_advice_text(material, known, advice, aware),
        settled_text=f"{wording.moment(settled)}起已停止拨打。" if settled else "",
        refusal=refusal_text(known.looks.refusal),
    )  # fmt: skip


def _needed(alpha: float) -> float:
    return float(1 / per_side(alpha))


def evidence_text(standing: Standing) -> str:
    """The larger of the two e-values in words: "达标12倍"; rounded down, so that 40 is never printed below 40."""
    met, not_met = standing.best.log_met, standing.best.log_not_met
    word, times, reached = (
        (Verdict.met.label, met, standing.met_at)
        if met >= not_met
        else (Verdict.not_met.label, not_met, standing.not_met_at)
    )
    if times >= log(MOST_TIMES):
        return f"{word}{MOST_TIMES}倍以上"
    value = exp(times)
    if reached is not None:
        value = max(value, _needed(standing.rule.alpha))
    shown = f"{floor(value)}" if value >= 10 else f"{floor(10 * value) / 10:g}"
    return f"{word}{shown}倍"


def _interval(standing: Standing | None) -> str:
    counts = standing.counts if standing else None
    if counts is None or not counts.population:
        return ""
    return f"{percent_text(counts.low, counts.population)}%—{percent_text(counts.high, counts.population)}%"


def _awareness(standing: Standing | None) -> str:
    if standing is None:
        return ""
    return f"知晓率:{evidence_text(standing)},{standing.verdict.label}。"


def _advice(material: Material, known: _Known) -> stopping.Advice | None:
    """Advice on 满意率; none where no look may be taken or the wave is over."""
    if known.looks.refusal or material.given.wave.closed is not None:
        return None
    taken = dict(known.looks.looks).get(_SATISFACTION, ())
    lost = Prefix(*taken[-1]).lost if taken else 0
    wave, bounds = material.given.wave, known.bounds
    standing = known.standing or follow((), known.looks.listed, Rule(wave.satisfaction_target, wave.alpha))
    possible = max(known.looks.listed - lost, bounds.answered)
    return stopping.advise(standing, bounds.satisfied, bounds.answered - bounds.satisfied, possible)


def _may_stop(material: Material, known: _Known, advice: stopping.Advice | None) -> bool:
    return advice is not None and advice.stop and known.looks.settled is None and not _all_closed(known)


def _all_closed(known: _Known) -> bool:
    """Nobody drawn is left to be called."""
    taken = dict(known.looks.looks).get(_SATISFACTION, ())
    return bool(taken) and taken[-1][0] >= known.project.drawn


def _advice_text(material: Material, known: _Known, advice: stopping.Advice | None, aware: Standing | None) -> str:
    if advice is None:
        return ""
    if _all_closed(known):
        return "抽中的人都已有结果,没有人要再拨打。"
    open_rate = advice.stop and (aware is None or aware.verdict is Verdict.insufficient)
    goal = target_text(material.given.wave.awareness_target)
    also = f"知晓率(目标{goal}%)还没有定论,停止后只能按现有答卷判定。" if open_rate else ""
    return advice.sentence + also
