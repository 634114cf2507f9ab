"""Whether two waves may be compared at all: same definition, wording, frame and mode, or a coded refusal. Pure.

Metric M34: a change is printed only when question, scale, definition and people asked are the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from analysis.errors import CountsOutOfRange

LARGEST_SHIFT = Fraction(1, 10)


class Obstacle(StrEnum):
    """Why two rates must not be subtracted, in the order in which it is told."""

    definition = "definition"
    wording = "wording"
    prompting = "prompting"
    frame = "frame"
    mode = "mode"
    no_answers = "no_answers"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Obstacle.definition: "两次的指标口径不同(选项、哪些算满意或分母不一样),不能相减。",
    Obstacle.wording: "两次的题目或选项文字不同,不能相减。",
    Obstacle.prompting: "一次在念说明之前问,一次在念说明之后问,不能相减。",
    Obstacle.frame: "两次调查的对象范围不同,不能相减。",
    Obstacle.mode: "两次的调查方式不同(电话、手机、入户的比例差得多),变化可能只是方式造成的,不能相减。",
    Obstacle.no_answers: "至少有一次没有有效答案,不能相减。",
}


@dataclass(frozen=True, slots=True)
class Basis:
    """What stands behind one rate.

    definition: metric and version; wording: version or digest of question and options; frame: who is on the list;
    prompted: asked after an explanation was read out; modes: valid answers by mode of interview.
    """

    definition: str
    wording: str
    frame: str
    modes: Mapping[str, int]
    prompted: bool = False

    def __post_init__(self) -> None:
        smallest = min(self.modes.values(), default=0)
        if smallest < 0:
            raise CountsOutOfRange(smallest, 0)

    @property
    def answers(self) -> int:
        return sum(self.modes.values())


def mode_shift(before: Basis, after: Basis) -> Fraction:
    """Share of answers that would have to change mode to make both mixes equal, 0 to 1; 0 without answers."""
    if not before.answers or not after.answers:
        return Fraction(0)
    return (
        sum(
            (
                abs(
                    Fraction(before.modes.get(mode, 0), before.answers)
                    - Fraction(after.modes.get(mode, 0), after.answers)
                )
                for mode in {*before.modes, *after.modes}
            ),
            Fraction(0),
        )
        / 2
    )


def obstacles(before: Basis, after: Basis, largest_shift: Fraction = LARGEST_SHIFT) -> tuple[Obstacle, ...]:
    """Every reason against subtracting the two rates, none when they are comparable.

    largest_shift: how much of the answers may have changed mode; more is another survey.
    """
    found = {
        Obstacle.definition: before.definition != after.definition,
        Obstacle.wording: before.wording != after.wording,
        Obstacle.prompting: before.prompted != after.prompted,
        Obstacle.frame: before.frame != after.frame,
        Obstacle.mode: mode_shift(before, after) > largest_shift,
        Obstacle.no_answers: not before.answers or not after.answers,
    }
    return tuple(obstacle for obstacle, holds in found.items() if holds)


def counted(refusals: Iterable[Sequence[Obstacle]]) -> dict[Obstacle, int]:
    """How many projects each obstacle stopped, every obstacle named, also those that stopped none."""
    counts = dict.fromkeys(Obstacle, 0)
    for reasons in refusals:
        for reason in set(reasons):
            counts[reason] += 1
    return counts
