"""The funnel as SVG: one line for each project, how far chance reaches as a band, and a mark where the rate lies. Pure.

Projects with few answers stand on top, where the bands are wide; they narrow downwards. Shapes differ as well as colours,
so that a grey copy says the same; on a phone the name stands above its band.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from analysis import wording
from analysis.comparison.funnel import Band
from analysis.reporting.many.many_model import ENTIRE, ENTIRE_LABEL, FunnelPoint, FunnelView
from analysis.reporting.svg import GRID, HALO, INK, NARROW, QUIET, TARGET, head, line, shorten, text_at, text_width

_FAR_FILL, _NEAR_FILL = "#e3e7ec", "#b9c3cf"
_BELOW, _INSIDE, _ABOVE = "#a61b1b", "#3d4650", "#1b4f91"
_NEAR_LABEL, _FAR_LABEL = "碰巧的起伏(95%)", "极少见的起伏(99.8%)"


@dataclass(frozen=True, slots=True)
class _Mark:
    colour: str
    points: str  # corners around (0, 0), "" for a circle
    filled: bool
    label: str


_DOWN, _UP, _SQUARE = "-6,-5 6,-5 0,6", "-6,5 6,5 0,-6", "-5,-5 5,-5 5,5 -5,5"
_MARKS: dict[str, _Mark] = {
    Band.far_below.value: _Mark(_BELOW, _DOWN, True, Band.far_below.label),
    Band.below.value: _Mark(_BELOW, _DOWN, False, Band.below.label),
    Band.inside.value: _Mark(_INSIDE, "", True, Band.inside.label),
    Band.above.value: _Mark(_ABOVE, _UP, False, Band.above.label),
    Band.far_above.value: _Mark(_ABOVE, _UP, True, Band.far_above.label),
    ENTIRE: _Mark(_INSIDE, _SQUARE, False, ENTIRE_LABEL),
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plot runs from left to right, shares from `least` to 1; one step down for each project."""

    width: int
    left: float
    right: float
    top: float
    step: float
    least: float

    @property
    def narrow(self) -> bool:
        return self.width < NARROW

    def x(self, share: float) -> float:
        """Horizontal place of a share."""
        inside = min(1.0, max(self.least, share))
        return self.left + (self.right - self.left) * (inside - self.least) / (1 - self.least)

    def y(self, index: int) -> float:
        """Vertical place of the band of a project."""
        return self.top + self.step * index + (self.step - 12 if self.narrow else self.step / 2)


def ordered(view: FunnelView) -> tuple[FunnelPoint, ...]:
    """Fewest answers first, so that the bands narrow downwards."""
    return tuple(sorted(view.points, key=lambda one: (one.n, one.project)))


def _least(view: FunnelView) -> float:
    """A multiple of ten percent under all rates and 95% limits, at least ten points under the centre."""
    lowest = min([one.value for one in view.points] + [one.low for one in view.points] + [view.centre - 0.1])
    return max(0, int(lowest * 10 + 1e-9)) / 10


def _frame(view: FunnelView, top: float, width: int) -> _Frame:
    least = _least(view)
    if width < NARROW:
        return _Frame(width, 16, width - 16, top, 46, least)
    names = max((text_width(_named(one), 12) for one in view.points), default=0) + 20
    return _Frame(width, min(width * 0.34, names), width - 140, top, 26, least)


def _named(point: FunnelPoint) -> str:
    return f"{point.name} {point.n}份"


def describe(view: FunnelView) -> str:
    """The picture in words, for people who do not see it."""
    parts = [f"{one.name}{one.n}份答案,{one.text},{one.band_label}" for one in ordered(view)]
    return wording.typeset(f"{view.sentence}{';'.join(parts)}。")


def funnel_chart(view: FunnelView, width: int = 880, name: str = "funnel") -> str:
    """All projects around one centre as one SVG element, "" without a project.

    `width` is the width it is made for, in CSS pixels; `name` makes the ids of title and description unique in a page.
    """
    if not view.points:
        return ""
    legend, below = _legend(view, width)
    frame = _frame(view, below + 40, width)
    bottom = frame.top + frame.step * len(view.points) + 4
    body = [
        *_grid(frame, bottom),
        *(part for index, one in enumerate(ordered(view)) for part in _row(frame, index, one)),
        *_centre(frame, view, bottom),
        *legend,
    ]
    opening = head(width, round(bottom + 24), view.title, describe(view), name)
    return opening + "".join(body) + "</svg>"


