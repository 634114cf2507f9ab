"""The simple form for a wave, written out as the PLAN.toml that the commands read too. Pure."""

import json
from collections.abc import Mapping, Sequence

FIELDS = ("code", "title", "programme", "measurement_role", "starts", "ends", "phone_questionnaire")
FLAGS = ("allow_links", "allow_visits", "weekends")


def to_toml(given: Mapping[str, str], projects: Sequence[str] = ()) -> str:
    """The plan's text; what is missing or wrong in it is found by the reader of plans, with a sentence each."""
    lines = [_line(name, given.get(name, "").strip()) for name in FIELDS]
    if mobile := given.get("mobile_questionnaire", "").strip():
        lines.append(_line("mobile_questionnaire", mobile))
    for name in ("satisfaction_target", "awareness_target"):
        if value := given.get(name, "").strip():
            lines.append(f"{name} = {value if _is_number(value) else _text(value)}")
    lines += [f"{name} = {'true' if given.get(name) == 'yes' else 'false'}" for name in FLAGS]
    for code in projects:
        lines += ["", "[[project]]", _line("code", code)]
    return "\n".join(lines) + "\n"


def _line(name: str, value: str) -> str:
    if name in ("starts", "ends") and _is_day(value):
        return f"{name} = {value}"
    return f"{name} = {_text(value)}"


def _text(value: str) -> str:
    # JSON's escapes are TOML's too, apart from the one for a slash, which json.dumps never writes
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "")


def _is_day(value: str) -> bool:
    parts = value.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isascii() and part.isdigit() for part in parts)


def _is_number(value: str) -> bool:
    whole, _, rest = value.partition(".")
    return all(part.isascii() and part.isdigit() for part in (whole, rest or "0"))
