"""The questionnaire on the screen: blocks with headings, refused values where they were typed, appointment times."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.dispositions import BUTTONS, Button
from callbacks.rules.windows import CallingWindows
from questionnaires.definition import ItemType
from questionnaires.rendering import QuestionView
from survey_service.field import Hours

KEYS = {
    "完成": "w", "不愿意": "b", "约时间": "y", "本人不在/答不了": "r", "没人接/打不通": "m", "号码不对": "h",
    "不符合": "f", "找组长": "z",
}  # fmt: skip
DAYS_OFFERED = 14
QUARTER = dt.timedelta(minutes=15)
SOONEST = dt.timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Block:
    """A note or question with the heading above it, what was typed, and why it was refused."""

    view: QuestionView
    heading: str
    value: str
    error: str

    @property
    def input_type(self) -> str:
        """Of a field that is no choice."""
        kinds = {ItemType.DATETIME: "datetime-local", ItemType.DATE: "date", ItemType.TIME: "time"}
        return kinds.get(self.view.type, "text")


def blocks(
    views: Sequence[QuestionView], refused: Mapping[str, str], typed: Mapping[str, Sequence[str]]
) -> list[Block]:
    """The blocks of one part, in order."""
    made, stage = [], ""
    for view in views:
        shown = _as_typed(view, typed[view.name]) if view.name in refused and view.name in typed else view
        value = shown.value[:16] if view.type is ItemType.DATETIME else shown.value
        made.append(Block(shown, view.stage if view.stage != stage else "", value, refused.get(view.name, "")))
        stage = view.stage
    return made


def _as_typed(view: QuestionView, texts: Sequence[str]) -> QuestionView:
    """The question with what the agent put in, kept or not."""
    codes = {code for text in texts for code in text.split()}
    choices = tuple(replace(choice, chosen=choice.code in codes) for choice in view.choices)
    return replace(view, value=" ".join(text for text in texts if text), choices=choices)


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    """A first tap with its letter."""

    button: Button
    key: str

    @property
    def name(self) -> str:
        return self.button.group

    @property
    def needs_time(self) -> bool:
        """Its options want an appointment."""
        return any(option.code in ("210", "211") for option in self.button.options)

    @property
    def asks_death(self) -> bool:
        """Its options tell why somebody else has to answer, or nobody can."""
        return any(option.code == "230" for option in self.button.options)

    @property
    def wants_note(self) -> bool:
        """At least one option needs a sentence."""
        return any(option.require_note for option in self.button.options)


GROUPS = tuple(OutcomeGroup(button, KEYS[button.group]) for button in BUTTONS)


@dataclass(frozen=True, slots=True)
class Times:
    """What an appointment is picked from: days, quarter hours, and the suggestion."""

    days: tuple[dt.date, ...]
    clocks: tuple[str, ...]
    day: dt.date
    clock: str


def times(hours: Hours, now: dt.datetime, education: bool, wanted: dt.datetime | None = None) -> Times:
    """Days with calling hours, the quarter hours at which a call may start on any of them, and the first good one."""
    windows, calendar = hours.windows, hours.calendar
    last = windows.local(now).date() + dt.timedelta(days=DAYS_OFFERED)
    openings = takewhile(lambda each: each.day <= last, windows.openings(now, calendar, education))
    days: dict[dt.date, None] = {}
    clocks: set[str] = set()
    for opening in openings:
        days[opening.day] = None
        at = _quarter(opening.start)
        while at < opening.end:
            clocks.add(f"{windows.local(at):%H:%M}")
            at += QUARTER
    best = windows.local(wanted or _suggestion(windows, calendar, now, education))
    return Times(tuple(days), tuple(sorted(clocks)), best.date(), f"{best:%H:%M}")


def _suggestion(windows: CallingWindows, calendar: WorkCalendar, now: dt.datetime, education: bool) -> dt.datetime:
    return windows.next_open(_quarter(now + SOONEST), calendar, education)


def _quarter(at: dt.datetime) -> dt.datetime:
    """The next full quarter of an hour."""
    over = dt.timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at if not over else at - over + QUARTER
