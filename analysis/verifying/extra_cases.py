"""extra.json: whole-number allocation, weighting classes, worst-case bounds and tipping points. Pure."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from analysis.allocation import neyman, variance_term
from analysis.errors import UnknownCase
from analysis.nonresponse.bounds import WorstCase
from analysis.nonresponse.weighting_classes import Adjustment, SampledPeople, weighting_classes
from analysis.verifying.cases import RELATIVE, Case, Comparison, json_document
from analysis.verifying.comparison_cases import GRADES, SATISFIED, each, only
from analysis.verifying.samples import Sample, sample

Json = Mapping[str, Any]
CLASSES: Mapping[str, tuple[str, ...]] = {"sex_agegrp": ("sex", "agegrp"), "none": ()}
CALLED = "callframe.csv"


def _allocation(given: Json) -> Iterator[Comparison]:
    only(given, {"N", "S", "n_min", "n_max", "n", "n_h", "variance_term", "brute_force_verified"}, "allocation")
    found = neyman(given["N"], given["S"], given["n"], given["n_min"], given["n_max"])
    yield from each("n_h", given["n_h"], found)
    yield Comparison("variance_term", given["variance_term"], variance_term(given["N"], given["S"], found), RELATIVE)


def _people(data: Sample, columns: tuple[str, ...]) -> SampledPeople:
    parts = [data.columns[name].tolist() for name in columns]
    labels = ["|".join(values) for values in zip(*parts, strict=True)] if parts else ["all"] * data.rows
    return SampledPeople(labels, data.numbers("base_w").tolist(), data.columns["disposition"].tolist())


def _share(data: Sample, weights: np.ndarray) -> float:
    valid = data.where("disposition", ["I"]) & data.where("q_sat", GRADES)
    return float(weights[valid & data.where("q_sat", SATISFIED)].sum() / weights[valid].sum())


def _classes(given: Json, found: Adjustment) -> Iterator[Comparison]:
    ours = {"+".join(one.labels): one for one in found.classes}
    yield Comparison("classes", ",".join(sorted(given)), ",".join(sorted(ours)))
    for label, expected in given.items():
        only(expected, {"n_resp", "elig_rate", "factor"}, "class")
        if label not in ours:
            continue
        yield Comparison(f"{label} n_resp", expected["n_resp"], ours[label].respondents)
        yield Comparison(f"{label} elig_rate", expected["elig_rate"], ours[label].eligibility, RELATIVE)
        yield Comparison(f"{label} factor", expected["factor"], ours[label].factor, RELATIVE)


def _nonresponse(directory: Path, name: str, given: Json) -> Iterator[Comparison]:
    if name not in CLASSES:
        raise UnknownCase("weighting classes", name)
    only(given, {"classes", "sum_w", "kish_deff", "p_sat", "p_sat_base"}, "nonresponse")
    data = sample(directory / "data" / CALLED)
    found = weighting_classes(_people(data, CLASSES[name]))
    yield from _classes(given["classes"], found)
    yield Comparison("sum_w", given["sum_w"], sum(found.weights), RELATIVE)
    yield Comparison("kish_deff", given["kish_deff"], found.kish_deff, RELATIVE)
    yield Comparison("p_sat", given["p_sat"], _share(data, np.array(found.weights)), RELATIVE)
    yield Comparison("p_sat_base", given["p_sat_base"], _share(data, data.numbers("base_w")), RELATIVE)


def _bounds(directory: Path, project: str, given: Json) -> Iterator[Comparison]:
    only(given, {"N", "answered", "satisfied", "rate", "lower", "upper", "tipping", "robust"}, "bounds")
    data = sample(directory / "data" / CALLED)
    listed = data.where("project", [project]) & ~data.where("disposition", ["NE"])
    valid = listed & data.where("disposition", ["I"]) & data.where("q_sat", GRADES)
    counts = int(listed.sum()), int(valid.sum()), int((valid & data.where("q_sat", SATISFIED)).sum())
    for field, count in zip(("N", "answered", "satisfied"), counts, strict=True):
        yield Comparison(field, given[field], count)
    found = WorstCase(*counts)
    exact = {"rate": found.rate, "lower": found.lower, "upper": found.upper, "tipping": found.tipping}
    for field, value in exact.items():
        yield Comparison(field, given[field], float(value) if value is not None else None, RELATIVE)
    yield Comparison("robust", given["robust"], found.robust.value)


def cases_of(path: Path) -> Iterator[Case]:
    """One case per allocation, per set of weighting classes and per project's bounds."""
    document = json_document(path)
    only(document, {"format", "allocation", "nonresponse", "bounds"}, path.name)
    if document["format"] != "extra-oracle/1":
        raise UnknownCase("format", str(document["format"]))
    for number, given in enumerate(document["allocation"]):
        yield Case(f"allocation {number}", partial(_allocation, given))
    for name, given in document["nonresponse"].items():
        yield Case(f"nonresponse {name}", partial(_nonresponse, path.parent, name, given))
    for name, given in document["bounds"].items():
        yield Case(f"bounds {name}", partial(_bounds, path.parent, name, given))
