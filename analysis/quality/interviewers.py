"""Interviewers whose answers differ from everybody else's by more than chance: rankings, never proof. Pure.

decisions/0022 and tables of integrity checks. Shares are held against funnel limits (99.8%) around the share
of all, widened when interviewers scatter more than chance; small workloads are ranked but never raised.
"""

from collections.abc import Callable, Mapping

from analysis.comparison.funnel import Band, Placed, Unit, around_average
from analysis.errors import CountsOutOfRange
from analysis.intervals import newcombe_difference
from analysis.quality import sentences
from analysis.quality.flags import Code, Flag, ranked

FEWEST = 10
LARGEST_GAP = 0.08
Counts = Mapping[str, tuple[int, int]]
Sentence = Callable[[str, int, int, float, bool], str]


def _strength(one: Placed, centre: float) -> float:
    """How far above the centre, in units of the distance to the outer limit."""
    room = (one.outer.high - centre) if one.outer else 0.0
    return (one.unit.share - centre) / room if room > 0 else 0.0


def unusual_shares(code: Code, counts: Counts, sentence: Sentence, fewest: int = FEWEST) -> tuple[Flag, ...]:
    """Interviewers (x of n answers) ranked by how far their share lies above that of all. Raises CountsOutOfRange."""
    names = sorted(name for name, (_, n) in counts.items() if n)
    found = around_average([Unit(*counts[name]) for name in names])
    flags = []
    for name, one in zip(names, found.placed, strict=True):
        beyond = one.band is Band.far_above and one.unit.n >= fewest
        text = sentence(name, one.unit.x, one.unit.n, found.centre, beyond)
        flags.append(Flag(code, name, _strength(one, found.centre), text, beyond))
    return ranked(flags)


def very_satisfied_shares(counts: Counts, fewest: int = FEWEST) -> tuple[Flag, ...]:
    """Interviewer -> (very satisfied, valid answers). Raises CountsOutOfRange."""
    return unusual_shares(Code.very_satisfied_share, counts, sentences.very_satisfied_share, fewest)


def recall_disagreements(counts: Counts, fewest: int = FEWEST) -> tuple[Flag, ...]:
    """Interviewer -> (re-called people who answered differently, re-called people). Raises CountsOutOfRange."""
    return unusual_shares(Code.recall_disagreement, counts, sentences.recall_disagreement, fewest)


def short_interview_shares(counts: Counts, fewest: int = FEWEST) -> tuple[Flag, ...]:
    """Interviewer -> (interviews too short for their questions, interviews). Raises CountsOutOfRange."""
    return unusual_shares(Code.short_interviews, counts, sentences.short_interviews, fewest)


def straight_lining_shares(counts: Counts, fewest: int = FEWEST) -> tuple[Flag, ...]:
    """Interviewer -> (quick submissions all of one answer, submissions). Raises CountsOutOfRange."""
    return unusual_shares(Code.straight_lining, counts, sentences.straight_lining, fewest)


def deviating_rates(counts: Mapping[tuple[str, str], tuple[int, int]], alpha: float = 0.05) -> tuple[Flag, ...]:
    """(zone, interviewer) -> (satisfied, valid answers): each against the others of the same zone.

    Raised when Newcombe's interval leaves out 0 and the gap exceeds 8 percentage points. An interviewer alone in a zone
    is left out. Raises CountsOutOfRange, LevelOutOfRange.
    """
    flags = []
    for (zone, name), (x, n) in sorted(counts.items()):
        if not 0 <= x <= n:
            raise CountsOutOfRange(x, n)
        others = [pair for (place, who), pair in counts.items() if place == zone and who != name]
        x_rest, n_rest = sum(pair[0] for pair in others), sum(pair[1] for pair in others)
        if not n or not n_rest:
            continue
        between = newcombe_difference(x, n, x_rest, n_rest, alpha)
        gap = x / n - x_rest / n_rest
        beyond = abs(gap) > LARGEST_GAP and not between.low <= 0 <= between.high
        text = sentences.deviating_rate(name, zone, x / n, x_rest / n_rest, beyond)
        flags.append(Flag(Code.deviating_rate, name, abs(gap), text, beyond))
    return ranked(flags)
