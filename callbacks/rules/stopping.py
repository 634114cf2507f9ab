"""Why a supervisor stops calling a project that is settled. Pure."""

from enum import StrEnum


class Why(StrEnum):
    """What the form offers."""

    decided = "decided"
    hands_needed = "hands_needed"
    spare_people = "spare_people"

    @property
    def label(self) -> str:
        """The words of the form."""
        return _LABELS[self]


_LABELS = {
    Why.decided: "已有结论，再打不会改变",
    Why.hands_needed: "把人手转给还没有结论的项目",
    Why.spare_people: "少打扰群众",
}
