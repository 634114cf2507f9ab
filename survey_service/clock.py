"""The one source of time: the real clock, or the clock of a demonstration that starts on a working morning."""

import datetime as dt
import time
from dataclasses import dataclass
from typing import Protocol


def real_now() -> dt.datetime:
    """The real instant, aware, in UTC. Sessions, limits and the trail use it even in a demonstration."""
    return dt.datetime.now(dt.UTC)


class Clock(Protocol):
    """Where fieldwork reads the time."""

    def now(self) -> dt.datetime:
        """The instant of fieldwork, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class RealClock:
    """The clock of an installation that works."""

    def now(self) -> dt.datetime:
        return real_now()


class DemoClock:
    """Runs as fast as the real one, from a stored moment; a supervisor may push it forward, never back."""

    def __init__(self, moment: dt.datetime) -> None:
        self._moment = moment
        self._since = time.monotonic()

    def now(self) -> dt.datetime:
        return self._moment + dt.timedelta(seconds=time.monotonic() - self._since)

    def forward_to(self, moment: dt.datetime) -> None:
        """Jump to a later moment; an earlier one is ignored."""
        if moment > self.now():
            self._moment, self._since = moment, time.monotonic()
