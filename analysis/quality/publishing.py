"""Whether a rate may be shown, and which marks it carries. Pure.

Rules: methodology.md 14. `nchs` is the published standard of the US National Center for Health Statistics (Parker
2017). With rates near 90% its relative rule never bites, so `publication` is ours: hide below 5 answers and from a width
of 0.30, mark small samples; a fully answered list is never called small, but privacy holds for it too.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from analysis.errors import CountsOutOfRange, RateOutOfRange, ValueRefused
from analysis.intervals import Interval
from analysis.quality import sentences
from analysis.quality.flags import Code, Flag

LEAST_ANSWERS, WIDEST = 5, 0.30
NARROW, RELATIVE = 0.05, 1.30
FEW_EFFECTIVE, FEW_DF = 30, 8
SLACK = 1e-9


class Standard(StrEnum):
    """What the NCHS standard says."""

    show = "show"
    review = "review"
    hide = "hide"


@dataclass(frozen=True, slots=True)
class RateToShow:
    """A share of n answers with its interval, effective answers and degrees of freedom (None: not a design).

    interval None: none could be computed. census: everybody on the list answered.
    Raises CountsOutOfRange, RateOutOfRange, ValueRefused when made.
    """

    subject: str
    n: int
    share: float
    interval: Interval | None
    effective: float
    df: float | None = None
    census: bool = False

    def __post_init__(self) -> None:
        if self.n < 0:
            raise CountsOutOfRange(0, self.n)
        if not 0 <= self.share <= 1:
            raise RateOutOfRange(self.share)
        if not (isfinite(self.effective) and self.effective >= 0):
            raise ValueRefused("effective answers", 0, self.effective)


def nchs(rate: RateToShow, se: float) -> Standard:
    """The NCHS rule from share, standard error, interval and df. Raises ValueRefused for a se that is none."""
    if not (isfinite(se) and se >= 0):
        raise ValueRefused("standard error", 0, se)
    sure = rate.share in (0.0, 1.0) or se == 0
    effective = rate.n if sure else min(rate.n, rate.share * (1 - rate.share) / se**2)
    if effective < FEW_EFFECTIVE or rate.interval is None:
        return Standard.hide
    width = rate.interval.width
    if width >= WIDEST - SLACK:
        return Standard.hide
    if width > NARROW and (rate.share == 0 or width / rate.share > RELATIVE):
        return Standard.hide
    return Standard.review if rate.df is not None and rate.df < FEW_DF else Standard.show


@dataclass(frozen=True, slots=True)
class Publication:
    """Whether the rate is shown, and every mark it carries, the hiding ones first."""

    shown: bool
    flags: tuple[Flag, ...]


def publication(rate: RateToShow, least: int = LEAST_ANSWERS) -> Publication:
    """Our rule. least: fewest answers for privacy (10 in sensitive projects and on the public page)."""
    flags = tuple(_hiding(rate, least)) or tuple(_marks(rate))
    return Publication(not any(one.code.hides for one in flags), flags)


def _hiding(rate: RateToShow, least: int) -> list[Flag]:
    if rate.n < least:
        return [Flag(Code.few_for_privacy, rate.subject, float(least - rate.n), sentences.few_for_privacy(least))]
    width = 1.0 if rate.interval is None else rate.interval.width
    if width >= WIDEST - SLACK:
        return [Flag(Code.wide_interval, rate.subject, width, sentences.wide_interval(width))]
    return []


def _marks(rate: RateToShow) -> list[Flag]:
    found = []
    if rate.effective < FEW_EFFECTIVE and not rate.census:
        strength = FEW_EFFECTIVE - rate.effective
        found.append(Flag(Code.small_sample, rate.subject, strength, sentences.small_sample(rate.effective)))
    if rate.df is not None and rate.df < FEW_DF and not rate.census:
        found.append(Flag(Code.few_points, rate.subject, FEW_DF - rate.df, sentences.few_points(rate.df)))
    width = rate.interval.width if rate.interval else 1.0
    rest = 1 - rate.share
    if width > NARROW and width > RELATIVE * rest > 0:
        sentence = sentences.unstable_complement(width, rest)
        found.append(Flag(Code.unstable_complement, rate.subject, width / rest, sentence))
    return found
