"""Ways into the demonstration: a fresh one-time link per role, live questionnaire links, passwords for scripts."""

import datetime as dt
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from callbacks.calling import links
from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.clock import real_now
from survey_service.demo.building import WAVE
from survey_service.demo.first_cases import SCRIPTS
from survey_service.models import Account
from survey_service.site import Site
from survey_service.trust import accounts
from survey_service.trust.audit import COMMAND
from survey_service.trust.viewer import Role

FIRST = {Role.SUPERVISOR: "看今日应回访、导入名单、计划批次，右上角可快进时钟", Role.AGENT: "点“下一个”，依次接到5位准备好的人",
         Role.OFFICIAL: "哪些项目达标、未达标、证据不足，各差多少", Role.ADMIN: "建账号、停用账号；看不到个人信息",
         Role.AUDITOR: "查审计记录，点“核对审计链”", Role.STREET: "补号任务", Role.DEPARTMENT: "批次结束前看不到结果"}  # fmt: skip
LOGIN_LIFE = dt.timedelta(hours=12)
LINKS = 60
OPEN_CASES = """
SELECT c.ref, (SELECT count(*) FROM callbacks_module m JOIN callbacks_project p ON p.id = m.project_id
    WHERE m.case_id = c.id AND p.sensitive) AS sensitive FROM callbacks_case c JOIN callbacks_wave w ON w.id = c.wave_id
WHERE w.code = $1 AND c.state IN ('S00', 'S01', 'S03') AND c.assigned_agent IS NULL
AND (SELECT count(*) FROM callbacks_module m WHERE m.case_id = c.id) = 1 ORDER BY c.id DESC LIMIT 60
"""


@dataclass(frozen=True, slots=True)
class Entrance:
    """One row of the table that `demo` prints."""

    role: str
    url: str
    login: str
    first: str


async def entrances(site: Site) -> list[Entrance]:
    """A one-time sign-in link for the first demonstration account of each role."""
    found = []
    async with site.ledger.change(COMMAND) as change:
        for role, first in FIRST.items():
            account = await Account.filter(role=role.value, demo=True).order_by("id").first()
            if account is not None:
                token, fact = await accounts.issue_link(account, "login", real_now(), LOGIN_LIFE)
                change.record(fact)
                base = site.settings.public_url
                found.append(Entrance(role.label, f"{base}{role.home}", f"{base}/enter/{token}", first))
    return found


async def questionnaire_links(site: Site, count: int = LINKS) -> list[str]:
    """Live, unused questionnaire links of people not yet reached; the last, which is shown, names its project."""
    made, now = [], site.clock.now()
    async with site.ledger.change(COMMAND) as change:
        change.record(Fact("demo_links_issued", WAVE, {"count": count}))
        chosen = (await statements.rows(OPEN_CASES, WAVE))[:count]
        for case in sorted(chosen, key=lambda each: -each["sensitive"]):
            token, fact = await links.issue(case["ref"], now, now + dt.timedelta(days=14))
            change.record(fact)
            made.append(f"{site.settings.public_url}/s/{token}")
    return made


async def write_credentials(site: Site, path: Path, urls: list[str]) -> None:
    """Fresh random passwords of the demonstration accounts alone, in a file for their owner only."""
    found = []
    async with site.ledger.change(COMMAND) as change:
        for account in await Account.filter(demo=True).order_by("id"):
            password = secrets.token_urlsafe(18)
            change.record(await accounts.set_password(account, password))
            found.append({"role": account.role, "name": account.name, "password": password})
    body = {"base": site.settings.public_url, "wave": WAVE, "accounts": found, "links": urls}
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(body, file, ensure_ascii=False, indent=1)


def table(rows: list[Entrance], url: str) -> str:
    """What to open, as whom, and what to try first."""
    lines = ["", "演示已就绪（人名、号码都是编的；这里不会向外发任何短信）。", ""]
    for row in rows:
        lines += [f"  {row.role:　<6} {row.url}", f"    一次性登录：{row.login}", f"    先试：{row.first}"]
    lines += ["", f"  群众手机问卷：{url}", "", "  回访员依次接到的5位："]
    lines += [f"    {number}. {scripted.name}：{scripted.script}" for number, scripted in enumerate(SCRIPTS, 1)]
    return "\n".join([*lines, ""])
