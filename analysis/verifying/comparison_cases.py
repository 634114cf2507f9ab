"""misc.json: multiplicity, funnels, small areas, outcome rates, change between waves, interviewers. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from analysis.comparison import multiplicity
from analysis.comparison.change import WaveRows, change
from analysis.comparison.funnel import Unit, limit, overdispersion, pooled
from analysis.comparison.small_areas import Method, SmallAreas, fay_herriot
from analysis.comparison.target_tests import unlisted
from analysis.errors import UnknownCase
from analysis.nonresponse.interviewers import interviewer_effect, logit_deviation
from analysis.outcome_rates import OutcomeCounts, OutcomeRates, Ratio, rates
from analysis.verifying.cases import DIGITS_PRINTED, RELATIVE, Case, Comparison, Tolerance, json_document
from analysis.verifying.samples import Sample, sample

Json = Mapping[str, Any]
SPREAD = Tolerance(relative=1e-7, absolute=DIGITS_PRINTED)
SEARCHED = Tolerance(relative=5e-3)
"""R's optimiser stops where the log-likelihood is within 1e-5 of its top: 0.26737, the top itself lies at 0.26814."""

GRADES = ("1", "2", "3", "4", "5")
SATISFIED = ("1", "2")
SIDES = {"lo95": 0.025, "hi95": 0.975, "lo998": 0.001, "hi998": 0.999}
ADJUSTMENTS = {
    "holm": multiplicity.holm,
    "hochberg": multiplicity.hochberg,
    "BH": multiplicity.benjamini_hochberg,
    "BY": multiplicity.benjamini_yekutieli,
    "bonferroni": multiplicity.bonferroni,
}
HAND_E = {"hand": Ratio(3, 5)}
"""The share taken as eligible in the case worked by hand; everywhere else it follows from the counts."""


def only(found: Json, known: set[str], where: str) -> None:
    """Raises UnknownCase for a field that nobody compares."""
    if unknown := found.keys() - known:
        raise UnknownCase(where, ", ".join(sorted(unknown)))


def each(field: str, expected: list[Any], found: Any, tolerance: Tolerance = RELATIVE) -> Iterator[Comparison]:
    """One comparison per place, and one for how many there are."""
    values = list(found)
    yield Comparison(f"{field} length", len(expected), len(values))
    for place, (one, ours) in enumerate(zip(expected, values, strict=False)):
        yield Comparison(f"{field}[{place}]", one, ours, tolerance)


def _multiplicity(given: Json) -> Iterator[Comparison]:
    only(given, {"target", "n", "x", "p_greater", "p_less", "adjust_greater", "adjust_less", "call"}, "multiplicity")
    tests = [unlisted(x, n, round(1000 * given["target"])) for x, n in zip(given["x"], given["n"], strict=True)]
    for name, p in (("greater", [one.met for one in tests]), ("less", [one.not_met for one in tests])):
        yield from each(f"p_{name}", given[f"p_{name}"], p)
        only(given[f"adjust_{name}"], set(ADJUSTMENTS), "adjustment")
        for method, expected in given[f"adjust_{name}"].items():
            yield from each(f"{method} {name}", expected, ADJUSTMENTS[method](p))


def _funnel(given: Json) -> Iterator[Comparison]:
    only(given, {"theta", "n", "note", "overdispersion", *SIDES}, "funnel")
    for field, side in SIDES.items():
        yield from each(field, given[field], (limit(side, n, given["theta"]) for n in given["n"]))
    scatter = given["overdispersion"]
    only(scatter, {"x", "n", "theta0", "z", "winsor", "phi"}, "overdispersion")
    units = [Unit(x, n) for x, n in zip(scatter["x"], scatter["n"], strict=True)]
    centre = pooled(units)
    yield Comparison("theta0", scatter["theta0"], centre, RELATIVE)
    found = overdispersion(units, centre if centre is not None else 0.0)
    if found is not None:
        yield from each("z", scatter["z"], found.z)
        yield from each("winsor", scatter["winsor"], found.cuts)
    yield Comparison("phi", scatter["phi"], found.phi if found else None, RELATIVE)


def _areas(where: str, given: Json, found: SmallAreas) -> Iterator[Comparison]:
    only(given, {"sigma2_u", "beta", "eblup", "mse"}, where)
    beta = given["beta"] if isinstance(given["beta"], list) else [given["beta"]]
    yield Comparison(f"{where} sigma2_u", given["sigma2_u"], found.sigma2, RELATIVE)
    yield from each(f"{where} beta", beta, found.beta)
    yield from each(f"{where} eblup", given["eblup"], found.eblup)
    yield from each(f"{where} mse", given["mse"], found.mse)


