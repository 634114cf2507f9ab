"""Who may see which rows: the one place where role, zones, department and assignment become conditions of a query."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from callbacks.errors import OwnZonesOnly
from callbacks.rules.assignment import ASSESSMENT, in_conflict
from questionnaires.statements import rows

NOTHING = "1 = 0"
ALL = "1 = 1"
SEES_EVERY_PROJECT = frozenset({"supervisor", "official", "reviewer", "agent", "admin"})


class Rows(StrEnum):
    """Kinds of rows that have a scope."""

    CASE = "case"
    PROJECT = "project"
    ENTITLEMENT = "entitlement"


@dataclass(frozen=True, slots=True)
class Scope:
    """What an account may see. `zone_ids` None means all zones; see `zones_below` for the zones under a street.

    `answers_for` are the zones in which he must not interview when they are assessed; see `zones_answered_for`.
    """

    role: str
    account_id: int | None = None
    zone_ids: frozenset[int] | None = None
    department_id: int | None = None
    senior: bool = False
    languages: frozenset[str] = frozenset()
    answers_for: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """A fragment for WHERE and its arguments; its placeholders start at the number that the caller asked for."""

    sql: str
    args: tuple[object, ...] = ()

    def __and__(self, other: "Condition") -> "Condition":
        return replace(self, sql=f"({self.sql}) AND ({other.sql})", args=self.args + other.args)


def conditions(scope: Scope, kind: Rows, alias: str, first: int = 1) -> Condition:
    """The rows of `kind` (table alias `alias`) that `scope` may see, with placeholders from `$first` on.

    Agents see the case they hold and those they worked on; departments and streets see cases only as their own tasks
    (an open number repair) before the wave closes; officials, admins and auditors see no case at all.
    """
    if kind is Rows.CASE:
        return _cases(scope, alias, first)
    if kind is Rows.PROJECT:
        return _projects(scope, f"{alias}.id", first)
    return _entitlements(scope, alias, first)


def refuse_part_of_district(scope: Scope) -> None:
    """OwnZonesOnly unless the scope is the whole district.

    Waves, samples, imports and projects have no zone: whoever opens, draws, closes or takes back acts on everybody's.
    """
    if scope.zone_ids is not None:
        raise OwnZonesOnly


def in_zones(scope: Scope, column: str, first: int) -> Condition:
    """Rows in the zones of `scope`; a row without a zone belongs to those who see all zones."""
    if scope.zone_ids is None:
        return Condition(ALL)
    if not scope.zone_ids:
        return Condition(NOTHING)
    marks = ", ".join(f"${first + number}" for number in range(len(scope.zone_ids)))
    return Condition(f"{column} IN ({marks})", tuple(sorted(scope.zone_ids)))


def claimable_zones(scope: Scope, column: str, first: int) -> Condition:
    """Where an agent may claim: his own zones, and cases whose zone nobody knows (else no one would call them)."""
    own = in_zones(scope, column, first)
    return own if scope.zone_ids is None else Condition(f"({own.sql} OR {column} IS NULL)", own.args)


def without_interest(scope: Scope, alias: str, first: int) -> Condition:
    """Cases that this account has no stake in: of assessment waves none from a zone it answers for or about its department."""
    about, args = list[str](), list[object]()
    if scope.answers_for:
        zones = in_zones(replace(scope, zone_ids=scope.answers_for), "m.zone_id", first)
        about, args = [zones.sql], list(zones.args)
    if scope.department_id is not None:
        about.append(_of_department("m.project_id", first + len(args)))
        args.append(scope.department_id)
    if not about:
        return Condition(ALL)
    return Condition(
        "NOT EXISTS (SELECT 1 FROM callbacks_module m JOIN callbacks_wave v ON v.id = m.wave_id"
        f" WHERE m.case_id = {alias}.id AND v.measurement_role = '{ASSESSMENT}' AND ({' OR '.join(about)}))",
        tuple(args),
    )


def _cases(scope: Scope, alias: str, first: int) -> Condition:
    if scope.role in ("supervisor", "reviewer"):
        return in_zones(scope, f"{alias}.zone_id", first)
    if scope.role == "agent" and scope.account_id is not None:
        held = f"({alias}.state = 'S02' AND {alias}.claimed_by = ${first})"
        worked = f"EXISTS (SELECT 1 FROM callbacks_attempt o WHERE o.case_id = {alias}.id AND o.agent_id = ${first})"
        return Condition(f"({held} OR {worked})", (scope.account_id,))
    if scope.role == "street":
        return in_zones(scope, f"{alias}.zone_id", first) & Condition(_own_task(alias, in_assessment=False))
    if scope.role == "department" and scope.department_id is not None:
        mine = _of_department("m.project_id", first)
        modules = f"EXISTS (SELECT 1 FROM callbacks_module m WHERE m.case_id = {alias}.id AND {mine})"
        return Condition(f"{modules} AND {_own_task(alias, in_assessment=True)}", (scope.department_id,))
    return Condition(NOTHING)


def _own_task(alias: str, in_assessment: bool) -> str:
    """An open number repair: the street's, but in assessment waves the roster's source (the department) is asked."""
    compares = "=" if in_assessment else "<>"
    return (
        f"EXISTS (SELECT 1 FROM callbacks_number_repair r WHERE r.case_id = {alias}.id AND r.state = 'open')"
        f" AND EXISTS (SELECT 1 FROM callbacks_wave w WHERE w.id = {alias}.wave_id"
        f" AND w.measurement_role {compares} '{ASSESSMENT}')"
    )


def _of_department(project_column: str, first: int) -> str:
    return (
        f"EXISTS (SELECT 1 FROM callbacks_project_department d"
        f" WHERE d.project_id = {project_column} AND d.department_id = ${first})"
    )


def _projects(scope: Scope, column: str, first: int) -> Condition:
    if scope.role in SEES_EVERY_PROJECT:
        return Condition(ALL)
    if scope.role == "department" and scope.department_id is not None:
        return Condition(_of_department(column, first), (scope.department_id,))
    if scope.role == "street":
        zones = in_zones(scope, "e.zone_id", first)
        return Condition(
            f"EXISTS (SELECT 1 FROM callbacks_entitlement e WHERE e.project_id = {column} AND {zones.sql})", zones.args
        )
    return Condition(NOTHING)


def _entitlements(scope: Scope, alias: str, first: int) -> Condition:
    if scope.role == "supervisor":
        return in_zones(scope, f"{alias}.zone_id", first)
    if scope.role == "street":
        return in_zones(scope, f"{alias}.zone_id", first)
    if scope.role == "department" and scope.department_id is not None:
        return Condition(_of_department(f"{alias}.project_id", first), (scope.department_id,))
    return Condition(NOTHING)


async def zones_below(zone_ids: frozenset[int]) -> frozenset[int]:
    """The zones and everything under them: whoever is in charge of a street is in charge of its communities."""
    children: dict[int, list[int]] = {}
    for row in await rows("SELECT id, parent_id FROM callbacks_zone WHERE parent_id IS NOT NULL"):
        children.setdefault(row["parent_id"], []).append(row["id"])
    found, waiting = set(zone_ids), list(zone_ids)
    while waiting:
        below = [zone for zone in children.get(waiting.pop(), []) if zone not in found]
        found.update(below)
        waiting += below
    return frozenset(found)


async def zones_answered_for(account_id: int) -> frozenset[int]:
    """Every zone for which `assignment.in_conflict` bars this account from assessment interviews (包保, or his own street)."""
    found = await rows("SELECT zone_id FROM callbacks_responsibility WHERE account_id = $1", account_id)
    responsible = {int(each["zone_id"]) for each in found}
    if not responsible:
        return frozenset()
    above = {each["id"]: each["parent_id"] for each in await rows("SELECT id, parent_id FROM callbacks_zone")}
    return frozenset(zone for zone in above if in_conflict(responsible, _path(zone, above), ASSESSMENT))


def _path(zone: int, above: Mapping[int, int | None]) -> list[int]:
    """The zone and everything above it; a loop in the data ends where it closes."""
    path = [zone]
    while (parent := above.get(path[-1])) is not None and parent not in path:
        path.append(parent)
    return path
