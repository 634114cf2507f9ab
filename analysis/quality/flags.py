"""What a quality check says: a code, whom or what it concerns, how unusual it is, and one plain sentence. Pure.

A flag never proves anything: it says what to look at first. Sentences are for officials, without statistical terms.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Every check, figures first, then interviewers, then single submissions."""

    few_for_privacy = "few_for_privacy"
    wide_interval = "wide_interval"
    small_sample = "small_sample"
    few_points = "few_points"
    unstable_complement = "unstable_complement"
    very_satisfied_share = "very_satisfied_share"
    deviating_rate = "deviating_rate"
    little_variation = "little_variation"
    straight_lining = "straight_lining"
    duplicate_patterns = "duplicate_patterns"
    recall_disagreement = "recall_disagreement"
    short_interviews = "short_interviews"
    straight_lined = "straight_lined"
    short_interview = "short_interview"
    night_interview = "night_interview"
    no_call_record = "no_call_record"
    rapid_sequence = "rapid_sequence"
    shared_number = "shared_number"
    shared_device = "shared_device"

    @property
    def hides(self) -> bool:
        """Whether the figure itself must not be shown."""
        return self in (Code.few_for_privacy, Code.wide_interval)


@dataclass(frozen=True, slots=True)
class Flag:
    """One finding of one check.

    subject: the caller's reference (interviewer, submission, figure); strength: larger is more unusual, comparable only
    within a code; raised: beyond the check's limit; the others stand in the ranking without being suspicious.
    """

    code: Code
    subject: str
    strength: float
    sentence: str
    raised: bool = True


def ranked(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """By check in the order of the codes, raised ones first, then the most unusual first."""
    places = {code: place for place, code in enumerate(Code)}
    return tuple(sorted(flags, key=lambda one: (places[one.code], not one.raised, -one.strength, one.subject)))


def raised(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Only what lies beyond a limit, ranked."""
    return tuple(one for one in ranked(flags) if one.raised)
