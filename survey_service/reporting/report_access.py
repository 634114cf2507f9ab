"""Who may see results when: officials and supervisors at once, the assessed only after the wave has closed."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from analysis.reporting.report_share import Share
from callbacks.scope import Rows, Scope, conditions, in_zones
from questionnaires import statements
from survey_service.errors import NotAllowed, NotFound, ResultsHidden
from survey_service.extract import unmarked
from survey_service.trust.viewer import Role, Viewer

LIVE = frozenset({Role.OFFICIAL, Role.SUPERVISOR})
AFTER_CLOSING = frozenset({Role.DEPARTMENT, Role.STREET})
READERS = (Role.OFFICIAL, Role.SUPERVISOR, Role.DEPARTMENT, Role.STREET)
PROJECT_READERS = (Role.OFFICIAL, Role.SUPERVISOR, Role.DEPARTMENT)
"""A whole project is never a street's: its page compares all streets."""


NOWHERE = "未登记单位"
REPORT = statements.REPORT_CONNECTION
WAVES = """
SELECT id, code, title, state, starts_on, ends_on, closed_at FROM callbacks_wave WHERE state IN ('open', 'closed')
"""
# a standing wave is always open; it must not stand before the wave that officials wait for
ORDER = """
ORDER BY CASE WHEN standing THEN 1 ELSE 0 END, CASE WHEN state = 'open' THEN 0 ELSE 1 END, starts_on DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class VisibleWave:
    """A wave whose results the viewer may see."""

    id: int
    code: str
    title: str
    closed: bool
    starts: dt.date
    ends: dt.date

    @property
    def label(self) -> str:
        """Its name in a list."""
        return f"{self.title}（{'已结束' if self.closed else '进行中'}）"


def sees_cases(viewer: Viewer, wave: VisibleWave) -> bool:
    """Whether this viewer follows single cases of a wave that goes on: his figures then move by groups of answers."""
    return viewer.role is Role.SUPERVISOR and not wave.closed


def may_see(viewer: Viewer, *, closed: bool) -> bool:
    """Whether results of an open or closed wave are for this viewer."""
    return viewer.role in LIVE or (closed and viewer.role in AFTER_CLOSING)


async def visible_waves(viewer: Viewer) -> list[VisibleWave]:
    """The waves whose results the viewer may see: dated ones first, open before closed, then the newest. Raises NotAllowed."""
    _refuse_others(viewer)
    found = [_wave(row) for row in await statements.rows(WAVES + ORDER, connection=REPORT)]
    return [wave for wave in found if may_see(viewer, closed=wave.closed)]


async def visible_wave(viewer: Viewer, code: str) -> VisibleWave:
    """The wave with this code. Raises NotAllowed, NotFound, and ResultsHidden for the assessed before it closes."""
    _refuse_others(viewer)
    row = await statements.row(WAVES + " AND code = $1", code, connection=REPORT)
    if row is None:
        raise NotFound
    wave = _wave(row)
    if not may_see(viewer, closed=wave.closed):
        raise ResultsHidden
    return wave


def _refuse_others(viewer: Viewer) -> None:
    if viewer.role not in LIVE | AFTER_CLOSING:
        raise NotAllowed


def _wave(row: dict[str, Any]) -> VisibleWave:
    starts, ends = statements.day(row["starts_on"]), statements.day(row["ends_on"])
    return VisibleWave(
        int(row["id"]), row["code"], row["title"], row["state"] == "closed", starts or dt.date.min, ends or dt.date.max
    )


async def share_of(viewer: Viewer, scope: Scope) -> Share | None:
    """What of a report the assessed may read: their own projects or zone; None for those who read all of it."""
    if viewer.role in LIVE:
        return None
    if viewer.role is Role.DEPARTMENT:
        return await _department_share(scope)
    return await _street_share(scope)


async def _department_share(scope: Scope) -> Share:
    named = await statements.row(
        "SELECT name FROM callbacks_department WHERE id = $1", scope.department_id or 0, connection=REPORT
    )
    if named is None:
        return Share(NOWHERE)
    seen = conditions(scope, Rows.PROJECT, "p")
    mine = await statements.rows(
        f"SELECT p.code, p.demo FROM callbacks_project p WHERE {seen.sql}", *seen.args, connection=REPORT
    )
    name = unmarked(named["name"], demo=any(row["demo"] for row in mine))
    return Share(name, frozenset(row["code"] for row in mine), departments=frozenset({name}))


async def _street_share(scope: Scope) -> Share:
    if scope.zone_ids is None:  # of a street this means that nobody said which: it reads no zone at all
        return Share(NOWHERE)
    mine = in_zones(scope, "z.id", 1)
    found = await statements.rows(
        f"SELECT z.code, z.name FROM callbacks_zone z WHERE z.level = 'street' AND {mine.sql} ORDER BY z.position, z.id",
        *mine.args, connection=REPORT,
    )  # fmt: skip
    if not found:
        return Share(NOWHERE)
    return Share("、".join(row["name"] for row in found), zones=frozenset(row["code"] for row in found))
