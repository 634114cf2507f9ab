"""How often the printed intervals contain the truth, by drawing samples from lists whose truth is known. Pure.

One list: the exact hypergeometric interval (on N_d people where some say 说不清); several lists: HKG. Beside both Wald's
p ± z se with the same design-based variance, which must fail near 100%. For one list without 说不清 the chance is also
added up without drawing, so that the one checks the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from analysis.errors import CountsOutOfRange
from analysis.hkg import Stratum, rate_interval, stratified_rate
from analysis.hypergeometric import exact_interval, log_probability
from analysis.intervals import Interval, normal_quantile
from analysis.tallies import domain_size

SLACK = 1e-12
LISTS, SHARES, RATES = (17, 79, 300, 1000), (0.3, 0.7), (0.8, 0.9, 0.95, 0.99)
UNEVEN, EVEN = (17, 79, 150, 400, 1200), (100,) * 6
MANY = (40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 240, 260, 300, 400)
SPREAD = 0.04  # strata lie this much above and below the rate, less where there is no room
UNSURE = 0.1
NEARLY_ALL, HALF_UNSURE = 0.95, 0.5  # where the estimated N_d is felt most


@dataclass(frozen=True, slots=True)
class KnownList:
    """A list whose truth is known: people on it, people drawn, satisfied, and people who would say 说不清."""

    population: int
    drawn: int
    satisfied: int
    unsure: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.satisfied <= self.population - self.unsure and 0 < self.drawn <= self.population):
            raise CountsOutOfRange(self.satisfied, self.drawn, self.population)


@dataclass(frozen=True, slots=True)
class Design:
    """One list, or several with one weighted rate; name: what kind, in Chinese."""

    name: str
    lists: tuple[KnownList, ...]

    @property
    def truth(self) -> float:
        """The share satisfied of those who would give a valid answer."""
        valid = sum(one.population - one.unsure for one in self.lists)
        return sum(one.satisfied for one in self.lists) / valid

    @property
    def drawn(self) -> int:
        return sum(one.drawn for one in self.lists)

    @property
    def population(self) -> int:
        return sum(one.population for one in self.lists)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of the samples: covered by our interval (error: its standard error), truth below its lower end (the false
    达标 side) and above its upper end, covered by Wald's; mean width of ours; exact: covered, added up, None where it
    is not computed."""

    design: Design
    covered: float
    error: float
    too_high: float
    too_low: float
    width: float
    wald: float
    exact: float | None


def _printed(strata: Sequence[Stratum]) -> Interval:
    """What a report would print; everything where it prints no interval."""
    if len(strata) == 1:
        one = strata[0]
        return exact_interval(one.x, one.n, domain_size(one.population, one.rows, one.n)).interval
    return rate_interval(stratified_rate(strata)) or Interval(0.0, 1.0)


def wald_interval(strata: Sequence[Stratum], alpha: float = 0.05) -> Interval:
    """p ± z se with the design's variance. Never for a report. No answers: [0, 1]. Raises LevelOutOfRange."""
    rate = stratified_rate(strata)
    if rate.estimate is None:
        return Interval(0.0, 1.0)
    half = normal_quantile(alpha) * sqrt(rate.variance)
    return Interval(rate.estimate - half, rate.estimate + half)


def _strata(design: Design, counts: NDArray[np.int64]) -> list[Stratum]:
    """counts: (lists, 2), satisfied and valid answers."""
    return [
        Stratum(one.population, int(n), int(x), one.drawn) for one, (x, n) in zip(design.lists, counts, strict=True)
    ]


def _samples(design: Design, draws: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distinct samples (k, lists, 2) of satisfied and valid answers, and how often each was drawn (k,)."""
    chance = np.random.default_rng(seed)
    found = []
    for one in design.lists:
        colours = [one.satisfied, one.population - one.satisfied - one.unsure, one.unsure]
        x, other, _ = chance.multivariate_hypergeometric(colours, one.drawn, size=draws).T
        found.append(np.stack([x, x + other], axis=1))
    rows = np.stack(found, axis=1).reshape(draws, -1)
    seen, times = np.unique(rows, axis=0, return_counts=True)
    return seen.reshape(len(seen), -1, 2), times


def _covers(interval: Interval, truth: float) -> bool:
    return interval.low <= truth + SLACK and truth <= interval.high + SLACK


def exact_coverage(design: Design) -> float | None:
    """The chance that the exact interval of one list covers, all possible samples added up; None for other designs."""
    one = design.lists[0]
    if len(design.lists) > 1 or one.unsure:
        return None
    n, people, marked = one.drawn, one.population, one.satisfied
    possible = range(max(0, n + marked - people), min(n, marked) + 1)
    return sum(
        exp(log_probability(x, marked, n, people))
        for x in possible
        if _covers(exact_interval(x, n, people).interval, design.truth)
    )


def simulate(design: Design, draws: int, seed: int) -> Coverage:
    """Draw `draws` samples of a design; the same seed draws the same. Raises CountsOutOfRange for draws below 1."""
    if draws < 1:
        raise CountsOutOfRange(0, draws)
    seen, times = _samples(design, draws, seed)
    truth = design.truth
    drawn = [_strata(design, counts) for counts in seen]
    ours = [_printed(strata) for strata in drawn]
    walds = [wald_interval(strata) for strata in drawn]

    def share(held: Sequence[bool]) -> float:
        return float(np.dot(held, times)) / draws

    covered = share([_covers(one, truth) for one in ours])
    return Coverage(
        design,
        covered,
        sqrt(covered * (1 - covered) / draws),
        share([one.low > truth + SLACK for one in ours]),
        share([one.high < truth - SLACK for one in ours]),
        float(np.dot([one.width for one in ours], times)) / draws,
        share([_covers(one, truth) for one in walds]),
        exact_coverage(design),
    )


def one_list(population: int, share: float, rate: float, unsure: float = 0.0) -> Design:
    """A list of which `share` is drawn; `rate` of those who would answer are satisfied, `unsure` of all would not."""
    silent = round(unsure * population)
    name = "一个名单，有人说不清" if unsure else "一个名单"
    return Design(
        name,
        (KnownList(population, max(1, round(share * population)), round(rate * (population - silent)), silent),),
    )


def several_lists(sizes: Sequence[int], share: float, rate: float, equal: bool) -> Design:
    """Lists around one rate, alternately above and below it; drawn equally many of each, or in proportion."""
    apart = min(SPREAD, (1 - rate) / 2)
    each = round(share * sum(sizes) / len(sizes))
    lists = tuple(
        KnownList(
            size,
            min(size, max(2, each if equal else round(share * size))),
            round(size * (rate + (apart if place % 2 else -apart))),
        )
        for place, size in enumerate(sizes)
    )
    return Design(f"{len(sizes)}个名单，{'等额' if equal else '按比例'}", lists)


def grid() -> Iterator[Design]:
    """The designs of the table in the documents."""
    for population in LISTS:
        for share in SHARES:
            yield from (one_list(population, share, rate) for rate in RATES)
    for population in LISTS[1:]:
        yield from (one_list(population, SHARES[0], rate, UNSURE) for rate in RATES)
    yield from (one_list(LISTS[1], NEARLY_ALL, rate, HALF_UNSURE) for rate in RATES)
    for sizes in (UNEVEN, EVEN, MANY):
        for share in (0.1, 0.5):
            for equal in (False, True) if sizes is not EVEN else (False,):
                yield from (several_lists(sizes, share, rate, equal) for rate in RATES)
