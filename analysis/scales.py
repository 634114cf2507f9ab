"""The answer scales a rate can be built on: words, points, and which levels count as positive. Pure."""

from dataclasses import dataclass
from enum import StrEnum

# Codes every scale shares (nonresponse_codes): they are never levels.
SKIPPED = "95"
NOT_APPLICABLE = "96"
REFUSED = "97"
DONT_KNOW = "98"
MISSING = "99"

NONRESPONSE_LABELS: dict[str, str] = {
    SKIPPED: "跳过",
    NOT_APPLICABLE: "不适用",
    REFUSED: "拒答",
    DONT_KNOW: "说不清",
    MISSING: "缺失",
}


class ScaleId(StrEnum):
    """The scales in use; S5A is the product's own, the others serve imported forms."""

    S5A = "S5A"
    S5B = "S5B"
    S4 = "S4"
    S3 = "S3"
    A3 = "A3"
    RECEIVED = "RECEIVED"
    YES_NO = "YES_NO"
    FLAG = "FLAG"


@dataclass(frozen=True, slots=True)
class Level:
    """One answer: its code, its words, its points (0-100) and whether it counts as positive, wide and strict."""

    code: str
    label: str
    points: int | None
    wide: bool
    strict: bool


def _levels(*rows: tuple[str, str, int | None, str]) -> tuple[Level, ...]:
    return tuple(Level(code, label, points, "w" in marks, "s" in marks) for code, label, points, marks in rows)


SCALES: dict[ScaleId, tuple[Level, ...]] = {
    ScaleId.S5A: _levels(
        ("5", "非常满意", 100, "ws"),
        ("4", "满意", 80, "ws"),
        ("3", "基本满意", 60, "w"),
        ("2", "不满意", 30, ""),
        ("1", "非常不满意", 0, ""),
    ),
    ScaleId.S5B: _levels(
        ("5", "非常满意", 100, "ws"),
        ("4", "比较满意", 80, "ws"),
        ("3", "一般", 60, ""),
        ("2", "不太满意", 30, ""),
        ("1", "很不满意", 0, ""),
    ),
    ScaleId.S4: _levels(
        ("4", "满意", 100, "ws"),
        ("3", "比较满意", 80, "ws"),
        ("2", "不太满意", 30, ""),
        ("1", "不满意", 0, ""),
    ),
    ScaleId.S3: _levels(("3", "满意", 100, "ws"), ("2", "基本满意", 60, "w"), ("1", "不满意", 0, "")),
    ScaleId.A3: _levels(("3", "知道", None, "ws"), ("2", "听说过", None, "w"), ("1", "不知道", None, "")),
    ScaleId.RECEIVED: _levels(
        ("1", "已收到/已享受", None, "ws"),
        ("3", "收到了,但数额或内容不对", None, "w"),
        ("2", "没有收到/没有享受", None, ""),
    ),
    ScaleId.YES_NO: _levels(("1", "是", None, "ws"), ("2", "否", None, "")),
    ScaleId.FLAG: _levels(("1", "是", None, "ws"), ("0", "否", None, "")),
}


def codes(scale: ScaleId) -> tuple[str, ...]:
    """The codes of the valid levels, best first."""
    return tuple(level.code for level in SCALES[scale])


def positive(scale: ScaleId, strict: bool = False) -> tuple[str, ...]:
    """The codes that count as positive, wide (with the lowest positive grade) or strict."""
    return tuple(level.code for level in SCALES[scale] if (level.strict if strict else level.wide))


def label(scale: ScaleId, code: str) -> str:
    """The words of a level or of a nonresponse code; an unknown code stands for itself."""
    for level in SCALES[scale]:
        if level.code == code:
            return level.label
    return NONRESPONSE_LABELS.get(code, code)
