"""calibrated_weights.csv: weights before and after calibration, row by row, against R survey. Pure."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from analysis.errors import UnknownCase
from analysis.estimation.sample_design import Floats
from analysis.verifying.cases import RELATIVE, Case, Comparison, csv_rows, json_document
from analysis.verifying.samples import sample

Json = Mapping[str, Any]


def _described(path: Path) -> dict[str, Json]:
    """The first case of design.json for each calibration, by its name: cal/ps1/strat:... is ps1/strat."""
    found: dict[str, Json] = {}
    for case in json_document(path)["cases"]:
        if case.get("calibration"):
            found.setdefault(case["id"].partition(":")[0].removeprefix("cal/"), case)
    return found


def _weights(folder: Path, case: Json) -> dict[str, tuple[float, float]]:
    data = sample(folder / "data" / case["dataset"])
    before: Floats = data.design(case["design"], None).weights
    after: Floats = data.design(case["design"], case["calibration"]).weights
    pairs = zip(before.tolist(), after.tolist(), strict=True)
    return dict(zip(data.columns["id"].tolist(), pairs, strict=True))


def _compare(weights: Mapping[str, tuple[float, float]], row: dict[str, str]) -> Iterator[Comparison]:
    before, after = weights[row["id"]]
    yield Comparison("w0", float(row["w0"]), before, RELATIVE)
    yield Comparison("w1", float(row["w1"]), after, RELATIVE)


def cases_of(path: Path) -> Iterator[Case]:
    """Every row of the table; design.json beside it says how each case calibrates."""
    described, known = _described(path.parent / "design.json"), dict[str, dict[str, tuple[float, float]]]()
    for number, row in enumerate(csv_rows(path), 2):
        name = row["case"]
        if name not in described:
            raise UnknownCase(path.name, f"line {number}: {name}")
        if name not in known:
            known[name] = _weights(path.parent, described[name])
        yield Case(f"line {number} {name} {row['id']}", partial(_compare, known[name], row))
