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
