"""The trail as the auditor reads it: filtered by allowed names, fifty entries behind a cursor, the day's head to copy."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from questionnaires.statements import REPORT_CONNECTION, instant, rows
from survey_service.errors import BadInput
from survey_service.trust import trail_words
from survey_service.trust.viewer import LABELS

PAGE = 50
ACTION = re.compile(r"[a-z][a-z0-9_.\-]{0,59}")
ROLES = {
    **{role.value: label for role, label in LABELS.items()},
    "system": "系统", "command": "命令行", "respondent": "群众", "public": "未登录", "anonymous": "未登录",
}  # fmt: skip
OUTCOMES = {"done": "已执行", "denied": "被拒绝", "failed": "失败"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the auditor asked for; empty and None mean everything. `before` is the cursor."""

    action: str = ""
    role: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    before: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, ready to be shown."""

    seq: int
    at: dt.datetime | None
    real_at: dt.datetime | None
    who: str
    role: str
    address: str
    action: str
    object: str
    outcome: str
    reason: str
    request: str
    details: tuple[tuple[str, str], ...]
    mac: str
    code: str


def wanted(given: Mapping[str, str]) -> Wanted:
    """The filter of a query string. Raises BadInput for anything that is not on the list."""
    action, role, before = given.get("action", ""), given.get("role", ""), given.get("before", "0")
    if action and not ACTION.fullmatch(action):
        raise BadInput("没有这种动作。", "action")
    if role and role not in ROLES:
        raise BadInput("没有这种角色。", "role")
    if not before.isascii() or not before.isdigit() or len(before) > 15:
        raise BadInput("页码不对，请从第一页开始。", "before")
    return Wanted(action, role, _day(given.get("first", "")), _day(given.get("last", "")), int(before))


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
        if not 2000 <= day.year < 3000:  # the first and the last day of all years have no neighbours to compare with
            raise ValueError(text)
    except ValueError as problem:
        raise BadInput("日期没有填对，例如 2026-03-05。", "first") from problem
    return day


async def entries(what: Wanted, zone: ZoneInfo) -> tuple[list[Entry], int]:
    """The newest entries first, and the cursor of the next page (0 at the end). Days are those of the real time."""
    conditions, args = ["1 = 1"], list[Any]()

    def want(sql: str, value: Any) -> None:
        args.append(value)
        conditions.append(sql.format(f"${len(args)}"))

    if what.action:
        want("t.action = {}", what.action)
    if what.role:
        want("t.role = {}", what.role)
    if what.first:
        want("t.real_at >= {}", _midnight(what.first, zone))
    if what.last:
        want("t.real_at < {}", _midnight(what.last + dt.timedelta(days=1), zone))
    if what.before:
        want("t.seq < {}", what.before)
    found = await rows(
        "SELECT t.*, a.display_name FROM survey_service_audit_entry t LEFT JOIN survey_service_account a"
        f" ON a.ref = t.actor WHERE {' AND '.join(conditions)} ORDER BY t.seq DESC LIMIT {PAGE + 1}",
        *args, connection=REPORT_CONNECTION,
    )  # fmt: skip
    accounts = await _accounts() if any(each["object"] for each in found) else {}
    shown = [_entry(each, accounts) for each in found[:PAGE]]
    return shown, shown[-1].seq if len(found) > PAGE else 0


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


async def _accounts() -> dict[str, str]:
    found = await rows("SELECT ref, display_name FROM survey_service_account", connection=REPORT_CONNECTION)
    return {each["ref"]: each["display_name"] for each in found if each["display_name"]}


def _entry(each: dict[str, Any], accounts: Mapping[str, str]) -> Entry:
    details = json.loads(each["details"])
    named, name = ROLES.get(each["role"], each["role"]), each["action"]
    return Entry(
        int(each["seq"]), instant(each["at"]), instant(each["real_at"]), each["display_name"] or _nobody(each["actor"]),
        named, each["address"], trail_words.action(name), trail_words.about(name, each["object"], accounts),
        OUTCOMES.get(each["outcome"], each["outcome"]), each["reason"], each["request"],
        tuple(trail_words.detail(key, value) for key, value in details.items()), each["mac"], name,
    )  # fmt: skip


def _nobody(actor: str) -> str:
    return ROLES.get(actor, actor)


async def actions() -> list[tuple[str, str]]:
    """Every action that occurs, with its Chinese words, in the order of the vocabulary."""
    found = await rows(
        "SELECT DISTINCT action FROM survey_service_audit_entry ORDER BY action", connection=REPORT_CONNECTION
    )
    there = {each["action"] for each in found}
    known = [name for name in trail_words.ACTIONS if name in there]
    return [(name, trail_words.action(name)) for name in (*known, *sorted(there - set(known)))]
