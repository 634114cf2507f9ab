"""What a change says of itself: ids, words and dates, never a name, a phone or an answer. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

type_of_value = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened. `chained` facts enter the hash-chained trail; drafts, heartbeats and idle ticks do not."""

    name: str
    object: str
    data: Mapping[str, type_of_value] = field(default_factory=dict)
    chained: bool = True
