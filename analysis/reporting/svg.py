"""Words, lines and the head of an SVG picture: presentation attributes only, as a strict content policy asks. Pure."""

from xml.sax.saxutils import escape

NARROW = 560
"""Below this width the name stands above its bar."""

HALO = ' stroke="#ffffff" stroke-width="3" paint-order="stroke"'
INK, QUIET, GRID, TARGET = "#1c1c1c", "#4a4a4a", "#d4d4d4", "#111111"
_FONT = "Noto Sans SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"


def text_at(
    x: float, y: float, words: str, size: float = 12, fill: str = INK, anchor: str = "start", more: str = ""
) -> str:
    """Words at (x, y)."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}"{more}>'
        f"{escape(words)}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 1, dash: str = "") -> str:
    """A straight line."""
    pattern = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" '
        f'stroke-width="{width:g}"{pattern}/>'
    )


def text_width(words: str, size: float) -> float:
    """Width in units of the picture: a Chinese character is one em, anything else a little over half."""
    return sum(size if ord(letter) > 0x2E7F else size * 0.56 for letter in words)


def shorten(words: str, room: float, size: float) -> str:
    """The words, cut with … where they would not fit."""
    if text_width(words, size) <= room:
        return words
    kept = words
    while kept and text_width(kept, size) + size > room:
        kept = kept[:-1]
    return f"{kept}…"


def head(width: int, height: int, title: str, description: str, name: str) -> str:
    """The opening tag with title and description; `name` makes their ids unique in a page."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="{name}-title {name}-desc" font-family="{_FONT}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    )
