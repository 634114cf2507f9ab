"""edge.json: what our functions do with input that is empty, impossible or exactly at the target. Pure.

The codes of the file are those of the specification; here each becomes the typed error or result that stands for it.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from analysis.errors import (
    CalibrationCellEmpty,
    CountsOutOfRange,
    LevelOutOfRange,
    MarginsDisagree,
    PopulationSmallerThanSample,
    SingleUnitStratum,
    UnknownCase,
    WeightNegative,
    WeightNotFinite,
)
from analysis.estimation.calibration import margin, poststratify, rake
from analysis.estimation.estimators import proportion
from analysis.estimation.sample_design import design
from analysis.hypergeometric import exact_interval
from analysis.intervals import Interval, wilson
from analysis.verdicts import Judgement, judge, target_count
from analysis.verifying.cases import RELATIVE, Case, Comparison, Value, alpha_of, json_document

Json = Mapping[str, Any]
Result = dict[str, Value]
PROSE = {"note"}
ANSWERS_OF_NOBODY = {None: "no_answers", 0: "empty_population"}


def _bounds(x: int, n: int, population: int | None, alpha: float) -> Interval | None:
    if population is None:
        return wilson(x, n, alpha)
    return exact_interval(x, n, population, alpha).interval if population else None


def _reason(found: Judgement, n: int, population: int | None) -> str | None:
    """no_answers and empty_population are shown as too few answers; census is a note of a verdict."""
    if n == 0:
        return ANSWERS_OF_NOBODY.get(population, "no_answers")
    return "census" if found.census else (found.reason.value if found.reason else None)


def _proportion_ci(case: Json) -> Result:
    x, n, population = case["x"], case["n"], case.get("N")
    alpha = alpha_of(case.get("level", 0.95))
    found = judge(x, n, population, 900, alpha)
    bounds = _bounds(x, n, population, alpha)
    return {
        "estimate": x / n if n else None,
        "low": bounds.low if bounds else None,
        "high": bounds.high if bounds else None,
        "verdict": found.verdict.value,
        "reason": _reason(found, n, population),
    }


def _weights(case: Json) -> Result:
    given = [float(weight) for weight in case["w"]]
    found = proportion(design(weights=given), [True] * len(given))
    return {"estimate": found.estimate, "reason": found.undefined.value if found.undefined else None}


def _lonely() -> None:
    sampled = design(strata=["a", "b", "b"], population=[[4, 5, 5]])
    proportion(sampled, [1, 1, 0])


def _more_drawn_than_there_are() -> None:
    design(strata=["a", "a", "a"], population=[[2, 2, 2]])


def _cell_without_count() -> None:
    poststratify(design(weights=[1, 1, 1]), margin("sex", ["0", "1", "1"], {"1": 9}))


def _count_without_cell() -> None:
    poststratify(design(weights=[1, 1, 1]), margin("sex", ["1", "1", "1"], {"0": 4, "1": 9}))


def _empty_cells() -> None:
    """Both directions must be refused; the second one is what the caller sees."""
    try:
        _cell_without_count()
    except CalibrationCellEmpty:
        _count_without_cell()


def _different_totals() -> None:
    sampled = design(weights=[1, 1, 1, 1])
    sex = margin("sex", ["0", "1", "0", "1"], {"0": 10, "1": 10})
    rake(sampled, [sex, margin("age", ["0", "0", "1", "1"], {"0": 10, "1": 11})])


SCENES: Mapping[tuple[str, str], Callable[[], None]] = {
    ("design", "stratum with one PSU, N_h>1, lonely_psu=fail"): _lonely,
    ("design", "fpc smaller than sample count"): _more_drawn_than_there_are,
    (
        "poststratify",
        "sample has a cell with no population count, or population cell without sample",
    ): _empty_cells,
    ("rake", "margins with different totals"): _different_totals,
}


def _scene(case: Json) -> Result:
    key = case["call"], case.get("note", "")
    if key not in SCENES:
        raise UnknownCase("edge case", ": ".join(key))
    SCENES[key]()
    return {}


CALLS: Mapping[str, Callable[[Json], Result]] = {
    "proportion_ci": _proportion_ci,
    "weights": _weights,
    "design": _scene,
    "poststratify": _scene,
    "rake": _scene,
}
CODES: Mapping[type[ValueError], str] = {
    LevelOutOfRange: "level",
    WeightNegative: "negative_weight",
    WeightNotFinite: "nonfinite_weight",
    SingleUnitStratum: "lonely_psu",
    PopulationSmallerThanSample: "fpc<n",
    CalibrationCellEmpty: "empty_cell",
    MarginsDisagree: "margins_disagree",
}

REFUSED: tuple[type[ValueError], ...] = (CountsOutOfRange, *CODES)


def _code(problem: ValueError) -> str:
    if isinstance(problem, CountsOutOfRange):
        if problem.x < 0:
            return "x<0"
        return "x>n" if problem.x > problem.n else "n>N"
    return CODES[type(problem)]


def _outcome(case: Json) -> Result:
    try:
        return CALLS[case["call"]](case)
    except REFUSED as problem:
        return {"error": _code(problem)}


def _counts(case: Json) -> Iterator[Comparison]:
    target = Fraction(case["target"]) * 1000
    for population, expected in zip(case["N"], case["expect"], strict=True):
        yield Comparison(f"target_count {population}", expected, target_count(int(target), population))


def _compare(case: Json) -> Iterator[Comparison]:
    if case["call"] == "target_count":
        yield from _counts(case)
        return
    if case["call"] not in CALLS:
        raise UnknownCase("call", str(case["call"]))
    found = _outcome(case)
    for field, expected in case["expect"].items():
        if field not in PROSE:
            yield Comparison(field, expected, found.get(field), RELATIVE)
    if "error" in found and "error" not in case["expect"]:
        yield Comparison("error", None, found["error"])


def cases_of(path: Path) -> Iterator[Case]:
    """edge.json: one case per call."""
    document = json_document(path)
    if document.get("format") != "edge/1":
        raise UnknownCase("format", str(document.get("format")))
    for number, case in enumerate(document["cases"], 1):
        yield Case(f"{number} {case['call']}", partial(_compare, case))
