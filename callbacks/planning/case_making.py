"""Turns drawn entitlements into cases: one per person, at most three projects a call, each with a number to dial."""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from callbacks.references import new_reference
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.caps import DEFAULT_CAPS, person_free_at
from callbacks.rules.dispositions import OUTCOMES
from callbacks.rules.states import CaseState
from callbacks.rules.windows import CallingWindows
from questionnaires.statements import execute_many, instant, rows

MODULES_PER_CALL = DEFAULT_CAPS.modules
NEXT_CALL_AFTER = dt.timedelta(days=30)
YEAR = dt.timedelta(days=365)
SHARED_BY = 3
"""A number that three people share is somebody's who keeps lists (代留), not theirs."""

REPAIR_WORKDAYS = 3
USABLE_STATUS = frozenset({"valid", "unchecked"})
THIRD_PARTY = "third_party"
GUARDIAN = "guardian"
NEVER_CALL = "201"
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Drawn:
    """One entitlement of the sample. `position` is its place in the project's permutation, counted from 0."""

    entitlement_id: int
    person_ref: str
    zone_id: int | None
    project_id: int
    project_position: int
    frame_id: int
    position: int
    replicate: int
    not_before: dt.datetime
    overdue_on: dt.date | None
    max_attempts: int
    education: bool = False
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Contacting:
    """How a person can be reached: the first usable number, or the reason why there is none."""

    contact_ref: str | None = None
    phone_digest: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """What is known of the people of a sample."""

    reach: Mapping[str, Contacting]
    guardian_reach: Mapping[str, Contacting]
    languages: Mapping[str, str]
    busy_until: Mapping[str, dt.datetime]
    never: frozenset[str]


@dataclass(slots=True)
class Made:
    """How many cases came of a sample."""

    cases: int = 0
    modules: int = 0
    without_number: int = 0
    do_not_contact: int = 0


@dataclass(slots=True)
class _Batch:
    cases: list[tuple[object, ...]] = field(default_factory=list)
    modules: list[tuple[object, ...]] = field(default_factory=list)
    repairs: list[tuple[object, ...]] = field(default_factory=list)
    made: Made = field(default_factory=Made)


def calls(drawn: Iterable[Drawn], per_call: int = MODULES_PER_CALL) -> Iterator[tuple[int, tuple[Drawn, ...]]]:
    """Per person the projects in their order, three to a call; the number counts the person's calls from 0. Pure."""
    ordered = sorted(drawn, key=lambda each: (each.person_ref, each.project_position, each.entitlement_id))
    for _, of_person in itertools.groupby(ordered, key=lambda each: each.person_ref):
        waiting = list(of_person)
        for number, start in enumerate(range(0, len(waiting), per_call)):
            yield number, tuple(waiting[start : start + per_call])


async def make_cases(
    wave_id: int,
    drawn: Sequence[Drawn],
    now: dt.datetime,
    calendar: WorkCalendar,
    windows: CallingWindows,
    priority: int = 0,
    join: bool = False,
) -> Made:
    """Inserts cases, modules and number repairs for the sample in a few bulk statements.

    `join` adds people whose case in this wave was not touched yet to that case, while it has room for a project.
    """
    drawn = await _join(wave_id, drawn, now) if join else drawn
    people = await _people({each.person_ref for each in drawn}, now)
    opening = _Openings(calendar, windows)
    repair_due = calendar.add_workdays(windows.local(now).date(), REPAIR_WORKDAYS)
    batch = _Batch()
    for number, modules in calls(drawn):
        _add_case(batch, wave_id, number, modules, people, now, opening, priority)
    await execute_many(_INSERT_CASE, batch.cases)
    await execute_many(_INSERT_MODULE, batch.modules)
    provisional = calendar.provisional(repair_due)
    await execute_many(_INSERT_REPAIR, [(*each, now, repair_due, provisional) for each in batch.repairs])
    return batch.made


def _add_case(
    batch: _Batch,
    wave_id: int,
    number: int,
    modules: tuple[Drawn, ...],
    people: People,
    now: dt.datetime,
    opening: "_Openings",
    priority: int,
) -> None:
    person, ref = modules[0].person_ref, new_reference()
    education = any(each.education for each in modules)
    reach = (people.guardian_reach if any(each.minor for each in modules) else people.reach).get(person, NO_NUMBER)
    never = reach.phone_digest in people.never
    state = _first_state(reach, never)
    earliest = max(each.not_before for each in modules) + number * NEXT_CALL_AFTER
    earliest = max(earliest, people.busy_until.get(person, earliest))
    due = opening.after(earliest, education) if state is CaseState.S00 else None
    if due is not None and due <= now:
        state = CaseState.S01
    overdue = min((each.overdue_on for each in modules if each.overdue_on), default=None)
    zone = next((each.zone_id for each in modules if each.zone_id is not None), None)
    batch.cases.append((
        ref, wave_id, person, reach.contact_ref, reach.phone_digest, zone, state.value, priority, due,
        "首次回访" if due else reach.reason, overdue, max(each.max_attempts for each in modules), education,
        people.languages.get(person, ""), NEVER_CALL if never else None, now,
    ))  # fmt: skip
    for sequence, each in enumerate(modules, 1):
        batch.modules.append((
            new_reference(), ref, wave_id, each.project_id, each.zone_id, each.frame_id, each.position,
            each.replicate, sequence, each.entitlement_id,
        ))  # fmt: skip
    _count(batch, ref, state, reach)


