"""Waves for the supervisor's pages: the list, one wave with its frames, its cases masked, and one case."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from callbacks.calling import escalations, histories
from callbacks.planning.plan_file import Role
from callbacks.rules.dispositions import OUTCOMES
from callbacks.rules.states import COUNTED, CaseState
from callbacks.scope import Rows, Scope, conditions
from questionnaires.statements import day, instant, row, rows
from survey_service.calls import case_sheet
from survey_service.errors import NotFound
from survey_service.trust.privacy import Keyring, masked_phone

PAGE = 50
UNCORRECTABLE = COUNTED | {CaseState.S02}
"""A standing answer is removed by a review with its reason, never by another outcome; a call that goes on comes first."""
METHODS = {"census": "全数回访", "random": "随机抽样"}
ROLES = {Role.SERVICE: "服务回访", Role.ASSESSMENT: "考核", Role.STATISTICAL: "统计调查"}
PHONE = "vault_contact.phone"
NOTE = "callbacks_attempt.note"

WAVES = """
SELECT w.code, w.title, w.state, w.starts_on, w.ends_on, w.standing, w.measurement_role,
    (SELECT count(*) FROM callbacks_case c WHERE c.wave_id = w.id AND {seen}) AS cases,
    (SELECT count(*) FROM callbacks_case c WHERE c.wave_id = w.id AND {seen} AND c.state IN ('S08', 'S09')) AS answered
FROM callbacks_wave w ORDER BY CASE w.state WHEN 'open' THEN 0 ELSE 1 END, w.starts_on DESC, w.id DESC
"""
FRAMES = """
SELECT f.id, p.code, p.name, f.population, f.drawn, f.method, f.replicate_size, f.digest, f.as_of,
    (SELECT count(*) FROM callbacks_module m JOIN callbacks_case c ON c.id = m.case_id
        WHERE m.frame_id = f.id AND {seen} AND c.state IN ('S08', 'S09')) AS answered{own}
FROM callbacks_frame f JOIN callbacks_project p ON p.id = f.project_id WHERE f.wave_id = $1 ORDER BY p.position, f.id
"""
OWN_PART = """,
    (SELECT count(*) FROM callbacks_frame_member n JOIN callbacks_entitlement e ON e.id = n.entitlement_id
        WHERE n.frame_id = f.id AND {listed}) AS own_population,
    (SELECT count(*) FROM callbacks_module m JOIN callbacks_case c ON c.id = m.case_id
        WHERE m.frame_id = f.id AND {seen}) AS own_drawn"""
CASES = """
SELECT c.id, c.ref, c.state, c.attempts, c.max_attempts, c.next_attempt_at, c.next_reason, c.final_code, z.name AS zone,
    k.ref AS contact, k.phone_sealed
FROM callbacks_case c LEFT JOIN callbacks_zone z ON z.id = c.zone_id LEFT JOIN vault_contact k ON k.ref = c.contact_ref
"""


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A wave in the list."""

    code: str
    title: str
    open: bool
    standing: bool
    role: str
    starts: dt.date | None
    ends: dt.date | None
    cases: int
    answered: int


