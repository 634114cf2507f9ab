"""The change of a rate between two waves whose people partly are the same, by joint linearisation. Pure.

Formulas: methodology.md 12 (rows of both waves stacked, the person is the sampling unit, z = z_after - z_before;
the numbers of R's svydesign(ids=~person) with svycontrast). With list sizes the covariance gets Tam's (1984) factor
1 - n1 n2 / (m N). The printed interval combines both printed intervals and the correlation (MOVER, Zou and Donner 2008),
because the plain one has no width when everybody is satisfied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from analysis.errors import (
    CountsOutOfRange,
    LengthsDiffer,
    LevelOutOfRange,
    TooFewGroups,
    WeightNegative,
    WeightNotFinite,
)
from analysis.intervals import Interval
from analysis.rounding import share_text

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Marks = NDArray[np.bool_]
ROUNDING = 1e-14  # what is left of equal variances that cancel


@dataclass(frozen=True, slots=True, eq=False)
class WaveRows:
    """One wave's interviewed people, all five of equal length, in any order (lists or numpy arrays).

    person: the same whole number in both waves for the same person; stratum: whole number; weight: >= 0;
    valid: whether this question was validly answered (the others stay in the design); satisfied: read where valid.
    """

    person: Sequence[int] | Whole
    stratum: Sequence[int] | Whole
    weight: Sequence[float] | Floats
    valid: Sequence[bool] | Marks
    satisfied: Sequence[bool] | Marks

    def __post_init__(self) -> None:
        for what in ("stratum", "weight", "valid", "satisfied"):
            found = len(getattr(self, what))
            if found != len(self.person):
                raise LengthsDiffer(what, len(self.person), found)
        weight = np.asarray(self.weight, np.float64)
        if not np.isfinite(weight).all():
            raise WeightNotFinite(int(np.argmin(np.isfinite(weight))))
        if (weight < 0).any():
            raise WeightNegative(int(np.argmax(weight < 0)), float(weight[np.argmax(weight < 0)]))


@dataclass(frozen=True, slots=True)
class Change:
    """Rates (shares), their standard errors, the covariance, and the difference after - before.

    df: people with an answer less strata with one; both: people with a valid answer in both waves.
    """

    before: float
    after: float
    se_before: float
    se_after: float
    covariance: float
    df: int
    both: int

    @property
    def difference(self) -> float:
        return self.after - self.before

    @property
    def se(self) -> float:
        apart = self.se_before**2 + self.se_after**2
        variance = apart - 2 * self.covariance
        return sqrt(variance) if variance > ROUNDING * apart else 0.0

    @property
    def se_if_independent(self) -> float:
        """What would be claimed by whoever overlooks that people were asked twice."""
        return sqrt(self.se_before**2 + self.se_after**2)

    @property
    def correlation(self) -> float:
        """Of the two estimates, in [-1, 1]; 0 where one of them has no variance to be seen."""
        product = self.se_before * self.se_after
        return min(1.0, max(-1.0, self.covariance / product)) if product else 0.0


class Direction(StrEnum):
    """What the interval of a difference allows to say."""

    risen = "risen"
    fallen = "fallen"
    unclear = "unclear"


@dataclass(frozen=True, slots=True)
class JudgedChange:
    """A change with its interval (shares, -1 to 1) and what may be said."""

    change: Change
    interval: Interval
    direction: Direction

    @property
    def sentence(self) -> str:
        """In 个百分点, never in %, one sentence."""
        gap = self.change.difference
        ends = f"{_points(self.interval.low)}到{_points(self.interval.high)}"
        if self.direction is Direction.unclear:
            return f"与上次相比{_points(gap)}个百分点(区间{ends}),差异不显著,不能说提高或下降。"
        word = "提高" if self.direction is Direction.risen else "下降"
        return f"比上次{word}{share_text(abs(gap))}个百分点(区间{ends}个百分点)。"


def _points(value: float) -> str:
    text = share_text(abs(value))
    return text if float(text) == 0 else f"{'+' if value > 0 else '-'}{text}"


@dataclass(frozen=True, slots=True)
class _Units:
    """People of both waves numbered once within their stratum; which stratum each belongs to."""

    unit: tuple[Whole, Whole]  # per wave: the unit of each row
    stratum: Whole  # per unit: number of its stratum
    labels: Whole  # per stratum: the caller's number


def _units(before: WaveRows, after: WaveRows) -> _Units:
    person = np.concatenate([np.asarray(one.person, np.int64) for one in (before, after)])
    stratum = np.concatenate([np.asarray(one.stratum, np.int64) for one in (before, after)])
    people, who = np.unique(person, return_inverse=True)
    labels, where = np.unique(stratum, return_inverse=True)
    distinct, unit = np.unique(where * len(people) + who, return_inverse=True)
    cut = len(before.person)
    return _Units((unit[:cut], unit[cut:]), distinct // max(1, len(people)), labels)


def _sums(place: Whole, values: Floats, places: int) -> Floats:
    return np.asarray(np.bincount(place, weights=values, minlength=places), dtype=np.float64)


def _linearised(rows: WaveRows, unit: Whole, units: int) -> tuple[float, Floats, Marks]:
    """Rate of one wave, z summed per unit, and which units have an answer that counts."""
    weight = np.asarray(rows.weight, np.float64) * np.asarray(rows.valid, bool)
    total = float(weight.sum())
    if total <= 0:
        raise TooFewGroups("valid answers in a wave", 0, 1)
    satisfied = np.asarray(rows.satisfied, bool)
    rate = float(weight @ satisfied) / total
    z = weight * (satisfied - rate) / total
    return rate, _sums(unit, z, units), _sums(unit, weight, units) > 0


def _sums_of_products(z: tuple[Floats, Floats], stratum: Whole, count: int) -> tuple[Whole, Floats]:
    """Units per stratum, and per stratum n/(n-1) times the centred sums of squares and products: (3, strata)."""
    size = np.bincount(stratum, minlength=count)
    centred = [one - (_sums(stratum, one, count) / size)[stratum] for one in z]
    factor = size / np.maximum(size - 1, 1)
    pairs = ((0, 0), (1, 1), (0, 1))
    return size, np.array([factor * _sums(stratum, centred[a] * centred[b], count) for a, b in pairs])


def _finite(products: Floats, units: _Units, populations: Mapping[int, int]) -> Floats:
    """The same with the finite lists taken into account; people asked: n1 and n2, m of them in both waves."""
    count, units_all = len(units.labels), len(units.stratum)
    asked = [np.bincount(one, minlength=units_all) > 0 for one in units.unit]
    n1, n2, m = (np.bincount(units.stratum, mask, count) for mask in (*asked, asked[0] & asked[1]))
    people = np.array([populations.get(int(label), 0) for label in units.labels], dtype=np.float64)
    for label, total, most in zip(units.labels.tolist(), people.tolist(), np.maximum(n1, n2).tolist(), strict=True):
        if total < most:
            raise CountsOutOfRange(label, int(most), int(total))
    first, second = products[0] * (1 - n1 / people), products[1] * (1 - n2 / people)
    shared = products[2] * (1 - n1 * n2 / (np.maximum(m, 1) * people))
    # Nobody asked twice: the covariance -S12/N cannot be seen; its smallest possible value is the careful one.
    unseen = -np.sqrt(products[0] * n1 * products[1] * n2) / people
    return np.array([first, second, np.where(m > 0, shared, unseen)])


def change(before: WaveRows, after: WaveRows, populations: Mapping[int, int] | None = None) -> Change:
    """Rates of two waves and the covariance that people asked in both bring about.

    populations: people on the list of each stratum, to count the finite list; without it the lists are taken as
    endless, which is careful. A stratum with a single person adds nothing. A person whose stratum differs between the
    waves counts as two. Raises TooFewGroups when a wave has no valid answer, CountsOutOfRange (x: the stratum) when
    more people were asked than the list has.
    """
    units = _units(before, after)
    count = len(units.stratum)
    p1, z1, answered1 = _linearised(before, units.unit[0], count)
    p2, z2, answered2 = _linearised(after, units.unit[1], count)
    _, products = _sums_of_products((z1, z2), units.stratum, len(units.labels))
    if populations is not None:
        products = _finite(products, units, populations)
    v1, v2, covariance = (float(one) for one in products.sum(axis=1))
    any_answer = answered1 | answered2
    df = int(any_answer.sum()) - len(np.unique(units.stratum[any_answer]))
    both = int((answered1 & answered2).sum())
    return Change(p1, p2, sqrt(max(0.0, v1)), sqrt(max(0.0, v2)), covariance, df, both)


def wald_interval(found: Change, alpha: float = 0.05) -> Interval | None:
    """difference ± t se, as R gives it; None without a degree of freedom. Not for reports: no width near 100%."""
    if not 0 < alpha < 1:
        raise LevelOutOfRange(alpha)
    if found.df < 1:
        return None
    half = float(stdtrit(found.df, 1 - alpha / 2)) * found.se
    return Interval(max(-1.0, found.difference - half), min(1.0, found.difference + half))


def judged(found: Change, before: Interval, after: Interval) -> JudgedChange:
    """The change with the interval made of both waves' printed intervals and their correlation.

    low = d - sqrt(a² + b² - 2 r a b), a = p2 - low2, b = high1 - p1; high with the other two ends.
    """
    r = found.correlation
    down2, up1 = max(0.0, found.after - after.low), max(0.0, before.high - found.before)
    up2, down1 = max(0.0, after.high - found.after), max(0.0, found.before - before.low)
    low = found.difference - sqrt(max(0.0, down2**2 + up1**2 - 2 * r * down2 * up1))
    high = found.difference + sqrt(max(0.0, up2**2 + down1**2 - 2 * r * up2 * down1))
    interval = Interval(max(-1.0, low), min(1.0, high))
    direction = Direction.risen if low > 0 else Direction.fallen if high < 0 else Direction.unclear
    return JudgedChange(found, interval, direction)
