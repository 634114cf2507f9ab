"""Which small numbers are hidden, and which others with them so that no subtraction brings them back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MINIMUM = 5
SENSITIVE_MINIMUM = 10
HIDDEN_TEXT = "隐"


class Audience(StrEnum):
    """Who reads: staff see project totals from 5 answers up, the public page only from 10."""

    STAFF = "staff"
    PUBLIC = "public"


def minimum(sensitive: bool, audience: Audience = Audience.STAFF) -> int:
    """The smallest number of answers under which a rate is printed."""
    return SENSITIVE_MINIMUM if sensitive or audience is Audience.PUBLIC else MINIMUM


class Cover(StrEnum):
    """Why a number is or is not shown: shown, small itself, or hidden only to protect a small one."""

    SHOWN = "shown"
    FEW = "few"
    COMPLEMENT = "complement"


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as it may be printed; `n` is None when it is hidden."""

    n: int | None
    text: str
    cover: Cover


def is_few(n: int, least: int = MINIMUM) -> bool:
    """Whether a count is small enough to point at somebody; zero points at nobody."""
    return 0 < n < least


def hide(parts: Sequence[int], least: int = MINIMUM, also: Sequence[bool] = ()) -> tuple[Cover, ...]:
    """How each part of a published total is covered.

    Parts of 1 to least-1 (and those marked in `also`) are hidden. The total is known, so the hidden parts together are
    known too: further parts, the smallest first and zeros last, join them until at least two non-zero parts are hidden
    that add up to `least` or more. With no such company left, everything is hidden.
    """
    marks = list(also) or [False] * len(parts)
    covers = [Cover.FEW if is_few(n, least) or mark else Cover.SHOWN for n, mark in zip(parts, marks, strict=True)]
    if Cover.FEW not in covers:
        return tuple(covers)
    for index in sorted((i for i, n in enumerate(parts) if covers[i] is Cover.SHOWN and n), key=lambda i: parts[i]):
        if _safe(parts, covers, least):
            return tuple(covers)
        covers[index] = Cover.COMPLEMENT
    if _safe(parts, covers, least):
        return tuple(covers)
    return tuple(Cover.COMPLEMENT if cover is Cover.SHOWN else cover for cover in covers)


def _safe(parts: Sequence[int], covers: Sequence[Cover], least: int) -> bool:
    hidden = [n for n, cover in zip(parts, covers, strict=True) if cover is not Cover.SHOWN and n]
    return len(hidden) >= 2 and sum(hidden) >= least


def shown(n: int, cover: Cover, least: int = MINIMUM) -> Shown:
    """A count with its cover, as text: the number, "<5", or 隐 when it is hidden for the sake of another."""
    if cover is Cover.SHOWN:
        return Shown(n, str(n), cover)
    return Shown(None, f"<{least}" if is_few(n, least) else HIDDEN_TEXT, cover)


def table(counts: Mapping[str, int], least: int = MINIMUM) -> dict[str, Shown]:
    """The categories of one known total, small ones hidden with their complements."""
    covers = hide(tuple(counts.values()), least)
    return {name: shown(n, cover, least) for (name, n), cover in zip(counts.items(), covers, strict=True)}
