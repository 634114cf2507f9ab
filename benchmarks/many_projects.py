"""Milliseconds of comparing many projects and checking many submissions: `python -m benchmarks.many_projects [ANSWERS]`.

The reference is one pass of numpy over as many answers (sums by project); the ratio of the two is the figure to watch.
"""

import sys
import time
from collections.abc import Callable

import numpy as np

from analysis.comparison import target_tests
from analysis.comparison.change import WaveRows, change
from analysis.comparison.funnel import Unit, around_average
from analysis.comparison.multiplicity import Claim, claims, watch_list
from analysis.comparison.shrinkage import beta_binomial
from analysis.comparison.small_areas import fay_herriot, smoothed_variance
from analysis.nonresponse.interviewers import interviewer_effect, logit_deviation
from analysis.nonresponse.propensity import classes, propensities
from analysis.nonresponse.weighting_classes import SampledPeople, weighting_classes
from analysis.quality.patterns import Answered, duplicate_patterns

PROJECTS, AGENTS, SUBMISSIONS = 26, 50, 10_000
REPEATS = 3


def milliseconds(work: Callable[[], object]) -> float:
    """The quickest of a few runs."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return 1000 * min(times)


def _projects(random: np.random.Generator) -> dict[str, Callable[[], object]]:
    answers = random.integers(30, 400, PROJECTS)
    counts = [(int(random.binomial(n, 0.9)), int(n)) for n in answers]
    units = [Unit(x, n, 5 * n) for x, n in counts]
    tests = [target_tests.listed(x, n, 5 * n) for x, n in counts]
    rates, variances = [x / n for x, n in counts], smoothed_variance(1.3, 0.9, [n for _, n in counts])
    return {
        "exact p-values of 26 lists": lambda: [target_tests.listed(x, n, 5 * n) for x, n in counts],
        "Holm both ways and watch list": lambda: (
            claims([one.met for one in tests], Claim.met),
            claims([one.not_met for one in tests], Claim.not_met),
            watch_list([one.not_met for one in tests]),
        ),
        "funnel of 26 finite lists": lambda: around_average(units),
        "beta-binomial shrinkage": lambda: beta_binomial(counts),
        "Fay-Herriot by REML": lambda: fay_herriot(rates, variances),
        "interviewers: variance and logit deviation": lambda: (interviewer_effect(counts), logit_deviation(counts)),
    }


def _people(random: np.random.Generator, people: int) -> dict[str, Callable[[], object]]:
    def wave(first: int) -> WaveRows:
        who = np.arange(first, first + people)
        satisfied = random.random(people) < 0.9
        return WaveRows(who, who % PROJECTS, np.ones(people), np.ones(people, bool), satisfied)

    before, after = wave(0), wave(people // 2)
    outcomes = random.choice(("I", "NC", "R", "UH"), people, p=(0.6, 0.2, 0.15, 0.05)).tolist()
    drawn = SampledPeople([f"{i % 60}" for i in range(people)], [1.0] * people, outcomes)
    columns = [random.normal(size=people).tolist() for _ in range(4)]
    answered = [one == "I" for one in outcomes]
    return {
        "change between two waves": lambda: change(before, after),
        "60 weighting classes": lambda: weighting_classes(drawn),
        "propensities and their fifths": lambda: classes(propensities(answered, columns).shares),
    }


def main() -> None:
    """Measure, and print each figure beside its reference."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    random = np.random.default_rng(1)
    project, satisfied = random.integers(0, PROJECTS, people), random.random(people)
    reference = milliseconds(lambda: np.bincount(project, weights=satisfied, minlength=PROJECTS))
    print(f"one numpy pass over {people} answers: {reference:.2f} ms")
    for name, work in _projects(random).items():
        print(f"{name}: {milliseconds(work):.2f} ms")
    for name, work in _people(random, people).items():
        taken = milliseconds(work)
        print(f"{name}, {people} people: {taken:.0f} ms, {taken / reference:.0f} passes")
    rows = [
        Answered(str(i), f"A{i % AGENTS}", f"P{i % PROJECTS}", tuple(random.choice((5, 4), 10).tolist()), 100.0)
        for i in range(SUBMISSIONS)
    ]
    taken = milliseconds(lambda: duplicate_patterns(rows, seed=1))
    print(f"copies among {SUBMISSIONS} submissions of {AGENTS} agents: {taken:.0f} ms")


if __name__ == "__main__":
    main()
