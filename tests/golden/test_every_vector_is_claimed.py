"""Nobody may add a row to golden_vectors.csv without a test that reads it."""

from pathlib import Path

import pytest

from tests.golden.tables import rows

ROOT = Path(__file__).parents[2]
RATES, INTERVALS = "tests/golden/test_rate_vectors.py", "tests/golden/test_interval_vectors.py"
CLAIMED_BY = {
    **dict.fromkeys(("G01", "G02", "G03", "G04", "G05", "G06", "G07", "G14", "G15", "G16", "G17", "G18", "G19"), RATES),
    **dict.fromkeys(("G08", "G09", "G10", "G11", "G12", "G13", "G20"), INTERVALS),
}
CALLBACKS = {"G21"}  # deadlines in working days: the calendar of callbacks


def test_every_id_of_the_table_is_claimed_once() -> None:
    assert {row["id"] for row in rows("golden_vectors.csv")} == CLAIMED_BY.keys() | CALLBACKS
    assert not CLAIMED_BY.keys() & CALLBACKS


@pytest.mark.parametrize("id_", CLAIMED_BY)
def test_the_claiming_module_reads_the_rows_of_the_id(id_: str) -> None:
    assert f'vectors("{id_}")' in (ROOT / CLAIMED_BY[id_]).read_text(encoding="utf-8")


@pytest.mark.parametrize("id_", sorted(CALLBACKS))
def test_the_calendar_rows_are_tested_beside_the_calendar(id_: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "callbacks").rglob("test_*.py")]
    assert any(id_ in text for text in texts)
