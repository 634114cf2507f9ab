"""What a questionnaire is: items in order, groups, choices and settings, as JSON with a content digest. Pure."""

import hashlib
from enum import StrEnum
from functools import lru_cache

import msgspec


class ItemType(StrEnum):
    """The XLSForm types that run here."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    DATETIME = "dateTime"
    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    START = "start"
    END = "end"
    TODAY = "today"


QUESTIONS = frozenset(
    {
        ItemType.SELECT_ONE,
        ItemType.SELECT_MULTIPLE,
        ItemType.INTEGER,
        ItemType.DECIMAL,
        ItemType.TEXT,
        ItemType.DATE,
        ItemType.TIME,
        ItemType.DATETIME,
        ItemType.ACKNOWLEDGE,
    }
)
SHOWN = QUESTIONS | {ItemType.NOTE}
SELECTS = frozenset({ItemType.SELECT_ONE, ItemType.SELECT_MULTIPLE})
GIVEN = frozenset({ItemType.HIDDEN, ItemType.START, ItemType.END, ItemType.TODAY})


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer of a select; `read_out` is false for 说不清 and 拒答, which an agent never offers."""

    name: str
    label: str
    read_out: bool = True
    score: str = ""
    extra: tuple[tuple[str, str], ...] = ()


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group of items; its condition holds for everything inside."""

    name: str
    label: str = ""
    relevant: str = ""


class Item(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One row of the survey sheet. Expressions are kept as written; `groups` are names from outside in."""

    name: str
    type: ItemType
    label: str = ""
    hint: str = ""
    required: bool = False
    relevant: str = ""
    constraint: str = ""
    constraint_message: str = ""
    appearance: str = ""
    calculation: str = ""
    parameters: str = ""
    default: str = ""
    list_name: str = ""
    choices: tuple[Choice, ...] = ()
    groups: tuple[str, ...] = ()
    read_out: str = ""
    stage: str = ""
    metrics: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def is_question(self) -> bool:
        return self.type in QUESTIONS

    @property
    def is_open_text(self) -> bool:
        """Text in the respondent's own words: sealed, never a row of its own, never in a trail."""
        return self.type is ItemType.TEXT

    def choice(self, name: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.name == name), None)


class Definition(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, cache_hash=True):
    """A whole questionnaire. `key` names the line of versions (phone), `mode` is phone, mobile or household."""

    key: str
    form_id: str
    version: str
    title: str
    mode: str = ""
    language: str = ""
    items: tuple[Item, ...] = ()
    groups: tuple[Group, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    def item(self, name: str) -> Item | None:
        return _by_name(self).get(name)

    def group(self, name: str) -> Group | None:
        return next((group for group in self.groups if group.name == name), None)


@lru_cache(maxsize=128)
def _by_name(definition: Definition) -> dict[str, Item]:
    return {item.name: item for item in definition.items}


def to_json(definition: Definition) -> str:
    """Canonical JSON: the same content gives the same bytes."""
    return msgspec.json.encode(definition, order="sorted").decode()


def from_json(text: str | bytes) -> Definition:
    """The definition again; `from_json(to_json(d)) == d`. Raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(text, type=Definition)


@lru_cache(maxsize=128)
def digest(definition: Definition) -> str:
    """SHA-256 (hex) of the canonical JSON."""
    return hashlib.sha256(to_json(definition).encode()).hexdigest()
