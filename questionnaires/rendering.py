"""View models without HTML: notes and questions as they are shown to a respondent and to an agent. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from questionnaires import tables
from questionnaires.definition import SELECTS, Choice, Definition, Item, ItemType
from questionnaires.logic import Answers, Context, State, state
from questionnaires.validation import MAX_TEXT

REFERENCE = re.compile(r"\$\{\s*([^}]{1,200}?)\s*\}")
LENGTH_LIMIT = re.compile(r"string-length\(\s*\.\s*\)\s*<=\s*(\d{1,4})", re.ASCII)
NOT_READ = "（不读出）"
NOT_READ_NARROW = "(不读出)"
NON_RESPONSE = frozenset({"96", "97", "98"})
KEYS = (*"1234567890", *"acdeijklopqtv")
"""Number keys first, then letters that no button of the agent's page has."""

PROJECT_CLASS, ONLY_FOR = "p_class", "x_class"
"""A choice with project classes in its column x_class is offered only when the hidden p_class is one of them."""

PROBED_METRICS = ("satisfaction_overall", "dim_", "district_overall")


@dataclass(frozen=True, slots=True)
class Probe:
    """A vague word, the levels it may mean, the rule, and what the agent says next; it is never mapped to an answer."""

    said: str
    candidates: tuple[str, ...]
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A choice as shown; `key` is the key that chooses it, `read` whether an agent reads it out."""

    code: str
    label: str
    chosen: bool
    read: bool
    key: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A note or question as shown. `spoken` is empty for what the agent only records."""

    name: str
    type: ItemType
    label: str
    hint: str
    spoken: str
    instruction: str
    stage: str
    required: bool
    value: str
    choices: tuple[ChoiceView, ...]
    probes: tuple[Probe, ...]
    answered: bool
    missing: bool
    max_length: int
    sealed: bool

    @property
    def is_note(self) -> bool:
        return self.type is ItemType.NOTE


def form_view(definition: Definition, context: Context, answers: Answers) -> list[QuestionView]:
    """Everything on the path for an agent: what to say, what not to read, probing words, what is missing."""
    found = state(definition, context, answers)
    return [_view(definition, name, found) for name in found.path]


def views(definition: Definition, found: State, names: Iterable[str]) -> tuple[QuestionView, ...]:
    """Some notes and questions of a state already worked out, as shown."""
    return tuple(_view(definition, name, found) for name in names)


def probes_for(item: Item) -> tuple[Probe, ...]:
    """Probing words for a satisfaction question, none for others."""
    return _probes() if any(metric.startswith(PROBED_METRICS) for metric in item.metrics) else ()


def fill(definition: Definition, words: str, values: Mapping[str, str]) -> str:
    """`${name}` replaced: context and texts as they are, selects by the labels of the choices, unknown by nothing."""
    return REFERENCE.sub(lambda found: _shown(definition.item(found.group(1)), values.get(found.group(1), "")), words)


def _shown(item: Item | None, value: str) -> str:
    if item is None or item.type not in SELECTS:
        return value
    return "、".join(choice.label for choice in item.choices if choice.name in value.split())


def _probes() -> tuple[Probe, ...]:
    return tuple(
        Probe(
            row["what_the_respondent_says"],
            tuple(row["candidate_levels"].split("|")),
            row["rule"],
            row["probe_text"],
        )
        for row in tables.read("verbal_probe_map")
    )


def _view(definition: Definition, name: str, found: State) -> QuestionView:
    item = definition.item(name)
    if item is None:
        raise KeyError(name)
    label = fill(definition, item.label, found.values)
    value = found.values.get(name, "") if item.is_question else ""
    return QuestionView(
        name=name,
        type=item.type,
        label=label,
        hint=fill(definition, item.hint, found.values),
        spoken="" if _only_recorded(item) else label,
        instruction=item.read_out,
        stage=item.stage,
        required=item.required,
        value=value,
        choices=_choices(item, value, found.values.get(PROJECT_CLASS, "")),
        probes=probes_for(item),
        answered=bool(value),
        missing=item.is_question and item.required and not value,
        max_length=_max_length(item),
        sealed=item.is_open_text,
    )


def _only_recorded(item: Item) -> bool:
    return item.read_out == "不读" or item.label.startswith(("(", "（"))


def _choices(item: Item, value: str, project_class: str) -> tuple[ChoiceView, ...]:
    chosen = value.split()
    offered = [choice for choice in item.choices if choice.name in chosen or _fits(choice, project_class)]
    silent = item.read_out.startswith("不读")
    no_answers_silent = "不读" in item.read_out
    return tuple(
        ChoiceView(
            code=choice.name,
            label=choice.label.removesuffix(NOT_READ).removesuffix(NOT_READ_NARROW),
            chosen=choice.name in chosen,
            read=choice.read_out and not silent and not (no_answers_silent and choice.name in NON_RESPONSE),
            key=key,
        )
        for key, choice in zip((*KEYS, *[""] * len(offered)), offered, strict=False)
    )


def _fits(choice: Choice, project_class: str) -> bool:
    classes = dict(choice.extra).get(ONLY_FOR, "").split()
    return not classes or not project_class or project_class in classes


def _max_length(item: Item) -> int:
    """Longest text the field takes; a limit that the form states itself wins."""
    if item.type is not ItemType.TEXT:
        return 0
    stated = LENGTH_LIMIT.search(item.constraint)
    return min(int(stated.group(1)), MAX_TEXT) if stated else MAX_TEXT
