"""One call, several projects: what is asked once, which project is next, and what the answers say of the outcome. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from questionnaires import logic, rendering, scoring, validation
from questionnaires.definition import Definition
from questionnaires.rendering import QuestionView

OPENING = frozenset({"q_ident", "m0", "q_consent", "s2"})
"""Asked with the first project, carried to the others."""

CLOSING = frozenset({"u1", "g1", "i1", "h1", "h2", "j1", "j2"})
"""Asked with the last project of the call, carried to the others."""

OPENING_NOTES = frozenset({"n_open", "n_wrong", "n_dead", "n_away", "n_consent", "n_record", "n_refuse"})
CLOSING_NOTES = frozenset({"n_end", "j3"})
DONE, PARTIAL, STAFF = "100", "110", "405"
OVER = frozenset({"330", "220", "230", "210", "200", "201", "401"})
"""Codes that end the whole call, whatever else was to be asked."""


@dataclass(frozen=True, slots=True)
class Part:
    """One project of the call: its form, its context, and the answers given to it alone."""

    module_ref: str
    version_id: int
    definition: Definition
    context: Mapping[str, str]
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """An outcome that the answers suggest; `hung_up` ones hold only if the respondent ended the call here."""

    code: str
    hung_up: bool = False


@dataclass(frozen=True, slots=True)
class Interview:
    """All projects of the call with the answers as they count: `answers[k]` belongs to `parts[k]`."""

    parts: tuple[Part, ...]
    answers: tuple[Mapping[str, str], ...]
    host: int
    """The part in which the closing questions are asked."""

    @property
    def current(self) -> int:
        """The first part with something left to ask, else the one with the closing questions."""
        return next((k for k in range(len(self.parts)) if not self.settled(k)), self.host)

    def code(self, k: int) -> str | None:
        """The outcome code of one part's answers."""
        return scoring.outcome_code(self.parts[k].definition, self.parts[k].context, self.answers[k])

    def left_out(self, k: int) -> bool:
        """The screening of this part took its project out of the call."""
        return self.code(k) not in (None, DONE)

    def missing(self, k: int) -> tuple[str, ...]:
        """What has to be asked in this part and was not; nothing for one that was screened out."""
        if self.left_out(k):
            return ()
        part = self.parts[k]
        names = validation.unanswered(part.definition, part.context, self.answers[k])
        return tuple(name for name in names if k == self.host or name not in CLOSING)

    def settled(self, k: int) -> bool:
        """Nothing is left to ask in this part."""
        return not self.missing(k)

    def views(self, k: int) -> list[QuestionView]:
        """What the agent sees of this part: what other parts ask is left out."""
        part, hidden = self.parts[k], self._hidden(k)
        return [
            view
            for view in rendering.form_view(part.definition, part.context, self.answers[k])
            if view.name not in hidden
        ]

    def _hidden(self, k: int) -> frozenset[str]:
        opening = OPENING | OPENING_NOTES if k else frozenset[str]()
        closing = CLOSING | CLOSING_NOTES if k != self.host else frozenset[str]()
        return opening | closing

    def submittable(self, partial: bool) -> tuple[int, ...]:
        """The parts whose answers count: all that were asked; in a partial interview those with the key items."""
        chosen = []
        for k, part in enumerate(self.parts):
            if self.left_out(k):
                continue
            code = scoring.outcome_code(part.definition, part.context, self.answers[k], hung_up=True)
            if not partial or code in (DONE, PARTIAL):
                chosen.append(k)
        return tuple(chosen)

    @property
    def identified(self) -> bool:
        """The person, or a guardian or family member, is on the line: sensitive names may be shown to the agent."""
        return self.answers[0].get("q_ident") in ("1", "2")

    @property
    def appointment(self) -> str:
        """The time that the respondent asked for, as the form keeps it."""
        path = logic.path(self.parts[0].definition, self.parts[0].context, self.answers[0])
        return self.answers[0].get("q_appt", "") if "q_appt" in path else ""

    def proposals(self) -> tuple[Proposal, ...]:
        """What the outcome would be by the answers."""
        first = self.code(0)
        if first in OVER:
            return (Proposal(first),)
        if all(self.left_out(k) for k in range(len(self.parts))):
            return (Proposal(STAFF),)
        if all(self.settled(k) for k in range(len(self.parts))):
            return (Proposal(DONE),)
        if self.answers[0].get("q_consent") != "1":
            return ()
        return (Proposal(PARTIAL if self.submittable(partial=True) else "204", hung_up=True),)


def interview(parts: Sequence[Part]) -> Interview:
    """The call over these parts, the first one asked first; there is at least one."""
    opened = [
        _only(parts[0], OPENING) | dict(part.answers) if k else dict(part.answers) for k, part in enumerate(parts)
    ]
    for k in range(1, len(parts)):
        opened[k].update(_only(parts[0], OPENING))
    drafted = Interview(tuple(parts), tuple(opened), host=len(parts) - 1)
    kept = [k for k in range(len(parts)) if not drafted.left_out(k)]
    host = kept[-1] if kept else 0
    closing = _only(parts[host], CLOSING)
    answers = tuple({**own, **closing} if k != host else own for k, own in enumerate(opened))
    return Interview(tuple(parts), answers, host)


def _only(part: Part, names: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in part.answers.items() if name in names}
