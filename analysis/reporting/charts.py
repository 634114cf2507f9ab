"""Pictures of a report as SVG text: presentation attributes only, readable in grey print and on a phone. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from analysis.reporting.report_model import CodeCount, Figure, Report
from analysis.reporting.svg import GRID, HALO, INK, NARROW, QUIET, TARGET, head, line, shorten, text_at, text_width
from analysis.rounding import percent_text, target_text


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One bar: shares of 0-1, None where nothing may be drawn; `text` is printed beside it as it is."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    verdict: str
    text: str


@dataclass(frozen=True, slots=True)
class _Look:
    colour: str
    dash: str
    shape: str
    label: str


# Shape and dash differ as well as colour, so that a grey copy says the same.
_LOOKS: dict[str, _Look] = {
    "met": _Look("#1b4f91", "", "circle", "达标"),
    "not_met": _Look("#a61b1b", "8 4", "triangle", "未达标"),
    "insufficient": _Look("#454d57", "2 3", "diamond", "证据不足"),
    "": _Look("#4a4a4a", "", "tick", "不判定"),
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things stand: the plot runs from left to right, shares from `least` to 1."""

    width: int
    left: float
    right: float
    top: float
    step: float
    least: float
    narrow: bool

    def x(self, share: float) -> float:
        """Horizontal place of a share."""
        inside = min(1.0, max(self.least, share))
        return self.left + (self.right - self.left) * (inside - self.least) / (1 - self.least)

    def y(self, index: int) -> float:
        """Vertical place of the bar of a row."""
        return self.top + self.step * index + (self.step - 11 if self.narrow else self.step / 2)


def _mark(look: _Look, x: float, y: float) -> str:
    if look.shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{look.colour}"/>'
    if look.shape == "triangle":
        corners = f"M{x:.1f} {y - 6:.1f} L{x + 6:.1f} {y + 5:.1f} L{x - 6:.1f} {y + 5:.1f} Z"
        return f'<path d="{corners}" fill="{look.colour}"/>'
    if look.shape == "diamond":
        corners = f"{x:.1f},{y - 6.5:.1f} {x + 6.5:.1f},{y:.1f} {x:.1f},{y + 6.5:.1f} {x - 6.5:.1f},{y:.1f}"
        return f'<polygon points="{corners}" fill="#ffffff" stroke="{look.colour}" stroke-width="2"/>'
    return line(x, y - 6, x, y + 6, look.colour, 3)


def _least(rows: Sequence[ChartRow], target: float) -> float:
    """Where the axis starts: a multiple of ten percent under everything drawn, at least ten points under the target."""
    drawn = [share for row in rows for share in (row.low, row.value) if share is not None]
    lowest = min([*drawn, target - 0.1])
    return max(0, int(lowest * 10 + 1e-9)) / 10


def _frame(rows: Sequence[ChartRow], target: float, width: int) -> _Frame:
    least = _least(rows, target)
    if width < NARROW:
        return _Frame(width, 16, width - 16, 74, 44, least, True)
    name_room = min(width * 0.3, max((text_width(row.name, 12) for row in rows), default=0) + 20)
    return _Frame(width, name_room, width - 132, 58, 26, least, False)


def _grid(frame: _Frame, bottom: float) -> list[str]:
    steps = round((1 - frame.least) * 10)
    every = 2 if steps > 6 and frame.narrow else 1
    out = []
    for tenth in range(steps, -1, -every):
        share = frame.least + tenth / 10
        x = frame.x(share)
        out.append(line(x, frame.top - 8, x, bottom, GRID))
        anchor = "end" if frame.narrow and tenth == steps else "middle"
        out.append(text_at(x, bottom + 15, f"{round(share * 100)}%", 11, QUIET, anchor))
    return out


def _target_line(frame: _Frame, target: float, bottom: float, label: str) -> list[str]:
    x = frame.x(target)
    return [
        line(x, frame.top - 10, x, bottom, TARGET, 1.6, "10 3 2 3"),
        text_at(min(x, frame.width - 34), frame.top - 14, label, 12, TARGET, "middle", ' font-weight="bold"'),
    ]


def _legend(frame: _Frame, used: Sequence[str]) -> list[str]:
    out, x, y = [], 16.0, 18.0
    for verdict in used:
        look = _LOOKS[verdict]
        room = 46 + text_width(look.label, 12) + 14
        if x + room > frame.width and x > 16:
            x, y = 16.0, y + 20
        out += [line(x, y, x + 36, y, look.colour, 2.6, look.dash), _mark(look, x + 18, y)]
        out.append(text_at(x + 43, y + 4, look.label, 12))
        x += room
    return out


def _bar(frame: _Frame, row: ChartRow, look: _Look, y: float) -> list[str]:
    out = []
    if row.low is not None and row.high is not None:
        low, high = frame.x(row.low), frame.x(row.high)
        out.append(line(low, y, high, y, look.colour, 2.6, look.dash))
        out += [line(end, y - 4, end, y + 4, look.colour, 2) for end in (low, high)]
    if row.value is not None:
        out.append(_mark(look, frame.x(row.value), y))
    return out


