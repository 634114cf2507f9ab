"""The working calendar of this installation: imported official days over the tables that come with the package."""

from callbacks.rules.calendar_days import KIND_WORDS, CalendarDay, DayKind, WorkCalendar, shipped_days, work_calendar
from questionnaires.statements import day, rows


async def load() -> WorkCalendar:
    """The calendar in force: a whole imported table replaces the package's year, single imported days are laid over it."""
    imported: list[CalendarDay] = []
    for found in await rows("SELECT day, kind, name FROM callbacks_calendar_day ORDER BY day"):
        date = day(found["day"])
        if date is not None:
            imported.append(CalendarDay(date, _kind(found["kind"]), found["name"]))
    whole = work_calendar(imported).years_official
    shipped = [known for known in shipped_days() if known.day.year not in whole]
    return work_calendar([*shipped, *imported])


def _kind(word: str) -> DayKind:
    return KIND_WORDS[word] if word in KIND_WORDS else DayKind(word)
