"""Tables that come with the questionnaires: from answers to an outcome code, and probing words."""

import csv
from functools import cache
from pathlib import Path


@cache
def read(name: str) -> tuple[dict[str, str], ...]:
    """Rows of `name`.csv by heading."""
    with (Path(__file__).resolve().parent / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))
