"""One reference case, one comparison of a found number with the expected one, and how close they must be. Pure.

A module of this package turns one kind of file into cases: a function `cases_of(path: Path) -> Iterable[Case]`,
entered in registry.py under the file's name. A case is lazy: `run` computes with our functions and yields comparisons.

    def _compare(row: dict[str, str]) -> Iterator[Comparison]:
        yield Comparison("c_max", int(row["c_max"]), c_max(...))                      # exact
        yield Comparison("p_met", float(row["p_met"]), tail_at_least(...), RELATIVE)  # relative 1e-9

    def cases_of(path: Path) -> Iterator[Case]:
        for number, row in enumerate(csv_rows(path), 2):
            yield Case(f"line {number}", partial(_compare, row))

A shape that the module does not know raises UnknownCase; any error raised by `run` counts as a case that does not match.
"""

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from analysis.errors import UnknownCase

Value = float | int | str | bool | None
DIGITS_PRINTED = 1e-12  # the reference files print 13 digits: a difference below this is no difference


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a found number may lie from the expected one: |found - expected| <= absolute + relative * |expected|."""

    relative: float = 0.0
    absolute: float = 0.0


EXACT = Tolerance()
RELATIVE = Tolerance(relative=1e-9, absolute=DIGITS_PRINTED)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field of a case: text, whole numbers and None must be equal, other numbers as close as the tolerance says."""

    field: str
    expected: Value
    found: Value
    tolerance: Tolerance = EXACT

    @property
    def error(self) -> float:
        """Distance, relative to the expected number where the tolerance is relative; 0 for equal things."""
        if self.expected == self.found:
            return 0.0
        if not isinstance(self.expected, int | float) or not isinstance(self.found, int | float):
            return float("inf")
        distance = abs(self.found - self.expected)
        if not isfinite(distance):
            return float("inf")
        relative = self.tolerance.relative > 0 and self.expected != 0
        return distance / abs(self.expected) if relative else float(distance)

    @property
    def matches(self) -> bool:
        """Whether the found value is as close as it must be; a NaN never is."""
        if self.expected is None or self.found is None or isinstance(self.expected, str | bool):
            return self.expected == self.found and type(self.expected) is type(self.found)
        if not isinstance(self.found, int | float) or not isfinite(self.found) or not isfinite(self.expected):
            return False
        allowed = self.tolerance.absolute + self.tolerance.relative * abs(self.expected)
        return abs(self.found - self.expected) <= allowed


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a reference file; `disputed` when the reference engines disagree among themselves: it is skipped."""

    name: str
    run: Callable[[], Iterable[Comparison]]
    disputed: bool = False


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a table by column name. Raises UnknownCase for a row with too few or too many fields."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise UnknownCase(path.name, f"line {number}")
    return rows


def json_document(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises UnknownCase when it is something else."""
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise UnknownCase(path.name, type(found).__name__)
    return found


def alpha_of(level: str | float, sides: int = 2) -> float:
    """Two-sided alpha of a confidence level, without the noise of 1 - 0.95; sides=1: the level of one bound alone."""
    return round(1 - float(level), 12) * (2 / sides)