def _fay_herriot(given: Json) -> Iterator[Comparison]:
    only(given, {"y", "x1", "v", "n", "with_x1", "intercept_only_REML", "call"}, "fay_herriot")
    only(given["with_x1"], {method.value for method in Method}, "method")
    for method, expected in given["with_x1"].items():
        yield from _areas(method, expected, fay_herriot(given["y"], given["v"], [given["x1"]], Method(method)))
    yield from _areas("constant", given["intercept_only_REML"], fay_herriot(given["y"], given["v"]))


def _outcomes(name: str, given: Json) -> Iterator[Comparison]:
    only(given, {"counts", "e", "rates"}, "aapor")
    found = rates(OutcomeCounts(**given["counts"]), HAND_E.get(name))
    yield Comparison("e", given["e"], found.e.value if found.e else None, RELATIVE)
    only(given["rates"], {field.name for field in fields(OutcomeRates)}, "rates")
    for rate, expected in given["rates"].items():
        ours: Ratio | None = getattr(found, rate)
        yield Comparison(rate, expected, ours.value if ours else None, RELATIVE)


def _wave(data: Sample, wave: str, project: str) -> WaveRows:
    rows = np.flatnonzero(data.where("wave", [wave]))
    valid, satisfied = data.where("q_sat", GRADES), data.where("q_sat", SATISFIED)
    if project != "all":
        valid = valid & data.where("project", [project])
    people = np.unique(data.columns["id"], return_inverse=True)[1]
    strata = np.unique(data.columns["project"], return_inverse=True)[1]
    return WaveRows(people[rows], strata[rows], data.numbers("w")[rows], valid[rows], satisfied[rows])


def _panel(directory: Path, project: str, given: Json) -> Iterator[Comparison]:
    data = sample(directory / "data" / "panel.csv")
    found = change(_wave(data, "1", project), _wave(data, "2", project))
    numbers = {"p1": found.before, "p2": found.after, "diff": found.difference}
    spreads = {
        "se1": found.se_before,
        "se2": found.se_after,
        "cov12": found.covariance,
        "se_diff": found.se,
        "se_if_independent": found.se_if_independent,
    }
    only(given, {*numbers, *spreads, "df"}, "panel_change")
    yield Comparison("df", given["df"], found.df)
    for field, value in numbers.items():
        yield Comparison(field, given[field], value, RELATIVE)
    for field, value in spreads.items():
        yield Comparison(field, given[field], value, SPREAD)


def _interviewers(directory: Path, given: Json) -> Iterator[Comparison]:
    data = sample(directory / "data" / given["dataset"])
    valid, satisfied = data.where("q_sat", GRADES), data.where("q_sat", SATISFIED)
    agents = {str(one): data.where("agent", [str(one)]) for one in np.unique(data.columns["agent"])}
    counts = [(int((one & satisfied).sum()), int((one & valid).sum())) for one in agents.values()]
    found = interviewer_effect(counts)
    numbers = {
        "n0": found.n0,
        "msb": found.msb,
        "msw": found.msw,
        "rho_anova": found.rho,
        "deff_int": found.deff_computed,
        "mbar": found.mean_size,
    }
    only(given, {*numbers, "dataset", "n", "k", "glmer_sd", "note"}, "interviewer")
    yield Comparison("n", given["n"], found.n)
    yield Comparison("k", given["k"], found.k)
    for field, value in numbers.items():
        yield Comparison(field, given[field], value, RELATIVE)
    yield Comparison("glmer_sd", given["glmer_sd"], logit_deviation(counts), SEARCHED)


WHOLE: Mapping[str, Callable[[Json], Iterator[Comparison]]] = {
    "multiplicity": _multiplicity,
    "funnel": _funnel,
    "fay_herriot": _fay_herriot,
}


def cases_of(path: Path) -> Iterator[Case]:
    """One case per block; outcome rates and changes one per project."""
    document = json_document(path)
    only(document, {"format", "software", "aapor", "panel_change", "interviewer", *WHOLE}, path.name)
    if document["format"] != "misc-oracle/1":
        raise UnknownCase("format", str(document["format"]))
    for name, compare in WHOLE.items():
        yield Case(name, partial(compare, document[name]))
    for name, given in document["aapor"].items():
        yield Case(f"aapor {name}", partial(_outcomes, name, given))
    for name, given in document["panel_change"].items():
        yield Case(f"panel_change {name}", partial(_panel, path.parent, name, given))
    yield Case("interviewer", partial(_interviewers, path.parent, document["interviewer"]))
