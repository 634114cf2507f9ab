"""The command an auditor runs: every reference number agrees, and a file with one digit changed does not."""

import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis.verifying.cases import Case, Comparison, Tolerance
from analysis.verifying.registry import BESIDE, KINDS
from analysis.verifying.running import verify_directory, verify_file, verify_sums
from survey_service.cli.verification import verify_statistics

ORACLES = Path(__file__).parents[2] / "golden" / "oracles"
FILES = sorted(path.name for path in ORACLES.iterdir() if path.is_file() and path.name not in BESIDE)
EXPECTED_COLUMNS = {
    "calibrated_weights.csv": ("w0", "w1"),
    "srs_ci.csv": ("low", "high"),
    "hypergeom_ci.csv": ("M_lo_tail", "M_hi_tail", "M_lo_1s", "M_hi_1s", "M_lo_amo", "M_hi_amo"),
    "hkg_ci.csv": ("low", "high"),
    "verdict_exact.csv": ("M_target", "p_met", "p_not_met"),
    "plan_exact.csv": ("c_max",),
}
LONG_NUMBER = re.compile(r"(?<![\w.])\d+\.\d{4,}(?![\de])")


def _command(directory: Path) -> Result:
    return CliRunner().invoke(verify_statistics, [str(directory)])


def _other(digit: str, chance: random.Random) -> str:
    return chance.choice([other for other in "0123456789" if other != digit])


def _copy(folder: Path, *names: str) -> Path:
    """A directory of only these files, with the data and without checksums."""
    target = folder / "reference"
    shutil.copytree(ORACLES / "data", target / "data")
    for name in names:
        shutil.copy(ORACLES / name, target / name)
    return target


def _change_digit(text: str, start: int, end: int, chance: random.Random) -> str:
    """Another digit within the first four significant ones of the number at start..end."""
    places = [place for place in range(start, end) if text[place].isdigit()]
    leading = next((k for k, place in enumerate(places) if text[place] != "0"), 0)
    place = chance.choice(places[leading : leading + 4])
    return text[:place] + _other(text[place], chance) + text[place + 1 :]


