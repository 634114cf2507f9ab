"""srs_ci.csv, hypergeom_ci.csv, hkg_ci.csv, verdict_exact.csv and plan_exact.csv: one list, one rate. Pure."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from analysis.errors import UnknownCase
from analysis.hkg import hkg_shape
from analysis.hypergeometric import exact_interval, tail_at_least, tail_at_most
from analysis.intervals import (
    Interval,
    agresti_coull,
    clopper_pearson,
    jeffreys,
    logit,
    mid_p,
    wald,
    wilson,
    wilson_continuity,
)
from analysis.planning import c_max
from analysis.shorter_interval import shorter_interval
from analysis.verdicts import judge, target_count
from analysis.verifying.cases import DIGITS_PRINTED, RELATIVE, Case, Comparison, Tolerance, alpha_of, csv_rows

Row = dict[str, str]
BOUND = Tolerance(relative=1e-6, absolute=DIGITS_PRINTED)
TWO_SIDED: dict[str, Callable[[int, int, float], Interval]] = {
    "wald": wald,
    "wilson": wilson,
    "wilson_cc": wilson_continuity,
    "agresti_coull": agresti_coull,
    "clopper_pearson": clopper_pearson,
    "logit": logit,
    "jeffreys": jeffreys,
    "midp": mid_p,
}
ONE_SIDED = frozenset({"lower_1s_cp", "upper_1s_cp"})


def _thousandths(target: str) -> int:
    return round(float(target) * 1000)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _rows(path: Path, compare: Callable[[Row], Iterable[Comparison]]) -> Iterator[Case]:
    for number, row in enumerate(csv_rows(path), 2):
        yield Case(f"line {number}", partial(compare, row))


def _unknown_size(row: Row) -> Iterator[Comparison]:
    method, x, n = row["method"], int(row["x"]), int(row["n"])
    if method in ONE_SIDED:
        both = clopper_pearson(x, n, alpha_of(row["level"], sides=1))
        low, high = (both.low, 1.0) if method == "lower_1s_cp" else (0.0, both.high)
    elif method in TWO_SIDED:
        found = TWO_SIDED[method](x, n, alpha_of(row["level"]))
        low, high = found.low, found.high
    else:
        raise UnknownCase("method", method)
    yield Comparison("low", _number(row["low"]), low if row["low"] else None, BOUND)
    yield Comparison("high", _number(row["high"]), high if row["high"] else None, BOUND)


def unknown_size(path: Path) -> Iterator[Case]:
    """srs_ci.csv: intervals where the size of the list is unknown."""
    return _rows(path, _unknown_size)


def _exact(row: Row) -> Iterator[Comparison]:
    x, n, population = int(row["x"]), int(row["n"]), int(row["N"])
    both = exact_interval(x, n, population, alpha_of(row["level"]))
    single = exact_interval(x, n, population, alpha_of(row["level"], sides=1))
    yield Comparison("M_lo_tail", int(row["M_lo_tail"]), both.low)
    yield Comparison("M_hi_tail", int(row["M_hi_tail"]), both.high)
    yield Comparison("M_lo_1s", int(row["M_lo_1s"]), single.low)
    yield Comparison("M_hi_1s", int(row["M_hi_1s"]), single.high)
    if row["M_lo_amo"] or row["M_hi_amo"]:
        shorter = shorter_interval(x, n, population, alpha_of(row["level"]))
        yield Comparison("M_lo_amo", int(row["M_lo_amo"]), shorter.low)
        yield Comparison("M_hi_amo", int(row["M_hi_amo"]), shorter.high)


def exact(path: Path) -> Iterator[Case]:
    """hypergeom_ci.csv: satisfied people on a list of known size, in whole numbers."""
    return _rows(path, _exact)


def _hkg(row: Row) -> Iterator[Comparison]:
    found = hkg_shape(float(row["p"]), int(row["n0"]), int(row["N"]), alpha_of(row["level"]))
    yield Comparison("low", float(row["low"]), found.low, RELATIVE)
    yield Comparison("high", float(row["high"]), found.high, RELATIVE)


def hkg(path: Path) -> Iterator[Case]:
    """hkg_ci.csv: the shape of the hypergeometric Korn-Graubard interval before its logical clip."""
    return _rows(path, _hkg)


def _verdict(row: Row) -> Iterator[Comparison]:
    x, n, population, target = int(row["x"]), int(row["n"]), int(row["N"]), _thousandths(row["target"])
    needed = target_count(target, population)
    yield Comparison("M_target", int(row["M_target"]), needed)
    yield Comparison("p_met", float(row["p_met"]), tail_at_least(x, needed - 1, n, population), RELATIVE)
    yield Comparison("p_not_met", float(row["p_not_met"]), tail_at_most(x, needed, n, population), RELATIVE)
    for field, alpha in (("verdict_a025", 0.05), ("verdict_a05", 0.1)):
        yield Comparison(field, row[field], judge(x, n, population, target, alpha, minimum=0).verdict.value)


def verdicts(path: Path) -> Iterator[Case]:
    """verdict_exact.csv: the exact test of a target, both tails and the verdict."""
    return _rows(path, _verdict)


def _plan(row: Row) -> Iterator[Comparison]:
    found = c_max(int(row["N"]), _thousandths(row["target"]), 2 * float(row["alpha"]), int(row["n"]))
    yield Comparison("c_max", int(row["c_max"]), found)


def plans(path: Path) -> Iterator[Case]:
    """plan_exact.csv: how many unsatisfied answers still leave the target proven."""
    return _rows(path, _plan)
