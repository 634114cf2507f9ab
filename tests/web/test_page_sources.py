"""Templates and static files keep to the content policy, to old phones and to small sizes."""

import gzip
import re
from pathlib import Path

import pytest

import survey_service

HOUSE = Path(survey_service.__file__).parent
TEMPLATES = sorted((HOUSE / "templates").rglob("*.html"))
SURVEY_CSS = (HOUSE / "static" / "survey.css").read_text("utf-8")
STAFF_JS = (HOUSE / "static" / "staff.js").read_text("utf-8")
RESPONDENT = [
    path for path in TEMPLATES if path.parent.name in {"respondents", "public"} or path.name == "base_public.html"
]
LATER_THAN_CHROMIUM_66 = (
    r":has\(", r":is\(", r":where\(", r":focus-visible", r"(?<![-\w])gap\s*:", r"aspect-ratio", r"(?<![-\w])(min|max|clamp)\(",
    r"(?<![-\w])inset\s*:", r"&", r"@layer", r"@container", r"@supports", r"color-mix",
)  # fmt: skip


def name_of(path: Path) -> str:
    return path.relative_to(HOUSE / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_has_no_inline_style_or_script(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_loads_nothing_from_elsewhere(path: Path) -> None:
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", path.read_text("utf-8"))


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.parent.name != "report"], ids=name_of)
def test_escaping_is_never_switched_off_for_a_value(path: Path) -> None:
    source = path.read_text("utf-8")
    assert "|safe" not in re.sub(r"'[^'{}]*'\|safe", "", source)
    assert "autoescape" not in source


@pytest.mark.parametrize("path", RESPONDENT, ids=name_of)
def test_a_page_for_everybody_needs_no_script(path: Path) -> None:
    assert "<script" not in path.read_text("utf-8")


@pytest.mark.parametrize("feature", LATER_THAN_CHROMIUM_66)
def test_respondent_styles_keep_to_chromium_66(feature: str) -> None:
    rules = re.sub(r"/\*.*?\*/", "", SURVEY_CSS, flags=re.DOTALL)
    assert not re.search(feature, rules)


def test_respondent_styles_stay_small() -> None:
    assert len(gzip.compress(SURVEY_CSS.encode(), 6)) <= 4096


def test_respondent_text_is_at_least_20_pixels() -> None:
    sizes = [int(size) for size in re.findall(r"(?:font-size:\s*|font:\s*)(\d+)px", SURVEY_CSS)]
    assert sizes
    assert min(sizes) >= 20


def test_staff_script_keeps_nothing_in_the_browser_and_evaluates_nothing() -> None:
    forbidden = r"localStorage|sessionStorage|indexedDB|\beval\(|new Function|innerHTML|document\.write"
    assert not re.search(forbidden, STAFF_JS)