async def _join(wave_id: int, drawn: Sequence[Drawn], now: dt.datetime) -> list[Drawn]:
    """Puts projects into untouched cases of the same people; returns who still needs a case of his own.

    Projects of minors are left out: their case is called on the guardian's number.
    """
    room = await _room(wave_id, sorted({each.person_ref for each in drawn if not each.minor}))
    left: list[Drawn] = []
    modules: list[tuple[object, ...]] = []
    widened: list[tuple[object, ...]] = []
    for each in sorted(drawn, key=lambda each: (each.person_ref, each.project_position, each.entitlement_id)):
        case = None if each.minor else room.get(each.person_ref)
        if case is None or case[1] >= MODULES_PER_CALL:
            left.append(each)
            continue
        room[each.person_ref] = (case[0], case[1] + 1)
        modules.append((
            new_reference(), case[0], wave_id, each.project_id, each.zone_id, each.frame_id, each.position,
            each.replicate, case[1] + 1, each.entitlement_id,
        ))  # fmt: skip
        widened.append((case[0], each.education, each.overdue_on, now))
    await execute_many(_INSERT_MODULE, modules)
    await execute_many(_WIDEN_CASE, widened)
    return left


async def _room(wave_id: int, persons: Sequence[str]) -> dict[str, tuple[str, int]]:
    """By person the reference of an untouched case with room, and how many projects it has."""
    room: dict[str, tuple[str, int]] = {}
    for start in range(0, len(persons), CHUNK):
        part = persons[start : start + CHUNK]
        marks = ", ".join(f"${number}" for number in range(2, len(part) + 2))
        for found in await rows(_UNTOUCHED.format(marks=marks), wave_id, *part):
            if int(found["n"]) < MODULES_PER_CALL:
                room[found["person_ref"]] = (found["ref"], int(found["n"]))
    return room


NO_NUMBER = Contacting(reason="没有登记电话")


def _first_state(reach: Contacting, never: bool) -> CaseState:
    if never:
        return CaseState.S11
    return CaseState.S00 if reach.contact_ref else CaseState.S05


def _count(batch: _Batch, ref: str, state: CaseState, reach: Contacting) -> None:
    made = batch.made
    made.cases += 1
    made.modules = len(batch.modules)
    if state is CaseState.S11:
        made.do_not_contact += 1
    if state is CaseState.S05:
        made.without_number += 1
        batch.repairs.append((ref, reach.reason))


@dataclass(slots=True)
class _Openings:
    """The next opening, remembered: thousands of cases of a wave fall due at the same few instants."""

    calendar: WorkCalendar
    windows: CallingWindows
    known: dict[tuple[dt.datetime, bool], dt.datetime] = field(default_factory=dict)

    def after(self, at: dt.datetime, education: bool) -> dt.datetime:
        key = (at, education)
        if key not in self.known:
            self.known[key] = self.windows.next_open(at, self.calendar, education)
        return self.known[key]


async def _people(person_refs: set[str], now: dt.datetime) -> People:
    refs = sorted(person_refs)
    known = People({}, {}, {}, {}, await never_contact(now))
    reach, guardians, languages, busy = {}, {}, {}, {}
    for start in range(0, len(refs), CHUNK):
        part = refs[start : start + CHUNK]
        marks = ", ".join(f"${number}" for number in range(1, len(part) + 1))
        contacts: dict[str, list[dict[str, object]]] = {}
        for found in await rows(_CONTACTS.format(marks=marks), *part):
            contacts.setdefault(found["person_ref"], []).append(found)
        for found in await rows(_PERSONS.format(marks=marks), *part):
            ref, numbers = found["ref"], contacts.get(found["ref"], [])
            languages[ref] = found["language"]
            reach[ref] = choose_contact(numbers)
            guardians[ref] = choose_guardian(numbers, bool(found["has_guardian"]))
        busy.update(await _busy(part, marks, now))
    return replace(known, reach=reach, guardian_reach=guardians, languages=languages, busy_until=busy)


