"""What answers feed: metric rows, the marks proxy and coached, and the outcome code of a contact. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from questionnaires import tables
from questionnaires.definition import SELECTS, Definition, ItemType
from questionnaires.evaluation import Scope, holds
from questionnaires.expressions import parse
from questionnaires.logic import Answers, Context, State, counted, state
from questionnaires.validation import missing_in

CLOSED = SELECTS | {ItemType.INTEGER, ItemType.DECIMAL, ItemType.ACKNOWLEDGE, ItemType.CALCULATE}
# Derived rows: metrics M35 and M36 of the metrics table, awareness before and after a one-sentence reminder.
UNPROMPTED = "m35"
PROMPTED = "m36"
REFUSED = "97"
ONLY_THIS_CONTACT = "8"


class Proxy(StrEnum):
    """Who answered."""

    SELF = "self"
    GUARDIAN = "guardian"
    FAMILY = "family"
    STAFF = "staff"


FILLED_BY = {"1": Proxy.SELF, "2": Proxy.GUARDIAN, "3": Proxy.FAMILY, "4": Proxy.STAFF}


@dataclass(frozen=True, slots=True)
class Flags:
    """Marks that reports print apart: who answered, and whether someone had said how to answer."""

    proxy: Proxy = Proxy.SELF
    coached: bool = False


def metric_rows(definition: Definition, context: Context, answers: Answers) -> tuple[tuple[str, str], ...]:
    """Pairs (item, code) of the answers that count, for closed items that feed a metric, in the order of the form.

    A select_multiple gives one pair per code. The derived "m35" and "m36" have code "1" or "0" and are left out where
    the question was refused, not asked, or (m36) where the wave has no reminder sentence.
    """
    given = counted(definition, context, answers)
    pairs: list[tuple[str, str]] = []
    for name, value in given.items():
        item = definition.item(name)
        if item is None or not item.metrics or item.type not in CLOSED:
            continue
        codes = value.split() if item.type is ItemType.SELECT_MULTIPLE else [value]
        pairs.extend((name, code) for code in codes)
    pairs.extend(_awareness(given, has_hint=bool(context.get("p_hint"))))
    return tuple(pairs)


def flags(definition: Definition, context: Context, answers: Answers) -> Flags:
    """Marks of the answers that count. Somebody else on the phone who did not say who is family."""
    given = counted(definition, context, answers)
    somebody_else = Proxy.FAMILY if given.get("q_ident") == "2" else Proxy.SELF
    return Flags(FILLED_BY.get(given.get("m0", ""), somebody_else), given.get("i1") == "1")


def outcome_code(definition: Definition, context: Context, answers: Answers, hung_up: bool = False) -> str | None:
    """Outcome code that these answers lead to, by the first matching row of questionnaire_to_outcome; None for none.

    `hung_up`: the contact ended before its end. A row marked `complete` wants every required question answered.
    """
    found = state(definition, context, answers)
    complete = not missing_in(definition, found)
    now_true = {"any": True, "complete": complete, "hung_up": hung_up}
    for rule in tables.read("questionnaire_to_outcome"):
        if rule["form"] == definition.mode and now_true[rule["on"]] and _applies(rule["when"], found):
            return rule["outcome_code"]
    return None


def _applies(condition: str, found: State) -> bool:
    return holds(parse(condition), Scope(found.values))


def _awareness(given: Mapping[str, str], has_hint: bool) -> list[tuple[str, str]]:
    """M35: knows or has heard of it, not only from this contact. M36: the same, or knew it when told in a sentence.

    Don't know counts as not aware, a refusal is in no denominator.
    """
    said = given.get("a1")
    if said is None or said == REFUSED:
        return []
    unprompted = said in ("3", "2") and given.get("a2", "").split() != [ONLY_THIS_CONTACT]
    pairs = [(UNPROMPTED, "1" if unprompted else "0")]
    reminded = given.get("a4")
    if has_hint and reminded != REFUSED:
        pairs.append((PROMPTED, "1" if unprompted or reminded == "1" else "0"))
    return pairs
