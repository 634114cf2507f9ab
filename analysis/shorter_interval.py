"""The shorter two-sided exact interval for a list of known size (AMO), offered beside the equal-tailed one. Pure.

Bartroff, Lorden, Wang 2022: for each possible M the shortest set of counts with at least 1 - alpha probability (of equal
ones the most probable, then the lower), inverted; M above N/2 by reflection and the middle M symmetric. It is no pair of
one-sided tests, so a verdict must never be read from it. Whole-number arithmetic; work grows with N times the width.
"""

from fractions import Fraction
from functools import lru_cache
from math import comb

from analysis.errors import CountsOutOfRange
from analysis.hypergeometric import CountInterval, per_side


def _accepted(satisfied: int, n: int, population: int, share: Fraction) -> tuple[int, int]:
    """Lowest and highest count of the shortest likely set: from the mode outwards, always to the likelier side."""
    least, most = max(0, n + satisfied - population), min(n, satisfied)

    def ways(k: int) -> int:
        return comb(satisfied, k) * comb(population - satisfied, n - k) if least <= k <= most else -1

    mode = min(most, max(least, (n + 1) * (satisfied + 1) // (population + 2)))
    if ways(mode - 1) >= ways(mode):
        mode -= 1
    low = high = mode
    total, needed = ways(mode), share * comb(population, n)
    below, above = ways(low - 1), ways(high + 1)
    while total < needed:
        if below >= above:
            low, total = low - 1, total + below
            below = ways(low - 1)
        else:
            high, total = high + 1, total + above
            above = ways(high + 1)
    return low, high


def _symmetric(low: int, high: int, n: int) -> tuple[int, int]:
    """The set around n/2 with as many counts, or one more where the parity asks for it."""
    outside = (n - (high - low)) // 2
    return outside, n - outside


@lru_cache(maxsize=256)
def _sets(n: int, population: int, share: Fraction) -> tuple[tuple[int, int], ...]:
    """The accepted counts for every M from 0 to the population."""
    lower: list[tuple[int, int]] = []
    for satisfied in range(population // 2 + 1):
        low, high = _accepted(satisfied, n, population, share)
        up = max(0, lower[-1][0] - low) if lower else 0  # ends never fall as M grows: the set moves up as a whole
        lower.append((low + up, high + up))
    if population % 2 == 0:
        lower[-1] = _symmetric(*lower[-1], n)
    upper = [(n - high, n - low) for low, high in lower[: (population + 1) // 2][::-1]]
    return tuple(lower + upper)


def shorter_interval(x: int, n: int, population: int, alpha: float = 0.05) -> CountInterval:
    """Satisfied people on the list whose likely counts hold x. Raises CountsOutOfRange, LevelOutOfRange."""
    if not 0 <= x <= n <= population:
        raise CountsOutOfRange(x, n, population)
    sets = _sets(n, population, 1 - 2 * per_side(alpha))
    holding = [satisfied for satisfied, (low, high) in enumerate(sets) if low <= x <= high]
    return CountInterval(holding[0], holding[-1], population)