@dataclass(frozen=True, slots=True)
class Frame:
    """The list of one project as the wave found it, and how much of it is drawn."""

    code: str
    name: str
    population: int
    drawn: int
    answered: int
    method: str
    replicate: int
    digest: str
    as_of: dt.datetime | None

    @property
    def reserve(self) -> int:
        """People not drawn yet."""
        return self.population - self.drawn

    @property
    def next_size(self) -> int:
        """How many the next replicate would add."""
        stop = min(self.population, (self.drawn // self.replicate + 1) * self.replicate)
        return stop - self.drawn


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list, masked."""

    id: int
    ref: str
    name: str
    phone: str
    zone: str
    state: str
    attempts: int
    most: int
    next_at: dt.datetime | None
    reason: str
    final: str


@dataclass(frozen=True, slots=True)
class Dial:
    """One dial of a case with what its agent wrote."""

    ref: str
    number: int
    at: dt.datetime | None
    code: str
    outcome: str
    agent: str
    note: str
    mark: str


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case as a supervisor sees it."""

    line: CaseLine
    state: CaseState
    wave_code: str
    wave_title: str
    wave_open: bool
    projects: tuple[str, ...]
    dials: tuple[Dial, ...]
    correctable: Dial | None


async def waves(scope: Scope) -> list[WaveRow]:
    """Every wave with the cases in sight counted, open ones first."""
    seen = conditions(scope, Rows.CASE, "c")
    return [
        WaveRow(
            each["code"], each["title"], each["state"] == "open", bool(each["standing"]),
            ROLES[Role(each["measurement_role"])], day(each["starts_on"]), day(each["ends_on"]), int(each["cases"]),
            int(each["answered"]),
        )
        for each in await rows(WAVES.format(seen=seen.sql), *seen.args)
    ]  # fmt: skip


async def forms(mode: str) -> list[tuple[str, str]]:
    """Key and title of the questionnaires for a mode."""
    found = await rows("SELECT DISTINCT key, title FROM questionnaires_version WHERE mode = $1 ORDER BY key", mode)
    return [(each["key"], each["title"]) for each in found]


async def frames(wave_id: int, scope: Scope) -> list[Frame]:
    """The frames of a wave; whoever is in charge of some zones sees the size of his part of them."""
    seen, own = conditions(scope, Rows.CASE, "c", first=2), ""
    if scope.zone_ids is not None:
        listed = conditions(scope, Rows.ENTITLEMENT, "e", first=2)  # the same zones as of the cases, so the same args
        own = OWN_PART.format(seen=seen.sql, listed=listed.sql)
    return [
        Frame(
            each["code"], each["name"], int(each.get("own_population", each["population"])),
            int(each.get("own_drawn", each["drawn"])), int(each["answered"]), METHODS.get(each["method"], each["method"]),
            int(each["replicate_size"]), each["digest"], instant(each["as_of"]),
        )
        for each in await rows(FRAMES.format(seen=seen.sql, own=own), wave_id, *seen.args)
    ]  # fmt: skip


async def states_of(wave_id: int, scope: Scope) -> list[tuple[CaseState, int]]:
    """Cases of a wave in sight, by state."""
    seen = conditions(scope, Rows.CASE, "c", first=2)
    found = await rows(
        f"SELECT c.state, count(*) AS n FROM callbacks_case c WHERE c.wave_id = $1 AND {seen.sql} GROUP BY c.state",
        wave_id, *seen.args,
    )  # fmt: skip
    return sorted((CaseState(each["state"]), int(each["n"])) for each in found)


async def answered(scope: Scope) -> int:
    """Answers that a reviewer could look at, of all waves."""
    seen = conditions(scope, Rows.CASE, "c")
    found = await row(f"SELECT count(*) AS n FROM callbacks_case c WHERE c.state = 'S08' AND {seen.sql}", *seen.args)
    return int(found["n"]) if found else 0


async def cases(
    keyring: Keyring, scope: Scope, wave_id: int, state: CaseState | None, after: int
) -> tuple[list[CaseLine], int]:
    """A page of masked cases behind the cursor `after`, and the cursor of the next page (0 when there is none)."""
    seen = conditions(scope, Rows.CASE, "c", first=3)
    wanted = f" AND c.state = '{state.value}'" if state else ""
    found = await rows(
        f"{CASES} WHERE c.wave_id = $1 AND c.id > $2 AND {seen.sql}{wanted} ORDER BY c.id LIMIT {PAGE + 1}",
        wave_id, after, *seen.args,
    )  # fmt: skip
    lines = await _lines(keyring, found[:PAGE])
    return lines, lines[-1].id if len(found) > PAGE else 0


async def _lines(keyring: Keyring, found: list[dict[str, Any]]) -> list[CaseLine]:
    names = await case_sheet.masked(keyring, [each["ref"] for each in found])
    return [
        CaseLine(
            int(each["id"]), each["ref"], names.get(each["ref"], ""),
            masked_phone(keyring.unseal(PHONE, each["contact"], each["phone_sealed"])) if each["contact"] else "没有号码",
            each["zone"] or "片区不详", CaseState(each["state"]).label, int(each["attempts"]), int(each["max_attempts"]),
            instant(each["next_attempt_at"]), each["next_reason"],
            OUTCOMES[each["final_code"]].name if each["final_code"] in OUTCOMES else "",
        )
        for each in found
    ]  # fmt: skip


async def case_page(keyring: Keyring, scope: Scope, case_ref: str) -> CasePage:
    """One case with its dials. Raises UnknownCase outside the scope."""
    case = await escalations.find(scope, case_ref)
    line = (await _lines(keyring, await rows(f"{CASES} WHERE c.id = $1", case.id)))[0]
    wave = await row("SELECT code, title, state FROM callbacks_wave WHERE id = $1", case.wave_id)
    if wave is None:
        raise NotFound
    named = await rows(
        "SELECT p.name, p.code FROM callbacks_module m JOIN callbacks_project p ON p.id = m.project_id"
        " WHERE m.case_id = $1 ORDER BY m.position, m.id",
        case.id,
    )
    dials = await _dials(keyring, case.id)
    standing = histories.effective(await histories.attempts_of(case.id))
    last = standing[-1]["id"] if standing and wave["state"] == "open" and case.state not in UNCORRECTABLE else None
    correctable = next((dial for key, dial in dials if key == last), None)
    return CasePage(
        line, case.state, wave["code"], wave["title"], wave["state"] == "open",
        tuple(f"{each['name']}（{each['code']}）" for each in named), tuple(dial for _, dial in dials), correctable,
    )  # fmt: skip


async def _dials(keyring: Keyring, case_id: int) -> list[tuple[int, Dial]]:
    found = await rows(
        "SELECT a.id, a.ref, a.number, a.started_at, a.code, a.note_sealed, a.contested, a.corrects_id,"
        " s.display_name FROM callbacks_attempt a LEFT JOIN survey_service_account s ON s.id = a.agent_id"
        " WHERE a.case_id = $1 ORDER BY a.id",
        case_id,
    )
    return [(int(each["id"]), _dial(keyring, each)) for each in found]


def _dial(keyring: Keyring, each: dict[str, Any]) -> Dial:
    mark = "更正" if each["corrects_id"] else "迟到，未计入" if each["contested"] else ""
    if each["corrects_id"] and each["contested"]:
        mark = "迟到结果的处理"
    elif each["corrects_id"] and each["code"] == "300":
        mark = "撤回"
    note = keyring.unseal(NOTE, each["ref"], each["note_sealed"]) if each["note_sealed"] else ""
    name = OUTCOMES[each["code"]].name if each["code"] in OUTCOMES else each["code"]
    return Dial(
        each["ref"], int(each["number"]), instant(each["started_at"]), each["code"], name, each["display_name"] or "—",
        note, mark,
    )  # fmt: skip
