"""How far the calling of a wave has come: cases by state, what is due, what is overdue. Counts only."""

import datetime as dt
from zoneinfo import ZoneInfo

from msgspec import Struct

from callbacks.rules.states import SETTLED, CaseState, listed
from callbacks.scope import ALL, Condition, Rows, Scope, conditions
from questionnaires import statements

REPORT = statements.REPORT_CONNECTION
DONE = listed(SETTLED)

STATES = """
SELECT c.state, count(*) AS n FROM callbacks_case c WHERE c.wave_id = $1 AND {seen} GROUP BY c.state ORDER BY c.state
"""
DUE = f"""
SELECT p.code, p.name, count(*) AS modules,
    sum(CASE WHEN c.state IN ({DONE}) THEN 1 ELSE 0 END) AS finished,
    sum(CASE WHEN c.state NOT IN ({DONE}) AND NOT c.set_aside AND c.next_attempt_at <= $2 THEN 1 ELSE 0 END) AS due_today,
    sum(CASE WHEN c.state NOT IN ({DONE}) AND NOT c.set_aside AND c.overdue_on < $3 THEN 1 ELSE 0 END) AS overdue
FROM callbacks_module m JOIN callbacks_case c ON c.id = m.case_id JOIN callbacks_project p ON p.id = m.project_id
WHERE m.wave_id = $1 AND {{seen}} GROUP BY p.id, p.code, p.name, p.position ORDER BY p.position, p.id
"""


class StateCount(Struct, frozen=True):
    """Cases in one state."""

    state: str
    label: str
    n: int


class ProjectProgress(Struct, frozen=True):
    """People of one project in the sample: all, finished, to be dialled by tonight, past their callback date."""

    code: str
    name: str
    people: int
    finished: int
    due_today: int
    overdue: int


class Progress(Struct, frozen=True):
    """The wave's calling at one moment."""

    wave: str
    as_of: str
    cases: int
    states: tuple[StateCount, ...]
    projects: tuple[ProjectProgress, ...]

    @property
    def due_today(self) -> int:
        """What stands in the queue until tonight, people x projects."""
        return sum(one.due_today for one in self.projects)

    @property
    def overdue(self) -> int:
        """What is past its callback date, people x projects."""
        return sum(one.overdue for one in self.projects)


def _seen(scope: Scope | None, first: int) -> Condition:
    return conditions(scope, Rows.CASE, "c", first) if scope else Condition(ALL)


async def progress(wave_id: int, code: str, now: dt.datetime, zone: ZoneInfo, scope: Scope | None = None) -> Progress:
    """The counts of a wave now; days are those of `zone`. `scope` counts its own cases only, without it all are."""
    today = now.astimezone(zone).date()
    tonight = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)
    seen, of_projects = _seen(scope, 2), _seen(scope, 4)
    states = await statements.rows(STATES.format(seen=seen.sql), wave_id, *seen.args, connection=REPORT)
    due = DUE.format(seen=of_projects.sql)
    projects = await statements.rows(due, wave_id, tonight, today, *of_projects.args, connection=REPORT)
    return Progress(
        wave=code,
        as_of=now.astimezone(zone).isoformat(),
        cases=sum(int(row["n"]) for row in states),
        states=tuple(StateCount(row["state"], CaseState(row["state"]).label, int(row["n"])) for row in states),
        projects=tuple(
            ProjectProgress(
                row["code"], row["name"], int(row["modules"]), int(row["finished"]), int(row["due_today"]),
                int(row["overdue"]),
            )
            for row in projects
        ),
    )  # fmt: skip