def _grid(frame: _Frame, bottom: float) -> list[str]:
    steps = round((1 - frame.least) * 10)
    every = 2 if steps > 6 and frame.narrow else 1
    out = []
    for tenth in range(steps, -1, -every):
        x = frame.x(frame.least + tenth / 10)
        anchor = "end" if frame.narrow and tenth == steps else "start" if frame.narrow and tenth == 0 else "middle"
        out.append(line(x, frame.top - 8, x, bottom, GRID))
        out.append(text_at(x, bottom + 15, f"{round((frame.least + tenth / 10) * 100)}%", 11, QUIET, anchor))
    return out


def _centre(frame: _Frame, view: FunnelView, bottom: float) -> list[str]:
    x = frame.x(view.centre)
    words = f"{'目标' if view.around == 'target' else '平均'}{view.centre_text}"
    room = text_width(words, 12) / 2
    return [
        line(x, frame.top - 10, x, bottom, TARGET, 1.6, "10 3 2 3"),
        text_at(min(x, frame.width - 4 - room), frame.top - 14, words, 12, TARGET, "middle", ' font-weight="bold"'),
    ]


def _row(frame: _Frame, index: int, point: FunnelPoint) -> list[str]:
    y, mark = frame.y(index), _MARKS[point.band]
    full = wording.typeset(f"{_named(point)}:{point.text},{point.band_label}")
    label = f"{point.text} {point.band_label}"
    if frame.narrow:
        room = frame.width - 42 - text_width(label, 12)
        words = [
            text_at(16, y - 13, shorten(_named(point), room, 13), 13, more=HALO),
            text_at(frame.width - 16, y - 13, label, 12, mark.colour, "end", HALO),
        ]
    else:
        words = [
            text_at(frame.left - 10, y + 4, shorten(_named(point), frame.left - 14, 12), 12, INK, "end"),
            text_at(frame.right + 10, y + 4, label, 12, mark.colour),
        ]
    bands = [
        _bar(frame, point.far_low, point.far_high, y, 6, _FAR_FILL),
        _bar(frame, point.low, point.high, y, 12, _NEAR_FILL),
    ]
    return ["<g>", f"<title>{escape(full)}</title>", *bands, *words, _marked(mark, frame.x(point.value), y), "</g>"]


def _bar(frame: _Frame, low: float, high: float, y: float, height: float, fill: str) -> str:
    left, right = frame.x(low), frame.x(high)
    if right <= left:
        return ""
    shape = f'x="{left:.1f}" y="{y - height / 2:.1f}" width="{right - left:.1f}" height="{height:g}"'
    return f'<rect {shape} fill="{fill}"/>'


def _marked(mark: _Mark, x: float, y: float) -> str:
    fill = mark.colour if mark.filled else "#ffffff"
    if not mark.points:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{fill}"/>'
    corners = (pair.split(",") for pair in mark.points.split())
    moved = " ".join(f"{x + float(dx):.1f},{y + float(dy):.1f}" for dx, dy in corners)
    return f'<polygon points="{moved}" fill="{fill}" stroke="{mark.colour}" stroke-width="2"/>'


def _legend(view: FunnelView, width: int) -> tuple[list[str], float]:
    """The legend, and how far down it reaches."""
    used = [mark for band, mark in _MARKS.items() if any(one.band == band for one in view.points)]
    keys: list[_Mark | tuple[str, float, str]] = [(_NEAR_FILL, 12, _NEAR_LABEL), (_FAR_FILL, 6, _FAR_LABEL), *used]
    out, x, y = [], 16.0, 18.0
    for key in keys:
        words = wording.typeset(key.label if isinstance(key, _Mark) else key[2])
        sign = 14 if isinstance(key, _Mark) else 32
        room = sign + 8 + text_width(words, 12) + 14
        if x + room > width and x > 16:
            x, y = 16.0, y + 20
        out += [_key(key, x, y), text_at(x + sign + 6, y + 4, words, 12)]
        x += room
    return out, y


def _key(key: _Mark | tuple[str, float, str], x: float, y: float) -> str:
    if isinstance(key, _Mark):
        return _marked(key, x + 7, y)
    fill, height, _ = key
    return f'<rect x="{x:.1f}" y="{y - height / 2:.1f}" width="32" height="{height:g}" fill="{fill}"/>'