def choose_contact(numbers: Sequence[Mapping[str, object]]) -> Contacting:
    """The first number that is neither known to be wrong nor a third party's. Pure."""
    if not numbers:
        return NO_NUMBER
    own = [n for n in numbers if n["relation"] != THIRD_PARTY and int(str(n["share_count"])) < SHARED_BY]
    if not own:
        return Contacting(reason="登记的是代留号码")
    usable = next((n for n in own if n["status"] in USABLE_STATUS), None)
    if usable is None:
        return Contacting(reason="登记的号码已核实不能用")
    return Contacting(str(usable["ref"]), str(usable["phone_digest"]))


def choose_guardian(numbers: Sequence[Mapping[str, object]], has_guardian: bool) -> Contacting:
    """For projects of minors: a guardian's number, or the person's numbers when the guardian is named beside. Pure."""
    of_guardian = [n for n in numbers if n["relation"] == GUARDIAN]
    if of_guardian:
        return choose_contact(of_guardian)
    return choose_contact(numbers) if has_guardian else Contacting(reason="缺监护人")


async def never_contact(now: dt.datetime) -> frozenset[str]:
    """Digests of the numbers that must not be called now."""
    found = await rows("SELECT phone_digest FROM callbacks_do_not_contact WHERE until IS NULL OR until > $1", now)
    return frozenset(each["phone_digest"] for each in found)


async def _busy(part: Sequence[str], marks: str, now: dt.datetime) -> dict[str, dt.datetime]:
    """R09: until when each person is left alone, from the last contact of each of his cases within a year."""
    last: dict[str, list[dt.datetime]] = {}
    for found in await rows(_TALKS.format(marks=marks, since=len(part) + 1), *part, now - YEAR):
        at = instant(found["ended_at"])
        if at is not None:
            last.setdefault(found["person_ref"], []).append(at)
    return {person: person_free_at(ends, now) for person, ends in last.items()}


_CONTACTS = (
    "SELECT ref, person_ref, phone_digest, relation, status, share_count FROM vault_contact"
    " WHERE person_ref IN ({marks}) ORDER BY person_ref, position"
)
_PERSONS = "SELECT ref, language, guardian_sealed IS NOT NULL AS has_guardian FROM vault_person WHERE ref IN ({marks})"
_TALKED = ", ".join(f"'{outcome.code}'" for outcome in OUTCOMES.values() if outcome.contacted)
_TALKS = (
    "SELECT c.person_ref, MAX(a.ended_at) AS ended_at FROM callbacks_attempt a"
    " JOIN callbacks_case c ON c.id = a.case_id WHERE c.person_ref IN ({marks})"
    f" AND a.code IN ({_TALKED})"
    " AND a.ended_at > ${since} GROUP BY c.person_ref, c.id"
)
_INSERT_CASE = (
    "INSERT INTO callbacks_case (ref, wave_id, person_ref, contact_ref, phone_digest, zone_id, state, priority,"
    " next_attempt_at, next_reason, overdue_on, max_attempts, education, language, final_code, created_at, changed_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)"
)
_INSERT_MODULE = (
    "INSERT INTO callbacks_module (ref, case_id, wave_id, project_id, zone_id, frame_id, position, replicate,"
    " sequence, entitlement_id)"
    " VALUES ($1, (SELECT id FROM callbacks_case WHERE ref = $2), $3, $4, $5, $6, $7, $8, $9, $10)"
)
_UNTOUCHED = (
    "SELECT c.ref, c.person_ref, COUNT(*) AS n FROM callbacks_case c JOIN callbacks_module m ON m.case_id = c.id"
    " JOIN callbacks_project p ON p.id = m.project_id WHERE c.wave_id = $1 AND c.person_ref IN ({marks})"
    " AND c.state IN ('S00', 'S01') AND c.attempts = 0 AND c.claimed_at IS NULL"
    " GROUP BY c.id, c.ref, c.person_ref HAVING SUM(CASE WHEN p.minor THEN 1 ELSE 0 END) = 0 ORDER BY c.id"
)
_WIDEN_CASE = (
    "UPDATE callbacks_case SET education = education OR $2, set_aside = FALSE, changed_at = $4,"
    " overdue_on = CASE WHEN overdue_on IS NULL OR overdue_on > $3 THEN $3 ELSE overdue_on END WHERE ref = $1"
)
_INSERT_REPAIR = (
    "INSERT INTO callbacks_number_repair (case_id, zone_id, reason, state, asked_at, due_on, provisional)"
    " SELECT id, zone_id, $2, 'open', $3, $4, $5 FROM callbacks_case WHERE ref = $1"
)
