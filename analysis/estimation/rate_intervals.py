"""Intervals of an estimate: those of R survey's svyciprop, the NCHS Korn-Graubard interval and HKG, our default. Pure.

Formulas: methodology.md 3. alpha is two-sided (0.05 = 95%). Every interval but the t interval is for shares.
None means that the method gives no interval: no estimate, fewer than one degree of freedom, or - for R's methods - no
variance, where R falls back to an interval of no width.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import asin, log, sin, sqrt

from scipy.special import betaincinv, expit, ndtr, ndtri, stdtrit

from analysis.errors import LevelOutOfRange
from analysis.estimation.estimators import Estimate
from analysis.estimation.profile_likelihood import likelihood_bounds
from analysis.hkg import NO_VARIANCE, hkg_interval, quantile_ratio
from analysis.intervals import Interval, score_interval


class Method(StrEnum):
    """Intervals by name. hkg is the product's default; the others are for comparison with R and with NCHS."""

    t = "t"
    mean = "mean"
    xlogit = "xlogit"
    logit = "logit"
    likelihood = "likelihood"
    asin = "asin"
    beta = "beta"
    wilson = "wilson"
    kg_nchs = "kg_nchs"
    hkg = "hkg"


@dataclass(frozen=True, slots=True)
class _Facts:
    """A share strictly between 0 and 1 with a variance; t: the quantile at its degrees of freedom."""

    p: float
    v: float
    se: float
    t: float
    df: int
    n: int
    rows: int
    first: float
    alpha: float

    @property
    def answers(self) -> float:
        """ne = p(1-p)/v, the size of the simple random sample with replacement of the same variance."""
        return self.p * (1 - self.p) / self.v


def _quantile(df: float, alpha: float) -> float:
    return float(-stdtrit(df, alpha / 2))


def _mean(facts: _Facts) -> Interval:
    return Interval(facts.p - facts.t * facts.se, facts.p + facts.t * facts.se)


def _on_log_odds(facts: _Facts, below: float, above: float) -> Interval:
    odds, step = log(facts.p / (1 - facts.p)), facts.se / (facts.p * (1 - facts.p))
    return Interval(float(expit(odds + below * step)), float(expit(odds + above * step)))


def _xlogit(facts: _Facts) -> Interval:
    return _on_log_odds(facts, -facts.t, facts.t)


def _logit(facts: _Facts) -> Interval:
    """As R: the t quantile goes through 1 - 2 Phi(-t), which loses its digits beyond t = 8 and then says [0, 1]."""
    tail = (1 - (1 - 2 * float(ndtr(-facts.t)))) / 2
    return _on_log_odds(facts, float(ndtri(tail)), float(ndtri(1 - tail)))


def _asin(facts: _Facts) -> Interval:
    angle, step = asin(sqrt(facts.p)), facts.t * facts.se / (2 * sqrt(facts.p * (1 - facts.p)))
    return Interval(sin(angle - step) ** 2, sin(angle + step) ** 2)


def _korn_graubard(p: float, n: float, alpha: float) -> Interval:
    """Clopper-Pearson for p n of n answers, neither of them whole."""
    x, rest = n * p, n * (1 - p)
    low = float(betaincinv(x, rest + 1, alpha / 2)) if x > 0 else 0.0
    high = float(betaincinv(x + 1, rest, 1 - alpha / 2)) if rest > 0 else 1.0
    return Interval(low, high)


def _beta(facts: _Facts) -> Interval:
    ratio = quantile_ratio(facts.rows, facts.df, facts.alpha)
    return _korn_graubard(facts.p, facts.answers * ratio, facts.alpha)


def _wilson(facts: _Facts) -> Interval:
    return score_interval(facts.p, facts.answers, facts.t)


def _likelihood(facts: _Facts) -> Interval:
    bounds = likelihood_bounds(facts.p, facts.v, facts.df, facts.n, facts.rows, facts.first, facts.alpha)
    return Interval(*bounds)


_SHARES: dict[Method, Callable[[_Facts], Interval]] = {
    Method.mean: _mean,
    Method.xlogit: _xlogit,
    Method.logit: _logit,
    Method.likelihood: _likelihood,
    Method.asin: _asin,
    Method.beta: _beta,
    Method.wilson: _wilson,
}


def nchs_answers(given: Estimate, alpha: float = 0.05) -> float | None:
    """Effective answers of the NCHS standard (Parker 2017): min(n, ne (t(n-1)/t(df))²); None with df < 1.

    At p = 0 or 1, or without variance, ne is n itself.
    """
    if given.estimate is None or given.variance is None or given.df < 1:
        return None
    ratio = quantile_ratio(given.n_weighted, given.df, alpha)
    n, spread = given.n_weighted, given.estimate * (1 - given.estimate)
    answers = spread / given.variance if spread > 0 and given.variance > NO_VARIANCE else float(n)
    return min(float(n), answers * ratio)


def _kg_nchs(given: Estimate, alpha: float) -> Interval | None:
    answers = nchs_answers(given, alpha)
    return None if answers is None or given.estimate is None else _korn_graubard(given.estimate, answers, alpha)


def _hkg(given: Estimate, alpha: float) -> Interval | None:
    if given.estimate is None or given.variance is None:
        return None
    x = given.x if given.x is not None else 0
    size, kish = given.sum_weights, given.kish_n
    return hkg_interval(given.estimate, given.variance, given.df, size, given.n_weighted, x, kish, alpha)


def _t(given: Estimate, alpha: float) -> Interval | None:
    if given.estimate is None or given.se is None or given.df < 1:
        return None
    half = _quantile(given.df, alpha) * given.se
    return Interval(given.estimate - half, given.estimate + half)


def interval(given: Estimate, method: Method | str = Method.hkg, alpha: float = 0.05) -> Interval | None:
    """The interval of an estimate, 1 - alpha two-sided, in the estimate's unit; None where the method gives none.

    t is for means, ratios and totals, every other method for shares from `proportion`. mean and t are not clipped to
    [0, 1]. Raises LevelOutOfRange.
    """
    if not 0 < alpha < 1:
        raise LevelOutOfRange(alpha)
    kind = Method(method)
    if kind is Method.t:
        return _t(given, alpha)
    if kind is Method.hkg:
        return _hkg(given, alpha)
    if kind is Method.kg_nchs:
        return _kg_nchs(given, alpha)
    p, v = given.estimate, given.variance
    if p is None or v is None or v <= NO_VARIANCE or given.df < 1 or not 0 < p < 1:
        return None
    first = log(p / (1 - p)) if given.first_step is None else given.first_step
    facts = _Facts(p, v, sqrt(v), _quantile(given.df, alpha), given.df, given.n_weighted, given.rows, first, alpha)
    return _SHARES[kind](facts)
