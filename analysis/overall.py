"""The three named forms of 总体 over several projects; which one is printed must always be said. Pure.

Formulas: metrics M29 (weighted by population), M30 (equal by project), M31 (pooled sample).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from analysis.hkg import Stratum, rate_interval, stratified_rate
from analysis.intervals import Interval


@dataclass(frozen=True, slots=True)
class Overall:
    """Shares in [0, 1]; every field None without answers, the interval also with less than one degree of freedom.

    weighted: by people on the lists (按受益人数加权); equal: mean of the projects' rates (按项目等权);
    pooled: all answers thrown together (样本合并), right only for self-weighting samples.
    """

    weighted: float | None
    weighted_se: float | None
    weighted_interval: Interval | None
    equal: float | None
    pooled: float | None


def overall(strata: Sequence[Stratum], alpha: float = 0.05) -> Overall:
    """One stratum per project. Projects without valid answers are left out of all three forms."""
    answered = [one for one in strata if one.n]
    if not answered:
        return Overall(None, None, None, None, None)
    rate = stratified_rate(answered)
    equal = sum(one.x / one.n for one in answered) / len(answered)
    pooled = rate.x / rate.n
    return Overall(rate.estimate, sqrt(rate.variance), rate_interval(rate, alpha), equal, pooled)
