"""design.json: designs, domains, estimates, variances and intervals against R survey. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from math import floor
from pathlib import Path
from typing import Any

import numpy as np

from analysis.errors import SingleUnitStratum, UnknownCase
from analysis.estimation.estimators import Estimate, mean, proportion, ratio, total
from analysis.estimation.rate_intervals import Method, interval, nchs_answers
from analysis.estimation.sample_design import Design, Mask
from analysis.hkg import CERTAIN, NO_VARIANCE, WHOLE, quantile_ratio, same_variance_answers
from analysis.intervals import Interval
from analysis.verifying.cases import DIGITS_PRINTED, RELATIVE, Case, Comparison, Tolerance, alpha_of, json_document
from analysis.verifying.samples import Sample, sample

Json = Mapping[str, Any]
CASE = {
    "id", "dataset", "design", "calibration", "filter", "estimand", "levels", "note", "expected", "confirmed_by",
    "disputed",
}  # fmt: skip
SPREAD = Tolerance(relative=1e-7, absolute=DIGITS_PRINTED)
CLOSED_FORM = Tolerance(relative=1e-6, absolute=DIGITS_PRINTED)
ITERATED = Tolerance(absolute=2e-5)
RULES = REGULAR, DEGENERATE, LOW_DF = "regular", "degenerate", "df<1"
CENSUS = "census"
BY_GLM = (Method.logit, Method.likelihood)


def _domain(data: Sample, case: Json) -> Mask:
    inside: Mask = np.ones(data.rows, dtype=np.bool_)
    for one in [*case["filter"], case["estimand"]["denominator"]]:
        inside &= data.where(one["column"], one["in"])
    return inside


def _estimate(data: Sample, sampled: Design, case: Json) -> Estimate:
    wanted, inside = case["estimand"], _domain(data, case)
    kind = wanted["type"]
    if kind == "mean":
        points = {str(code): float(value) for code, value in wanted["score"].items()}
        answers = data.columns[wanted["denominator"]["column"]]
        return mean(sampled, np.array([points.get(str(code), np.nan) for code in answers]), inside)
    if kind not in ("proportion", "ratio", "total"):
        raise UnknownCase("estimand", str(kind))
    counted = data.where(wanted["numerator"]["column"], wanted["numerator"]["in"])
    if kind == "total":
        return total(sampled, counted & inside, inside)
    return ratio(sampled, counted & inside, inside, inside) if kind == "ratio" else proportion(sampled, counted, inside)


def _numbers(expected: Json, found: Estimate) -> Iterator[Comparison]:
    plain = {
        "n": found.n,
        "n_nonzero_weight": found.n_weighted,
        "x_unweighted": found.x,
        "sum_weights": found.sum_weights,
        "estimate": found.estimate,
        "df": found.df,
        "r_full_df": found.full_df,
        "r_nrow_design": found.rows,
        "n_kish": found.kish_n,
    }
    spread = {"se": found.se, "deff": found.deff, "deff_wr": found.deff_wr}
    for field, value in expected.items():
        if field in plain:
            yield Comparison(field, value, plain[field], RELATIVE)
        elif field in spread:
            yield Comparison(field, value, spread[field], SPREAD)
        elif field not in ("ci", "hkg", "kg_nchs"):
            raise UnknownCase("expected field", field)


def _pair(value: Any) -> tuple[float | None, float | None]:
    return (None, None) if value is None else (value[0], value[1])


def _intervals(expected: Json, found: Estimate) -> Iterator[Comparison]:
    for name, levels in expected.get("ci", {}).items():
        for level, value in levels.items():
            yield from _bounds(Method(name), level, _pair(value), interval(found, Method(name), alpha_of(level)))


def _bounds(
    method: Method, level: str, expected: tuple[float | None, float | None], found: Interval | None
) -> Iterator[Comparison]:
    ours = (None, None) if found is None else (found.low, found.high)
    for side, theirs, bound in zip(("low", "high"), expected, ours, strict=True):
        field = f"ci {method} {level} {side}"
        if method in BY_GLM:
            yield _glm(field, theirs, bound)
        else:
            yield Comparison(field, theirs, bound, CLOSED_FORM)


def _glm(field: str, expected: float | None, found: float | None) -> Comparison:
    """R prints null where its search gave up; there ours is the end of the scale. Everything else must be close."""
    gave_up = expected is None and found in (0.0, 1.0)
    return Comparison(field, expected, None if gave_up else found, ITERATED)


@dataclass(frozen=True, slots=True)
class _Steps:
    """The intermediate numbers of HKG, methodology.md 3."""

    N: int
    n_kish: float
    rule: str
    n_star_raw: float | None
    df_adj: float | None
    n_star: float | None
    n0: int | None
    low: float | None
    high: float | None


def _hkg_steps(found: Estimate, alpha: float) -> _Steps:
    n, p, v = found.n_weighted, found.estimate, found.variance
    size = max(n, floor(found.sum_weights + 0.5))
    if p is None or v is None or (found.df < 1 and n < size):
        return _Steps(size, found.kish_n, LOW_DF, None, None, None, None, None, None)
    bounds = interval(found, Method.hkg, alpha)
    low, high = (bounds.low, bounds.high) if bounds else (None, None)
    if n >= size:
        return _Steps(size, found.kish_n, CENSUS, None, None, None, None, low, high)
    adjusted = quantile_ratio(n, found.df, alpha)
    degenerate = min(p, 1 - p) <= CERTAIN or v <= NO_VARIANCE or n == 1
    raw = None if degenerate else same_variance_answers(p, v, n, size)
    star = found.kish_n * adjusted if raw is None else min(found.kish_n, adjusted * raw)
    whole = min(max(floor(star + WHOLE), 1), size)
    rule = DEGENERATE if degenerate else REGULAR
    return _Steps(size, found.kish_n, rule, raw, adjusted, star, whole, low, high)


def _hkg(expected: Json, found: Estimate) -> Iterator[Comparison]:
    for level, fields in expected.get("hkg", {}).items():
        got = asdict(_hkg_steps(found, alpha_of(level)))
        if got["rule"] == CENSUS and fields.get("rule") not in RULES:
            got["rule"] = fields.get("rule")  # the format has no word for a fully answered list
        for field, value in fields.items():
            yield Comparison(f"hkg {level} {field}", value, got[field], SPREAD)


def _kg_nchs(expected: Json, found: Estimate) -> Iterator[Comparison]:
    for level, fields in expected.get("kg_nchs", {}).items():
        got = interval(found, Method.kg_nchs, alpha_of(level))
        if fields is None or got is None:
            yield Comparison(
                f"kg_nchs {level}", None if fields is None else "interval", None if got is None else "interval"
            )
            continue
        ours = {"n_eff": nchs_answers(found, alpha_of(level)), "low": got.low, "high": got.high}
        for field, value in fields.items():
            yield Comparison(f"kg_nchs {level} {field}", value, ours[field], CLOSED_FORM)


def _levels(case: Json) -> Iterator[Comparison]:
    """The levels a case announces are those it expects (a ratio's t interval has 0.95 alone)."""
    levels = {str(level) for level in case.get("levels", [0.95])}
    expected = case["expected"]
    for kind in (*expected.get("ci", {}).values(), expected.get("hkg"), expected.get("kg_nchs")):
        for level in kind or ():
            yield Comparison("level", level if level in levels else "announced", level)


def _compare(data_folder: Path, case: Json) -> Iterator[Comparison]:
    if unknown := case.keys() - CASE:
        raise UnknownCase("case field", ", ".join(sorted(unknown)))
    data, expected = sample(data_folder / case["dataset"]), case["expected"]
    if "error" in expected:
        yield Comparison("error", expected["error"], _refusal(data, case))
        return
    found = _estimate(data, data.design(case["design"], case.get("calibration")), case)
    yield from _numbers(expected, found)
    yield from _intervals(expected, found)
    yield from _hkg(expected, found)
    yield from _kg_nchs(expected, found)
    yield from _levels(case)


def _refusal(data: Sample, case: Json) -> str | None:
    try:
        _estimate(data, data.design(case["design"], case.get("calibration")), case)
    except SingleUnitStratum:
        return "lonely_psu"
    return None


def cases_of(path: Path) -> Iterator[Case]:
    """design.json with its data/ folder beside it."""
    document = json_document(path)
    if document.get("format") != "survey-oracle/1":
        raise UnknownCase("format", str(document.get("format")))
    for case in document["cases"]:
        yield Case(case["id"], partial(_compare, path.parent / "data", case), disputed=bool(case.get("disputed")))
