"""The synthetic samples of data/ and the designs, domains and calibrations that reference cases describe. Pure."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import UnknownCase
from analysis.estimation.calibration import Distance, calibrate, margin, poststratify, rake
from analysis.estimation.sample_design import Design, Mask, combined, design
from analysis.verifying.cases import csv_rows, json_document

Text = NDArray[np.str_]
DESIGN = {"strata", "clusters", "weights", "fpc", "nest", "lonely_psu", "adjust_domain_lonely"}
CALIBRATION = {"kind", "margins", "calfun", "bounds"}


class Sample:
    """One data file: columns of text, and everything computed from it once."""

    def __init__(self, path: Path) -> None:
        rows = csv_rows(path)
        if not rows:
            raise UnknownCase(path.name, "no rows")
        self.path = path
        self.columns: dict[str, Text] = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        self.rows = len(rows)
        self._designs: dict[str, Design] = {}

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column as floats, empty as NaN."""
        column = self.columns[name]
        return np.where(column == "", "nan", column).astype(np.float64)

    def where(self, column: str, values: Sequence[object]) -> Mask:
        """Rows whose column has one of the values, compared as text."""
        found: Mask = np.isin(self.columns[column], [str(value) for value in values])
        return found

    def design(self, given: Mapping[str, Any], calibration: Mapping[str, Any] | None) -> Design:
        """The design of a case, calibrated where it says so; kept, since many cases share one."""
        key = json.dumps([given, calibration], sort_keys=True)
        if key not in self._designs:
            plain = self._plain(given)
            self._designs[key] = plain if calibration is None else self._calibrated(plain, calibration)
        return self._designs[key]

    def _plain(self, given: Mapping[str, Any]) -> Design:
        if unknown := given.keys() - DESIGN:
            raise UnknownCase("design", ", ".join(sorted(unknown)))
        weights = given.get("weights")
        return design(
            weights=self.numbers(weights) if weights else None,
            strata=combined([self.columns[name] for name in given["strata"]])[0] if given.get("strata") else None,
            clusters=[self.columns[name] for name in given.get("clusters") or ()],
            population=[self.numbers(name) for name in given.get("fpc") or ()],
            nest=bool(given.get("nest")),
            lonely=given.get("lonely_psu", "fail"),
            adjust_domain_lonely=bool(given.get("adjust_domain_lonely")),
            rows=self.rows,
        )

    def _calibrated(self, plain: Design, given: Mapping[str, Any]) -> Design:
        if unknown := given.keys() - CALIBRATION:
            raise UnknownCase("calibration", ", ".join(sorted(unknown)))
        counts = population_margins(self.path.parent / "population_margins.json")
        names = list(given["margins"])
        if given["kind"] == "poststratify":
            cells, labels = combined([self.columns[name] for name in names])
            named = np.array(labels)[cells]
            return poststratify(plain, margin("|".join(names), named, _counts(counts, names)))
        margins = [margin(name, self.columns[name], _counts(counts, [name])) for name in names]
        if given["kind"] == "rake":
            return rake(plain, margins)
        if given["kind"] != "calibrate":
            raise UnknownCase("calibration", str(given["kind"]))
        distance = Distance(given.get("calfun", "linear"))
        bounds = tuple(float(bound) for bound in given["bounds"]) if given.get("bounds") else (-np.inf, np.inf)
        return calibrate(plain, margins, distance, (bounds[0], bounds[1]))


def _counts(counts: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, float]:
    for joint in ("|".join(names), "_".join(names)):
        if joint in counts:
            return dict(counts[joint])
    raise UnknownCase("margin", "|".join(names))


@lru_cache(maxsize=64)
def _sample(path: Path, _size: int, _changed: int) -> Sample:
    return Sample(path)


def sample(path: Path) -> Sample:
    """A data file, read once for each of its contents."""
    state = path.stat()
    return _sample(path, state.st_size, state.st_mtime_ns)


def population_margins(path: Path) -> Mapping[str, Any]:
    """Population counts by column."""
    return json_document(path)
