"""Accounts for the administrator's page: the list, what a form asks for, and what must not be done to the last one."""

import datetime as dt
from dataclasses import dataclass

from questionnaires.facts import Fact
from questionnaires.statements import instant, row, rows
from survey_service.clock import real_now
from survey_service.errors import BadInput
from survey_service.models import Account
from survey_service.settings import Settings
from survey_service.trust import accounts, handed_links, program_tokens
from survey_service.trust.viewer import Role, Viewer

LIST = """
SELECT a.id, a.ref, a.name, a.display_name, a.role, a.agent_no, a.senior, a.demo, a.disabled_at, a.languages,
    d.name AS department,
    CASE WHEN a.password_hash IS NULL THEN 0 ELSE 1 END AS has_password,
    (SELECT count(*) FROM survey_service_login_session s WHERE s.account_id = a.id AND s.expires_at > $1) AS sessions
FROM survey_service_account a LEFT JOIN callbacks_department d ON d.id = a.department_id
ORDER BY CASE WHEN a.disabled_at IS NULL THEN 0 ELSE 1 END, a.role, a.name
"""
ZONES = """
SELECT z.account_id, k.name FROM survey_service_account_zone z JOIN callbacks_zone k ON k.id = z.zone_id
ORDER BY k.position, k.id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One account in the list."""

    ref: str
    name: str
    display_name: str
    role: Role
    agent_no: str
    scope: str
    marks: tuple[str, ...]
    disabled: bool
    has_password: bool
    sessions: int

    @property
    def reads_results(self) -> bool:
        """A program may read results in its name."""
        return not self.disabled and program_tokens.Scope.RESULTS in program_tokens.BY_ROLE.get(self.role, ())


async def lines() -> list[Line]:
    """Every account, those that may sign in first."""
    zones: dict[int, list[str]] = {}
    for each in await rows(ZONES):
        zones.setdefault(each["account_id"], []).append(each["name"])
    return [
        Line(
            each["ref"], each["name"], each["display_name"], Role(each["role"]), each["agent_no"] or "",
            "、".join([*zones.get(each["id"], []), *([each["department"]] if each["department"] else [])]),
            (*(("资深",) if each["senior"] else ()), *(("演示",) if each["demo"] else ())),
            instant(each["disabled_at"]) is not None, bool(each["has_password"]), int(each["sessions"]),
        )
        for each in await rows(LIST, real_now())
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form for a new account offers."""

    zones: tuple[tuple[str, str], ...]
    departments: tuple[tuple[str, str], ...]


async def choices() -> Choices:
    """Zones and departments by code."""
    zones = await rows("SELECT code, name FROM callbacks_zone ORDER BY position, id")
    departments = await rows("SELECT code, name FROM callbacks_department ORDER BY name, id")
    return Choices(
        tuple((each["code"], each["name"]) for each in zones),
        tuple((each["code"], each["name"]) for each in departments),
    )


async def add(
    given: dict[str, str], zones: list[str], responsible: list[str], by: Viewer, four_eyes: bool, now: dt.datetime
) -> tuple[Account, str, bool, list[Fact]]:
    """A new account, the link by which its holder sets a password, and whether that waits for a second person.

    Raises BadInput, AccountRefused.
    """
    role = role_of(given.get("role", ""))
    _refuse_without_scope(role, bool(zones), bool(given.get("department")))
    department = given.get("department", "") if role in (Role.DEPARTMENT, Role.AGENT) else ""
    languages = [
        word for word in given.get("languages", "").replace("，", ",").replace("、", ",").split(",") if word.strip()
    ]
    account, made = await accounts.add(
        given.get("name", "").strip().casefold(), role, now,
        display_name=" ".join(given.get("display_name", "").split())[:40],
        zone_codes=zones if role in (Role.STREET, Role.AGENT, Role.SUPERVISOR) else (),
        responsible_codes=responsible if role is Role.AGENT else (), department_code=department,
        senior=given.get("senior") == "yes" and role is Role.AGENT,
        languages=[word.strip()[:20] for word in languages] if role is Role.AGENT else (),
    )  # fmt: skip
    token, awaits, issued = await handed_links.issue(account, by, four_eyes, now)
    return account, token, awaits, [made, issued]


def role_of(word: str) -> Role:
    """The role. Raises BadInput."""
    if word not in set(Role):
        raise BadInput("请选择角色。", "role")
    return Role(word)


def _refuse_without_scope(role: Role, zones: bool, department: bool) -> None:
    if role is Role.STREET and not zones:
        raise BadInput("街道账号要选它管的片区。", "zones")
    if role is Role.DEPARTMENT and not department:
        raise BadInput("责任部门账号要选部门。", "department")


async def change_role(account: Account, word: str, viewer: Viewer, settings: Settings, now: dt.datetime) -> Fact:
    """Another role, if the account has what that role needs. Raises BadInput.

    Where two people have to agree, a password that one may know does not open a role that matters: it is taken away,
    and the link for the next one has to be confirmed.
    """
    role = role_of(word)
    await refuse_last_administrator(account, viewer)
    zones = await row("SELECT 1 AS found FROM survey_service_account_zone WHERE account_id = $1 LIMIT 1", account.id)
    _refuse_without_scope(role, zones is not None, account.department_id is not None)
    await handed_links.promoted(account, role, viewer, now, settings.zone)
    keep = not (settings.four_eyes and role in handed_links.GUARDED)
    return await accounts.change_role(account, role, keep_password=keep)


async def refuse_last_administrator(account: Account, viewer: Viewer) -> None:
    """Nobody locks himself out, and there is always one who can sign in. Raises BadInput."""
    if account.id == viewer.account_id:
        raise BadInput("不能停用自己，也不能改自己的角色；请另一位系统管理员来做。")
    if account.role == Role.ADMIN and await accounts.administrators() <= 1:
        raise BadInput("这是最后一个系统管理员，不能停用。")
