"""The first five cases that a new agent of the demonstration gets, so that he meets the day's usual surprises."""

import datetime as dt
from dataclasses import dataclass

from callbacks.calling.attempts import NOTE_COLUMN
from callbacks.references import new_reference
from questionnaires import statements
from questionnaires.facts import Fact
from survey_service.demo.people import MARK
from survey_service.site import Site
from survey_service.trust.audit import COMMAND


@dataclass(frozen=True, slots=True)
class Scripted:
    """One prepared person, and how he behaves when the reader plays him."""

    name: str
    sex: str
    birth_year: int
    priority: int
    script: str
    appointment: bool = False


SCRIPTS = (
    Scripted("周桂兰", "女", 1962, 100, "约好了这个时间：接通，愿意回答", appointment=True),
    Scripted("陈建国", "男", 1968, 95, "愿意回答，样样满意：一路答完"),
    Scripted("孙志强", "男", 1975, 94, "一直响没人接：看下次什么时候再拨"),
    Scripted("李长青", "男", 1941, 93, "老人说“还行”“谢谢政府”：用追问词问清楚"),
    Scripted("王秀英", "女", 1955, 92, "说“没收到钱”：照实记，看转办题"),
)
AGENTS = ("huifang1", "huifang2")
CANDIDATES = """
SELECT c.id, c.ref, c.person_ref FROM callbacks_case c JOIN callbacks_wave w ON w.id = c.wave_id
JOIN survey_service_account_zone z ON z.zone_id = c.zone_id AND z.account_id = $2
JOIN vault_contact k ON k.ref = c.contact_ref AND k.share_count = 1
WHERE w.code = $1 AND c.attempts = 0 AND c.state IN ('S00', 'S01') AND c.assigned_agent IS NULL
AND (SELECT count(*) FROM callbacks_module m WHERE m.case_id = c.id) = 1
AND EXISTS (SELECT 1 FROM callbacks_module m JOIN callbacks_project p ON p.id = m.project_id
    WHERE m.case_id = c.id AND p.code IN ('YH07', 'YH11') AND NOT p.sensitive)
ORDER BY c.id LIMIT 5
"""


async def prepare(site: Site, wave: str, now: dt.datetime) -> None:
    """Give each demonstration agent his five, in this order."""
    async with site.ledger.change(COMMAND) as change:
        await statements.execute("UPDATE callbacks_case SET priority = 0 WHERE priority BETWEEN 40 AND 80")
        await _put_off_appointments(now)
        for name in AGENTS:
            account = await statements.row("SELECT id FROM survey_service_account WHERE name = $1", name)
            found = await statements.rows(CANDIDATES, wave, account["id"] if account else 0)
            for scripted, case in zip(SCRIPTS, found, strict=False):
                await _cast(site, scripted, case, account["id"] if account else 0, now)
        change.record(Fact("demo_cases_ordered", wave))


async def _put_off_appointments(now: dt.datetime) -> None:
    """Times that others were promised for this morning move to the afternoon: the prepared five come first."""
    later = now + dt.timedelta(hours=5, minutes=10)
    await statements.execute(
        "UPDATE callbacks_case SET state = 'S04', next_attempt_at = $1 WHERE id IN "
        "(SELECT case_id FROM callbacks_appointment WHERE state = 'open' AND at < $1)",
        later,
    )
    await statements.execute("UPDATE callbacks_appointment SET at = $1 WHERE state = 'open' AND at < $1", later)


async def _cast(site: Site, scripted: Scripted, case: dict[str, object], agent: int, now: dt.datetime) -> None:
    person = str(case["person_ref"])
    await statements.execute(
        "UPDATE vault_person SET name_sealed = $1, sex = $2, birth_year = $3 WHERE ref = $4",
        site.keyring.seal("vault_person.name", person, scripted.name + MARK), scripted.sex, scripted.birth_year, person,
    )  # fmt: skip
    await statements.execute(
        "UPDATE callbacks_case SET state = 'S01', priority = $1, next_attempt_at = $2, assigned_agent = $3, next_reason = $4 "
        "WHERE id = $5",
        scripted.priority, now - dt.timedelta(minutes=5), agent, f"演示：{scripted.script}", case["id"],
    )  # fmt: skip
    if scripted.appointment:
        await _promised_yesterday(site, int(str(case["id"])), agent, now)


async def _promised_yesterday(site: Site, case_id: int, agent: int, now: dt.datetime) -> None:
    """Yesterday's call in which the time was agreed on; the promise is for the full quarter before now."""
    at, ref = now - dt.timedelta(minutes=now.minute % 15), new_reference()
    ended = now - dt.timedelta(hours=17, minutes=40)
    await statements.execute(
        "INSERT INTO callbacks_attempt (ref, case_id, number, agent_id, phone_digest, inbound, started_at, ended_at, code,"
        " note_sealed, appointment_at, contested, before) VALUES ($1, $2, 1, $3, (SELECT phone_digest FROM callbacks_case"
        " WHERE id = $2), FALSE, $4, $5, '210', $6, $7, FALSE, '{}')",
        ref, case_id, agent, ended - dt.timedelta(minutes=1), ended,
        site.keyring.seal(NOTE_COLUMN, ref, "本人在忙，约明天上午十点"), at,
    )  # fmt: skip
    await statements.execute("UPDATE callbacks_case SET attempts = 1, contacted = TRUE WHERE id = $1", case_id)
    await statements.execute(
        "INSERT INTO callbacks_appointment (case_id, at, made_by, agent_id, state, created_at)"
        " VALUES ($1, $2, 'respondent', $3, 'open', $4)",
        case_id, at, agent, ended,
    )  # fmt: skip
