"""A small installation for the pure tests: four streets, one community, three projects."""

import datetime as dt
from dataclasses import replace

from callbacks.frame import importing
from callbacks.frame.context import Context, KnownProject, KnownZone
from callbacks.frame.files.columns import Kind
from callbacks.frame.lists.roster import ListedPerson, RosterContent
from callbacks.frame.reports import ImportReport

TODAY = dt.date(2026, 3, 5)
ADULTS = KnownProject(1, "YH14", "残疾人两项补贴", needs_guardian=False, lead_department_id=9)
CHILDREN = KnownProject(2, "YH15", "孤儿救助", needs_guardian=True)
VISITS = KnownProject(3, "YH18", "法律援助", unit_kind="visit")
WORLD = Context(
    today=TODAY,
    zones=(
        KnownZone(1, "340102001", "城东街道", "street"),
        KnownZone(2, "340102002", "红光街道", "street"),
        KnownZone(3, "340102003", "龙岗开发区", "street"),
        KnownZone(4, "340102004", "长淮街道", "street"),
        KnownZone(5, "340102001001", "临江社区", "community", parent_id=1),
    ),
    projects=(ADULTS, CHILDREN, VISITS),
    project=ADULTS,
)


def check(kind: Kind, text: str, **world: object) -> ImportReport:
    """The report on a csv text."""
    return importing.check_table(kind, text.encode(), replace(WORLD, **world))  # type: ignore[arg-type]


def check_roster(text: str, **world: object) -> ImportReport:
    """The report on a roster."""
    return check(Kind.ROSTER, text, **world)


def people(report: ImportReport) -> tuple[ListedPerson, ...]:
    """The people that the report would bring."""
    assert isinstance(report.content, RosterContent)
    return report.content.people


def said(report: ImportReport, level: str = "") -> list[str]:
    """The sentences of the report, of one level when given."""
    return [sentence for _, _, word, sentence in report.rows if level in ("", word)]
