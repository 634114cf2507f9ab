"""The working calendar of this installation: imported official days over the tables that come with the package."""

from callbacks.calendar_days import KIND_WORDS, CalendarDay, DayKind, WorkCalendar, shipped_days, work_calendar
from questionnaires.statements import day, rows


async def load() -> WorkCalendar:
    """The calendar in force. A year with imported days is theirs alone; other years come from the package."""
    imported: list[CalendarDay] = []
    for found in await rows("SELECT day, kind, name FROM callbacks_calendar_day ORDER BY day"):
        date = day(found["day"])
        if date is not None:
            imported.append(CalendarDay(date, _kind(found["kind"]), found["name"]))
    years = {known.day.year for known in imported if known.kind is not DayKind.exam}
    shipped = [known for known in shipped_days() if known.day.year not in years]
    return work_calendar([*shipped, *imported])


def _kind(word: str) -> DayKind:
    return KIND_WORDS[word] if word in KIND_WORDS else DayKind(word)
