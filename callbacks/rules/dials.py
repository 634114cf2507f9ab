"""What the retry rules look at and what they answer: dials, a case, a wave, the next step. Pure."""

import datetime as dt
from dataclasses import dataclass

from callbacks.rules import dispositions
from callbacks.rules.dispositions import OutcomeCode
from callbacks.rules.states import CaseState


@dataclass(frozen=True, slots=True)
class Dial:
    """One call of a case: instants, effective outcome code (after corrections), digest of the number.

    `inbound` calls came from the respondent: they cost no attempt and no cap of the number.
    """

    at: dt.datetime
    ended_at: dt.datetime
    code: str
    number: str | None = None
    inbound: bool = False

    @property
    def outcome(self) -> OutcomeCode:
        """The row of the outcome table."""
        return dispositions.code(self.code)


@dataclass(frozen=True, slots=True)
class History:
    """The dials of one case in time order."""

    dials: tuple[Dial, ...] = ()

    def with_dial(self, dial: Dial) -> "History":
        """The history after one more dial."""
        return History((*self.dials, dial))

    def codes(self) -> tuple[str, ...]:
        """The outcome codes in time order."""
        return tuple(dial.code for dial in self.dials)

    def times(self, code: str) -> int:
        """How often the case ended in this code."""
        return sum(1 for dial in self.dials if dial.code == code)

    def attempts(self, number: str | None) -> tuple[Dial, ...]:
        """Outgoing dials that count as attempts (not 500), to this number only: a repaired number starts afresh."""
        return tuple(dial for dial in self.outgoing(number) if dial.outcome.counts_as_attempt)

    def outgoing(self, number: str | None) -> tuple[Dial, ...]:
        """Dials we made to this number; dials or questions without a number match any."""
        return tuple(d for d in self.dials if not d.inbound and (number is None or d.number in (None, number)))

    def soft_refusals(self) -> int:
        """Refusals that call for a senior: every 200, and each 203 from the second on."""
        return self.times("200") + max(0, self.times("203") - 1)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What has to be known of a claimed case (S02) to plan its next step.

    `number` is the digest of the number dialled; `other_dials` the starts of outgoing dials to it for other cases in
    the last seven days. `language` is what the person speaks if an agent of his language is needed, and
    `language_agent` whether there is one. `link_possible`: the number is a mobile and may get a text.
    `submitted_code` (100 or 110) is the code of an answer that stands already; it matters when the dial itself did not
    complete one, so that the person's own link came first.
    """

    number: str | None = None
    max_attempts: int = 6
    education: bool = False
    link_possible: bool = True
    has_guardian: bool = False
    died_before_frame: bool | None = None
    language: str = ""
    language_agent: bool = False
    appointment_at: dt.datetime | None = None
    agent: int | None = None
    repairs: int = 0
    submitted_code: str | None = None
    other_dials: tuple[dt.datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """The end of a wave (the first instant after its last day, see `wave_ends_at`) and its other modes."""

    ends_at: dt.datetime
    allow_links: bool = True
    allow_visits: bool = False


def wave_ends_at(ends_on: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """The local midnight that follows the last day, in UTC."""
    return dt.datetime.combine(ends_on + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class CaseUpdate:
    """The whole next step: every field replaces what the case carried.

    `next_attempt_at` is set exactly in the waiting states S03, S04, S06. A higher `priority` goes first.
    `number_repair` opens a number repair, `do_not_contact` bars the number, `roster_check` opens a check of the list.
    """

    state: CaseState
    reason: str
    next_attempt_at: dt.datetime | None = None
    priority: int = 0
    requires_senior: bool = False
    final_code: str | None = None
    do_not_contact: bool = False
    number_repair: bool = False
    language: str | None = None
    keep_agent: int | None = None
    roster_check: bool = False
