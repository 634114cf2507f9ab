"""Collects the remarks of one check: on a row, or once for the whole file however often they occur. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from callbacks.frame.reports import WHOLE_FILE, Level, RowProblem


@dataclass(slots=True)
class Remarks:
    """Remarks in the order they were found; `times` counts what is said once at the end with its number of rows."""

    problems: list[RowProblem] = field(default_factory=list)
    times: Counter[tuple[Level, str, str]] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)

    def refuse(self, row: int, column: str, sentence: str) -> None:
        """A remark that stops the file."""
        self.problems.append(RowProblem(row, column, Level.REFUSE, sentence))

    def warn(self, row: int, column: str, sentence: str) -> None:
        """A remark that wants to be read."""
        self.problems.append(RowProblem(row, column, Level.WARN, sentence))

    def note(self, row: int, column: str, sentence: str) -> None:
        """A remark for the record."""
        self.problems.append(RowProblem(row, column, Level.NOTE, sentence))

    @property
    def refused(self) -> bool:
        """Whether anything was refused so far."""
        here = any(problem.level is Level.REFUSE for problem in self.problems)
        return here or any(level is Level.REFUSE for level, _, _ in self.times)

    def once(self, level: Level, column: str, sentence: str) -> None:
        """Say it once for the file, with the number of rows it concerns."""
        self.times[level, column, sentence] += 1

    def finished(self) -> tuple[RowProblem, ...]:
        """All remarks; those said once come last, with their counts."""
        for (level, column, sentence), count in self.times.items():
            self.problems.append(RowProblem(WHOLE_FILE, column, level, f"{sentence}（共{count}行）"))
        self.times.clear()
        return tuple(self.problems)
