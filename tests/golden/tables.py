"""The reference tables of this folder as rows of text."""

import csv
from decimal import Decimal
from pathlib import Path

FOLDER = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    """Every row of a table, by column name."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def vectors(id_: str) -> list[dict[str, str]]:
    """The rows of golden_vectors.csv with one id; empty is a mistake of the caller."""
    found = [row for row in rows("golden_vectors.csv") if row["id"] == id_]
    assert found, id_
    return found


def alpha_of(level: str, sides: int = 2) -> float:
    """Two-sided alpha of a confidence level; sides=1 where the level belongs to one bound alone."""
    return float((1 - Decimal(level)) * 2 / sides)
