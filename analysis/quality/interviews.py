"""Single interviews that cannot have gone as noted: too short, at night, without a call, in a row, one phone. Pure.

Limits of the integrity checks: six characters a second are read aloud, 0.6 of that time is the least; 30 seconds between
two completions; three submissions from one device, two from one number outside a household.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise

import numpy as np

from analysis.errors import ValueRefused
from analysis.quality import sentences
from analysis.quality.flags import Code, Flag, ranked

CHARACTERS_A_SECOND, LEAST_OF_READING = 6, 0.6
QUICKEST = 0.05
SHORTEST_GAP = 30
PER_NUMBER, PER_DEVICE = 2, 3
OPENS, CLOSES = time(8, 0), time(21, 0)


@dataclass(frozen=True, slots=True)
class Interview:
    """One completed interview. completed: aware instant in the zone of display; characters: of the questions and options
    that this person was asked; called: by telephone; connected: a connected call is recorded;
    number, device, household: opaque references, empty where unknown."""

    reference: str
    interviewer: str
    completed: datetime
    seconds: float
    characters: int
    called: bool = True
    connected: bool = True
    number: str = ""
    device: str = ""
    household: str = ""

    def __post_init__(self) -> None:
        if not self.seconds >= 0 or self.seconds == float("inf"):
            raise ValueRefused("duration", 0, self.seconds)
        if self.characters < 0:
            raise ValueRefused("characters", 0, self.characters)

    @property
    def least_seconds(self) -> float:
        """The least time in which the questions can be read aloud at all."""
        return self.characters / CHARACTERS_A_SECOND * LEAST_OF_READING


def short(interviews: Sequence[Interview]) -> tuple[Flag, ...]:
    """Interviews shorter than reading takes, or among the quickest twentieth and shorter than full reading."""
    if not interviews:
        return ()
    quickest = float(np.quantile([one.seconds for one in interviews], QUICKEST))
    return ranked(
        Flag(
            Code.short_interview,
            one.reference,
            one.least_seconds / max(one.seconds, 1.0),
            sentences.short_interview(one.seconds, one.least_seconds / LEAST_OF_READING),
        )
        for one in interviews
        if one.seconds < one.least_seconds
        or (one.seconds < quickest and one.seconds < one.least_seconds / LEAST_OF_READING)
    )


def at_night(interviews: Sequence[Interview], opens: time = OPENS, closes: time = CLOSES) -> tuple[Flag, ...]:
    """Telephone interviews completed before `opens` or from one hour after `closes` (an interview begun may finish)."""
    last = closes.replace(hour=min(23, closes.hour + 1))
    return ranked(
        Flag(Code.night_interview, one.reference, 1.0, sentences.night_interview(f"{one.completed:%H:%M}"))
        for one in interviews
        if one.called and not opens <= one.completed.time() < last
    )


def without_call(interviews: Sequence[Interview]) -> tuple[Flag, ...]:
    """Telephone interviews without a connected call on record."""
    return ranked(
        Flag(Code.no_call_record, one.reference, 1.0, sentences.no_call_record())
        for one in interviews
        if one.called and not one.connected
    )


def in_rapid_sequence(interviews: Sequence[Interview], shortest: int = SHORTEST_GAP) -> tuple[Flag, ...]:
    """Interviews completed less than `shortest` seconds after the same interviewer's one before."""
    by_interviewer: dict[str, list[Interview]] = defaultdict(list)
    for one in interviews:
        by_interviewer[one.interviewer].append(one)
    flags = []
    for own in by_interviewer.values():
        own.sort(key=lambda one: (one.completed, one.reference))
        for before, after in pairwise(own):
            gap = (after.completed - before.completed).total_seconds()
            if gap < shortest:
                text = sentences.rapid_sequence(gap)
                flags.append(Flag(Code.rapid_sequence, after.reference, shortest - gap, text))
    return ranked(flags)


def sharing_a_number(interviews: Sequence[Interview]) -> tuple[Flag, ...]:
    """Submissions from one telephone number by people who are not all of one household."""
    households: dict[str, set[str]] = defaultdict(set)
    for one in interviews:
        # Somebody whose household is unknown counts as a household of his own.
        households[one.number].add(one.household or f"?{one.reference}")
    times = Counter(one.number for one in interviews)
    return ranked(
        Flag(Code.shared_number, one.reference, float(times[one.number]), sentences.shared_number(times[one.number]))
        for one in interviews
        if one.number and times[one.number] >= PER_NUMBER and len(households[one.number]) > 1
    )


def sharing_a_device(interviews: Sequence[Interview]) -> tuple[Flag, ...]:
    """Submissions from one device that sent at least three."""
    times = Counter(one.device for one in interviews)
    return ranked(
        Flag(Code.shared_device, one.reference, float(times[one.device]), sentences.shared_device(times[one.device]))
        for one in interviews
        if one.device and times[one.device] >= PER_DEVICE
    )


def checked(interviews: Sequence[Interview]) -> tuple[Flag, ...]:
    """All checks of single interviews, ranked."""
    return ranked(
        flag
        for check in (short, at_night, without_call, in_rapid_sequence, sharing_a_number, sharing_a_device)
        for flag in check(interviews)
    )
