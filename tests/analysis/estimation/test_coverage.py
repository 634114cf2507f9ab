"""The simulation of coverage: small here, full by `survey-service simulate-coverage`; its table in the docs."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.errors import CountsOutOfRange
from analysis.estimation.coverage import (
    EVEN,
    LISTS,
    UNEVEN,
    KnownList,
    exact_coverage,
    grid,
    one_list,
    several_lists,
    simulate,
)
from analysis.rounding import share_text
from survey_service.cli.coverage import LEVEL
from survey_service.cli.main import commands

TABLE = Path(__file__).parents[3] / "docs" / "methodology-simulations.md"
DRAWS, SEED = 600, 11


def test_the_exact_interval_keeps_its_level_in_every_list_of_the_table() -> None:
    exact = [found for design in grid() if (found := exact_coverage(design)) is not None]
    assert len(exact) == 2 * 4 * len(LISTS)
    assert min(exact) >= LEVEL


@pytest.mark.parametrize("population", LISTS)
def test_drawing_and_adding_up_agree(population: int) -> None:
    cell = simulate(one_list(population, 0.3, 0.9), 4000, SEED)
    assert cell.exact is not None
    assert abs(cell.covered - cell.exact) < 4 * max(cell.error, 0.5 / 4000)
    assert cell.covered + cell.too_high + cell.too_low == pytest.approx(1)


def test_walds_interval_fails_near_one_where_the_exact_interval_holds() -> None:
    cell = simulate(one_list(79, 0.3, 0.99), DRAWS, SEED)
    assert cell.covered == 1.0
    assert cell.wald < 0.5


@pytest.mark.parametrize("equal", [False, True])
@pytest.mark.parametrize(("sizes", "rate"), [(UNEVEN, 0.99), (EVEN, 0.9), (EVEN, 0.99)])
def test_hkg_keeps_its_level_over_several_lists(sizes: tuple[int, ...], rate: float, equal: bool) -> None:
    cell = simulate(several_lists(sizes, 0.1, rate, equal), DRAWS, SEED)
    assert cell.covered >= LEVEL - 2 * cell.error
    assert cell.too_high <= 0.025 + 2 * (0.025 * 0.975 / DRAWS) ** 0.5
    assert cell.exact is None


def test_walds_interval_fails_over_several_lists_near_one() -> None:
    cell = simulate(several_lists(UNEVEN, 0.1, 0.99, equal=True), DRAWS, SEED)
    assert cell.wald < 0.7 < LEVEL <= cell.covered


def test_where_some_have_no_valid_answer_the_lower_end_is_still_safe() -> None:
    cell = simulate(one_list(79, 0.3, 0.99, unsure=0.1), DRAWS, SEED)
    assert cell.design.truth == pytest.approx(70 / 71)
    assert cell.too_high == 0.0
    assert cell.too_low > 0.05  # what the document owns up to


def test_where_nearly_all_were_asked_and_half_were_unsure_the_level_is_missed_as_the_document_says() -> None:
    cell = simulate(one_list(79, 0.95, 0.9, unsure=0.5), 4000, SEED)
    assert cell.covered < 0.85
    assert 0.025 < cell.too_high < 0.05


def test_the_same_seed_draws_the_same_and_another_one_differs() -> None:
    design = several_lists(EVEN, 0.1, 0.9, equal=False)
    first, again, other = (simulate(design, 300, seed).width for seed in (1, 1, 2))
    assert first == again != other


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(CountsOutOfRange):
        KnownList(10, 11, 5)
    with pytest.raises(CountsOutOfRange):
        simulate(one_list(79, 0.3, 0.9), 0, SEED)


def test_the_command_prints_a_table_of_the_designs_asked_for() -> None:
    arguments = ["simulate-coverage", "--draws", "100", "--containing", "说不清"]
    first, again = (CliRunner().invoke(commands, arguments, catch_exceptions=False).output for _ in range(2))
    assert first == again
    lines = first.splitlines()
    assert len(lines) == 2 + 4 * 4
    assert {line.count("|") for line in lines} == {12}


def test_the_command_refuses_designs_it_does_not_know() -> None:
    done = CliRunner().invoke(commands, ["simulate-coverage", "--containing", "整群"])
    assert done.exit_code == 2
    assert "没有这样的设计" in done.output


def test_the_table_in_the_documents_has_every_design_and_the_exact_figures_of_the_program() -> None:
    rows = re.findall(
        r"^\| (\S+) \| (\d+) \| (\d+) \| ([\d.]+%) \| ([\d.]+)% ± [\d.]+ \| (\S+) \|", TABLE.read_text("utf-8"), re.M
    )
    designs = list(grid())
    assert [row[:4] for row in rows] == [
        (one.name, str(one.population), str(one.drawn), f"{share_text(one.truth)}%") for one in designs
    ]
    for row, design in zip(rows, designs, strict=True):
        exact = exact_coverage(design)
        assert row[5] == ("—" if exact is None else f"{share_text(exact)}%")
        assert float(row[4]) > 94 or ("说不清" in row[0] and design.population == 79)
