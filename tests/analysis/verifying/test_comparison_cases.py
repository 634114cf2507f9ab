"""misc.json and extra.json: every block is read to its last field, and a field that nobody compares is a miss."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from analysis.verifying.registry import KINDS
from analysis.verifying.running import Outcome, verify_file

ORACLES = Path(__file__).parents[2] / "golden" / "oracles"
BLOCKS = (
    ("misc.json", ()),
    ("misc.json", ("multiplicity",)),
    ("misc.json", ("multiplicity", "adjust_less")),
    ("misc.json", ("funnel",)),
    ("misc.json", ("funnel", "overdispersion")),
    ("misc.json", ("fay_herriot",)),
    ("misc.json", ("fay_herriot", "with_x1")),
    ("misc.json", ("fay_herriot", "intercept_only_REML")),
    ("misc.json", ("aapor", "hand")),
    ("misc.json", ("aapor", "hand", "rates")),
    ("misc.json", ("panel_change", "P01")),
    ("misc.json", ("interviewer",)),
    ("extra.json", ()),
    ("extra.json", ("allocation", 0)),
    ("extra.json", ("nonresponse",)),
    ("extra.json", ("nonresponse", "none")),
    ("extra.json", ("nonresponse", "none", "classes")),
    ("extra.json", ("bounds", "P01")),
)
LONG_LISTS = (
    ("multiplicity", "p_greater"),
    ("multiplicity", "adjust_less", "holm"),
    ("funnel", "hi998"),
    ("funnel", "overdispersion", "z"),
    ("fay_herriot", "with_x1", "ML", "mse"),
)


def _verified(folder: Path, name: str, document: dict[str, Any]) -> Outcome:
    shutil.copytree(ORACLES / "data", folder / "data", dirs_exist_ok=True)
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return verify_file(folder / name, KINDS[name])


def _block(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


@pytest.mark.parametrize(("name", "path"), BLOCKS, ids=str)
def test_a_field_that_nobody_compares_is_a_miss(name: str, path: tuple[str | int, ...], tmp_path: Path) -> None:
    document = json.loads((ORACLES / name).read_text(encoding="utf-8"))
    _block(document, path)["unheard_of"] = {"n_resp": 1, "elig_rate": 1.0, "factor": 1.0}
    assert not _verified(tmp_path, name, document).passed


@pytest.mark.parametrize("path", LONG_LISTS, ids=str)
def test_a_number_too_many_or_too_few_is_a_miss(path: tuple[str, ...], tmp_path: Path) -> None:
    text = (ORACLES / "misc.json").read_text(encoding="utf-8")
    for shorten in (True, False):
        document = json.loads(text)
        numbers = _block(document, path)
        numbers.pop() if shorten else numbers.append(0.5)
        assert not _verified(tmp_path, "misc.json", document).passed


@pytest.mark.parametrize("name", ["misc.json", "extra.json"])
def test_another_format_is_refused(name: str, tmp_path: Path) -> None:
    document = json.loads((ORACLES / name).read_text(encoding="utf-8"))
    assert _verified(tmp_path, name, document).passed
    assert not _verified(tmp_path, name, {**document, "format": "other/2"}).passed