def _in_table(text: str, columns: tuple[str, ...], chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    names = lines[0].strip().split(",")
    while True:
        row = chance.randrange(1, len(lines))
        fields = lines[row].rstrip("\n").split(",")
        column = names.index(chance.choice(columns))
        if any(sign.isdigit() for sign in fields[column]):
            start = sum(len(field) + 1 for field in fields[:column])
            changed = _change_digit(lines[row], start, start + len(fields[column]), chance)
            return "".join([*lines[:row], changed, *lines[row + 1 :]])


def _in_json(text: str, chance: random.Random) -> str:
    found = chance.choice(list(LONG_NUMBER.finditer(text)))
    return _change_digit(text, found.start(), found.end(), chance)


def test_every_reference_number_agrees() -> None:
    done = _command(ORACLES)
    assert done.exit_code == 0, done.output
    assert "全部相符。" in done.output
    assert "design.json：436条，相符432条，跳过4条" in done.output


def test_every_kind_of_file_has_its_reader() -> None:
    assert set(FILES) == set(KINDS)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", FILES)
def test_one_changed_digit_of_an_expected_number_is_a_miss(name: str, seed: int, tmp_path: Path) -> None:
    chance = random.Random(f"{name} {seed}")
    directory = _copy(tmp_path, *({name, "design.json"} if name == "calibrated_weights.csv" else {name}))
    text = (directory / name).read_text(encoding="utf-8")
    changed = _in_table(text, EXPECTED_COLUMNS[name], chance) if name in EXPECTED_COLUMNS else _in_json(text, chance)
    assert verify_file(directory / name, KINDS[name]).passed
    (directory / name).write_text(changed, encoding="utf-8")
    assert not verify_file(directory / name, KINDS[name]).passed


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", [*FILES, "data/strat.csv", "data/population_margins.json"])
def test_one_changed_digit_anywhere_breaks_the_checksum(name: str, seed: int, tmp_path: Path) -> None:
    directory = tmp_path / "reference"
    shutil.copytree(ORACLES, directory)
    assert verify_sums(directory).passed
    chance = random.Random(f"{name} {seed}")
    text = (directory / name).read_text(encoding="utf-8")
    place = chance.choice([place for place, sign in enumerate(text) if sign.isdigit()])
    changed = text[:place] + _other(text[place], chance) + text[place + 1 :]
    (directory / name).write_text(changed, encoding="utf-8")
    assert not verify_sums(directory).passed


def test_the_command_says_which_number_is_wrong_and_ends_with_1(tmp_path: Path) -> None:
    directory = _copy(tmp_path, "plan_exact.csv")
    assert _command(directory).exit_code == 0
    table = directory / "plan_exact.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("17,0.9,0.025,1,-1", "17,0.9,0.025,1,0", 1), "utf-8")
    done = _command(directory)
    assert done.exit_code == 1
    assert "× plan_exact.csv：1292条，相符1291条" in done.output
    assert "line 2 c_max：应为0，算得-1" in done.output


def test_an_unknown_file_an_empty_one_and_no_file_at_all_do_not_pass(tmp_path: Path) -> None:
    assert _command(tmp_path).exit_code == 1
    directory = _copy(tmp_path, "plan_exact.csv")
    (directory / "bayes.json").write_text("{}", encoding="utf-8")
    assert _command(directory).exit_code == 1
    (directory / "bayes.json").unlink()
    assert _command(directory).exit_code == 0
    (directory / "plan_exact.csv").write_text("N,target,alpha,n,c_max\n", encoding="utf-8")
    assert _command(directory).exit_code == 1


@pytest.mark.parametrize("field", ["estimand", "filter", "calibration", "expected", "unheard_of"])
def test_a_design_case_of_an_unknown_shape_is_a_miss(field: str, tmp_path: Path) -> None:
    directory = _copy(tmp_path, "design.json")
    document = json.loads((directory / "design.json").read_text(encoding="utf-8"))
    case = dict(document["cases"][0])
    case[field] = {"type": "median", "kind": "trim", "margins": [], "column": "x", "denominator": {}, "mode": 1}
    document["cases"] = [case]
    (directory / "design.json").write_text(json.dumps(document), encoding="utf-8")
    assert not verify_file(directory / "design.json", KINDS["design.json"]).passed


def test_a_disputed_case_is_skipped_and_counted() -> None:
    def wrong() -> Iterator[Comparison]:
        yield Comparison("x", 1, 2)

    found = verify_file(ORACLES / "plan_exact.csv", lambda _: [Case("a", wrong, disputed=True)])
    assert (found.passed, found.cases, found.skipped, found.matched) == (True, 1, 1, 0)
    assert not verify_file(ORACLES / "plan_exact.csv", lambda _: [Case("a", wrong)]).passed


def test_a_case_that_compares_nothing_or_raises_is_a_miss() -> None:
    def raises() -> Iterator[Comparison]:
        yield Comparison("x", 1, 1 // int("0"))

    for run in (raises, lambda: iter(())):
        assert not verify_file(ORACLES / "plan_exact.csv", lambda _, run=run: [Case("a", run)]).passed


@pytest.mark.parametrize(
    ("expected", "found", "tolerance", "matches"),
    [
        (0.5, 0.5 + 4e-10, Tolerance(relative=1e-9), True),
        (0.5, 0.5 + 6e-10, Tolerance(relative=1e-9), False),
        (3, 4, Tolerance(), False),
        (None, 0.0, Tolerance(absolute=1.0), False),
        (0.0, None, Tolerance(absolute=1.0), False),
        (0.5, float("nan"), Tolerance(absolute=1.0), False),
        ("met", "not_met", Tolerance(), False),
        (1.0, True, Tolerance(), True),
    ],
)
def test_how_close_is_close_enough(expected: float, found: float, tolerance: Tolerance, matches: bool) -> None:
    assert Comparison("x", expected, found, tolerance).matches is matches


def test_a_list_of_checksums_names_what_is_missing_and_what_it_forgot(tmp_path: Path) -> None:
    directory = tmp_path / "reference"
    shutil.copytree(ORACLES, directory)
    (directory / "plan_exact.csv").unlink()
    (directory / "data" / "further.csv").write_text("a\n1\n", encoding="utf-8")
    missed = {miss.case for miss in verify_sums(directory).misses}
    assert missed == {"plan_exact.csv", "data/further.csv"}
    assert not all(outcome.passed for outcome in verify_directory(directory))
