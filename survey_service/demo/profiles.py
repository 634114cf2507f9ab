"""How the people of each demonstration project answer, so that every kind of result occurs. Pure."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from questionnaires.definition import Definition
from questionnaires.logic import path

COMPLETE = "100"
LEVELS = ("5", "4", "3", "2", "1")
NOTES = {"200": "说在忙，不感兴趣", "201": "要求以后不要再打", "202": "家人说不用打了", "204": "答了几题后有事挂断",
         "230": "家属告知已去世",
         "330": "接电话的人不认识本人", "400": "本人说没有享受过", "900": "情绪激动，要求上访"}  # fmt: skip
USUAL = (
    (COMPLETE, 62), ("310", 13), ("311", 3), ("312", 3), ("313", 3), ("200", 3), ("203", 2), ("202", 1), ("210", 3),
    ("220", 3), ("321", 2), ("320", 1), ("330", 1), ("400", 0.5), ("230", 0.4), ("201", 0.6),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of a project: satisfied, aware, how surely a dial completes (or else what), how often money did not arrive."""

    satisfied: float
    aware: float = 0.9
    completes: float | None = None
    not_received: float = 0.02
    first: int = 0
    otherwise: str = "310"


PROFILES: Mapping[str, Profile] = {
    "YH01": Profile(0.985, 0.97),
    "YH02": Profile(0.915, 0.93),
    "YH04": Profile(0.985, 0.99, completes=1, not_received=0, first=60),
    "YH05": Profile(0.80, 0.88),
    "YH06": Profile(0.92, 0.95, completes=0.87, first=50, otherwise="201"),
    "YH07": Profile(0.885, 0.91, not_received=0.04),
    "YH09": Profile(0.99, 0.82),
    "YH11": Profile(0.975, 0.96),
    "YH12": Profile(1, 0.97, completes=1, not_received=0, first=70),
    "YH13": Profile(0.72, 0.94),
    "YH14": Profile(0.93, 0.89, not_received=0.05),
    "YH15": Profile(0.95, 0.9, completes=0.3, first=40),
    "YH16": Profile(0.945, 0.86),
}


def _reasons(project_class: str) -> tuple[str, ...]:
    """What may be wrong with a project of this class."""
    own = {"subsidy": ("4", "5"), "insurance": ("4", "5"), "construction": ("9", "10")}
    return ("1", "3", "7", *own.get(project_class, ("8", "13")))


def outcome(projects: tuple[str, ...], chance: random.Random) -> str:
    """The outcome code of one dial to somebody who stands on these projects' lists."""
    for profile in (PROFILES[code] for code in projects):
        if profile.completes is not None:
            return COMPLETE if chance.random() < profile.completes else profile.otherwise
    return chance.choices([code for code, _ in USUAL], [weight for _, weight in USUAL])[0]


def answers(definition: Definition, context: Mapping[str, str], project: str, chance: random.Random) -> dict[str, str]:
    """A whole set of answers on its path through the form."""
    profile = PROFILES[project]
    happy = chance.random() < profile.satisfied
    aware = chance.random() < profile.aware
    received = "2" if chance.random() < profile.not_received else "1"
    overall = chance.choices(LEVELS[:3], (45, 40, 15))[0] if happy else chance.choices(LEVELS[3:], (80, 20))[0]
    given = {
        "q_ident": "2" if context.get("is_minor") == "1" else "1", "q_consent": "1", "m0": "2" if context.get("is_minor") == "1" else "1",
        "s1": "2", "s2": chance.choice("3456"), "a1": chance.choice(("3", "3", "2")) if aware else "1",
        "a2": " ".join(sorted(chance.sample("123567", chance.choice((1, 1, 2))))), "a3": "知道发给谁", "a4": chance.choice("12"),
        "b1": received, "b3": "2", "c1": overall, "e1": chance.choice("123"), "u1": chance.choice("1222"),
        "g1": chance.choices(LEVELS, (35, 40, 17, 6, 2))[0], "i1": "1" if chance.random() < 0.02 else "2", "h1": chance.choice("12"),
        "h2": chance.choice("12"), "h3": chance.choice("12"), "j1": "1", "j2": "1",
        "d1": " ".join(sorted(chance.sample(_reasons(context.get("p_class", "")), chance.choice((1, 2))), key=int)),
    }  # fmt: skip
    for number in range(2, 11):
        usual = overall if chance.random() < 0.8 else chance.choice(LEVELS[:3])
        given[f"c{number}"] = usual if happy or chance.random() < 0.5 else "2"
    visible = set(path(definition, context, given))
    return {name: value for name, value in given.items() if name in visible}
