"""Everything that can be wrong with the numbers handed to the analysis. Pure."""

import datetime as dt
from dataclasses import dataclass


@dataclass(eq=False)
class CountsOutOfRange(ValueError):
    """Counts that cannot be counts: negative, more satisfied than answered, or more answers than people on the list."""

    x: int
    n: int
    population: int | None = None

    def __str__(self) -> str:
        return f"counts out of range: x={self.x}, n={self.n}, population={self.population}"


@dataclass(eq=False)
class LevelOutOfRange(ValueError):
    """An error probability that is not strictly between 0 and 1."""

    alpha: float

    def __str__(self) -> str:
        return f"alpha must lie strictly between 0 and 1: {self.alpha}"


@dataclass(eq=False)
class TargetOutOfRange(ValueError):
    """A target that is not a whole number of thousandths from 1 to 1000."""

    target: int

    def __str__(self) -> str:
        return f"target must be 1..1000 thousandths: {self.target}"


@dataclass(eq=False)
class RateOutOfRange(ValueError):
    """A rate or margin outside [0, 1], or not a number."""

    rate: float

    def __str__(self) -> str:
        return f"rate must lie between 0 and 1: {self.rate}"


@dataclass(eq=False)
class LonelyStratum(ValueError):
    """A stratum with one answered interview out of several people, where the caller asked to be told."""

    position: int
    population: int

    def __str__(self) -> str:
        return f"stratum {self.position} has one answer for {self.population} people"


