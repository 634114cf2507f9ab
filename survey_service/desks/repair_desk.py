"""Numbers to be found, for the street or the roster's source: whom it is about is shown one at a time and on record."""

import datetime as dt
from dataclasses import dataclass

from callbacks.calling import number_repairs
from callbacks.calling.number_repairs import Repair
from callbacks.errors import UnknownRepair
from callbacks.scope import Scope
from questionnaires.facts import Fact
from questionnaires.statements import row, rows
from survey_service.calls import case_sheet
from survey_service.clock import real_now
from survey_service.errors import TooManyTries
from survey_service.site import Site
from survey_service.trust import limits
from survey_service.trust.audit import Actor
from survey_service.trust.privacy import Keyring, masked_phone

RELATIONS = {"self": "本人", "guardian": "监护人", "family": "家人"}
WAIT_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Task:
    """One number to be found, masked."""

    repair: Repair
    name: str
    zone: str
    projects: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is about: what somebody needs in order to ask for the number."""

    name: str
    guardian: str
    address: str
    old_number: str


async def tasks(keyring: Keyring, scope: Scope, today: dt.date) -> list[Task]:
    """The open tasks of this account, the most urgent first."""
    found = await number_repairs.open_repairs(scope, today)
    names = await case_sheet.masked(keyring, [each.case_ref for each in found])
    zones = {each["id"]: each["name"] for each in await rows("SELECT id, name FROM callbacks_zone")}
    return [
        Task(each, names.get(each.case_ref, ""), zones.get(each.zone_id, "片区不详"), await _projects(each.case_ref))
        for each in found
    ]


async def _projects(case_ref: str) -> str:
    found = await rows(
        "SELECT p.public_name, p.sensitive FROM callbacks_module m JOIN callbacks_project p ON p.id = m.project_id"
        " JOIN callbacks_case c ON c.id = m.case_id WHERE c.ref = $1 ORDER BY m.position",
        case_ref,
    )
    return "、".join("一项民生项目" if each["sensitive"] else each["public_name"] for each in found)


async def who(site: Site, actor: Actor, scope: Scope, own: list[Task], repair_id: int) -> Person:
    """The person behind a task of this account. Raises UnknownRepair, TooManyTries; without a trail entry nothing."""
    task = next((each for each in own if each.repair.id == repair_id), None)
    if task is None:
        raise UnknownRepair(repair_id)
    async with site.ledger.change(actor) as change:
        if await limits.reached(site.keyring, limits.REVEALS, str(scope.account_id), real_now()):
            raise TooManyTries(WAIT_SECONDS)
        await limits.count(site.keyring, limits.REVEALS, str(scope.account_id), real_now())
        change.record(Fact("person_revealed", task.repair.case_ref, {"repair": repair_id, "reason": "号码核实"}))
    return await _person(site.keyring, task.repair.case_ref)


async def _person(keyring: Keyring, case_ref: str) -> Person:
    found = await row(
        "SELECT p.ref, p.name_sealed, p.guardian_sealed, p.address_sealed, k.ref AS contact, k.phone_sealed"
        " FROM callbacks_case c JOIN vault_person p ON p.ref = c.person_ref"
        " LEFT JOIN vault_contact k ON k.ref = c.contact_ref WHERE c.ref = $1",
        case_ref,
    )
    if found is None:
        return Person("", "", "", "")
    ref = str(found["ref"])

    def text(column: str) -> str:
        sealed = found[f"{column}_sealed"]
        return keyring.unseal(f"vault_person.{column}", ref, sealed) if sealed else ""

    old = keyring.unseal(case_sheet.PHONE, found["contact"], found["phone_sealed"]) if found["contact"] else ""
    return Person(text("name"), text("guardian"), text("address"), masked_phone(old))
