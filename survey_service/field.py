"""What fieldwork wants to know of this installation: its calendar, its hours, and the scope of whoever is looking."""

from dataclasses import dataclass

from callbacks.planning import work_calendar
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.windows import CallingWindows, shipped_windows
from callbacks.scope import Scope, zones_answered_for, zones_below
from questionnaires.statements import row, rows
from survey_service.settings import Settings
from survey_service.trust.viewer import Role, Viewer


@dataclass(frozen=True, slots=True)
class Hours:
    """The calendar in force and the hours in which a dial may start."""

    calendar: WorkCalendar
    windows: CallingWindows


async def hours(settings: Settings) -> Hours:
    """Calendar and windows of this installation."""
    return Hours(await work_calendar.load(), shipped_windows(settings.zone))


async def scope_of(viewer: Viewer) -> Scope:
    """The one mapping from a signed-in account to its scope; an account without zones works in the whole district."""
    return Scope(
        role=viewer.role.value,
        account_id=viewer.account_id,
        zone_ids=await zones_below(viewer.zone_ids) if viewer.zone_ids else None,
        department_id=viewer.department_id,
        senior=viewer.senior,
        languages=viewer.languages,
        answers_for=await zones_answered_for(viewer.account_id) if viewer.role is Role.AGENT else frozenset(),
    )


async def languages_spoken() -> frozenset[str]:
    """The languages of all agents who can sign in; the rules ask whether there is anybody to talk to a person."""
    found = await rows(
        "SELECT languages FROM survey_service_account WHERE role = 'agent' AND disabled_at IS NULL AND languages <> ''"
    )
    return frozenset(word for each in found for word in str(each["languages"]).split(",") if word)


async def zone_id(code: str) -> int | None:
    """The zone with this code."""
    found = await row("SELECT id FROM callbacks_zone WHERE code = $1", code)
    return int(found["id"]) if found else None
