"""Which function reads which reference file. Pure.

To plug in a kind of file: write `analysis/verifying/<kind>_cases.py` with a function path -> Iterable[Case] (see
cases.py for the two dataclasses and an example), import it here and add one line to KINDS. A file of the directory that
has no line here is unknown, and an unknown file is a failure.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from analysis.verifying import (
    comparison_cases,
    design_cases,
    edge_cases,
    extra_cases,
    list_cases,
    sequential_cases,
    weight_cases,
)
from analysis.verifying.cases import Case

KINDS: Mapping[str, Callable[[Path], Iterable[Case]]] = {
    "design.json": design_cases.cases_of,
    "calibrated_weights.csv": weight_cases.cases_of,
    "edge.json": edge_cases.cases_of,
    "misc.json": comparison_cases.cases_of,
    "extra.json": extra_cases.cases_of,
    "srs_ci.csv": list_cases.unknown_size,
    "hypergeom_ci.csv": list_cases.exact,
    "hkg_ci.csv": list_cases.hkg,
    "verdict_exact.csv": list_cases.verdicts,
    "plan_exact.csv": list_cases.plans,
    "confseq.json": sequential_cases.confidence_sequences,
    "eprocess.json": sequential_cases.e_processes,
}
BESIDE = frozenset({"README.md", "SHA256SUMS"})  # files of the directory that hold no cases