@dataclass(eq=False)
class UnknownCase(ValueError):
    """A reference file, case or field that the verification does not know, and therefore cannot confirm."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"unknown {self.where}: {self.what}"


@dataclass(eq=False)
class ValueRefused(ValueError):
    """One number of a list that cannot be what it is said to be: a p-value of 2, a variance of 0, a NaN."""

    what: str
    position: int
    value: float

    def __str__(self) -> str:
        return f"{self.what} number {self.position} is impossible: {self.value}"


@dataclass(eq=False)
class LengthsDiffer(ValueError):
    """Lists that describe the same rows but are not equally long."""

    what: str
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.what} has {self.found} rows instead of {self.expected}"


@dataclass(eq=False)
class TooFewGroups(ValueError):
    """Fewer groups (agents, areas, strata) than the formula needs."""

    what: str
    found: int
    needed: int

    def __str__(self) -> str:
        return f"{self.found} {self.what}, but {self.needed} are needed"


@dataclass(eq=False)
class CollinearColumns(ValueError):
    """Explaining columns of which one follows from the others."""

    columns: int
    rank: int

    def __str__(self) -> str:
        return f"{self.columns} columns carry only {self.rank} independent ones"


@dataclass(eq=False)
class ResponseSeparated(ValueError):
    """A column that tells exactly who answered, so that no propensity can be estimated."""

    column: int

    def __str__(self) -> str:
        return f"column {self.column} separates those who answered from the others"


@dataclass(eq=False)
class RecallsMissing(ValueError):
    """A kind of first answer of which nobody was called again, so that it cannot be corrected."""

    cell: str
    answers: int

    def __str__(self) -> str:
        return f"none of the {self.answers} answers {self.cell} was called again"


@dataclass(eq=False)
class PriorOutOfRange(ValueError):
    """Weights of a beta prior that are not whole numbers from 1."""

    a: int
    b: int

    def __str__(self) -> str:
        return f"a prior has whole weights from 1: {self.a}, {self.b}"


@dataclass(eq=False)
class ListTooLong(ValueError):
    """A table over every number of answers was asked for a list that is too long for it."""

    population: int
    most: int

    def __str__(self) -> str:
        return f"{self.population} people, a table goes up to {self.most}"


@dataclass(eq=False)
class SeedNotCommitted(ValueError):
    """An order without the SHA-256 of its seed: nobody could check that it was random."""

    digest: str

    def __str__(self) -> str:
        return f"the digest of a seed has 64 hexadecimal digits, not {len(self.digest)} characters"


@dataclass(eq=False)
class OrderDrawnTooLate(ValueError):
    """An order that was drawn after the first contact, or whose first contact nobody wrote down."""

    drawn_at: dt.datetime
    first_contact_at: dt.datetime | None

    def __str__(self) -> str:
        return f"order drawn at {self.drawn_at}, first contact at {self.first_contact_at}"


@dataclass(eq=False)
class AttemptsCapChanged(ValueError):
    """A number of attempts that was not fixed, as a number from 1, before the first contact."""

    cap: int
    fixed_at: dt.datetime
    first_contact_at: dt.datetime | None

    def __str__(self) -> str:
        return f"cap of {self.cap} attempts fixed at {self.fixed_at}, first contact at {self.first_contact_at}"


@dataclass(eq=False)
class ReplicatesBroken(ValueError):
    """Ends of replicates that do not rise within the list."""

    ends: tuple[int, ...]

    def __str__(self) -> str:
        return f"replicates must end at rising places of the list: {self.ends}"


@dataclass(eq=False)
class AnswerWithoutPlace(ValueError):
    """An answer that belongs to nobody on the list, such as one by an open link: it is no part of a random order."""

    result: str

    def __str__(self) -> str:
        return f"a result ({self.result}) without a place in the order"


@dataclass(eq=False)
class PlaceOutOfRange(ValueError):
    """A place that the order does not have."""

    place: int
    population: int

    def __str__(self) -> str:
        return f"place {self.place} of {self.population}"


@dataclass(eq=False)
class PlaceTwice(ValueError):
    """Two results at one place of the order."""

    place: int

    def __str__(self) -> str:
        return f"two results at place {self.place}"


@dataclass(eq=False)
class AttemptsOverCap(ValueError):
    """A person who was called more often than was fixed in advance."""

    place: int
    attempts: int
    cap: int

    def __str__(self) -> str:
        return f"place {self.place} was called {self.attempts} times, the cap is {self.cap}"


@dataclass(eq=False)
class ClosedTooEarly(ValueError):
    """A person given up before the number of attempts that was fixed in advance."""

    place: int
    attempts: int
    cap: int

    def __str__(self) -> str:
        return f"place {self.place} was given up after {self.attempts} of {self.cap} attempts"


@dataclass(eq=False)
class LookChanged(ValueError):
    """A look whose counts are no longer those it was taken with."""

    look: int

    def __str__(self) -> str:
        return f"the counts of look {self.look} have changed since it was taken"


@dataclass(eq=False)
class WeightNegative(ValueError):
    """A sampling weight below zero, in the row with this position."""

    row: int
    weight: float

    def __str__(self) -> str:
        return f"row {self.row} has a negative weight: {self.weight}"


@dataclass(eq=False)
class WeightNotFinite(ValueError):
    """A sampling weight that is no number or infinite, in the row with this position."""

    row: int

    def __str__(self) -> str:
        return f"row {self.row} has a weight that is not a finite number"


@dataclass(eq=False)
class ScoreNotFinite(ValueError):
    """A value to be averaged or summed that is no number, in a row of the domain."""

    row: int

    def __str__(self) -> str:
        return f"row {self.row} of the domain has a value that is not a finite number"


@dataclass(eq=False)
class ColumnLengthDiffers(ValueError):
    """A column of a design with more or fewer rows than the others."""

    column: str
    rows: int
    expected: int

    def __str__(self) -> str:
        return f"{self.column} has {self.rows} rows instead of {self.expected}"


@dataclass(eq=False)
class ClusterCrossesStrata(ValueError):
    """A cluster with rows in more than one stratum: its labels are only unique inside a stratum (nest), or wrong."""

    cluster: str

    def __str__(self) -> str:
        return f"cluster {self.cluster} lies in more than one stratum"


@dataclass(eq=False)
class PopulationCountMissing(ValueError):
    """A stratum whose population count is absent, not a number, or differs between its rows."""

    stratum: str

    def __str__(self) -> str:
        return f"stratum {self.stratum} has no population count"


@dataclass(eq=False)
class PopulationSmallerThanSample(ValueError):
    """A stratum that would have fewer units in the population than in the sample."""

    stratum: str
    population: float
    sampled: int

    def __str__(self) -> str:
        return f"stratum {self.stratum} has {self.sampled} sampled units of {self.population}"


@dataclass(eq=False)
class SingleUnitStratum(ValueError):
    """A stratum with one sampled unit among several, whose variance cannot be seen, under the rule `fail`."""

    stratum: str

    def __str__(self) -> str:
        return f"stratum {self.stratum} has one sampled unit"


@dataclass(eq=False)
class CalibrationCellEmpty(ValueError):
    """A cell with sampled rows and no population count, or with a population and no sampled row."""

    cell: str

    def __str__(self) -> str:
        return f"cell {self.cell} is empty in the sample or in the population"


@dataclass(eq=False)
class MarginsDisagree(ValueError):
    """Margins of the same population whose totals differ."""

    margin: str
    total: float
    expected: float

    def __str__(self) -> str:
        return f"margin {self.margin} sums to {self.total}, another one to {self.expected}"


@dataclass(eq=False)
class CalibrationFailed(ValueError):
    """Weights that meet the totals were not found: the totals contradict each other or the bounds are too narrow."""

    steps: int
    distance: float

    def __str__(self) -> str:
        return f"no calibrated weights after {self.steps} steps, {self.distance:.3g} from the totals"


@dataclass(eq=False)
class BoundsRefused(ValueError):
    """Bounds of calibration factors that do not lie around 1."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"bounds of the calibration factor must satisfy low < 1 < high, both finite for logit: {self.low}, {self.high}"
