"""Time of a look at the evidence: `python -m benchmarks.sequential`, beside the sum over the whole list by numpy."""

import datetime as dt
import time
from collections.abc import Callable

import numpy as np
from scipy.special import gammaln, logsumexp

from analysis.sequential.boundaries import evidence_boundary
from analysis.sequential.evidence import mixture_evidence
from analysis.sequential.interval import verdict_interval
from analysis.sequential.order import Order, Person, Result, replicate_ends
from analysis.sequential.standing import Prefix, look, start
from analysis.sequential.stopping import settle
from analysis.verdicts import target_count

LISTS = (79, 1_000, 100_000, 1_000_000, 1_000_000_000)
LONGEST_SUM = 1_000_000  # the sum over the list needs memory for every person
PROJECTS, PEOPLE = 26, 600


def by_definition(s: int, t: int, population: int, needed: int, a: int = 9, b: int = 1) -> float:
    """log E_met as methodology.md 8 writes it: every M of the list, logarithms of the gamma function."""
    m = np.arange(s, population - (t - s) + 1, dtype=float)

    def choose(n: np.ndarray | float, k: np.ndarray | float) -> np.ndarray:
        return gammaln(np.asarray(n) + 1) - gammaln(np.asarray(k) + 1) - gammaln(np.asarray(n) - k + 1)

    logs = choose(population - t, m - s) - choose(population, m)
    every = np.arange(needed, population + 1, dtype=float)
    weights = choose(population, every) + gammaln(a + every) + gammaln(b + population - every)
    side = m >= needed
    mine = choose(population, m[side]) + gammaln(a + m[side]) + gammaln(b + population - m[side]) + logs[side]
    return float(logsumexp(mine) - logsumexp(weights) - logs[~side].max())


def microseconds(action: Callable[[int], object], times: int) -> float:
    """The least of five means over `times` different arguments."""
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        for number in range(times):
            action(number)
        best = min(best, (time.perf_counter() - begun) / times)
    return best * 1e6


def looks(population: int) -> None:
    """One look at a list: evidence and interval, beside the definition."""
    needed, t = target_count(900, population), min(population // 2, 300)
    low = t * 9 // 10

    def ours(number: int) -> None:
        mixture_evidence.cache_clear()
        mixture_evidence(low + number % (t - low), t, population, needed)

    mine = microseconds(ours, 20)
    sets = microseconds(lambda number: verdict_interval(low + number % (t - low), t, population, needed), 20)
    line = f"{population:>13,} {mine:>12.0f} {sets:>12.0f}"
    if population > LONGEST_SUM:
        print(f"{line} {'—':>14} {'—':>8} {'—':>10}")
        return
    theirs = microseconds(lambda number: by_definition(low + number % (t - low), t, population, needed), 3)
    gap = max(
        abs(mixture_evidence(s, t, population, needed).log_met - by_definition(s, t, population, needed))
        for s in range(low, t)
    )
    print(f"{line} {theirs:>14.0f} {theirs / mine:>7.1f}x {gap:>10.0e}")


def projects() -> None:
    """Every look of all projects from their people, and one further look from the stored state."""
    day = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    order = Order(5000, "0" * 64, day, 5, day, day, replicate_ends(PEOPLE))
    draws = np.random.default_rng(3)
    results = [Result.satisfied, Result.not_satisfied, Result.unreached]
    people = [
        [Person(place, results[kind], 5) for place, kind in enumerate(draws.choice(3, PEOPLE, p=(0.6, 0.05, 0.35)), 1)]
        for _ in range(PROJECTS)
    ]

    def settle_all(_: int) -> None:
        mixture_evidence.cache_clear()
        for one in people:
            settle(order, one)

    whole = microseconds(settle_all, 1) / 1e3
    state = look(start(5000), Prefix(300, 200, 185), 5000)
    further = microseconds(lambda number: look(state, Prefix(330, 220, 190 + number % 15), 5000), 200)
    print(f"\n{PROJECTS} projects, {PEOPLE} people called, {PEOPLE // 30} looks each, from the people: {whole:.0f} ms")
    print(f"one further look of one project from its stored state: {further:.0f} microseconds")


def tables() -> None:
    """The limits for every number of answers, which simulations use."""
    for population in (300, 1000, 5000):
        begun = time.perf_counter()
        evidence_boundary(population)
        print(f"limits for every number of answers, {population} people: {time.perf_counter() - begun:.2f} s")


if __name__ == "__main__":
    print(
        f"{'people':>13} {'evidence us':>12} {'interval us':>12} {'definition us':>14} {'ratio':>8} {'difference':>10}"
    )
    for size in LISTS:
        looks(size)
    projects()
    tables()
