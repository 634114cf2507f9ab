"""Funnel limits: how far a rate may lie from a centre by chance alone, for its number of answers. Pure.

Formulas: Spiegelhalter 2005 (exact, interpolated); methodology.md 9. Departments are compared with these limits,
never in a league table. Where the list is known, the hypergeometric distribution replaces the binomial.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, sqrt

import numpy as np
from scipy.special import bdtr, ndtri

from analysis.errors import CountsOutOfRange, LevelOutOfRange, RateOutOfRange
from analysis.hypergeometric import tail_at_most

WINSORISED = 0.10
TAILS_95, TAILS_998 = (0.025, 0.975), (0.001, 0.999)


@dataclass(frozen=True, slots=True)
class Unit:
    """One department or project: x satisfied of n answers; population where its list is known."""

    x: int
    n: int
    population: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.x <= self.n or (self.population is not None and self.n > self.population):
            raise CountsOutOfRange(self.x, self.n, self.population)

    @property
    def share(self) -> float:
        return self.x / self.n


@dataclass(frozen=True, slots=True)
class Limits:
    """Lower and upper limit as shares. Interpolation may carry them slightly past 0 or 1: draw `shown`."""

    low: float
    high: float

    @property
    def shown(self) -> "Limits":
        return Limits(max(0.0, self.low), min(1.0, self.high))

    def widened(self, centre: float, factor: float) -> "Limits":
        """The same limits `factor` times as far from the centre."""
        return Limits(centre + (self.low - centre) * factor, centre + (self.high - centre) * factor)


class Band(StrEnum):
    """Where a rate lies."""

    far_below = "far_below"
    below = "below"
    inside = "inside"
    above = "above"
    far_above = "far_above"
    no_answers = "no_answers"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Band.far_below: "明显低于",
    Band.below: "偏低",
    Band.inside: "正常波动",
    Band.above: "偏高",
    Band.far_above: "明显高于",
    Band.no_answers: "没有答案",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """One unit of a funnel; both limits None without answers."""

    unit: Unit
    inner: Limits | None
    outer: Limits | None
    band: Band


@dataclass(frozen=True, slots=True)
class Funnel:
    """A centre (share), how much wider than chance the units scatter (phi, 1 = chance alone), and every unit."""

    centre: float
    phi: float
    placed: tuple[Placed, ...]


def _checked(centre: float, side: float) -> None:
    if not 0 <= centre <= 1:
        raise RateOutOfRange(centre)
    if not 0 < side < 1:
        raise LevelOutOfRange(side)


def binomial_cdf(r: int, n: int, centre: float) -> float:
    """P(X <= r), 0 below zero and 1 from n up."""
    return 0.0 if r < 0 else 1.0 if r >= n else float(bdtr(r, n, centre))


def _listed_cdf(r: int, n: int, centre: float, population: int) -> float:
    """P(X <= r) for a list whose satisfied people are centre N on average: the neighbouring whole numbers, mixed."""
    if r < 0 or r >= n:
        return float(r >= n)
    people = centre * population
    below, above = floor(people), min(population, ceil(people))
    part = people - below
    return (1 - part) * tail_at_most(r, below, n, population) + part * tail_at_most(r, above, n, population)


def _cdf(r: int, n: int, centre: float, population: int | None) -> float:
    return binomial_cdf(r, n, centre) if population is None else _listed_cdf(r, n, centre, population)


def _quantile(side: float, n: int, centre: float, population: int | None) -> int:
    """Smallest r with P(X <= r) >= side, from the normal guess outwards by doubling, then by halving."""
    free = 1.0 if population is None else (population - n) / (population - 1)
    spread = sqrt(n * centre * (1 - centre) * free)
    guess = min(n, max(0, int(n * centre + float(ndtri(side)) * spread)))
    step = 1
    low = guess
    while low >= 0 and _cdf(low, n, centre, population) >= side:
        low, step = low - step, 2 * step
    low, step, high = max(low, -1), 1, max(guess, 0)
    while _cdf(high, n, centre, population) < side:
        high, step = min(n, high + step), 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _cdf(middle, n, centre, population) >= side else (middle, high)
    return high


def limit(side: float, n: int, centre: float, population: int | None = None) -> float:
    """The share below which a probability of `side` lies: (r - (F(r) - side) / (F(r) - F(r-1))) / n.

    centre 0 or 1 and a list on which everybody answered leave no room for chance: the limit is the centre itself.
    Raises CountsOutOfRange (n < 1, n > population), RateOutOfRange, LevelOutOfRange.
    """
    _checked(centre, side)
    if n < 1 or (population is not None and n > population):
        raise CountsOutOfRange(0, n, population)
    if centre in (0.0, 1.0) or n == population:
        return centre
    r = _quantile(side, n, centre, population)
    at = _cdf(r, n, centre, population)
    return (r - (at - side) / (at - _cdf(r - 1, n, centre, population))) / n


def limits(unit: Unit, centre: float, tails: tuple[float, float] = TAILS_95) -> Limits:
    """Both limits for one unit's number of answers. Raises as `limit`."""
    return Limits(*(limit(side, unit.n, centre, unit.population) for side in tails))


