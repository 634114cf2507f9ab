"""The normative tables as text, and a few instants of 2026 to plan against."""

import csv
import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from callbacks.rules.calendar_days import shipped_calendar
from callbacks.rules.dials import CaseFacts, Dial, History, WaveFacts, wave_ends_at
from callbacks.rules.windows import shipped_windows

TABLES = Path(__file__).parents[2] / "callbacks" / "tables"
SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = shipped_calendar()
WINDOWS = shipped_windows(SHANGHAI)
WAVE = WaveFacts(wave_ends_at(dt.date(2026, 6, 30), SHANGHAI), allow_links=True, allow_visits=False)
CLOSED_TO_OTHERS = WaveFacts(WAVE.ends_at, allow_links=False, allow_visits=False)
NUMBER = "digest-of-a-number"


def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def rule(rule_id: str) -> str:
    return next(row["rule"] for row in rows("call_retry_rules") if row["rule_id"] == rule_id)


def local(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(dt.UTC)


def dial(at: dt.datetime, code: str, minutes: int = 1, number: str | None = NUMBER) -> Dial:
    return Dial(at, at + dt.timedelta(minutes=minutes), code, number)


def spaced(*codes: str) -> History:
    """Dials a week apart from 2 March 2026, 10:00 on, so that only their codes matter."""
    first = local(3, 2, 10)
    return History(tuple(dial(first + dt.timedelta(weeks=week), code) for week, code in enumerate(codes)))


def case(**facts: object) -> CaseFacts:
    return CaseFacts(**{"number": NUMBER, "agent": 7, **facts})  # type: ignore[arg-type]
