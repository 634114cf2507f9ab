"""Shares and intervals of 26 projects and 364 cells, beside one numpy pass: `python -m benchmarks.estimation [ROWS]`."""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from analysis.estimation import Method, cell_intervals, cell_sums, estimates, interval

PROJECTS, STREETS = 26, 14
CELLS = PROJECTS * STREETS
REPEATS = 7


class Answers:
    """Synthetic answers: one stratum per project and street, weights, population counts."""

    def __init__(self, rows: int) -> None:
        chance = np.random.default_rng(20260101)
        self.cell = chance.integers(0, CELLS, rows)
        rate = chance.uniform(0.8, 0.99, CELLS)
        self.satisfied = chance.random(rows) < rate[self.cell]
        drawn = np.bincount(self.cell, minlength=CELLS)
        self.population = (drawn * chance.uniform(1.2, 6.0, CELLS)).astype(np.int64)
        self.weights = (self.population / drawn)[self.cell]


def numpy_pass(answers: Answers) -> np.ndarray:
    """The reference: what anybody would write to get weighted shares and their variance per cell."""
    w = answers.weights
    wy = w * answers.satisfied
    n = np.bincount(answers.cell, minlength=CELLS)
    first = np.bincount(answers.cell, weights=w, minlength=CELLS)
    hits = np.bincount(answers.cell, weights=wy, minlength=CELLS)
    squares = np.bincount(answers.cell, weights=w * w, minlength=CELLS)
    square_hits = np.bincount(answers.cell, weights=wy * w, minlength=CELLS)
    p = hits / first
    spread = (square_hits * (1 - 2 * p) + p * p * squares) / first**2
    return (1 - n / answers.population) * n / (n - 1) * spread


def ours(answers: Answers) -> np.ndarray:
    """All cells and all projects, with estimates, degrees of freedom and 95% intervals (beta), from the rows."""
    sums = cell_sums(answers.cell, answers.cell, answers.satisfied, answers.weights, answers.population, CELLS)
    cells = estimates(sums)
    projects = estimates(sums.regrouped(np.arange(CELLS) // STREETS, PROJECTS))
    for found in (cells, projects):
        cell_intervals(found, Method.beta)
    return cells.variance


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The least of several runs: what the machine can do when it is let."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main(rows: int) -> None:
    """Print figures and ratios; they must also agree."""
    answers = Answers(rows)
    assert np.allclose(numpy_pass(answers), ours(answers), rtol=1e-9, atol=0)
    pairs = [(seconds(lambda: numpy_pass(answers), 1), seconds(lambda: ours(answers), 1)) for _ in range(REPEATS * 3)]
    reference, whole = min(first for first, _ in pairs), min(second for _, second in pairs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{rows:,} answers: numpy pass {reference:.4f} s, all cells, projects and intervals {whole:.4f} s")
    print(f"  {whole / reference:.2f} x the numpy pass (promise: 2 x), peak {peak:.0f} MB with the data")
    found = estimates(
        cell_sums(answers.cell, answers.cell, answers.satisfied, answers.weights, answers.population, CELLS)
    )
    one_by_one = seconds(lambda: [interval(found.one(cell)) for cell in range(CELLS)], 3)
    for method in (Method.beta, Method.wilson, Method.hkg):
        together = seconds(lambda method=method: cell_intervals(found, method))  # type: ignore[misc]
        print(f"  {CELLS} intervals {method}: {together * 1e3:.2f} ms, {together / CELLS * 1e6:.1f} us each")
    print(f"  the same {CELLS} hkg one by one: {one_by_one * 1e3:.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
