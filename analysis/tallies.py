"""Counts of valid answers as the database groups them, and the ways of folding them. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

SUBMISSION_ITEM = "submission"
"""Pseudo item: one count per valid submission (code "1"), so that respondents can be counted whatever they skipped."""

Key = TypeVar("Key")
STAFF = "staff"
REASON_ITEM = "d1"
_ONE_CODE_ITEMS = frozenset({"a1", "b1", "c1", "u1", "g1", "i1"})


@dataclass(frozen=True, slots=True)
class Cell:
    """`n` submitted answers that share project, zone, mode, who answered, coaching, item and code.

    mode: phone | mobile | household. proxy: self | guardian | family | staff. `void` answers were removed by review.
    Derived items of one person ("m35", "m36", "m08": code 1 or 0) and "submission" arrive as items like any other.
    """

    project: str
    zone: str
    mode: str
    proxy: str
    coached: bool
    item: str
    code: str
    n: int
    void: bool = False


def official(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """The answers that make the official rate: not void, not given by staff; coached ones stay in."""
    return tuple(cell for cell in cells if not cell.void and cell.proxy != STAFF)


def with_void(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """The official answers as they stood before review removed any."""
    return tuple(cell for cell in cells if cell.proxy != STAFF)


def without_coached(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """The official answers of people nobody had told what to say."""
    return tuple(cell for cell in official(cells) if not cell.coached)


Counts = dict[str, dict[str, int]]
"""Answers of one group of people: item -> code -> number."""


def fold(cells: Iterable[Cell], key: Callable[[Cell], Key]) -> dict[Key, Counts]:
    """All counts by project, by (zone, project), by mode or whatever `key` returns, in one pass over the cells."""
    groups: dict[Key, Counts] = {}
    for cell in cells:
        answers = groups.setdefault(key(cell), {}).setdefault(cell.item, {})
        answers[cell.code] = answers.get(cell.code, 0) + cell.n
    return groups


def respondents(counts: Counts) -> int:
    """How many people answered at all: the submission counts, or else the largest count among one-answer items."""
    if SUBMISSION_ITEM in counts:
        return sum(counts[SUBMISSION_ITEM].values())
    return max((sum(answers.values()) for item, answers in counts.items() if item in _ONE_CODE_ITEMS), default=0)


def total(parts: Iterable[Counts]) -> Counts:
    """Several groups as one."""
    together: Counts = {}
    for part in parts:
        for item, answers in part.items():
            into = together.setdefault(item, {})
            for code, n in answers.items():
                into[code] = into.get(code, 0) + n
    return together


def domain_size(population: int, respondents_: int, valid: int) -> int:
    """N_d = floor(N * n_valid / r + 0.5): how many of the list a question concerns, in integers.

    Only when all N answered may the domain be as small as the valid answers, because only then nothing is left open.
    """
    if respondents_ <= 0 or valid <= 0:
        return population
    estimate = (2 * population * valid + respondents_) // (2 * respondents_)
    floor = valid if respondents_ >= population else min(valid + 1, population)
    return max(estimate, floor)
