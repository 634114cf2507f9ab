"""The chance of a false 达标 while answers come in, as an SVG picture: lines computed, dots drawn at random. Pure."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from analysis.rounding import share_text
from analysis.sequential.simulating import Curve, Method

WIDTH, HEIGHT = 760, 430
LEFT, RIGHT, TOP, BOTTOM = 62, 548, 62, 372
_FONT = "Noto Sans SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
_INK, _QUIET, _GRID, _LEVEL = "#1c1c1c", "#4a4a4a", "#d4d4d4", "#111111"
_COLOURS = {Method.fixed: "#a61b1b", Method.evidence: "#1b4f91"}
_NAMES = {Method.fixed: "固定区间", Method.evidence: "逐次证据"}
_LABEL_STEP = 30


def _text(x: float, y: float, words: str, size: float = 12, fill: str = _INK, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}"{more}/>'


def _top(curves: Sequence[Curve], level: float) -> int:
    """Upper end of the axis in percent, a multiple of five."""
    highest = max([level, *(float(curve.exact[-1]) for curve in curves), *(max(curve.simulated) for curve in curves)])
    return 5 * (int(highest * 20) + 1)


def _x(t: float, people: int) -> float:
    return LEFT + (RIGHT - LEFT) * t / people


def _y(share: float, top: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * share * 100 / top


def _axes(people: int, top: int) -> list[str]:
    parts = []
    for percent in range(0, top + 1, 5):
        y = _y(percent / 100, top)
        parts += [_line(LEFT, y, RIGHT, y, _GRID), _text(LEFT - 8, y + 4, f"{percent}%", 12, _QUIET, "end")]
    stride = 50 if people >= 200 else 10
    for t in range(0, people + 1, stride):
        parts.append(_text(_x(t, people), BOTTOM + 18, str(t), 12, _QUIET, "middle"))
    parts.append(_text((LEFT + RIGHT) / 2, BOTTOM + 40, f"已回答的人数（名单{people}人）", 13, _INK, "middle"))
    return parts


def name_of(curve: Curve) -> str:
    """A curve in words."""
    return f"{_NAMES[curve.method]}，{'每份答案看一次' if curve.step == 1 else f'每{curve.step}人看一次'}"


def _drawn(curve: Curve, people: int, top: int) -> list[str]:
    """The line with a corner wherever the chance rises, and a dot for each simulated share."""
    colour, dash = _COLOURS[curve.method], "" if curve.step == 1 else ' stroke-dasharray="7 5"'
    steps = [f"M{_x(0, people):.1f} {_y(0, top):.1f}"]
    before = 0.0
    for t, share in enumerate(curve.exact):
        if share > before:
            steps.append(f"H{_x(t, people):.1f}V{_y(float(share), top):.2f}")
        before = float(share)
    steps.append(f"H{_x(people, people):.1f}")
    parts = [f'<path d="{"".join(steps)}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>']
    for t, share in zip(curve.at, curve.simulated, strict=True):
        parts.append(
            f'<circle cx="{_x(t, people):.1f}" cy="{_y(share, top):.1f}" r="3.2" fill="#ffffff" stroke="{colour}" '
            'stroke-width="1.6"/>'
        )
    return parts


def _labels(curves: Sequence[Curve], top: int) -> list[str]:
    """Names at the ends of the lines, moved apart where they would touch."""
    parts: list[str] = []
    lowest = float("inf")
    for curve in sorted(curves, key=lambda one: float(one.exact[-1])):
        y = min(_y(float(curve.exact[-1]), top), lowest - _LABEL_STEP)
        lowest = y
        colour = _COLOURS[curve.method]
        parts.append(_text(RIGHT + 10, y - 2, name_of(curve), 12, colour))
        parts.append(_text(RIGHT + 10, y + 12, f"最后{share_text(float(curve.exact[-1]), 2)}%", 12, colour))
    return parts


def looks_picture(curves: Sequence[Curve], level: float = 0.025) -> str:
    """All curves of one list against the promised level, as one SVG document for a text of its own."""
    people, top = len(curves[0].exact) - 1, _top(curves, level)
    title = "反复查看时误判“达标”的机会"
    words = "；".join(f"{name_of(curve)}：最后{share_text(float(curve.exact[-1]), 2)}%" for curve in curves)
    limit = _y(level, top)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-labelledby="looks-title looks-desc" font-family="{_FONT}">',
        f'<title id="looks-title">{escape(title)}</title><desc id="looks-desc">{escape(words)}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(16, 26, title, 16),
        _text(16, 46, "真实情况比目标差一人；线是精确算出的，圆点是随机排序模拟的", 12, _QUIET),
        *_axes(people, top),
        _line(LEFT, limit, RIGHT, limit, _LEVEL, ' stroke-width="1.6" stroke-dasharray="10 3 2 3"'),
        _text(RIGHT - 4, limit - 6, f"承诺的上限{share_text(level)}%", 12, _LEVEL, "end"),
        *(part for curve in curves for part in _drawn(curve, people, top)),
        *_labels(curves, top),
    ]
    return "\n".join(parts) + "\n</svg>\n"
