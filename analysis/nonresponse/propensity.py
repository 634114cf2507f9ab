"""How likely each drawn person was to answer, five classes of alike likelihood, and the R-indicator. Pure.

Formulas: methodology.md 7; Little 1986 (five classes), Schouten, Cobben and Bethlehem 2009 (R-indicator).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analysis.errors import CollinearColumns, LengthsDiffer, ResponseSeparated, TooFewGroups, ValueRefused
from analysis.rounding import share_text

Floats = NDArray[np.float64]
CLASSES = 5
STEPS = 30
CLOSE = 1e-10
FARTHEST = 15.0  # on the logit scale: a likelihood of one in three million is separation, not response


@dataclass(frozen=True, slots=True)
class Propensities:
    """beta: coefficients, the constant first; shares: each person's likelihood of answering, strictly in (0, 1)."""

    beta: tuple[float, ...]
    shares: tuple[float, ...]


def _matrix(rows: int, columns: Sequence[Sequence[float]]) -> Floats:
    for number, column in enumerate(columns):
        if len(column) != rows:
            raise LengthsDiffer(f"column {number}", rows, len(column))
        for position, value in enumerate(column):
            if not isfinite(value):
                raise ValueRefused(f"column {number}", position, value)
    x = np.column_stack([np.ones(rows), *(np.asarray(column, np.float64) for column in columns)])
    rank = int(np.linalg.matrix_rank(x))
    if rank < x.shape[1]:
        raise CollinearColumns(x.shape[1], rank)
    return x


def _newton(x: Floats, answered: Floats, weight: Floats) -> Floats:
    """Maximum likelihood of a logistic regression; raises ResponseSeparated when a coefficient runs away."""
    beta = np.zeros(x.shape[1])
    for _ in range(STEPS):
        eta = x @ beta
        if float(np.max(np.abs(eta))) > FARTHEST:
            break
        share = np.asarray(expit(eta), dtype=np.float64)
        information = (x * (weight * share * (1 - share))[:, None]).T @ x
        step = np.linalg.solve(information, x.T @ (weight * (answered - share)))
        beta = beta + step
        if float(np.max(np.abs(x @ step))) < CLOSE:
            return beta
    raise ResponseSeparated(int(np.argmax(np.abs(beta) * np.maximum(np.std(x, axis=0), 1e-12))))


def propensities(
    answered: Sequence[bool], columns: Sequence[Sequence[float]], weights: Sequence[float] = ()
) -> Propensities:
    """Logistic regression of having answered on columns known for everybody drawn (categories as 0/1 columns).

    Leave out people found ineligible. weights: base weights > 0, none for equal ones.
    Raises LengthsDiffer, ValueRefused, CollinearColumns, TooFewGroups (nobody answered, or everybody did),
    ResponseSeparated (its column: 0 is the constant).
    """
    rows = len(answered)
    if not 0 < sum(answered) < rows:
        raise TooFewGroups("kinds of response", min(rows, 1), 2)
    if weights and len(weights) != rows:
        raise LengthsDiffer("weights", rows, len(weights))
    for position, weight in enumerate(weights):
        if not (isfinite(weight) and weight > 0):
            raise ValueRefused("weight", position, weight)
    x = _matrix(rows, columns)
    weight_of = np.asarray(weights, np.float64) if weights else np.ones(rows)
    beta = _newton(x, np.asarray(answered, np.float64), weight_of / float(weight_of.mean()))
    return Propensities(tuple(beta.tolist()), tuple(np.asarray(expit(x @ beta), np.float64).tolist()))


def classes(shares: Sequence[float], count: int = CLASSES) -> tuple[str, ...]:
    """Label "1" (least likely) to "5" of each person's fifth; equally likely people are never parted.

    Give the labels to weighting_classes: it joins neighbours that are too small. Raises ValueRefused.
    """
    _checked(shares)
    if not shares:
        return ()
    cuts = np.quantile(np.asarray(shares, np.float64), np.arange(1, count) / count)
    return tuple(str(1 + place) for place in np.searchsorted(cuts, np.asarray(shares), side="left").tolist())


def _checked(shares: Sequence[float]) -> None:
    for position, share in enumerate(shares):
        if not 0 <= share <= 1:
            raise ValueRefused("propensity", position, share)


@dataclass(frozen=True, slots=True)
class Representativity:
    """R-indicator 1 - 2 sd of the propensities: 1 when everybody was equally likely to answer, 0 at the worst.

    worst_bias: the most by which such a response can bias a rate, in shares: sd / (2 mean), because the covariance of
    propensity and answer is at most sd times 1/2. Only what the columns show is seen.
    """

    indicator: float
    mean: float
    worst_bias: float

    @property
    def sentence(self) -> str:
        return (
            f"答卷对名单的代表性指标为{self.indicator:.2f}(1为最好):"
            f"从已知的年龄、片区等情况看,未答复最多可使率偏差{share_text(min(1.0, self.worst_bias))}个百分点。"
        )


def representativity(shares: Sequence[float], weights: Sequence[float] = ()) -> Representativity:
    """R-indicator of estimated propensities. Estimated ones scatter more than true ones: it errs on the low side.

    Raises TooFewGroups with fewer than two people, LengthsDiffer, ValueRefused.
    """
    _checked(shares)
    if len(shares) < 2:
        raise TooFewGroups("people", len(shares), 2)
    if weights and len(weights) != len(shares):
        raise LengthsDiffer("weights", len(shares), len(weights))
    for position, one in enumerate(weights):
        if not (isfinite(one) and one > 0):
            raise ValueRefused("weight", position, one)
    share = np.sort(np.asarray(shares, np.float64)) if not weights else np.asarray(shares, np.float64)
    weight = np.asarray(weights, np.float64) if weights else np.ones(len(shares))
    total = float(weight.sum())
    mean = float(weight @ share) / total
    count = len(shares)
    spread = sqrt(float(weight @ (share - mean) ** 2) / total * count / (count - 1))
    return Representativity(1 - 2 * spread, mean, spread / (2 * mean) if mean else 1.0)


def partial_indicator(labels: Sequence[str], answered: Sequence[bool]) -> float:
    """How much of the differences in response one variable shows: sd of its categories' response rates, 0 to 0.5.

    Schouten, Shlomo and Skinner 2011 (unconditional). Raises LengthsDiffer, TooFewGroups without people.
    """
    if len(labels) != len(answered):
        raise LengthsDiffer("responses", len(labels), len(answered))
    if not labels:
        raise TooFewGroups("people", 0, 1)
    overall = sum(answered) / len(answered)
    total = 0.0
    for label in sorted(set(labels)):
        ours = [one for name, one in zip(labels, answered, strict=True) if name == label]
        total += len(ours) / len(labels) * (sum(ours) / len(ours) - overall) ** 2
    return sqrt(total)
