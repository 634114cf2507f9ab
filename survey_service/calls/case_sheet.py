"""Everything that the screen of a claimed case shows: the person as addressed, the number, projects, earlier contacts."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.wording import CLASS_LABELS
from callbacks.calling import histories
from callbacks.calling.attempts import NOTE_COLUMN
from callbacks.calling.case_row import CaseRow
from callbacks.rules import dispositions, phone_numbers
from questionnaires.statements import day, instant, row, rows
from survey_service.calls import salutations
from survey_service.calls.salutations import shown_name
from survey_service.questionnaire_context import About
from survey_service.trust.privacy import Keyring

NAME, GUARDIAN, PHONE = "vault_person.name", "vault_person.guardian", "vault_contact.phone"
RELATIONS = {"self": "本人", "guardian": "监护人", "family": "家人", "third_party": "代留"}
LAST_CONTACTS = 5
MADE_BY = {"respondent": "本人约的", "other": "家人等代约的", "respondent_online": "本人在网上约的"}

MODULES = """
SELECT m.id, m.ref, m.submission_id, p.code, p.project_class, p.spoken_name, p.public_name, p.name, p.facts, p.hint,
    p.sensitive, p.minor, e.event_date, e.amount_band, w.form_no, w.recording, w.phone_version_id, w.title AS wave_title
FROM callbacks_module m JOIN callbacks_project p ON p.id = m.project_id JOIN callbacks_wave w ON w.id = m.wave_id
JOIN callbacks_entitlement e ON e.id = m.entitlement_id WHERE m.case_id = $1 ORDER BY m.sequence
"""
PROMISED = """
SELECT p.at, p.made_by FROM callbacks_appointment p WHERE p.case_id = $1 AND p.state IN ('open', 'missed')
AND NOT EXISTS (SELECT 1 FROM callbacks_attempt a WHERE a.case_id = p.case_id AND a.started_at >= p.at)
ORDER BY p.id DESC LIMIT 1
"""
"""A promise that was not called in time still stands until somebody dials."""

PERSON = """
SELECT p.ref, p.name_sealed, p.guardian_sealed, p.sex, p.language, k.ref AS contact, k.phone_sealed, k.relation
FROM vault_person p LEFT JOIN vault_contact k ON k.ref = $2 WHERE p.ref = $1
"""


@dataclass(frozen=True, slots=True)
class ModuleSheet:
    """One project of the case."""

    id: int
    about: About
    full_name: str
    facts: str
    class_label: str
    event_date: dt.date | None
    amount_band: str
    version_id: int | None


@dataclass(frozen=True, slots=True)
class Callee:
    """Who is called. `minor`: the guardian is asked for. Personal data: only for the holder of the case."""

    name: str
    guardian: str
    sex: str
    language: str
    relation: str
    phone: str
    minor: bool

    @property
    def salutation(self) -> str:
        """As the opening sentence says it."""
        if self.minor:
            return salutations.of_guardian(self.guardian, self.name)
        return salutations.salutation(self.name, self.sex)

    def spoken(self, hidden: bool) -> str:
        """The name in large letters; in sensitive projects only the address until the person is known to be there."""
        if self.minor:
            return self.salutation if hidden or not self.guardian else self.guardian
        return self.salutation if hidden else self.name

    def shown(self, hidden: bool) -> str:
        """The listed name for the facts beside."""
        return shown_name(self.name, hidden)

    @property
    def grouped(self) -> str:
        """138 0013 8000."""
        return phone_numbers.group(self.phone) if self.phone else ""


@dataclass(frozen=True, slots=True)
class Contact:
    """An earlier dial, with what its agent wrote down."""

    at: dt.datetime
    outcome: str
    inbound: bool
    note: str


@dataclass(frozen=True, slots=True)
class Promise:
    """The time that this call was promised for, and by whom."""

    at: dt.datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole case."""

    case: CaseRow
    modules: tuple[ModuleSheet, ...]
    callee: Callee
    contacts: tuple[Contact, ...]
    wave_title: str
    promise: Promise | None = None

    @property
    def sensitive(self) -> bool:
        """At least one of the projects must not be named to another person."""
        return any(module.about.sensitive for module in self.modules)

    @property
    def tries_left(self) -> int:
        """Dials that the cap still allows, this one included."""
        return max(0, self.case.max_attempts - self.case.attempts)


