"""Weights raised inside classes of alike people so that the answered stand for the unanswered. Pure.

Formulas: methodology.md 7. Class factor = (sum_w eligible + e sum_w unknown) / sum_w complete, with
e = sum_w eligible / (sum_w eligible + sum_w ineligible). Choose classes by what predicts the answer, not only who
answers (Little and Vartivarian 2005), and print the response rates beside the result.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, isfinite

from analysis.errors import LengthsDiffer, TooFewGroups, ValueRefused, WeightNegative, WeightNotFinite

ELIGIBLE = frozenset({"I", "P", "R", "NC", "O"})
UNKNOWN = frozenset({"UH", "UO"})
COMPLETE, INELIGIBLE = "I", "NE"
FEWEST_RESPONDENTS = 20
LARGEST_FACTOR = 3.0


class Why(StrEnum):
    """Why a class could not stand alone."""

    few_respondents = "few_respondents"
    large_factor = "large_factor"

    @property
    def sentence(self) -> str:
        return {
            Why.few_respondents: "这一类人里答完的太少,与相邻一类合并后再加权。",
            Why.large_factor: "这一类人里没答的太多(一份要代表三份以上),与相邻一类合并后再加权。",
        }[self]


@dataclass(frozen=True, slots=True)
class SampledPeople:
    """Everybody drawn, three lists of equal length in any order.

    label: class; weight: base weight, >= 0; outcome: AAPOR group (I P R NC O UH UO NE), other letters are left out.
    """

    label: Sequence[str]
    weight: Sequence[float]
    outcome: Sequence[str]

    def __post_init__(self) -> None:
        for what, rows in (("weights", self.weight), ("outcomes", self.outcome)):
            if len(rows) != len(self.label):
                raise LengthsDiffer(what, len(self.label), len(rows))
        for position, weight in enumerate(self.weight):
            if not isfinite(weight):
                raise WeightNotFinite(position)
            if weight < 0:
                raise WeightNegative(position, weight)


@dataclass(frozen=True, slots=True)
class WeightingClass:
    """One final class: its labels, completed interviews, share of eligible people e, factor, why it was joined."""

    labels: tuple[str, ...]
    respondents: int
    eligibility: float
    factor: float
    joined: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Final classes and one adjusted weight per person, in the order given, 0 for everybody without an interview.

    kish_deff: n sum w² / (sum w)² of the adjusted weights, how much the unequal weights cost; to be printed.
    unsettled: what is still wrong with a class after joining all that could be joined.
    """

    classes: tuple[WeightingClass, ...]
    weights: tuple[float, ...]
    kish_deff: float
    unsettled: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class _Sums:
    labels: tuple[str, ...]
    respondents: int
    complete: float
    eligible: float
    unknown: float
    ineligible: float
    joined: tuple[Why, ...] = ()

    def plus(self, other: "_Sums", why: Iterable[Why]) -> "_Sums":
        return _Sums(
            self.labels + other.labels,
            self.respondents + other.respondents,
            self.complete + other.complete,
            self.eligible + other.eligible,
            self.unknown + other.unknown,
            self.ineligible + other.ineligible,
            tuple(sorted({*self.joined, *other.joined, *why})),
        )

    @property
    def eligibility(self) -> float:
        known = self.eligible + self.ineligible
        return self.eligible / known if known else 1.0

    @property
    def factor(self) -> float:
        """Infinite without a completed interview: never used as a weight."""
        full = self.eligible + self.eligibility * self.unknown
        return full / self.complete if self.complete else float("inf")


def _sums(people: SampledPeople) -> dict[str, _Sums]:
    """Sums of every class; fsum is exact, so that the order of the rows does not matter."""
    weights: dict[tuple[str, str], list[float]] = defaultdict(list)
    for label, weight, outcome in zip(people.label, people.weight, people.outcome, strict=True):
        weights[label, outcome].append(weight)

    def total(label: str, groups: frozenset[str]) -> float:
        return fsum(weight for group in groups for weight in weights.get((label, group), ()))

    return {
        label: _Sums(
            (label,),
            sum(1 for weight in weights.get((label, COMPLETE), ()) if weight),
            total(label, frozenset({COMPLETE})),
            total(label, ELIGIBLE),
            total(label, UNKNOWN),
            total(label, frozenset({INELIGIBLE})),
        )
        for label in {label for label, _ in weights}
    }


def _problems(one: _Sums, fewest: int, largest: float) -> tuple[Why, ...]:
    few = (Why.few_respondents,) if one.respondents < fewest else ()
    return few + ((Why.large_factor,) if one.factor > largest else ())


def _joined(classes: list[_Sums], fewest: int, largest: float) -> list[_Sums]:
    """The first class with a problem joins the neighbour with fewer respondents, until none is left to join."""
    while len(classes) > 1:
        place = next((i for i, one in enumerate(classes) if _problems(one, fewest, largest)), None)
        if place is None:
            return classes
        beside = [i for i in (place - 1, place + 1) if 0 <= i < len(classes)]
        other = min(beside, key=lambda i: (classes[i].respondents, -i))
        first, second = sorted((place, other))
        both = classes[first].plus(classes[second], _problems(classes[place], fewest, largest))
        classes = [*classes[:first], both, *classes[second + 1 :]]
    return classes


def weighting_classes(
    people: SampledPeople,
    order: Sequence[str] = (),
    fewest: int = FEWEST_RESPONDENTS,
    largest: float = LARGEST_FACTOR,
) -> Adjustment:
    """Adjusted weights; small or badly answered classes are joined with a neighbour by a rule fixed in advance.

    order: the labels in the order in which neighbours may be joined (by default sorted). Treat the result as fixed
    weights for the variance. Raises TooFewGroups without a completed interview, ValueRefused for a label that `order`
    lacks (its position among the sorted labels).
    """
    sums = _sums(people)
    found = sorted(sums)
    for position, label in enumerate(found):
        if order and label not in order:
            raise ValueRefused("class", position, float(position))
    classes = _joined([sums[label] for label in order or found if label in sums], fewest, largest)
    respondents = sum(one.respondents for one in classes)
    if not respondents:
        raise TooFewGroups("completed interviews", 0, 1)
    factor = {label: one.factor for one in classes for label in one.labels}
    weights = tuple(
        weight * factor[label] if outcome == COMPLETE and weight else 0.0
        for label, weight, outcome in zip(people.label, people.weight, people.outcome, strict=True)
    )
    return Adjustment(
        tuple(
            WeightingClass(one.labels, one.respondents, one.eligibility, one.factor, one.joined)
            for one in classes
            if one.respondents
        ),
        weights,
        kish_deff(weights),
        tuple(sorted({why for one in classes for why in _problems(one, fewest, largest)})),
    )


def kish_deff(weights: Iterable[float]) -> float:
    """n sum w² / (sum w)² over the positive weights: 1 when all are equal; 1 without weights."""
    positive = [weight for weight in weights if weight > 0]
    total = fsum(positive)
    return len(positive) * fsum(weight * weight for weight in positive) / total**2 if total else 1.0