def pooled(units: Sequence[Unit]) -> float | None:
    """All satisfied over all answers, the centre when no target is meant; None without answers."""
    n = sum(one.n for one in units)
    return sum(one.x for one in units) / n if n else None


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """Standardised distances from the centre, the cut points they were pulled in to, and phi = mean square after."""

    z: tuple[float, ...]
    cuts: tuple[float, float]
    phi: float


def overdispersion(units: Sequence[Unit], centre: float) -> Overdispersion | None:
    """How much more than chance the units scatter, the outermost tenth on each side pulled in first.

    z_i = (p_i - centre) / sqrt(centre (1 - centre) / n_i), times the finite list's correction where N is known;
    units without answers and fully answered lists take no part. None when nothing can scatter. Raises RateOutOfRange.
    """
    _checked(centre, 0.5)
    open_units = [one for one in units if one.n and one.n != one.population]
    if not open_units or centre in (0.0, 1.0):
        return None
    z = np.array([_z(one, centre) for one in open_units])
    low, high = (float(np.quantile(z, share)) for share in (WINSORISED, 1 - WINSORISED))
    return Overdispersion(tuple(z.tolist()), (low, high), float(np.mean(np.clip(z, low, high) ** 2)))


def _z(unit: Unit, centre: float) -> float:
    free = 1.0 if unit.population is None else (unit.population - unit.n) / (unit.population - 1)
    return (unit.share - centre) / sqrt(centre * (1 - centre) / unit.n * free)


def _band(unit: Unit, inner: Limits, outer: Limits) -> Band:
    share = unit.share
    if share < outer.low:
        return Band.far_below
    if share > outer.high:
        return Band.far_above
    return Band.below if share < inner.low else Band.above if share > inner.high else Band.inside


def _place(unit: Unit, centre: float, factor: float) -> Placed:
    if not unit.n:
        return Placed(unit, None, None, Band.no_answers)
    inner, outer = (limits(unit, centre, tails).widened(centre, factor) for tails in (TAILS_95, TAILS_998))
    return Placed(unit, inner, outer, _band(unit, inner, outer))


def funnel(units: Sequence[Unit], centre: float, widen: bool = True) -> Funnel:
    """Every unit against the 95% and 99.8% limits around a centre; say beside it whether that is the target or pooled.

    widen: multiply the limits by sqrt(phi) when the units scatter more than chance (never narrower). For clustered or
    weighted units give n := effective answers and x := share times that. Raises RateOutOfRange.
    """
    found = overdispersion(units, centre)
    phi = max(1.0, found.phi) if found and widen else 1.0
    return Funnel(centre, phi, tuple(_place(unit, centre, sqrt(phi)) for unit in units))


def around_target(units: Sequence[Unit], target: int = 900) -> Funnel:
    """A funnel around a target in thousandths; not widened, because the target is not an average of the units."""
    return funnel(units, target / 1000, widen=False)


def around_average(units: Sequence[Unit]) -> Funnel:
    """A funnel around the pooled rate, widened when the units scatter more than chance; no answers: no unit placed."""
    centre = pooled(units)
    if centre is None:
        return Funnel(0.0, 1.0, tuple(Placed(one, None, None, Band.no_answers) for one in units))
    return funnel(units, centre)
