"""One link, several projects: which question is next, what is asked only once, what lies behind. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from questionnaires import rendering
from questionnaires.logic import State, state
from questionnaires.rendering import QuestionView
from survey_service.calls.interview import Part

CONSENT = "q_consent"
OPENING = frozenset({CONSENT, "m0"})
"""Asked with the first project, carried to the others."""

CLOSING = frozenset({"u1", "g1", "h2", "h3"})
"""Asked with the last project, carried to the others."""

ONCE = frozenset({"e2"})
"""Asked with the first project that needs it, carried to the later ones."""

OPENING_NOTES = frozenset({"n_open"})
CLOSING_NOTES = frozenset({"n_end"})
TELEPHONES = frozenset({"e2"})
"""Texts that are typed on the digit keyboard."""


@dataclass(frozen=True, slots=True)
class Step:
    """One note or question of one project. `key` is its name in forms: a1, for the second project 2.a1."""

    part: int
    name: str

    @property
    def key(self) -> str:
        return self.name if self.part == 0 else f"{self.part + 1}.{self.name}"


def step_of(key: str, parts: int) -> Step | None:
    """The step that a form names; None when the respondent's questionnaire has no such project."""
    number, dot, name = key.partition(".")
    if not (dot and number.isascii() and number.isdigit()):
        return Step(0, key)
    place = int(number[:3]) - 1
    return Step(place, name) if 0 < place < parts else None


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on one page: notes and at most one question, whose name is its key; none when all is answered."""

    question: QuestionView | None
    notes: tuple[QuestionView, ...]
    number: int
    total: int
    previous: str | None


@dataclass(frozen=True, slots=True)
class Path:
    """The whole questionnaire of a link: `answers[k]`, as they count, and `states[k]` belong to `parts[k]`."""

    parts: tuple[Part, ...]
    answers: tuple[Mapping[str, str], ...]
    states: tuple[State, ...]
    steps: tuple[Step, ...]

    @property
    def questions(self) -> tuple[Step, ...]:
        """Every question met so far, without the consent that has a page of its own."""
        return tuple(step for step in self.steps if self._is_question(step) and step.name != CONSENT)

    def _is_question(self, step: Step) -> bool:
        item = self.parts[step.part].definition.item(step.name)
        return item is not None and item.is_question

    def _is_open(self, step: Step) -> bool:
        item = self.parts[step.part].definition.item(step.name)
        required = item is not None and item.required
        return step.name not in self.answers[step.part] or (required and step.name not in self.states[step.part].values)

    def page(self, at: str | None = None) -> Page:
        """The page of question `at` when that lies behind, else of the first question not yet answered."""
        met = self.questions
        index = next((k for k, step in enumerate(met) if self._is_open(step)), len(met))
        behind = [step.key for step in met[:index]]
        if at in behind:
            index = behind.index(at)
        wanted = met[index] if index < len(met) else None
        return Page(
            question=self._view(wanted) if wanted else None,
            notes=tuple(self._view(step) for step in self._notes_before(wanted)),
            number=min(index + 1, max(len(met), 1)),
            total=len(met),
            previous=met[index - 1].key if index > 0 else None,
        )

    def consent(self) -> tuple[QuestionView | None, tuple[QuestionView, ...]]:
        """The question whether the respondent takes part, and the notes before it."""
        wanted = next((step for step in self.steps if step.name == CONSENT), None)
        return self._view(wanted) if wanted else None, tuple(self._view(step) for step in self._notes_before(wanted))

    def closing_notes(self) -> tuple[QuestionView, ...]:
        """What is said after the last question."""
        return tuple(self._view(step) for step in self._notes_before(None))

    def answered(self) -> tuple[QuestionView, ...]:
        """All questions met, with their answers."""
        return tuple(self._view(step) for step in self.questions)

    def shared(self, k: int) -> dict[str, str]:
        """The answers of part `k` that were given with another project."""
        own = self.parts[k].answers
        return {name: value for name, value in self.answers[k].items() if own.get(name) != value}

    @property
    def forwarded(self) -> str:
        """How the respondent's complaint is passed on: named, anonymous, or not at all."""
        said = {found.values.get("e1") for found in self.states}
        return "named" if "1" in said else "anonymous" if "2" in said else ""

    def _notes_before(self, wanted: Step | None) -> list[Step]:
        notes: list[Step] = []
        for step in self.steps:
            if step == wanted:
                return notes
            notes = [] if self._is_question(step) else [*notes, step]
        return notes

    def _view(self, step: Step) -> QuestionView:
        view = rendering.views(self.parts[step.part].definition, self.states[step.part], [step.name])[0]
        return view if step.part == 0 else replace(view, name=step.key)


def path(parts: Sequence[Part]) -> Path:
    """The questionnaire over these parts, in their order; there is at least one."""
    answers = _merged(parts)
    states = tuple(state(part.definition, part.context, answers[k]) for k, part in enumerate(parts))
    steps = [
        Step(k, name)
        for k, found in enumerate(states)
        for name in found.path
        if name not in _asked_elsewhere(parts, answers, k)
    ]
    return Path(tuple(parts), answers, states, tuple(steps))


def _merged(parts: Sequence[Part]) -> tuple[dict[str, str], ...]:
    merged = [dict(part.answers) for part in parts]
    _carry(merged, OPENING, merged[0])
    _carry(merged, CLOSING, merged[-1])
    for name in ONCE:
        asked = next((k for k, given in enumerate(merged) if name in given), len(merged))
        _carry(merged[asked:], frozenset({name}), merged[asked] if asked < len(merged) else {})
    return tuple(merged)


def _carry(merged: Sequence[dict[str, str]], names: frozenset[str], source: Mapping[str, str]) -> None:
    shared = {name: source[name] for name in names if name in source}
    for given in merged:
        for name in names - shared.keys():
            given.pop(name, None)
        given.update(shared)


def _asked_elsewhere(parts: Sequence[Part], answers: Sequence[Mapping[str, str]], k: int) -> frozenset[str]:
    opening = OPENING | OPENING_NOTES if k else frozenset[str]()
    closing = CLOSING | CLOSING_NOTES if k < len(parts) - 1 else frozenset[str]()
    once = {name for name in ONCE if any(name in parts[earlier].answers for earlier in range(k))}
    return opening | closing | once


def typed(question: QuestionView, given: Sequence[str]) -> QuestionView:
    """The question with what was typed or chosen in place of what is kept: a refused answer is not lost."""
    text = "".join(char for char in "\n".join(given) if char.isprintable() or char in "\n\t")
    choices = tuple(replace(choice, chosen=choice.code in given) for choice in question.choices)
    return replace(question, value=text, choices=choices)


def is_telephone(question: QuestionView) -> bool:
    """Whether a phone number is asked."""
    return question.name.rpartition(".")[2] in TELEPHONES
