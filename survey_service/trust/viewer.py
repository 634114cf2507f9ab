"""Who is looking: the signed-in account as handlers see it, and the words for roles. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of an installation; one account has one."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    REVIEWER = "reviewer"
    DEPARTMENT = "department"
    STREET = "street"
    OFFICIAL = "official"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The Chinese word on the page."""
        return LABELS[self]

    @property
    def home(self) -> str:
        """Where the role lands after signing in."""
        return HOMES[self]


LABELS = {
    Role.ADMIN: "系统管理员",
    Role.SUPERVISOR: "民生办督导",
    Role.AGENT: "回访员",
    Role.REVIEWER: "复核员",
    Role.DEPARTMENT: "责任部门",
    Role.STREET: "街道",
    Role.OFFICIAL: "领导",
    Role.AUDITOR: "审计员",
}
HOMES = {
    Role.ADMIN: "/admin",
    Role.SUPERVISOR: "/supervisor",
    Role.AGENT: "/agent",
    Role.REVIEWER: "/review",
    Role.DEPARTMENT: "/department",
    Role.STREET: "/street",
    Role.OFFICIAL: "/report",
    Role.AUDITOR: "/audit",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in account with what scope needs; nothing else of it reaches a handler.

    `program` is the reference of the token when a program calls in its name, `scopes` what that token is for.
    """

    account_id: int
    ref: str
    name: str
    display_name: str
    role: Role
    agent_no: str
    senior: bool
    languages: frozenset[str]
    zone_ids: frozenset[int]
    department_id: int | None
    session_hash: str
    notices: bool = False
    program: str = ""
    scopes: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """In charge of the whole district, not of some zones; what it allows is decided by `callbacks.scope`."""
        return not self.zone_ids
