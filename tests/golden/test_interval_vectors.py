"""The rows of golden_vectors.csv about intervals, sample sizes, the three forms of 总体 and changes."""

import re
from collections.abc import Callable

import pytest

from analysis.hkg import Stratum
from analysis.hypergeometric import exact_interval
from analysis.intervals import Interval, clopper_pearson, newcombe_difference, wald, wilson, wilson_finite
from analysis.overall import overall
from analysis.planning import least_successes, sample_size
from analysis.rounding import change_text
from tests.golden.tables import vectors

Row = dict[str, str]
METHODS: dict[str, Callable[[int, int], Interval]] = {
    "wilson": wilson,
    "clopper-pearson": clopper_pearson,
    "wald": wald,
}


def _name(row: Row) -> str:
    return row["case"]


def _numbers(text: str) -> dict[str, int]:
    return {letter: int(number) for letter, number in re.findall(r"\b([xnN])=(\d+)", text)}


def _text(interval: Interval) -> str:
    return f"{interval.low:.6f};{interval.high:.6f}"


@pytest.mark.parametrize("row", vectors("G08"), ids=_name)
def test_three_textbook_intervals_without_list_size(row: Row) -> None:
    counts = _numbers(row["case"])
    bounds = dict(re.findall(r"([a-z-]+) (\d\.\d+;\d\.\d+)", row["expected"]))
    assert bounds.keys() == METHODS.keys()
    for name, method in METHODS.items():
        assert _text(method(counts["x"], counts["n"])) == bounds[name]


@pytest.mark.parametrize("row", vectors("G09"), ids=_name)
def test_fewest_satisfied_that_prove_ninety_percent(row: Row) -> None:
    n = _numbers(row["case"])["n"]
    by_wilson, by_exact = (int(text) for text in re.findall(r"x>=(\d+)", row["expected"]))
    assert least_successes(n, "wilson") == by_wilson
    assert least_successes(n, "clopper_pearson") == by_exact


@pytest.mark.parametrize("row", vectors("G10"), ids=_name)
def test_sample_size_for_a_margin(row: Row) -> None:
    read = re.search(r"p=(0\.\d) e=±(\d)% N=(\d+)", row["case"])
    unlimited, limited = (int(text) for text in re.findall(r"n=(\d+)", row["expected"]))
    assert read is not None
    share, margin = float(read[1]), int(read[2]) / 100
    assert sample_size(share, margin) == unlimited
    assert sample_size(share, margin, int(read[3])) == limited


@pytest.mark.parametrize("row", vectors("G11"), ids=_name)
def test_wilson_with_a_finite_list_and_without(row: Row) -> None:
    counts = _numbers(row["case"])
    finite, _, plain = row["expected"].partition(" vs no-FPC ")
    assert _text(wilson(counts["x"], counts["n"])) == plain
    assert _text(wilson_finite(counts["x"], counts["n"], counts["N"])) == finite


@pytest.mark.parametrize("row", vectors("G12"), ids=_name)
def test_exact_interval_of_a_known_list(row: Row) -> None:
    counts = _numbers(row["case"])
    assert _text(exact_interval(counts["x"], counts["n"], counts["N"]).interval) == row["expected"]


def test_three_forms_of_the_overall_rate_differ() -> None:
    (row,) = vectors("G13")
    read = re.findall(r"N=(\d+) n=(\d+) x=(\d+)", row["input"])
    got = overall([Stratum(int(people), int(n), int(x)) for people, n, x in read])
    assert len(read) == 4
    assert row["expected"] == (
        f"pooled={got.pooled:.6f} | equal-by-project={got.equal:.6f}"
        f" | population-weighted={got.weighted:.6f} SE={got.weighted_se:.6f}"
    )


def test_a_change_is_printed_in_percentage_points_with_its_interval() -> None:
    (row,) = vectors("G20")
    now, before = ((int(x), int(n)) for x, n in re.findall(r"(\d+)/(\d+)", row["input"]))
    words = row["expected"].partition(" -> ")[2]
    assert f"CI={_text(newcombe_difference(*now, *before))}" in row["expected"]
    assert f"diff={now[0] / now[1] - before[0] / before[1]:.6f}" in row["expected"]
    assert change_text(*now, *before) == words
