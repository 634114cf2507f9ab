"""confseq.json and eprocess.json: what every prefix of a random order says, against exact fractions. Pure."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from math import exp, inf
from pathlib import Path
from typing import Any

from analysis.errors import UnknownCase
from analysis.sequential.evidence import (
    Evidence,
    Prior,
    confidence_set,
    mixture_evidence,
    ratio_evidence,
    reaches_met,
    reaches_not_met,
)
from analysis.verdicts import Verdict, target_count
from analysis.verifying.cases import Case, Comparison, Tolerance, json_document

Row = dict[str, Any]
RELATIVE = Tolerance(relative=1e-9)  # printed with all their digits, also the small ones
CONCLUSIVE = 1e-30  # how the files print the p-value of evidence that nothing can contradict
BOUNDS = ("M_lo", "M_hi", "M_lo_running", "M_hi_running")


def _prefixes(outcomes: str) -> list[tuple[int, int]]:
    """(s, t) for t = 0, 1, ... of a string of 1 and 0."""
    return list(enumerate(accumulate((int(one) for one in outcomes), initial=0)))


def _value(field: str, expected: float | None, found: float) -> Comparison:
    """An e-value; null in the file is infinite evidence."""
    return Comparison(field, expected, None if found == inf else found, RELATIVE)


def _p_value(field: str, expected: float, best: float) -> Comparison:
    return Comparison(field, expected, max(CONCLUSIVE, exp(-best)), RELATIVE)


def _verdict(met: bool, not_met: bool) -> str:
    if met:
        return Verdict.met.value
    return Verdict.not_met.value if not_met else Verdict.insufficient.value


def _rows(case: Row) -> Iterator[tuple[int, int, Row]]:
    """Each row of a case with its t and s, which must be those of the outcomes."""
    prefixes = _prefixes(case["outcomes"])
    if len(prefixes) != len(case["rows"]):
        raise UnknownCase("rows", str(case["id"]))
    for (t, s), values in zip(prefixes, case["rows"], strict=True):
        yield t, s, dict(zip(case["columns"], values, strict=True))


def _common(where: str, row: Row, s: int, t: int, now: Evidence, best: Evidence) -> Iterator[Comparison]:
    yield Comparison(f"{where} t", row["t"], t)
    yield Comparison(f"{where} s", row["s"], s)
    yield _value(f"{where} e_met", row["e_met"], now.met)
    yield _value(f"{where} e_not_met", row["e_not_met"], now.not_met)
    yield _p_value(f"{where} p_met_anytime", row["p_met_anytime"], best.log_met)
    yield _p_value(f"{where} p_not_met_anytime", row["p_not_met_anytime"], best.log_not_met)


def _best(best: Evidence, now: Evidence) -> Evidence:
    return Evidence(max(best.log_met, now.log_met), max(best.log_not_met, now.log_not_met))


def _sequence(case: Row) -> Iterator[Comparison]:
    population, prior = case["N"], Prior(case["prior_a"], case["prior_b"])
    needed = target_count(round(case["target"] * 1000), population)
    yield Comparison("M_target", case["M_target"], needed)
    best, low, high = Evidence(0.0, 0.0), 0, population
    met = not_met = False
    for t, s, row in _rows(case):
        now = ratio_evidence(s, t, population, needed, prior)
        best = _best(best, now)
        found = confidence_set(s, t, population, case["alpha"], prior)
        low, high = max(low, found.low), min(high, found.high)
        # A verdict is the running interval lying clear of the target: the smallest ratio of a side reached 1/alpha.
        met, not_met = met or found.low >= needed, not_met or found.high < needed
        for field, bound in zip(BOUNDS, (found.low, found.high, low, high), strict=True):
            yield Comparison(f"t={t} {field}", row[field], bound)
        yield from _common(f"t={t}", row, s, t, now, best)
        yield Comparison(f"t={t} verdict", row["verdict"], _verdict(met, not_met))


def _processes(case: Row) -> Iterator[Comparison]:
    population, needed, prior = case["N"], case["M_target"], Prior(case["a"], case["b"])
    two_sided = 2 * case["alpha_each_side"]
    best, met, not_met = Evidence(0.0, 0.0), False, False
    for t, s, row in _rows(case):
        now = mixture_evidence(s, t, population, needed, prior)
        best = _best(best, now)
        met = met or reaches_met(s, t, population, needed, two_sided, prior)
        not_met = not_met or reaches_not_met(s, t, population, needed, two_sided, prior)
        yield from _common(f"t={t}", row, s, t, now, best)
        yield Comparison(f"t={t} verdict", row["verdict"], _verdict(met, not_met))


def _cases(path: Path, layout: str, compare: Callable[[Row], Iterator[Comparison]]) -> Iterator[Case]:
    document = json_document(path)
    if document.get("format") != layout:
        raise UnknownCase("format", str(document.get("format")))
    for case in document["cases"]:
        yield Case(str(case["id"]), partial(compare, case))


def confidence_sequences(path: Path) -> Iterator[Case]:
    """confseq.json: bounds and verdicts exactly, e-values and p-values to 1e-9, at every t."""
    return _cases(path, "confseq-oracle/1", _sequence)


def e_processes(path: Path) -> Iterator[Case]:
    """eprocess.json: both one-sided mixtures and their verdicts, at every t."""
    return _cases(path, "eprocess-oracle/1", _processes)
