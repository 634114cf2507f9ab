"""Reading a PLAN.toml into a frozen Plan, every mistake one Chinese sentence. Pure."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from callbacks.errors import PlanRefused

REPLICATE_SIZE = 30
CENSUS_BELOW = 200
CODE = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9_\-\u4e00-\u9fff]{0,39}")
MOST_ATTEMPTS = 20


class Role(StrEnum):
    """What a wave measures for."""

    SERVICE = "service"
    ASSESSMENT = "assessment"
    STATISTICAL = "statistical"


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """The wish for one project: `sample` a number of people, 0 for everybody, None for the default size."""

    code: str
    sample: int | None = None
    max_attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A wave as planned, targets in thousandths. No `projects` means every project of the programme that has a list."""

    code: str
    title: str
    programme: str
    measurement_role: Role
    starts: dt.date
    ends: dt.date
    phone_questionnaire: str
    mobile_questionnaire: str = ""
    satisfaction_target: int = 900
    awareness_target: int = 900
    recording: bool = False
    allow_links: bool = True
    allow_visits: bool = False
    weekends: bool = True
    form_no: str = ""
    issuer: str = ""
    approval_no: str = ""
    valid_until: dt.date | None = None
    replicate_size: int = REPLICATE_SIZE
    census_below: int = CENSUS_BELOW
    projects: tuple[ProjectPlan, ...] = ()


@dataclass(slots=True)
class _Reader:
    """Takes values out of a table and collects the mistakes."""

    table: Mapping[str, Any]
    place: str = ""
    mistakes: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def _get(self, name: str) -> Any:
        self.seen.add(name)
        return self.table.get(name)

    def complain(self, sentence: str) -> None:
        self.mistakes.append(self.place + sentence)

    def text(self, name: str, required: bool = False) -> str:
        value = self._get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.complain(f"缺少 {name}，或者它不是一段文字。")
            return ""
        return value.strip()

    def day(self, name: str, required: bool = False) -> dt.date | None:
        value = self._get(name)
        if value is None and not required:
            return None
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            self.complain(f"{name} 要写成日期，例如 2026-03-01，不加引号。")
            return None
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self._get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.complain(f"{name} 只能写 true 或 false。")
            return default
        return value

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        value = self._get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.complain(f"{name} 要写 {least} 到 {most} 之间的整数。")
            return default
        return value

    def target(self, name: str) -> int:
        """Percent with at most one decimal, as thousandths."""
        value = self._get(name)
        if value is None:
            return 900
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 50 <= value <= 100:
            self.complain(f"{name} 要写 50 到 100 之间的百分数，例如 90。")
            return 900
        thousandths = Decimal(value) * 10
        if thousandths != int(thousandths):
            self.complain(f"{name} 最多写一位小数。")
        return int(thousandths)

    def leftovers(self) -> None:
        for name in sorted(set(self.table) - self.seen):
            self.complain(f"不认识的项 {name}。")


def read_plan(text: str) -> Plan:
    """The plan in a PLAN.toml; raises PlanRefused with every mistake found."""
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as problem:
        raise PlanRefused((f"不是有效的 TOML 文件：{problem}。",)) from problem
    reader = _Reader(table)
    projects = _projects(reader)
    plan = _plan(reader, projects)
    reader.leftovers()
    if reader.mistakes:
        raise PlanRefused(tuple(reader.mistakes))
    return plan


def _plan(reader: _Reader, projects: tuple[ProjectPlan, ...]) -> Plan:
    code = reader.text("code", required=True)
    if code and not CODE.fullmatch(code):
        reader.complain("code 只能用字母、数字、汉字、- 和 _, 不超过 40 个字。")
    starts, ends = reader.day("starts", required=True), reader.day("ends", required=True)
    if starts and ends and ends < starts:
        reader.complain("ends 早于 starts, 批次还没开始就结束了。")
    role = _role(reader)
    return Plan(
        code=code,
        title=reader.text("title", required=True),
        programme=reader.text("programme", required=True),
        measurement_role=role or Role.SERVICE,
        starts=starts or dt.date.min,
        ends=ends or dt.date.max,
        phone_questionnaire=reader.text("phone_questionnaire", required=True),
        mobile_questionnaire=reader.text("mobile_questionnaire"),
        satisfaction_target=reader.target("satisfaction_target"),
        awareness_target=reader.target("awareness_target"),
        recording=reader.flag("recording", False),
        allow_links=reader.flag("allow_links", True),
        allow_visits=reader.flag("allow_visits", False),
        weekends=reader.flag("weekends", True),
        form_no=reader.text("form_no"),
        issuer=reader.text("issuer"),
        approval_no=reader.text("approval_no"),
        valid_until=reader.day("valid_until"),
        replicate_size=reader.whole("replicate_size", 5, 1000, REPLICATE_SIZE),
        census_below=reader.whole("census_below", 0, 100_000, CENSUS_BELOW),
        projects=projects,
    )


def _role(reader: _Reader) -> Role | None:
    word = reader.text("measurement_role", required=True)
    if not word:
        return None
    if word not in set(Role):
        reader.complain("measurement_role 只能是 service（服务回访）、assessment（考核）或 statistical（统计调查）。")
        return None
    return Role(word)


def _projects(reader: _Reader) -> tuple[ProjectPlan, ...]:
    reader.seen.add("project")
    tables = reader.table.get("project", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        reader.complain("项目要写成 [[project]] 段。")
        return ()
    plans = tuple(_project(reader, number, table) for number, table in enumerate(tables, 1))
    codes = [plan.code for plan in plans if plan.code]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        reader.complain(f"项目 {code} 写了不止一次。")
    return plans


def _project(reader: _Reader, number: int, table: Mapping[str, Any]) -> ProjectPlan:
    inner = _Reader(table, place=f"第 {number} 个 [[project]]: ", mistakes=reader.mistakes)
    code = inner.text("code", required=True)
    sample = table.get("sample")
    inner.seen.add("sample")
    attempts = inner.whole("max_attempts", 1, MOST_ATTEMPTS, 0) or None
    inner.leftovers()
    if sample is None:
        return ProjectPlan(code, None, attempts)
    if sample == "all":
        return ProjectPlan(code, 0, attempts)
    if isinstance(sample, bool) or not isinstance(sample, int) or sample < 1:
        inner.complain('sample 要写人数（正整数），或者 "all" 表示全部回访。')
        return ProjectPlan(code, None, attempts)
    return ProjectPlan(code, sample, attempts)


def approval_warning(plan: Plan) -> str | None:
    """A statistical survey without a valid approval number is announced as such on every page that shows it."""
    if plan.measurement_role is not Role.STATISTICAL:
        return None
    if not plan.approval_no:
        return "统计性质的调查没有批准文号，问卷头会注明。"
    if plan.valid_until is not None and plan.valid_until < plan.ends:
        return "批准文号在批次结束前到期。"
    return None
