"""The same evidence as exact fractions: for the rare comparison that floats cannot decide, at any size of list. Pure."""

from fractions import Fraction
from math import comb, perm


def likelihood(M: int, s: int, t: int, population: int) -> Fraction:
    """L_t(M) = C(N-t, M-s) / C(N, M), as falling factorials; 0 for an impossible M."""
    if not s <= M <= population - (t - s):
        return Fraction(0)
    return Fraction(perm(M, s) * perm(population - M, t - s), perm(population, t))


def ratio(M: int, s: int, t: int, population: int, a: int, b: int) -> Fraction:
    """R_t(M) = B(a+s, b+t-s) / B(a, b) / L_t(M) for a possible M."""
    return mixture(s, t, a, b) / likelihood(M, s, t, population)


def mixture(s: int, t: int, a: int, b: int) -> Fraction:
    """B(a+s, b+t-s) / B(a, b)."""
    return Fraction(perm(a + s - 1, s) * perm(b + t - s - 1, t - s), perm(a + b + t - 1, t))


def _below(s: int, t: int, population: int, needed: int, a: int, b: int) -> Fraction:
    """P(M < needed) after s of t answers: the upper tail of the list with a + b - 1 more people."""
    people, asked, marked = population + a + b - 1, t + a + b - 1, needed - 1 + a
    ways = sum(comb(marked, k) * comb(people - marked, asked - k) for k in range(s + a, min(asked, marked) + 1))
    return Fraction(ways, comb(people, asked))


def side_mixtures(s: int, t: int, population: int, needed: int, a: int, b: int) -> tuple[Fraction, Fraction]:
    """Average of L_t over M >= needed and over M < needed, the prior cut to each side."""
    after, before = _below(s, t, population, needed, a, b), _below(0, 0, population, needed, a, b)
    whole = mixture(s, t, a, b)
    return (1 - after) / (1 - before) * whole, after / before * whole
