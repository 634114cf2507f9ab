"""The simulation of daily looks: small here, full by `survey-service simulate-looks`; its table and plot in the docs."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from analysis.rounding import share_text
from analysis.sequential.boundaries import every, fixed_boundary
from analysis.sequential.picture import looks_picture
from analysis.sequential.simulating import (
    COMPARED,
    Method,
    curves,
    everybody_answers,
    first_met,
    mean_answers,
    some_answer,
)
from survey_service.cli.main import commands
from survey_service.cli.simulating import LEVEL, RATES, STEPS

DOCS = Path(__file__).parents[3] / "docs"
PATHS, SEED = 4000, 5


def test_under_every_look_the_evidence_keeps_its_level_where_the_fixed_interval_fails() -> None:
    cells = everybody_answers(79, STEPS, PATHS, SEED)
    assert [(cell.method, cell.step) for cell in cells] == [(m, s) for m in COMPARED for s in STEPS]
    for cell in cells:
        assert cell.exact is not None
        assert abs(cell.simulated - cell.exact) < 4 * max(cell.error, 0.5 / PATHS)
        if cell.method is Method.evidence:
            assert cell.exact <= LEVEL
            assert cell.simulated <= LEVEL
    after_each = next(cell for cell in cells if cell.method is Method.fixed and cell.step == 1)
    assert after_each.simulated > 2.5 * LEVEL


@pytest.mark.parametrize("share", [0.4, 0.7])
def test_when_some_never_answer_the_evidence_keeps_its_level(share: float) -> None:
    evidence, fixed, counted = some_answer(150, share, 10, 1500, SEED)
    assert [cell.method for cell in (evidence, fixed, counted)] == list(Method)
    assert evidence.simulated <= LEVEL
    assert counted.simulated <= LEVEL
    assert evidence.simulated <= fixed.simulated
    assert evidence.answering == round(150 * share)


def test_when_everybody_answers_both_simulations_agree() -> None:
    all_of_them = some_answer(60, 1.0, 1, PATHS, SEED)
    for cell in everybody_answers(60, [1], PATHS, SEED + 1):
        other = next(one for one in all_of_them if one.method is cell.method)
        assert abs(cell.simulated - other.simulated) < 4 * (cell.error + other.error)


def test_the_same_seed_draws_the_same_and_another_one_differs() -> None:
    boundary = fixed_boundary(60)
    first, again, other = (first_met(boundary, 53, every(60), 500, seed).tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_the_command_prints_a_table_and_draws_the_same_picture_twice(tmp_path: Path) -> None:
    drawn = []
    for name in ("a.svg", "b.svg"):
        arguments = ["simulate-looks", "--paths", "200", "--lists", "79", "--svg", str(tmp_path / name)]
        done = CliRunner().invoke(commands, arguments, catch_exceptions=False)
        assert done.exit_code == 0
        drawn.append((tmp_path / name).read_bytes())
        assert "| 79 | 79 | 每份答案 | 逐次证据 | 1.93% |" in done.output
        assert "| 79 | 79 | 每份答案 | 固定区间 | 8.45% |" in done.output
        assert "**否**" in done.output
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("lists", ["", "abc", "79,6000", "5", "-3"])
def test_the_command_refuses_lists_it_cannot_simulate(lists: str) -> None:
    done = CliRunner().invoke(commands, ["simulate-looks", "--lists", lists])
    assert done.exit_code == 2
    assert "请写10到5000之间的人数" in done.output


def test_the_picture_is_a_whole_document_with_a_title_and_a_description() -> None:
    picture = ElementTree.fromstring(looks_picture(curves(79, STEPS, 300, SEED)))
    texts = [part.text or "" for part in picture.iter() if part.text]
    assert any("误判" in text for text in texts)
    assert sum("固定区间" in text for text in texts) == 3  # the description and two lines
    assert "承诺的上限2.5%" in texts


def test_the_table_in_the_documents_is_what_the_program_computes() -> None:
    text = (DOCS / "methodology-simulations.md").read_text("utf-8")
    for cell in everybody_answers(79, STEPS, 10, SEED):
        often = "每份答案" if cell.step == 1 else "每30人"
        name = "逐次证据" if cell.method is Method.evidence else "固定区间"
        assert cell.exact is not None
        assert f"| 79 | 79 | {often} | {name} | {share_text(cell.exact, 2)}% |" in text
    means = " | ".join(f"{mean:.0f}" for mean in mean_answers(79, RATES, 1))
    assert f"| 79 | 每份答案 | {means} |" in text
    claims = re.findall(r"^\| \d+ \| \d+ \| \S+ \| 逐次证据 .* \| (\S+) \|$", text, re.M)
    assert claims == ["是"] * 12
    counted = re.findall(r"^\| \d+ \| \d+ \| \S+ \| 逐次证据（不答者计入） .* \| (\S+) \|$", text, re.M)
    assert counted == ["是"] * 6


def test_the_picture_in_the_documents_ends_where_the_program_computes() -> None:
    drawn = (DOCS / "methodology" / "looks.svg").read_text("utf-8")
    for curve in curves(300, STEPS, 10, SEED):
        assert f"最后{share_text(float(curve.exact[-1]), 2)}%" in drawn
