"""Runs every case of every reference file of a directory and counts what matches. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.errors import UnknownCase
from analysis.verifying.cases import Case, Comparison
from analysis.verifying.registry import BESIDE, KINDS

SUMS, PROSE = "SHA256SUMS", "README.md"
Reader = Callable[[Path], Iterable[Case]]
REFUSALS = (
    ValueError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    OSError,
)  # what bad input makes a function raise


@dataclass(frozen=True, slots=True)
class Miss:
    """A case that does not match: which field, what the file says and what we found, or the error instead."""

    case: str
    field: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. worst: largest error among the matched and missed numbers; where: its case and field."""

    file: str
    cases: int
    matched: int
    skipped: int
    worst: float
    where: str
    misses: tuple[Miss, ...]

    @property
    def passed(self) -> bool:
        """Every case matched or was marked disputed, and there was at least one."""
        return not self.misses and self.cases > 0 and self.matched + self.skipped == self.cases


def _broken(file: str, case: str, expected: str, found: str) -> Outcome:
    return Outcome(file, 0, 0, 0, 0.0, "", (Miss(case, "", expected, found),))


def _said(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"


def _comparisons(case: Case) -> tuple[list[Comparison], Miss | None]:
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            found = list(case.run())
    except REFUSALS as problem:
        return [], Miss(case.name, "", "", _said(problem))
    return found, None if found else Miss(case.name, "", "at least one field", "nothing compared")


def _outcome(file: str, cases: Iterable[Case]) -> Outcome:
    count = matched = skipped = 0
    worst, where = 0.0, ""
    misses: list[Miss] = []
    for case in cases:
        count += 1
        if case.disputed:
            skipped += 1
            continue
        compared, refused = _comparisons(case)
        wrong = [Miss(case.name, one.field, str(one.expected), str(one.found)) for one in compared if not one.matches]
        wrong += [refused] if refused else []
        matched += not wrong
        misses += wrong
        for one in compared:
            if one.error > worst:
                worst, where = one.error, f"{case.name} {one.field}"
    return Outcome(file, count, matched, skipped, worst, where, tuple(misses))


def verify_file(path: Path, reader: Reader | None) -> Outcome:
    """Every case of one file; a file that nobody can read, or without a case, does not pass."""
    if reader is None:
        return _broken(path.name, "", "a known kind of file", "unknown")
    try:
        found = _outcome(path.name, list(reader(path)))
    except REFUSALS as problem:
        return _broken(path.name, "", "readable cases", _said(problem))
    return found if found.cases else _broken(path.name, "", "at least one case", "none")


def _sums(directory: Path) -> Iterable[tuple[str, str]]:
    for line in (directory / SUMS).read_text(encoding="utf-8").splitlines():
        digest, separator, name = line.partition("  ")
        if not separator:
            raise UnknownCase(SUMS, line)
        yield name.removeprefix("./"), digest


def _unchanged(directory: Path, name: str, digest: str) -> Iterable[Comparison]:
    content = (directory / name).read_bytes()
    yield Comparison("sha256", digest, hashlib.sha256(content).hexdigest())


def _sum_cases(directory: Path) -> Iterable[Case]:
    """One case for each listed file, and one for each file that the list forgets; prose may be edited."""
    listed = {name: digest for name, digest in _sums(directory) if name != PROSE}
    for name, digest in listed.items():
        yield Case(name, lambda name=name, digest=digest: _unchanged(directory, name, digest))  # type: ignore[misc]
    present = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}
    for name in sorted(present - listed.keys() - BESIDE):
        yield Case(name, lambda name=name: [Comparison("sha256", "listed", "not listed")])  # type: ignore[misc]


def verify_sums(directory: Path) -> Outcome:
    """SHA256SUMS of a directory, where each listed or forgotten file is a case."""
    return verify_file(directory / SUMS, lambda _: _sum_cases(directory))


def verify_directory(directory: Path, kinds: Mapping[str, Reader] = KINDS) -> list[Outcome]:
    """Every file of a directory in order of name; the list of checksums first, where there is one.

    The checksums find a change that is too small for the tolerances or that touches a column no case reads.
    """
    outcomes = []
    if (directory / SUMS).is_file():
        outcomes.append(verify_sums(directory))
    files = sorted(path for path in directory.iterdir() if path.is_file() and path.name not in BESIDE)
    if not files:
        outcomes.append(_broken(directory.name, "", "at least one file of cases", "none"))
    return outcomes + [verify_file(path, kinds.get(path.name)) for path in files]
