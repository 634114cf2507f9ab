"""What respondents get is understood by the web view of a phone of 2018 (Chromium 66), and is small."""

import gzip
import re

import tinycss2

from tests.architecture.sources import ROOT

PACKAGE = ROOT / "survey_service"
PAGES = tuple(
    path
    for folder in ("respondents", "public", "errors", "login")
    for path in (PACKAGE / "templates" / folder).glob("*.html")
)
WHOLE = (*PAGES, PACKAGE / "templates" / "base_public.html")
LINKED = re.compile(r"/static/([\w./-]+\.(css|js))")
# first version of Chromium that knows it, all above 66; a property that is only passed over there is not listed
PROPERTIES = {
    "inset",
    "aspect-ratio",
    "row-gap",
    "place-items",
    "scroll-margin",
    "content-visibility",
    "translate",
    "rotate",
    "scale",
}
FUNCTIONS = {"min", "max", "clamp", "color-mix", "env", "oklch", "lab"}
SELECTORS = (":is(", ":where(", ":has(", ":focus-visible", ":not(:", "::part", ":user-invalid", ":modal")
AT_RULES = {"layer", "container", "property", "scope", "starting-style"}
UNITS = {"dvh", "svh", "lvh", "cqw", "lh", "rlh"}
ALLOWED_NOT = re.compile(r":not\(:(checked|disabled|empty|first-child|last-child|focus|hover)\)")
NEWER_SCRIPT = re.compile(
    r"\?\.[a-zA-Z_\[(]|\?\?|\{\s*\.\.\.|catch\s*\{|\.(flat|flatMap|replaceAll|matchAll|at|finally)\(|Object\.fromEntries"
    r"|globalThis|Promise\.(any|allSettled)|\bstatic\s*\{|\b\d+n\b|(\|\||&&|\?\?)="
)
SHEET_BYTES, SCRIPT_BYTES = 5_000, 6_000


def _linked(kind: str) -> set[str]:
    found = {match.group(1) for path in WHOLE for match in LINKED.finditer(path.read_text("utf-8"))}
    return {name for name in found if name.endswith(kind)}


def _sheet_problems(rules: list[tinycss2.ast.Node], problems: list[str]) -> None:
    for rule in rules:
        if rule.type == "at-rule":
            if rule.lower_at_keyword in AT_RULES:
                problems.append(f"@{rule.lower_at_keyword}")
            elif rule.lower_at_keyword in ("media", "supports"):
                inner = tinycss2.parse_rule_list(rule.content or [], skip_comments=True, skip_whitespace=True)
                _sheet_problems(inner, problems)
        elif rule.type == "qualified-rule":
            selector = ALLOWED_NOT.sub("", tinycss2.serialize(rule.prelude))
            problems += [f"{selector.strip()}" for part in SELECTORS if part in selector]
            _rule_problems(rule, problems)


def _rule_problems(rule: tinycss2.ast.QualifiedRule, problems: list[str]) -> None:
    found = tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True)
    given = [node for node in found if node.type == "declaration"]
    flex = any(node.lower_name == "display" and "flex" in tinycss2.serialize(node.value) for node in given)
    for node in given:
        new_gap = flex and node.lower_name == "gap"
        if node.lower_name in PROPERTIES or new_gap:
            problems.append(node.lower_name + (" in a flex box" if new_gap else ""))
        problems += [
            part.lower_name + "()" for part in node.value if part.type == "function" and part.lower_name in FUNCTIONS
        ]
        problems += [part.unit for part in node.value if part.type == "dimension" and part.lower_unit in UNITS]


def test_the_sheets_of_public_pages_keep_to_what_an_old_phone_knows() -> None:
    for name in _linked(".css"):
        text = (PACKAGE / "static" / name).read_text("utf-8")
        problems: list[str] = []
        rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
        assert not [rule for rule in rules if rule.type == "error"], f"{name} does not parse"
        _sheet_problems(rules, problems)
        assert not problems, f"{name}: {problems}"
        assert len(gzip.compress(text.encode(), 6)) <= SHEET_BYTES, f"{name} has grown"


def test_the_scripts_of_public_pages_are_es2017_and_small() -> None:
    for name in _linked(".js"):
        text = (PACKAGE / "static" / name).read_text("utf-8")
        newer = [
            f"{name}:{n}: {line.strip()}" for n, line in enumerate(text.splitlines(), 1) if NEWER_SCRIPT.search(line)
        ]
        assert not newer, "\n".join(newer)
        assert len(gzip.compress(text.encode(), 6)) <= SCRIPT_BYTES, f"{name} has grown"


def test_the_check_itself_sees_what_is_too_new() -> None:
    problems: list[str] = []
    sheet = "a:is(b){width:min(1px,2px)} .x{display:flex;gap:1px;inset:0} @layer y{} @media print{p{height:10dvh}}"
    _sheet_problems(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True), problems)
    assert {"min()", "gap in a flex box", "inset", "@layer", "dvh", "a:is(b)"} == set(problems)
    assert NEWER_SCRIPT.search("a?.b") and not NEWER_SCRIPT.search("const a = b ? .5 : c;")
