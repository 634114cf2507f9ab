"""Whether a project is settled, so that nobody else on its list need be called, and why. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.hypergeometric import per_side
from analysis.sequential.order import Order, Person, Prefix, Result, in_list_order
from analysis.sequential.standing import Rule, Standing, evaluate
from analysis.verdicts import Verdict, deterministic


class Reason(StrEnum):
    """Why a project is settled, or why it is not yet."""

    certain_met = "certain_met"
    certain_not_met = "certain_not_met"
    evidence_met = "evidence_met"
    evidence_not_met = "evidence_not_met"
    list_closed = "list_closed"
    contradicted = "contradicted"
    no_replicate_closed = "no_replicate_closed"
    evidence_open = "evidence_open"


_SENTENCES = {
    Reason.certain_met: "已有{satisfied}人满意；还没有结果的人怎么回答，都达标，可以停止拨打。",
    Reason.certain_not_met: "已有{others}人不满意；还没有结果的人怎么回答，都不达标，可以停止拨打。",
    Reason.evidence_met: "名单次序的前{people}人已全部有结果，证据达到要求（要求{limit}倍），达标，可以停止拨打。",
    Reason.evidence_not_met: "名单次序的前{people}人已全部有结果，证据达到要求（要求{limit}倍），未达标，可以停止拨打。",
    Reason.list_closed: "名单上的人都已有结果，没有人可以再拨打。",
    Reason.contradicted: "前后几组的结果互相矛盾，不能据此停止，请继续拨打并复核。",
    Reason.no_replicate_closed: "还没有一组人全部有结果，不能判断，请继续拨打。",
    Reason.evidence_open: "证据还不够，请继续拨打。",
}
_CERTAIN = {Verdict.met: Reason.certain_met, Verdict.not_met: Reason.certain_not_met}
_BY_EVIDENCE = {Verdict.met: Reason.evidence_met, Verdict.not_met: Reason.evidence_not_met}


@dataclass(frozen=True, slots=True)
class Advice:
    """Whether to stop calling; the verdict that then stands; the reason, and the sentence that staff read."""

    stop: bool
    verdict: Verdict
    reason: Reason
    sentence: str
    standing: Standing


def settle(order: Order, people: Iterable[Person], rule: Rule | None = None, before: Sequence[Prefix] = ()) -> Advice:
    """Advice for one project from its order and everything known of its people.

    Certainty ("whatever follows") counts all answers, wherever they stand in the order, since it needs no randomness;
    evidence counts closed replicates only. Raises the errors of order.closed_looks.
    """
    known = list(people)
    standing = evaluate(order, known, rule, before)
    placed = in_list_order(order, known)
    satisfied = sum(person.result is Result.satisfied for person in placed)
    others = sum(person.result is Result.not_satisfied for person in placed)
    lost = sum(person.result is not Result.open and not person.result.valid for person in placed)
    return advise(standing, satisfied, others, order.population - lost)


def advise(standing: Standing, satisfied: int, others: int, possible: int) -> Advice:
    """Advice from where the looks stand and all valid answers so far, wherever they stand in the order.

    satisfied, others: people; possible: people of the list who may answer or have, those closed without an answer left
    out (too many is the cautious side). Raises CountsOutOfRange when more answered than could.
    """
    verdict, reason = _decide(standing, satisfied, others, possible)
    stop = reason in (*_CERTAIN.values(), *_BY_EVIDENCE.values(), Reason.list_closed)
    limit = float(1 / per_side(standing.rule.alpha))
    sentence = _SENTENCES[reason].format(
        satisfied=satisfied, others=others, people=standing.last.people, limit=f"{limit:g}"
    )
    return Advice(stop, verdict, reason, sentence, standing)


def _decide(standing: Standing, satisfied: int, others: int, possible: int) -> tuple[Verdict, Reason]:
    certain = deterministic(satisfied, satisfied + others, possible, standing.rule.target) if possible else None
    if certain is not None:
        return certain, _CERTAIN[certain]
    if not possible - satisfied - others:
        return Verdict.insufficient, Reason.list_closed
    if standing.contradicted:
        return Verdict.insufficient, Reason.contradicted
    if standing.verdict is not Verdict.insufficient:
        return standing.verdict, _BY_EVIDENCE[standing.verdict]
    return Verdict.insufficient, Reason.evidence_open if standing.looks else Reason.no_replicate_closed
