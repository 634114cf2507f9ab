"""What daily looks do, by drawing orders at random: the fixed interval beside the evidence, all or some answering. Pure.

Every list is just below the target, one person short, where a false 达标 is most likely. boundaries.py computes the
same chances without drawing; here people are drawn, so that the one checks the other, and here some never answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

import numpy as np
from numpy.typing import NDArray

from analysis.hypergeometric import at_least_exceeds, per_side
from analysis.sequential.boundaries import Boundary, crossing, every, evidence_boundary, fixed_boundary
from analysis.sequential.evidence import reaches_met
from analysis.sequential.nonresponse import assorter_logs
from analysis.verdicts import target_count

CHUNK = 4000  # paths drawn at once
REPLICATE = 30


class Method(StrEnum):
    """What is looked at."""

    evidence = "evidence"
    fixed = "fixed"
    counted = "counted"  # nonresponse.py: who does not answer is counted as one half


COMPARED = (Method.evidence, Method.fixed)


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the table: a list of `population`, `answering` of them answer, looks after each `step` people.

    exact: chance of a false 达标 at any look, None where it is not computed; simulated: share of the paths;
    error: its standard error.
    """

    population: int
    answering: int
    step: int
    method: Method
    exact: float | None
    simulated: float
    error: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Share of paths with a false 达标 by the time of t answers: exact at each t = 0..N, simulated at `at`."""

    step: int
    method: Method
    exact: NDArray[np.float64]
    at: tuple[int, ...]
    simulated: tuple[float, ...]


def _orders(marks: NDArray[np.int8], paths: int, draws: np.random.Generator) -> Iterator[NDArray[np.int8]]:
    """Random orders of the marks, a chunk of rows at a time."""
    for first in range(0, paths, CHUNK):
        rows = np.tile(marks, (min(CHUNK, paths - first), 1))
        yield draws.permuted(rows, axis=1)


def first_met(boundary: Boundary, satisfied: int, looks: Sequence[int], paths: int, seed: int) -> NDArray[np.int64]:
    """For each simulated order the number of answers at its first look that says 达标; N + 1 where none does."""
    population = boundary.population
    marks = (np.arange(population) < satisfied).astype(np.int8)
    at = np.array(looks)
    found = []
    for orders in _orders(marks, paths, np.random.default_rng(seed)):
        said = np.cumsum(orders, axis=1, dtype=np.int32)[:, at - 1] >= boundary.met[at]
        found.append(np.where(said.any(axis=1), at[said.argmax(axis=1)], population + 1))
    return np.concatenate(found)


def _error(share: float, paths: int) -> float:
    return float(np.sqrt(share * (1 - share) / paths))


def boundary_of(method: Method, population: int, target: int = 900, alpha: float = 0.05) -> Boundary:
    """The limits of a method."""
    made = evidence_boundary if method is Method.evidence else fixed_boundary
    return made(population, target, alpha)


def everybody_answers(
    population: int, steps: Sequence[int], paths: int, seed: int, target: int = 900, alpha: float = 0.05
) -> list[Cell]:
    """False 达标 of both methods with looks after each of `steps` answers. Raises ListTooLong, TargetOutOfRange."""
    satisfied = target_count(target, population) - 1
    cells = []
    for method in COMPARED:
        boundary = boundary_of(method, population, target, alpha)
        for step in steps:
            looks = every(population, step)
            share = float((first_met(boundary, satisfied, looks, paths, seed) <= population).mean())
            exact = float(crossing(_met_only(boundary), satisfied, looks).met[-1])
            cells.append(Cell(population, population, step, method, exact, share, _error(share, paths)))
    return cells


def _met_only(boundary: Boundary) -> Boundary:
    """The same without 未达标: somebody who goes on after it has more chances for a false 达标."""
    return Boundary(boundary.population, boundary.met, np.full_like(boundary.not_met, -1))


def some_answer(
    population: int, share: float, step: int, paths: int, seed: int, target: int = 900, alpha: float = 0.05
) -> list[Cell]:
    """False 达标 about the people who would answer, of whom nobody knows the number, looking after each `step` people.

    Evidence and the fixed interval take the list less those closed without an answer as its size
    (standing.Respondents); the third method counts them.
    """
    answering = max(1, round(population * share))
    satisfied = target_count(target, answering) - 1
    marks = np.zeros(population, np.int8)
    marks[:answering], marks[:satisfied] = 1, 2
    at = np.array(every(population, step))
    wrong = dict.fromkeys(Method, 0)
    for orders in _orders(marks, paths, np.random.default_rng(seed)):
        answers = np.cumsum(orders > 0, axis=1, dtype=np.int32)[:, at - 1]
        content = np.cumsum(orders > 1, axis=1, dtype=np.int32)[:, at - 1]
        states = np.stack([content, answers, population - at + answers], axis=2).reshape(-1, 3)
        seen, where = np.unique(states, axis=0, return_inverse=True)
        for method in COMPARED:
            said = np.array([_says_met(method, int(s), int(t), int(n), target, alpha) for s, t, n in seen])
            wrong[method] += int(said[where.reshape(-1)].reshape(answers.shape).any(axis=1).sum())
        counted = assorter_logs(orders, population, target / 1000)[:, at - 1]
        wrong[Method.counted] += int((counted >= -log(per_side(alpha))).any(axis=1).sum())
    shares = {method: count / paths for method, count in wrong.items()}
    return [
        Cell(population, answering, step, method, None, found, _error(found, paths)) for method, found in shares.items()
    ]


def _says_met(method: Method, s: int, t: int, population: int, target: int, alpha: float) -> bool:
    needed = target_count(target, population)
    if method is Method.evidence:
        return reaches_met(s, t, population, needed, alpha)
    return not at_least_exceeds(s, needed - 1, t, population, per_side(alpha))


def curves(
    population: int, steps: Sequence[int], paths: int, seed: int, target: int = 900, alpha: float = 0.05
) -> list[Curve]:
    """How false 达标 adds up while answers come in, for each method and step."""
    satisfied = target_count(target, population) - 1
    at = tuple(range(REPLICATE, population + 1, REPLICATE))
    found = []
    for method in reversed(COMPARED):
        boundary = boundary_of(method, population, target, alpha)
        for step in steps:
            looks = every(population, step)
            firsts = first_met(boundary, satisfied, looks, paths, seed)
            exact = crossing(_met_only(boundary), satisfied, looks).met
            found.append(Curve(step, method, exact, at, tuple(float((firsts <= t).mean()) for t in at)))
    return found


def mean_answers(
    population: int, rates: Sequence[float], step: int, target: int = 900, alpha: float = 0.05
) -> list[float]:
    """Mean number of answers until a verdict by evidence for several true rates, exact, everybody answering."""
    boundary = evidence_boundary(population, target, alpha)
    looks = every(population, step)
    return [crossing(boundary, round(rate * population), looks).answers for rate in rates]
