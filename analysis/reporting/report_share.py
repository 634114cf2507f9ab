"""The part of a report that one department or street may read: its own rows, and the district only as sums. Pure."""

from dataclasses import dataclass

from msgspec.structs import replace

from analysis.reporting.report_model import Report, VerdictGroup

COVERAGE = "总体由本批次全部出数的项目按受益人数加权得出。"


@dataclass(frozen=True, slots=True)
class Share:
    """Whose part it is, and the codes of the projects and zones and the names of the departments that are theirs."""

    name: str
    projects: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()


def share(report: Report, mine: Share) -> Report:
    """The report without anybody else's rows; every sum over the district stays, and no sentence names another."""
    return replace(
        report,
        part=mine.name,
        headline=replace(report.headline, coverage_text=COVERAGE),
        verdicts=tuple(_group(group, mine) for group in report.verdicts),
        projects=tuple(row for row in report.projects if row.code in mine.projects),
        unlisted=tuple(row for row in report.unlisted if row.code in mine.projects),
        zones=tuple(row for row in report.zones if row.code in mine.zones),
        departments=tuple(row for row in report.departments if row.name in mine.departments),
        reasons=(),
        evidence=tuple(row for row in report.evidence if row.project in mine.projects),
        many=None,
    )


def _group(group: VerdictGroup, mine: Share) -> VerdictGroup:
    return replace(group, items=tuple(item for item in group.items if item.project in mine.projects))
