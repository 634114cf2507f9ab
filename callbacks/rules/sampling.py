"""Drawing order and sample sizes: reproducible by anybody who holds the seed and the list. Pure.

Order: the keys of a project's list sorted by HMAC-SHA256(seed, key); a keyed hash has no favourites, so every order is
equally likely, the same on every machine and whatever the order of the input. The first n of it are the sample, the
rest the reserve, released replicate by replicate. Commitments are plain SHA-256 (`printf %s SEED | sha256sum`).
"""

import hashlib
import heapq
import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from callbacks.errors import AllocationImpossible, DuplicateFrameKeys

CENSUS_BELOW = 200
DEFAULT_WISH = 300
REPLICATE_SIZE = 30


class Method(StrEnum):
    """How a project's people are chosen."""

    census = "census"
    random = "random"


@dataclass(frozen=True, slots=True)
class Draw:
    """The method and the number of people drawn first."""

    method: Method
    n: int


def _bytes(seed: bytes | str) -> bytes:
    return seed if isinstance(seed, bytes) else seed.encode()


def permutation(seed: bytes | str, keys: Sequence[str]) -> list[int]:
    """The drawing order of a list: result[i] is the index in `keys` of the person drawn i-th, from 0.

    Raises DuplicateFrameKeys when a key occurs twice.
    """
    _refuse_duplicates(keys)
    secret = _bytes(seed)
    ranks = [hmac.digest(secret, key.encode(), "sha256") for key in keys]
    return sorted(range(len(keys)), key=ranks.__getitem__)


def seed_commitment(seed: bytes | str) -> str:
    """The SHA-256 of the seed in hex, to be published before the first call."""
    return hashlib.sha256(_bytes(seed)).hexdigest()


def frame_digest(keys: Sequence[str]) -> str:
    """The SHA-256 in hex of the sorted keys, one per line with a closing line feed: independent of the file's order.

    Raises DuplicateFrameKeys, and ValueError for a key with a line feed in it.
    """
    _refuse_duplicates(keys)
    if any("\n" in key for key in keys):
        raise ValueError("a key of a frame has no line feeds")
    return hashlib.sha256("".join(f"{key}\n" for key in sorted(keys)).encode()).hexdigest()


def _refuse_duplicates(keys: Sequence[str]) -> None:
    if len(set(keys)) < len(keys):
        raise DuplicateFrameKeys(sum(1 for times in Counter(keys).values() if times > 1))


def allocate(population: int, wish: int | None = None, census_below: int = CENSUS_BELOW) -> Draw:
    """How many of `population` people to draw: all below `census_below`, else `wish` (default 300), at most all.

    Raises ValueError for a negative population or a wish below 1.
    """
    if population < 0 or (wish is not None and wish < 1):
        raise ValueError("a sample needs a list and at least one person")
    n = DEFAULT_WISH if wish is None else wish
    if population < census_below or n >= population:
        return Draw(Method.census, population)
    return Draw(Method.random, n)


def replicates(n: int, size: int = REPLICATE_SIZE) -> tuple[range, ...]:
    """The positions (from 0) of each replicate in drawing order; the last may be shorter. Raises ValueError if size < 1."""
    if size < 1:
        raise ValueError("a replicate holds somebody")
    return tuple(range(first, min(first + size, n)) for first in range(0, n, size))


def replicate_of(position: int, size: int = REPLICATE_SIZE) -> int:
    """The number (from 1) of the replicate that holds a position (from 0) of the drawing order."""
    return position // size + 1


def closed_prefix(finals: Sequence[bool]) -> int:
    """How many people from the start of the drawing order have a final disposition, without a gap.

    Evidence is looked at on this prefix only, since easy people answer first (methodology.md 8).
    """
    return next((place for place, final in enumerate(finals) if not final), len(finals))


def closed_replicates(finals: Sequence[bool], size: int = REPLICATE_SIZE) -> int:
    """How many replicates from the first on are closed entirely; `finals` are the drawn people in drawing order."""
    closed = closed_prefix(finals)
    return sum(1 for replicate in replicates(len(finals), size) if replicate.stop <= closed)


def _start(sizes: Sequence[int], n: int, least: int) -> list[int]:
    """The minima, each at most its stratum."""
    start = [min(size, least) for size in sizes]
    if sum(start) > n:
        raise AllocationImpossible(n, sum(start))
    return start


def proportional(sizes: Sequence[int], n: int, least: int = 0) -> list[int]:
    """`n` interviews over strata in proportion to their sizes: largest remainders, ties to the earlier stratum.

    Each stratum gets at least `least` (or all its people) and at most all its people; n above the total is a census.
    Raises AllocationImpossible when the minima alone exceed n.
    """
    n = min(n, sum(sizes))
    given = _start(sizes, n, least)
    quotas = _quotas(sizes, given, n)
    for place, quota in quotas.items():
        given[place] = int(quota)
    by_remainder = sorted(quotas, key=lambda place: (int(quotas[place]) - quotas[place], place))
    for place in by_remainder[: n - sum(given)]:
        given[place] += 1
    return given


def _quotas(sizes: Sequence[int], minima: Sequence[int], n: int) -> dict[int, Fraction]:
    """Exact shares of the strata that reach their minimum; the others keep it and leave the rest to share."""
    free = [place for place, size in enumerate(sizes) if size]
    while free:
        rest = n - sum(least for place, least in enumerate(minima) if place not in free)
        total = sum(sizes[place] for place in free)
        quotas = {place: Fraction(rest * sizes[place], total) for place in free}
        kept = [place for place in free if quotas[place] >= minima[place]]
        if len(kept) == len(free):
            return quotas
        free = kept
    return {}


def neyman(sizes: Sequence[int], variances: Sequence[Fraction | float], n: int, least: int = 1) -> list[int]:
    """The whole-number allocation with the smallest variance of the total (Wright 2012; methodology.md 13).

    From `least` >= 1 in each stratum, one interview at a time goes where (N_h S_h)^2 / (n_h (n_h + 1)) is largest,
    S_h^2 being `variances`; full strata are skipped, ties go to the earlier stratum. Raises AllocationImpossible.
    """
    if least < 1 or len(variances) != len(sizes):
        raise ValueError("each stratum needs a variance and at least one interview")
    n = min(n, sum(sizes))
    given = _start(sizes, n, least)
    weights = [size * size * Fraction(variance) for size, variance in zip(sizes, variances, strict=True)]
    heap = [(-weight / (m * (m + 1)), place) for place, (weight, m) in enumerate(zip(weights, given, strict=True)) if m]
    heapq.heapify(heap)
    left = n - sum(given)
    while left:
        _, place = heapq.heappop(heap)
        if given[place] < sizes[place]:
            given[place] += 1
            left -= 1
            m = given[place]
            heapq.heappush(heap, (-weights[place] / (m * (m + 1)), place))
    return given


def adaptive_variance(satisfied: int, answered: int) -> Fraction:
    """p(1-p) with p = (x+1)/(n+2): the variance of a stratum as seen so far, never nought (methodology.md 13)."""
    p = Fraction(satisfied + 1, answered + 2)
    return p * (1 - p)