def _row(frame: _Frame, index: int, row: ChartRow) -> list[str]:
    look, y = _LOOKS.get(row.verdict, _LOOKS[""]), frame.y(index)
    full = f"<title>{escape(row.name)}:{escape(row.text)}</title>"
    if frame.narrow:
        value_width = text_width(row.text, 12)
        name = shorten(row.name, frame.width - 32 - value_width - 10, 13)
        words = [
            text_at(16, y - 12, name, 13, more=HALO),
            text_at(frame.width - 16, y - 12, row.text, 12, look.colour, "end", HALO),
        ]
    else:
        name = shorten(row.name, frame.left - 14, 12)
        words = [text_at(frame.left - 10, y + 4, name, 12, INK, "end")]
        words.append(text_at(frame.right + 10, y + 4, row.text, 12, look.colour))
    return ["<g>", full, *words, *_bar(frame, row, look, y), "</g>"]


def describe(rows: Sequence[ChartRow], target: int) -> str:
    """The picture in words, for people who do not see it."""
    parts = [f"{row.name}:{row.text}" for row in rows]
    return f"与目标{target_text(target)}%比较。" + ";".join(parts) + "。"


def intervals_chart(
    rows: Sequence[ChartRow],
    target: int = 900,
    width: int = 800,
    title: str = "各项目满意率与95%区间",
    name: str = "intervals",
) -> str:
    """All rates with their intervals against the target (thousandths), as one SVG element.

    `width` is the width it is made for, in CSS pixels; below NARROW the names stand above the bars. `name` makes the
    ids of title and description unique in a page.
    """
    frame = _frame(rows, target / 1000, width)
    bottom = frame.top + frame.step * max(1, len(rows)) + 4
    height = bottom + 24
    used = [verdict for verdict in _LOOKS if any(row.verdict == verdict and row.value is not None for row in rows)]
    body = [
        *_grid(frame, bottom),
        *_target_line(frame, target / 1000, bottom, f"目标{target_text(target)}%"),
        *_legend(frame, used),
        *(part for index, row in enumerate(rows) for part in _row(frame, index, row)),
    ]
    opening = head(width, round(height), title, describe(rows, target), name)
    return opening + "".join(body) + "</svg>"


def row_of(name: str, figure: Figure) -> ChartRow:
    """A figure as a bar; a hidden one keeps its line with words instead of a bar."""
    if figure.value is None:
        return ChartRow(name, None, None, None, figure.verdict, figure.verdict_label or "不出数")
    text = f"{figure.text} {figure.verdict_label}".strip()
    return ChartRow(name, figure.value, figure.low, figure.high, figure.verdict, text)


def satisfaction_rows(report: Report) -> tuple[ChartRow, ...]:
    """One bar for each project that has a list, in the order of the programme."""
    return tuple(row_of(row.name, row.satisfaction) for row in report.projects)


def awareness_rows(report: Report) -> tuple[ChartRow, ...]:
    """The same for awareness."""
    return tuple(row_of(row.name, row.awareness) for row in report.projects)


# Fill, text colour; the two negative levels are hatched so that they differ in grey as well.
_LEVEL_FILLS = (
    ("#14532d", "#ffffff"),
    ("#4d8f66", "#ffffff"),
    ("#cfe8d6", "#1c1c1c"),
    ("#f3d9c4", "#1c1c1c"),
    ("#d99a86", "#1c1c1c"),
)


def levels_bar(levels: Sequence[CodeCount], width: int = 320, name: str = "levels") -> str:
    """The five levels as one stacked bar, best first; "" when nothing or something hidden is among them."""
    counts = [(level.label, level.n) for level in levels[:5]]
    total = sum(n or 0 for _, n in counts)
    if not total or any(n is None for _, n in counts):
        return ""
    words = "、".join(f"{label}{n}人({percent_text(n or 0, total)}%)" for label, n in counts)
    parts = [head(width, 26, "五级分布", words, name), _hatch(name)]
    x = 0.0
    for index, (label, n) in enumerate(counts):
        span = width * (n or 0) / total
        parts += _segment(x, span, index, f"{label}{n}人", str(n), name)
        x += span
    return "".join(parts) + "</svg>"


def _hatch(name: str) -> str:
    return (
        f'<defs><pattern id="{name}-hatch" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path d="M0 6 L6 0" stroke="#5c1a0e" stroke-width="1"/></pattern></defs>'
    )


def _segment(x: float, span: float, index: int, words: str, number: str, name: str) -> list[str]:
    if span <= 0:
        return []
    fill, ink = _LEVEL_FILLS[index]
    shape = f'x="{x:.1f}" y="1" width="{max(span - 1, 0.6):.1f}" height="24"'
    out = [f'<g><title>{escape(words)}</title><rect {shape} fill="{fill}"/>']
    if index >= 3:
        out.append(f'<rect {shape} fill="url(#{name}-hatch)"/>')
    if span > text_width(number, 12) + 8:
        if index >= 3:
            plate = text_width(number, 12) + 4
            out.append(f'<rect x="{x + (span - plate) / 2:.1f}" y="5" width="{plate:.1f}" height="16" fill="{fill}"/>')
        out.append(text_at(x + span / 2, 17, number, 12, ink, "middle"))
    return [*out, "</g>"]
