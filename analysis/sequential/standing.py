"""Where a project stands after its looks: running evidence, verdict, and an interval that bears it out. Pure.

How many people would answer (N_R) is unknown until everybody is closed. Two numbers that are never too small stand in
for it: the list less those already closed without an answer (default), or the whole list. With either the miss rate
stayed below its level wherever it was measured (docs/methodology-simulations.md), and at the end of the list the first
is N_R itself, so a fully answered list is judged by its count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import ceil, exp, floor, inf

from analysis.errors import CountsOutOfRange
from analysis.hypergeometric import CountInterval, per_side
from analysis.sequential.evidence import (
    NEAR_TARGET,
    UNIFORM,
    Evidence,
    Prior,
    mixture_evidence,
    reaches_met,
    reaches_not_met,
)
from analysis.sequential.interval import verdict_interval
from analysis.sequential.order import Order, Person, Prefix, closed_looks
from analysis.verdicts import Verdict, target_count


class Respondents(StrEnum):
    """Which number stands in for the people who would answer."""

    not_lost = "not_lost"  # the list less the people closed without an answer
    whole_list = "whole_list"


@dataclass(frozen=True, slots=True)
class Rule:
    """What was fixed before the first look: target in thousandths, two-sided alpha (0.05: E >= 40 per side), priors."""

    target: int = 900
    alpha: float = 0.05
    verdict_prior: Prior = NEAR_TARGET
    interval_prior: Prior = UNIFORM
    respondents: Respondents = Respondents.not_lost

    def __post_init__(self) -> None:
        target_count(self.target, 1)
        per_side(self.alpha)


@dataclass(frozen=True, slots=True)
class Standing:
    """The state after some looks; the next look needs nothing else.

    best: largest e-values so far; low, high: running intersection of the sets of interval.py as shares; met_at,
    not_met_at: first look, from 1, at which the evidence sufficed; population: people standing in for N_R now.
    """

    rule: Rule
    looks: int
    last: Prefix
    population: int
    now: Evidence
    best: Evidence
    low: Fraction
    high: Fraction
    met_at: int | None
    not_met_at: int | None

    @property
    def p_met(self) -> float:
        """Anytime p-value of "below the target"; small speaks for 达标."""
        return exp(-self.best.log_met)

    @property
    def p_not_met(self) -> float:
        """Anytime p-value of "reached"; small speaks for 未达标."""
        return exp(-self.best.log_not_met)

    @property
    def certain(self) -> Verdict | None:
        """The verdict that nobody left can change; None while both are possible."""
        if self.now.log_met == inf:
            return Verdict.met
        return Verdict.not_met if self.now.log_not_met == inf else None

    @property
    def _people(self) -> tuple[int, int]:
        """The running interval in whole people."""
        return ceil(self.low * self.population), floor(self.high * self.population)

    @property
    def contradicted(self) -> bool:
        """No number of people fits all looks, which happens with chance <= alpha, as with evidence for both verdicts."""
        low, high = self._people
        return low > high

    @property
    def verdict(self) -> Verdict:
        """达标 or 未达标 once its evidence sufficed at a look; certainty overrides, contradicting looks take it back."""
        if self.certain is not None:
            return self.certain
        if self.contradicted or (self.met_at is None and self.not_met_at is None):
            return Verdict.insufficient
        return Verdict.met if self.met_at is not None else Verdict.not_met

    @property
    def counts(self) -> CountInterval | None:
        """The interval to print, in people of `population`; it lies clear of the target exactly if there is a verdict.

        Contradicting looks leave what is known for certain. None while nobody can have answered.
        """
        population = self.population
        if not population:
            return None
        low, high = self._people
        if low > high:
            low, high = 0, population
        low, high = max(low, self.last.satisfied), min(high, population - self.last.answers + self.last.satisfied)
        if self.verdict is Verdict.insufficient:
            needed = target_count(self.rule.target, population)
            low, high = min(low, needed - 1), max(high, needed)
        return CountInterval(low, high, population)


NOTHING = Prefix(0, 0, 0)


def start(population: int, rule: Rule | None = None) -> Standing:
    """Before the first look: both e-values are 1, every share is possible. Raises CountsOutOfRange."""
    if population < 0:
        raise CountsOutOfRange(0, 0, population)
    even = Evidence(0.0, 0.0)
    return Standing(rule or Rule(), 0, NOTHING, population, even, even, Fraction(0), Fraction(1), None, None)


def look(standing: Standing, prefix: Prefix, listed: int) -> Standing:
    """The state after one more look at a longer closed prefix of a list of `listed` people; its cost does not grow.

    Raises CountsOutOfRange when the prefix is no continuation of the last one.
    """
    rule, last = standing.rule, standing.last
    grows = last.people <= prefix.people <= listed and last.answers <= prefix.answers and last.lost <= prefix.lost
    if not grows or not 0 <= prefix.satisfied - last.satisfied <= prefix.answers - last.answers:
        raise CountsOutOfRange(prefix.satisfied, prefix.answers, listed)
    population = listed - (prefix.lost if rule.respondents is Respondents.not_lost else 0)
    seen = replace(standing, looks=standing.looks + 1, last=prefix, population=population)
    return _weigh(seen, prefix.satisfied, prefix.answers, population) if population else seen


def _weigh(standing: Standing, s: int, t: int, population: int) -> Standing:
    rule, number = standing.rule, standing.looks
    needed = target_count(rule.target, population)
    now = mixture_evidence(s, t, population, needed, rule.verdict_prior)
    met = reaches_met(s, t, population, needed, rule.alpha, rule.verdict_prior)
    not_met = reaches_not_met(s, t, population, needed, rule.alpha, rule.verdict_prior)
    counts = verdict_interval(s, t, population, needed, rule.alpha, rule.verdict_prior, rule.interval_prior)
    return replace(
        standing,
        now=now,
        best=Evidence(max(standing.best.log_met, now.log_met), max(standing.best.log_not_met, now.log_not_met)),
        low=max(standing.low, Fraction(counts.low, population)),
        high=min(standing.high, Fraction(counts.high, population)),
        met_at=standing.met_at or (number if met else None),
        not_met_at=standing.not_met_at or (number if not_met else None),
    )


def follow(prefixes: Iterable[Prefix], listed: int, rule: Rule | None = None) -> Standing:
    """The state after looks at rising prefixes of a list of `listed` people. Raises CountsOutOfRange."""
    standing = start(listed, rule)
    for prefix in prefixes:
        standing = look(standing, prefix, listed)
    return standing


def evaluate(
    order: Order, people: Iterable[Person], rule: Rule | None = None, before: Sequence[Prefix] = ()
) -> Standing:
    """Where a project stands: every closed replicate of its pre-drawn order is one look, and nothing else is.

    Raises the errors of order.closed_looks when a condition of valid evidence is broken.
    """
    return follow(closed_looks(order, people, before), order.population, rule)
