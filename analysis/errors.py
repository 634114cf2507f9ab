"""Everything that can be wrong with the numbers handed to the analysis. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CountsOutOfRange(ValueError):
    """Counts that cannot be counts: negative, more satisfied than answered, or more answers than people on the list."""

    x: int
    n: int
    population: int | None = None

    def __str__(self) -> str:
        return f"counts out of range: x={self.x}, n={self.n}, population={self.population}"


@dataclass(frozen=True)
class LevelOutOfRange(ValueError):
    """An error probability that is not strictly between 0 and 1."""

    alpha: float

    def __str__(self) -> str:
        return f"alpha must lie strictly between 0 and 1: {self.alpha}"


@dataclass(frozen=True)
class TargetOutOfRange(ValueError):
    """A target that is not a whole number of thousandths from 1 to 1000."""

    target: int

    def __str__(self) -> str:
        return f"target must be 1..1000 thousandths: {self.target}"


@dataclass(frozen=True)
class RateOutOfRange(ValueError):
    """A rate or margin outside [0, 1], or not a number."""

    rate: float

    def __str__(self) -> str:
        return f"rate must lie between 0 and 1: {self.rate}"


@dataclass(frozen=True)
class LonelyStratum(ValueError):
    """A stratum with one answered interview out of several people, where the caller asked to be told."""

    position: int
    population: int

    def __str__(self) -> str:
        return f"stratum {self.position} has one answer for {self.population} people"


@dataclass(frozen=True)
class UnknownCase(ValueError):
    """A reference file, case or field that the verification does not know, and therefore cannot confirm."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"unknown {self.where}: {self.what}"


@dataclass(frozen=True)
class ValueRefused(ValueError):
    """One number of a list that cannot be what it is said to be: a p-value of 2, a variance of 0, a NaN."""

    what: str
    position: int
    value: float

    def __str__(self) -> str:
        return f"{self.what} number {self.position} is impossible: {self.value}"


@dataclass(frozen=True)
class LengthsDiffer(ValueError):
    """Lists that describe the same rows but are not equally long."""

    what: str
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.what} has {self.found} rows instead of {self.expected}"


@dataclass(frozen=True)
class TooFewGroups(ValueError):
    """Fewer groups (agents, areas, strata) than the formula needs."""

    what: str
    found: int
    needed: int

    def __str__(self) -> str:
        return f"{self.found} {self.what}, but {self.needed} are needed"


@dataclass(frozen=True)
class CollinearColumns(ValueError):
    """Explaining columns of which one follows from the others."""

    columns: int
    rank: int

    def __str__(self) -> str:
        return f"{self.columns} columns carry only {self.rank} independent ones"


@dataclass(frozen=True)
class ResponseSeparated(ValueError):
    """A column that tells exactly who answered, so that no propensity can be estimated."""

    column: int

    def __str__(self) -> str:
        return f"column {self.column} separates those who answered from the others"


@dataclass(frozen=True)
class RecallsMissing(ValueError):
    """A kind of first answer of which nobody was called again, so that it cannot be corrected."""

    cell: str
    answers: int

    def __str__(self) -> str:
        return f"none of the {self.answers} answers {self.cell} was called again"


@dataclass(frozen=True)
class PriorOutOfRange(ValueError):
    """Weights of a beta prior that are not whole numbers from 1."""

    a: int
    b: int

    def __str__(self) -> str:
        return f"a prior has whole weights from 1: {self.a}, {self.b}"


@dataclass(frozen=True)
class ListTooLong(ValueError):
    """A table over every number of answers was asked for a list that is too long for it."""

    population: int
    most: int

    def __str__(self) -> str:
        return f"{self.population} people, a table goes up to {self.most}"
