"""What leaves the server as a page: nothing inline, nothing from elsewhere, nothing unescaped."""

import re
from html.parser import HTMLParser

from tests.architecture.sources import ROOT, files, product

SHIPPED = tuple(
    (path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    for path in files()
    if path.suffix in (".html", ".css", ".js", ".svg", ".jinja", ".j2")
    and {"templates", "static"} & set(path.relative_to(ROOT).parts)
    and "tests" not in path.relative_to(ROOT).parts
)
TEMPLATES = tuple((name, text) for name, text in SHIPPED if "templates" in name.split("/"))
UNESCAPED = re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false")
ELSEWHERE = re.compile(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s"'<>)]*""", re.I)
ALLOWED_ELSEWHERE = re.compile(r"^(?:https?:)?//(?:www\.w3\.org/|127\.0\.0\.1|localhost|example\.)")
NAMES_OF_PLACES = re.compile(r"/\*.*?\*/|<!--.*?-->|\{#.*?#\}", re.S)
INLINE_STYLE = re.compile(r"""\sstyle=["'\\]""")
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
DATA_BLOCKS = {"application/json", "text/template"}


class Inline(HTMLParser):
    """Collects what a strict content security policy refuses to run or to apply."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        line = self.getpos()[0]
        self.found += [f"line {line}: <{tag} {name}>" for name in given if name.startswith("on") and name != "on"]
        if "style" in given:
            self.found.append(f"line {line}: <{tag} style>")
        if tag == "style":
            self.found.append(f"line {line}: <style>")
        if tag == "script" and "src" not in given and given.get("type") not in DATA_BLOCKS:
            self.found.append(f"line {line}: <script> without src")
        if any((value or "").lower().lstrip().startswith("javascript:") for value in given.values()):
            self.found.append(f"line {line}: javascript: address")


def test_templates_hold_nothing_inline() -> None:
    found = []
    for name, text in TEMPLATES:
        parser = Inline()
        parser.feed(EXPRESSION.sub(lambda gap: "x" + "\n" * gap.group().count("\n"), text))
        found += [f"{name}: {what}" for what in parser.found]
    assert not found, "\n".join(found)


def test_templates_escape_everything() -> None:
    found = [f"{name}: {match.group()}" for name, text in TEMPLATES for match in UNESCAPED.finditer(text)]
    assert not found, "\n".join(found)


def test_pages_ask_no_other_machine_for_anything() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in SHIPPED
        for match in ELSEWHERE.finditer(NAMES_OF_PLACES.sub("", text))
        if not ALLOWED_ELSEWHERE.match(match.group())
    ]
    assert not found, "\n".join(found)


def test_pictures_drawn_by_the_server_carry_no_inline_style() -> None:
    found = [
        f"{source.name}: {match.group()!r}"
        for source in product()
        if "<svg" in source.text
        for match in INLINE_STYLE.finditer(source.text)
    ]
    assert not found, "\n".join(found)


def test_every_whole_page_says_its_language_and_fits_a_phone() -> None:
    whole = [(name, text) for name, text in TEMPLATES if "<html" in text]
    for name, text in whole:
        assert re.search(r'<html[^>]*\blang="', text), f"{name}: <html> without lang"
        assert 'name="viewport"' in text and "width=device-width" in text, f"{name}: no viewport"
        assert "user-scalable=no" not in text and "maximum-scale" not in text, f"{name}: forbids enlarging"
