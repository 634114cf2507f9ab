"""The three named forms of 总体 over several projects; which one is printed must always be said. Pure.

Formulas: metrics M29 (weighted by population), M30 (equal by project), M31 (pooled sample).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from analysis.hkg import Stratum, rate_interval, stratified_rate
from analysis.intervals import Interval


class Form(StrEnum):
    """How several projects become one number; the first is the default."""

    weighted = "weighted"
    equal = "equal"
    pooled = "pooled"

    @property
    def label(self) -> str:
        return _NAMES[self][0]

    @property
    def meaning(self) -> str:
        """What the number answers, one sentence."""
        return _NAMES[self][1]


_NAMES = {
    Form.weighted: ("按受益人数加权", "名单上每个人算一份:人多的项目分量大,回答的是受益群众总体上满不满意。"),
    Form.equal: ("按项目等权", "每个项目算一份:人少的项目和人多的一样重,回答的是各项目平均做得怎么样。"),
    Form.pooled: ("样本合并", "每份答卷算一份:调查多的项目分量大,只有各项目按同一比例抽样时才代表总体。"),
}


@dataclass(frozen=True, slots=True)
class Overall:
    """Shares in [0, 1]; every field None without answers, an interval also with less than one degree of freedom.

    weighted: by people on the lists (按受益人数加权); equal: mean of the projects' rates (按项目等权);
    pooled: all answers thrown together (样本合并), right only for self-weighting samples.
    """

    weighted: float | None
    weighted_se: float | None
    weighted_interval: Interval | None
    equal: float | None
    pooled: float | None
    equal_se: float | None = None
    equal_interval: Interval | None = None
    pooled_interval: Interval | None = None
    self_weighting: bool = False

    def estimate(self, form: Form) -> float | None:
        """The share in one form."""
        return {Form.weighted: self.weighted, Form.equal: self.equal, Form.pooled: self.pooled}[form]

    def interval(self, form: Form) -> Interval | None:
        """Its interval."""
        found = {Form.weighted: self.weighted_interval, Form.equal: self.equal_interval}
        return found.get(form, self.pooled_interval)


def _own_interval(project: Stratum, alpha: float) -> Interval:
    """One project's interval; with a single answer only what is certain: the others all dissatisfied or all satisfied."""
    found = rate_interval(stratified_rate([project]), alpha)
    if found is not None:
        return found
    people = project.answering_population
    return Interval(project.x / people, 1 - (project.n - project.x) / people)


def _equal_interval(answered: Sequence[Stratum], estimate: float, alpha: float) -> Interval:
    """The projects' own intervals combined (MOVER, Zou and Donner 2008): p - sqrt(sum (p_i - low_i)²)/k, and above."""
    rates = [one.x / one.n for one in answered]
    own = [_own_interval(one, alpha) for one in answered]
    down = sqrt(sum((p - one.low) ** 2 for p, one in zip(rates, own, strict=True))) / len(own)
    up = sqrt(sum((one.high - p) ** 2 for p, one in zip(rates, own, strict=True))) / len(own)
    return Interval(max(0.0, estimate - down), min(1.0, estimate + up))


def _self_weighting(answered: Sequence[Stratum]) -> bool:
    """Whether every interview of every project stands for equally many people, compared in whole numbers."""
    first = answered[0]
    return all(one.population * first.rows == first.population * one.rows for one in answered)


def overall(strata: Sequence[Stratum], alpha: float = 0.05) -> Overall:
    """One stratum per project. Projects without valid answers are left out of all three forms.

    The pooled form has an interval only when the sample is self-weighting, because otherwise it estimates nothing.
    """
    answered = [one for one in strata if one.n]
    if not answered:
        return Overall(None, None, None, None, None)
    rate = stratified_rate(answered)
    equal = sum(one.x / one.n for one in answered) / len(answered)
    alike = _self_weighting(answered)
    return Overall(
        weighted=rate.estimate,
        weighted_se=sqrt(rate.variance),
        weighted_interval=rate_interval(rate, alpha),
        equal=equal,
        pooled=rate.x / rate.n,
        equal_se=sqrt(sum(stratified_rate([one]).variance for one in answered)) / len(answered),
        equal_interval=_equal_interval(answered, equal, alpha),
        pooled_interval=rate_interval(rate, alpha) if alike else None,
        self_weighting=alike,
    )
