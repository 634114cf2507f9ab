"""Our intervals, verdicts and rates against numbers computed by independent software."""

import pytest

from analysis.errors import LonelyStratum
from analysis.hkg import Lonely, Stratum, hkg_interval, hkg_shape, stratified_rate
from analysis.hypergeometric import exact_interval, tail_at_least, tail_at_most
from analysis.intervals import agresti_coull, clopper_pearson, jeffreys, mid_p, wald, wilson, wilson_continuity
from analysis.outcome_rates import OutcomeCounts, Ratio, rates
from analysis.planning import c_max
from analysis.verdicts import judge, target_count
from tests.golden.tables import alpha_of, rows

METHODS = {
    "wald": wald,
    "wilson": wilson,
    "wilson_cc": wilson_continuity,
    "agresti_coull": agresti_coull,
    "clopper_pearson": clopper_pearson,
    "jeffreys": jeffreys,
    "midp": mid_p,
}
ONE_SIDED = {"lower_1s_cp", "upper_1s_cp"}
NOT_OFFERED = {"logit"}


def _thousandths(target: str) -> int:
    return round(float(target) * 1000)


def test_exact_intervals_match_brute_force_in_every_row() -> None:
    table = rows("hypergeom_ci.csv")
    assert len(table) == 2475
    for row in table:
        counts = int(row["x"]), int(row["n"]), int(row["N"])
        both = exact_interval(*counts, alpha_of(row["level"]))
        single = exact_interval(*counts, alpha_of(row["level"], sides=1))
        assert (both.low, both.high) == (int(row["M_lo_tail"]), int(row["M_hi_tail"])), row
        assert (single.low, single.high) == (int(row["M_lo_1s"]), int(row["M_hi_1s"])), row


def test_verdicts_and_their_probabilities_match_in_every_row() -> None:
    table = rows("verdict_exact.csv")
    assert len(table) == 1161
    for row in table:
        x, n, population, target = int(row["x"]), int(row["n"]), int(row["N"]), _thousandths(row["target"])
        needed = target_count(target, population)
        assert needed == int(row["M_target"]), row
        assert tail_at_least(x, needed - 1, n, population) == pytest.approx(float(row["p_met"]), rel=1e-9), row
        assert tail_at_most(x, needed, n, population) == pytest.approx(float(row["p_not_met"]), rel=1e-9), row
        assert judge(x, n, population, target, 0.05, minimum=0).verdict == row["verdict_a025"], row
        assert judge(x, n, population, target, 0.1, minimum=0).verdict == row["verdict_a05"], row


def test_affordable_failures_match_in_every_row() -> None:
    table = rows("plan_exact.csv")
    assert len(table) == 1292
    for row in table:
        alpha = 2 * float(row["alpha"])
        got = c_max(int(row["N"]), _thousandths(row["target"]), alpha, int(row["n"]))
        assert got == int(row["c_max"]), row


def test_intervals_without_list_size_match_in_every_row() -> None:
    table = rows("srs_ci.csv")
    compared = 0
    for row in table:
        counts = int(row["x"]), int(row["n"])
        if row["method"] in ONE_SIDED:
            bound = clopper_pearson(*counts, alpha_of(row["level"], sides=1))
            side = "low" if row["method"].startswith("lower") else "high"
            assert getattr(bound, side) == pytest.approx(float(row[side]), rel=1e-6, abs=1e-12), row
        elif row["method"] not in NOT_OFFERED:
            got = METHODS[row["method"]](*counts, alpha_of(row["level"]))
            assert (got.low, got.high) == pytest.approx((float(row["low"]), float(row["high"])), rel=1e-6, abs=1e-12), (
                row
            )
        else:
            continue
        compared += 1
    assert compared == 1530 - sum(row["method"] in NOT_OFFERED for row in table) > 1300


def test_hkg_shape_matches_in_every_row() -> None:
    for row in rows("hkg_ci.csv"):
        got = hkg_shape(float(row["p"]), int(row["n0"]), int(row["N"]), alpha_of(row["level"]))
        assert (got.low, got.high) == pytest.approx((float(row["low"]), float(row["high"])), abs=1e-11), row


def test_hkg_intervals_of_whole_designs_match_in_every_row() -> None:
    table = rows("hkg_design.csv")
    assert len(table) == 440
    for row in table:
        got = hkg_interval(
            float(row["estimate"]),
            float(row["se"]) ** 2,
            float(row["df"]),
            float(row["sum_weights"]),
            int(row["n"]),
            int(row["x"]),
            float(row["kish_n"]),
            alpha_of(row["level"]),
        )
        if not row["low"]:
            assert got is None, row
        else:
            assert got is not None, row
            assert (got.low, got.high) == pytest.approx((float(row["low"]), float(row["high"])), abs=1e-9), row


@pytest.mark.parametrize("row", rows("stratified_rates.csv"), ids=lambda row: row["id"])
def test_stratified_rates_match_the_survey_package(row: dict[str, str]) -> None:
    strata = [
        Stratum(population, n, x, interviews)
        for population, n, x, interviews in (map(int, part.split("/")) for part in row["strata"].split())
    ]
    if row["error"]:
        with pytest.raises(LonelyStratum):
            stratified_rate(strata, Lonely.fail)
        return
    got = stratified_rate(strata, Lonely.fail)
    assert got.estimate == pytest.approx(float(row["estimate"]), rel=1e-9)
    assert got.variance**0.5 == pytest.approx(float(row["se"]), rel=1e-7, abs=1e-15)
    assert got.df == int(row["df"])
    assert got.sum_weights == pytest.approx(float(row["sum_weights"]), rel=1e-9)
    assert got.kish_n == pytest.approx(float(row["kish_n"]), rel=1e-9)


@pytest.mark.parametrize("row", rows("aapor.csv"), ids=lambda row: row["case"])
def test_outcome_rates_match_the_reference_package(row: dict[str, str]) -> None:
    counts = OutcomeCounts(**{group: int(row[group]) for group in ("I", "P", "R", "NC", "O", "UH", "UO", "NE")})
    got = rates(counts, Ratio(3, 5)) if row["case"] == "hand" else rates(counts)
    for name in (
        "e",
        "RR1",
        "RR2",
        "RR3",
        "RR4",
        "RR5",
        "RR6",
        *(f"COOP{k}" for k in "1234"),
        *(f"REF{k}" for k in "123"),
    ):
        assert getattr(got, name).value == pytest.approx(float(row[name]), rel=1e-12), name
    for name in ("CON1", "CON2", "CON3"):
        assert getattr(got, name).value == pytest.approx(float(row[name]), rel=1e-12), name