async def load(keyring: Keyring, case: CaseRow) -> Sheet:
    """The sheet of a case; whether the caller may see it was decided when he got the row."""
    found = await rows(MODULES, case.id)
    return Sheet(
        case=case,
        modules=tuple(_module(each) for each in found),
        callee=await _callee(keyring, case, any(bool(each["minor"]) for each in found)),
        contacts=await _contacts(keyring, case.id),
        wave_title=str(found[0]["wave_title"]) if found else "",
        promise=await _promise(case.id),
    )


def _module(found: Mapping[str, Any]) -> ModuleSheet:
    about = About(
        module_ref=found["ref"], project_code=found["code"], project_class=found["project_class"],
        spoken_name=found["spoken_name"], public_name=found["public_name"], hint=found["hint"],
        sensitive=bool(found["sensitive"]), minor=bool(found["minor"]), form_no=found["form_no"],
        recording=bool(found["recording"]),
    )  # fmt: skip
    return ModuleSheet(
        found["id"], about, found["name"], found["facts"], CLASS_LABELS.get(found["project_class"], ""),
        day(found["event_date"]), found["amount_band"], found["phone_version_id"],
    )  # fmt: skip


async def _callee(keyring: Keyring, case: CaseRow, minor: bool) -> Callee:
    found = await row(PERSON, case.person_ref, case.contact_ref)
    if found is None:
        return Callee("", "", "", "", "", "", minor)
    ref, guardian, phone = found["ref"], found["guardian_sealed"], found["phone_sealed"]
    return Callee(
        name=keyring.unseal(NAME, ref, found["name_sealed"]),
        guardian=keyring.unseal(GUARDIAN, ref, guardian) if guardian else "",
        sex=found["sex"],
        language=found["language"],
        relation=RELATIONS.get(found["relation"] or "", ""),
        phone=keyring.unseal(PHONE, found["contact"], phone) if phone else "",
        minor=minor,
    )


async def _contacts(keyring: Keyring, case_id: int) -> tuple[Contact, ...]:
    standing = histories.effective(await histories.attempts_of(case_id))
    return tuple(
        Contact(
            at,
            dispositions.code(each["code"]).name,
            bool(each["inbound"]),
            keyring.unseal(NOTE_COLUMN, each["ref"], each["note_sealed"]) if each["note_sealed"] else "",
        )
        for each in reversed(standing[-LAST_CONTACTS:])
        if (at := instant(each["started_at"])) is not None
    )


async def _promise(case_id: int) -> Promise | None:
    found = await row(PROMISED, case_id)
    at = instant(found["at"]) if found else None
    return Promise(at, MADE_BY.get(str(found["made_by"]), "")) if found and at else None


async def masked(keyring: Keyring, case_refs: list[str]) -> dict[str, str]:
    """张* by case reference, for lists."""
    if not case_refs:
        return {}
    marks = ", ".join(f"${number}" for number in range(1, len(case_refs) + 1))
    found = await rows(
        "SELECT c.ref, p.ref AS person, p.name_sealed FROM callbacks_case c JOIN vault_person p ON p.ref = c.person_ref"
        f" WHERE c.ref IN ({marks})",
        *case_refs,
    )
    return {
        each["ref"]: shown_name(keyring.unseal(NAME, each["person"], each["name_sealed"]), hidden=True)
        for each in found
    }


async def phone_of(keyring: Keyring, case: CaseRow) -> str:
    """The number of a case, unsealed; the caller has written the trail first."""
    found = await row("SELECT ref, phone_sealed FROM vault_contact WHERE ref = $1", case.contact_ref)
    return keyring.unseal(PHONE, found["ref"], found["phone_sealed"]) if found else ""
