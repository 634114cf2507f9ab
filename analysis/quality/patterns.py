"""Answer patterns of submissions: too little variation, one answer all through, and copies beyond chance. Pure.

decisions/0022. Duplicates are held against the same submissions dealt out to the interviewers at random (a
fixed match rate is no valid rule: Pew 2016), so popular patterns such as "all very satisfied" raise nobody.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, isfinite, log10, sqrt

import numpy as np
from numpy.typing import NDArray

from analysis.comparison.multiplicity import benjamini_hochberg
from analysis.errors import TooFewGroups, ValueRefused
from analysis.quality import sentences
from analysis.quality.flags import Code, Flag, ranked

MOST_LIKE = 8  # items that must agree before one answer all through, or a copy, means anything
FEWEST = 10
BEYOND = 3.09  # one in a thousand
DEALS, FALSE_ALARMS = 999, 0.01
ENOUGH = 20  # deals with at least as many pairs for every interviewer: the search may end
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answered:
    """One submission: reference, interviewer, the group within which it might as well have gone to somebody else
    (project, zone), codes of the items in fixed order (None: not asked or no valid answer), seconds it took."""

    reference: str
    interviewer: str
    group: str
    codes: tuple[int | None, ...]
    seconds: float

    def __post_init__(self) -> None:
        if not (isfinite(self.seconds) and self.seconds >= 0):
            raise ValueRefused("duration", 0, self.seconds)

    @property
    def given(self) -> tuple[int, ...]:
        return tuple(code for code in self.codes if code is not None)


def straight_lined(submissions: Sequence[Answered], items: int = MOST_LIKE) -> tuple[Flag, ...]:
    """Submissions with one answer on at least `items` items, done in less than the quickest quarter's time."""
    if not submissions:
        return ()
    quick = float(np.quantile([one.seconds for one in submissions], 0.25))
    return ranked(
        Flag(Code.straight_lined, one.reference, float(len(one.given)), sentences.straight_lined(len(one.given)))
        for one in submissions
        if len(one.given) >= items and len(set(one.given)) == 1 and one.seconds < quick
    )


def little_variation(submissions: Sequence[Answered], fewest: int = FEWEST) -> tuple[Flag, ...]:
    """Interviewers ranked by how little the items of one submission differ, beside all submissions.

    strength: (mean of all - own mean) over its error; only submissions with three or more answered items count.
    """
    rows = [one for one in submissions if len(one.given) >= 3]
    if not rows:
        return ()
    spread = {one.reference: _variance(one.given) for one in rows}
    everything = sorted(spread.values())
    mean, deviation = float(np.mean(everything)), float(np.std(everything))
    flags = []
    for name in sorted({one.interviewer for one in rows}):
        own = sorted(spread[one.reference] for one in rows if one.interviewer == name)
        rest = 1 - len(own) / len(everything)
        error = deviation * sqrt(rest / len(own))
        strength = (mean - float(np.mean(own))) / error if error > 0 else 0.0
        beyond = strength > BEYOND and len(own) >= fewest
        text = sentences.little_variation(name, len(own), beyond)
        flags.append(Flag(Code.little_variation, name, strength, text, beyond))
    return ranked(flags)


def _variance(codes: tuple[int, ...]) -> float:
    mean = sum(codes) / len(codes)
    return sum((code - mean) ** 2 for code in codes) / len(codes)


@dataclass(frozen=True, slots=True)
class _Table:
    """Submissions as numbers: interviewer, group, pattern (-1: nobody else has it)."""

    names: tuple[str, ...]
    interviewer: Whole
    group: Whole
    pattern: Whole
    patterns: int

    def pairs(self, interviewer: Whole) -> Whole:
        """Pairs of equal submissions within each interviewer."""
        shared = self.pattern >= 0
        place = interviewer[shared] * self.patterns + self.pattern[shared]
        counts = np.bincount(place, minlength=len(self.names) * self.patterns).reshape(len(self.names), self.patterns)
        return np.asarray((counts * (counts - 1) // 2).sum(axis=1), dtype=np.int64)


def _table(rows: Sequence[Answered]) -> _Table:
    ordered = sorted(rows, key=lambda one: (one.group, one.interviewer, str(one.codes)))
    names, groups = sorted({one.interviewer for one in rows}), sorted({one.group for one in rows})
    often = Counter(one.codes for one in rows)
    shared = {codes: place for place, codes in enumerate(sorted((c for c, n in often.items() if n > 1), key=str))}
    return _Table(
        tuple(names),
        np.array([names.index(one.interviewer) for one in ordered], dtype=np.int64),
        np.array([groups.index(one.group) for one in ordered], dtype=np.int64),
        np.array([shared.get(one.codes, -1) for one in ordered], dtype=np.int64),
        len(shared),
    )


def duplicate_patterns(
    submissions: Sequence[Answered], seed: int, items: int = MOST_LIKE, deals: int = DEALS
) -> tuple[Flag, ...]:
    """Interviewers ranked by equal submissions beyond what dealing them out at random within groups gives.

    strength: -log10 of the share of deals with at least as many pairs; raised where the q-value of all interviewers
    together is at most 0.01; many interviewers need more deals to get there, which are added, and deals end early where
    nobody is suspicious. The same seed gives the same result in any order of rows. Raises TooFewGroups (deals < 19).
    """
    if deals < 19:
        raise TooFewGroups("deals", deals, 19)
    rows = [one for one in submissions if len(one.given) >= items]
    table = _table(rows)
    if len(table.names) < 2 or not table.patterns:
        return ()
    most = max(deals, ceil(1.25 * len(table.names) / FALSE_ALARMS))
    seen = table.pairs(table.interviewer)
    at_least, total, done = np.zeros(len(seen)), np.zeros(len(seen)), 0
    for dealt in _deals(table, seed, most):
        pairs = table.pairs(dealt)
        at_least += pairs >= seen
        total += pairs
        done += 1
        if int(at_least.min()) >= ENOUGH:
            break  # nobody is suspicious, further deals would only say so more exactly (Besag and Clifford 1991)
    p = ((1 + at_least) / (1 + done)).tolist()
    rows_of = zip(table.names, seen.tolist(), total.tolist(), p, benjamini_hochberg(p), strict=True)
    return ranked(
        _copies(name, pairs, expected / done, value, q <= FALSE_ALARMS and pairs > 0)
        for name, pairs, expected, value, q in rows_of
    )


def _deals(table: _Table, seed: int, most: int) -> Iterator[Whole]:
    """The submissions' interviewers dealt out anew at random inside each group, `most` times."""
    random = np.random.default_rng(seed)
    in_groups = np.argsort(table.group, kind="stable")
    dealt = np.empty_like(table.interviewer)
    for _ in range(most):
        dealt[np.argsort(table.group + random.random(len(table.group)))] = table.interviewer[in_groups]
        yield dealt


def _copies(name: str, pairs: int, expected: float, p: float, beyond: bool) -> Flag:
    text = sentences.duplicate_patterns(name, pairs, expected, beyond)
    return Flag(Code.duplicate_patterns, name, -log10(p), text, beyond)
