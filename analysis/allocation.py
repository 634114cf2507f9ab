"""Which stratum gets how many interviews: the whole numbers with the smallest variance, within bounds. Pure.

Formulas: methodology.md 13; Wright 2012 (exact optimum of sum N_h² S_h² / n_h by giving one interview at a time).
"""

import heapq
from collections.abc import Sequence
from fractions import Fraction
from math import isfinite

from analysis.errors import CountsOutOfRange, LengthsDiffer, ValueRefused

Number = int | float | Fraction


def _checked(sizes: Sequence[int], spreads: Sequence[Number], bounds: tuple[Sequence[int], Sequence[int]]) -> None:
    for what, rows in (("spreads", spreads), ("least", bounds[0]), ("most", bounds[1])):
        if len(rows) != len(sizes):
            raise LengthsDiffer(what, len(sizes), len(rows))
    for position, spread in enumerate(spreads):
        if not (isfinite(spread) and spread >= 0):
            raise ValueRefused("spread", position, float(spread))
    for size, low, high in zip(sizes, *bounds, strict=True):
        if not 0 <= low <= high <= size:
            raise CountsOutOfRange(low, high, size)


def neyman(
    sizes: Sequence[int], spreads: Sequence[Number], n: int, least: Sequence[int], most: Sequence[int]
) -> tuple[int, ...]:
    """Interviews per stratum, adding up to n, with the smallest sum of (N_h S_h)² / n_h.

    sizes N_h; spreads S_h >= 0; least <= n_h <= most in each stratum (least at least 1 where anybody is to be asked).
    From `least`, one interview at a time goes where (N_h S_h)² / (n_h (n_h + 1)) is largest, ties to the earlier
    stratum. Raises LengthsDiffer, ValueRefused, and CountsOutOfRange when the bounds do not allow n.
    """
    _checked(sizes, spreads, (least, most))
    if not sum(least) <= n <= sum(most):
        raise CountsOutOfRange(sum(least), n, sum(most))
    given = list(least)
    weights = [(size * Fraction(spread)) ** 2 for size, spread in zip(sizes, spreads, strict=True)]

    def urgency(place: int) -> tuple[int, Fraction, int]:
        """Heap key: strata without any interview first, then by gain."""
        m = given[place]
        return (0, -weights[place], place) if m == 0 else (1, -weights[place] / (m * (m + 1)), place)

    waiting = [urgency(place) for place in range(len(given)) if given[place] < most[place]]
    heapq.heapify(waiting)
    for _ in range(n - sum(given)):
        _, _, place = heapq.heappop(waiting)
        given[place] += 1
        if given[place] < most[place]:
            heapq.heappush(waiting, urgency(place))
    return tuple(given)


def variance_term(sizes: Sequence[int], spreads: Sequence[Number], given: Sequence[int]) -> float:
    """sum N_h² S_h² / n_h, what the allocation makes small; strata without interviews are left out.

    Raises LengthsDiffer.
    """
    for what, rows in (("spreads", spreads), ("allocation", given)):
        if len(rows) != len(sizes):
            raise LengthsDiffer(what, len(sizes), len(rows))
    return float(sum((size * Fraction(s)) ** 2 / m for size, s, m in zip(sizes, spreads, given, strict=True) if m))
