"""How the sample was worked: outcome groups and codes, and the rates made of them. Pure."""

from collections.abc import Iterable
from fractions import Fraction

from msgspec.structs import replace

from analysis import outcome_rates, tallies, wording
from analysis.metrics import metric
from analysis.outcome_rates import OutcomeCounts
from analysis.reporting.report_figures import blank
from analysis.reporting.report_input import OutcomeCount
from analysis.reporting.report_material import Material
from analysis.reporting.report_model import Count, Fieldwork, Figure, OutcomeRow

GROUPS = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")
NOT_DIALLED = "300"
_SCOPE = "fieldwork"


def group_counts(outcomes: Iterable[OutcomeCount]) -> dict[str, int]:
    """Cases by AAPOR group, every group present; outcomes outside the eight groups are not counted."""
    counts = dict.fromkeys(GROUPS, 0)
    for outcome in outcomes:
        if outcome.group in counts:
            counts[outcome.group] += outcome.n
    return counts


def rate_figure(scope: str, metric_id: str, rate: outcome_rates.Ratio | None) -> Figure:
    """A rate of dispositions, without interval or verdict; RR3's integers are multiplied up and therefore not shown."""
    definition = metric(metric_id)
    if rate is None or not rate.denominator:
        return blank(scope, definition, "还没有可计算的拨打结果")
    value = Fraction(rate.numerator, rate.denominator)
    shown = f"{rate.numerator}/{rate.denominator}" if metric_id != "M21" else ""
    return replace(
        blank(scope, definition, ""),
        x=rate.numerator if shown else None,
        n=rate.denominator if shown else None,
        value=float(value),
        text=wording.percent(value),
        counts_text=shown,
    )


def fieldwork(material: Material) -> Fieldwork:
    """The outcome table of the whole wave with its rates."""
    outcomes = material.given.outcomes
    groups = group_counts(outcomes)
    cases = sum(one.n for one in outcomes)
    return Fieldwork(
        drawn=sum(project.drawn for project in material.projects),
        valid=_valid(material),
        groups=tuple(Count(wording.GROUP_LABELS[group], n, str(n)) for group, n in groups.items()),
        outcomes=_outcome_rows(outcomes, cases),
        rates=_rates(material, groups),
        modes=_modes(material),
    )


def _valid(material: Material) -> int:
    return sum(tallies.respondents(counts) for counts in material.by_project.values())


def _outcome_rows(outcomes: Iterable[OutcomeCount], cases: int) -> tuple[OutcomeRow, ...]:
    totals: dict[tuple[str, str, str], int] = {}
    for one in outcomes:
        key = (one.code, one.label, one.group)
        totals[key] = totals.get(key, 0) + one.n
    return tuple(
        OutcomeRow(code, label, wording.GROUP_LABELS.get(group, group), n, wording.percent(Fraction(n, cases)))
        for (code, label, group), n in sorted(totals.items())
        if n
    )


def _rates(material: Material, groups: dict[str, int]) -> tuple[Figure, ...]:
    aapor = outcome_rates.rates(OutcomeCounts(**groups))
    calls = material.given.calls
    dialled = sum(one.dialled_cases for one in calls) or _dialled(material.given.outcomes)
    drawn = sum(project.drawn for project in material.projects)
    pairs: tuple[tuple[str, outcome_rates.Ratio | None], ...] = (
        ("M15", _ratio(_valid(material), drawn)),
        ("M16", _ratio(sum(one.connected_attempts for one in calls), sum(one.attempts for one in calls))),
        ("M17", _ratio(sum(one.connected_cases for one in calls), dialled if calls else 0)),
        ("M18", _ratio(groups["I"], dialled)),
        ("M19", _ratio(groups["R"], _reached_and_eligible(material.given.outcomes))),
        ("M20", aapor.RR1),
        ("M21", aapor.RR3),
        ("COOP1", aapor.COOP1),
    )
    return tuple(rate_figure(_SCOPE, metric_id, rate) for metric_id, rate in pairs)


def _ratio(x: int, n: int) -> outcome_rates.Ratio | None:
    return outcome_rates.Ratio(x, n) if 0 <= x <= n and n else None


def _dialled(outcomes: Iterable[OutcomeCount]) -> int:
    return sum(one.n for one in outcomes if one.code != NOT_DIALLED)


def _reached_and_eligible(outcomes: Iterable[OutcomeCount]) -> int:
    return sum(
        one.n for one in outcomes if one.group in ("I", "P", "R") or (one.contacted and one.group in ("NC", "O"))
    )


def _modes(material: Material) -> tuple[Count, ...]:
    modes = tallies.fold(tallies.official(material.given.cells), lambda cell: cell.mode)
    counts = {mode: tallies.respondents(answers) for mode, answers in modes.items()}
    return tuple(
        Count(label, counts.get(mode, 0), str(counts.get(mode, 0))) for mode, label in wording.MODE_LABELS.items()
    )
