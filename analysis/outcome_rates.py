"""Response, cooperation, refusal, contact and location rates of AAPOR's Standard Definitions from final outcomes. Pure.

Formulas: methodology.md 7, metrics M20 and M21 (checked against ropensci/outcomerate).
"""

from dataclasses import dataclass

from analysis.errors import CountsOutOfRange


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """People by final outcome group: I complete, P partial, R refusal, NC no contact, O other eligible,
    UH and UO unknown eligibility (household, other), NE not eligible."""

    I: int  # noqa: E741 - AAPOR's letter
    P: int = 0
    R: int = 0
    NC: int = 0
    O: int = 0  # noqa: E741
    UH: int = 0
    UO: int = 0
    NE: int = 0

    def __post_init__(self) -> None:
        smallest = min(self.I, self.P, self.R, self.NC, self.O, self.UH, self.UO, self.NE)
        if smallest < 0:
            raise CountsOutOfRange(smallest, 0)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A rate as the whole numbers it came from, not reduced, so that print can show them."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float:
        return self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class OutcomeRates:
    """AAPOR rates; None where the denominator is 0. Rates with e count in units of 1/denominator of e."""

    RR1: Ratio | None
    RR2: Ratio | None
    RR3: Ratio | None
    RR4: Ratio | None
    RR5: Ratio | None
    RR6: Ratio | None
    COOP1: Ratio | None
    COOP2: Ratio | None
    COOP3: Ratio | None
    COOP4: Ratio | None
    REF1: Ratio | None
    REF2: Ratio | None
    REF3: Ratio | None
    CON1: Ratio | None
    CON2: Ratio | None
    CON3: Ratio | None
    LOC1: Ratio | None
    LOC2: Ratio | None
    e: Ratio | None


def _ratio(numerator: int, denominator: int) -> Ratio | None:
    return Ratio(numerator, denominator) if denominator else None


def rates(counts: OutcomeCounts, e: Ratio | None = None) -> OutcomeRates:
    """All rates of one set of outcomes.

    e: share of the unknown ones taken as eligible; by default T/(T+NE). Where that is undefined, so is every rate
    that uses it.
    """
    c = counts
    eligible = c.I + c.P + c.R + c.NC + c.O
    unknown = c.UH + c.UO
    share = _ratio(eligible, eligible + c.NE) if e is None else e
    contacted = c.I + c.P + c.R + c.O
    everyone = eligible + unknown

    def with_e(numerator: int) -> Ratio | None:
        if share is None:
            return None
        return _ratio(numerator * share.denominator, eligible * share.denominator + unknown * share.numerator)

    return OutcomeRates(
        RR1=_ratio(c.I, everyone),
        RR2=_ratio(c.I + c.P, everyone),
        RR3=with_e(c.I),
        RR4=with_e(c.I + c.P),
        RR5=_ratio(c.I, eligible),
        RR6=_ratio(c.I + c.P, eligible),
        COOP1=_ratio(c.I, contacted),
        COOP2=_ratio(c.I + c.P, contacted),
        COOP3=_ratio(c.I, c.I + c.P + c.R),
        COOP4=_ratio(c.I + c.P, c.I + c.P + c.R),
        REF1=_ratio(c.R, everyone),
        REF2=with_e(c.R),
        REF3=_ratio(c.R, eligible),
        CON1=_ratio(contacted, everyone),
        CON2=with_e(contacted),
        CON3=_ratio(contacted, eligible),
        LOC1=_ratio(eligible, everyone),
        LOC2=with_e(eligible),
        e=share,
    )
