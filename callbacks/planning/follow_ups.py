"""Callbacks that fall due by themselves: a payment or completion date is imported, the standing wave takes it up."""

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from callbacks.errors import BatchInField
from callbacks.planning import case_making, frames, waves
from callbacks.planning.frames import FramedProject, FrameRow, Listed
from callbacks.planning.plan_file import REPLICATE_SIZE, Plan, Role
from callbacks.rules.calendar_days import WorkCalendar
from callbacks.rules.sampling import allocate, seed_commitment
from callbacks.rules.states import COUNTED, TERMINATED, listed
from callbacks.rules.windows import CallingWindows
from callbacks.scope import Rows, Scope, conditions
from questionnaires.facts import Fact
from questionnaires.statements import execute, row, rows

LAST_CALLBACKS = dt.timedelta(days=90)
"""The standing wave of a year stays open this long into the next, for what was paid in December."""


@dataclass(frozen=True, slots=True)
class DueBatch:
    """The people of one project and one import whose first callback date has come."""

    programme_id: int
    programme_code: str
    year: int
    batch_id: int
    batch_ref: str
    project: FramedProject


@dataclass(frozen=True, slots=True)
class Counts:
    """Per project: people with a dated callback. `due` 今日应回访, `overdue` 超期未回访, `done` 已回访.

    `waiting` have their date still before them; `not_drawn` are on a list of which only a sample is called; `ended`
    were called to the end without an answer.
    """

    project_id: int
    due: int
    overdue: int
    done: int
    waiting: int
    not_drawn: int
    ended: int


async def expect(project_id: int) -> None:
    """Writes down which imports of the project wait for their first callback date, after its list has changed.

    The tick reads these few rows instead of every entitlement; taking an import up removes its row.
    """
    await execute("DELETE FROM callbacks_due_import WHERE project_id = $1", project_id)
    await execute(
        "INSERT INTO callbacks_due_import (project_id, batch_id, begins_on)"
        " SELECT e.project_id, e.batch_id, MIN(e.callback_from) FROM callbacks_entitlement e"
        " JOIN callbacks_import_batch b ON b.id = e.batch_id AND b.undone_at IS NULL"
        " WHERE e.project_id = $1 AND e.callback_from IS NOT NULL AND NOT EXISTS (SELECT 1 FROM callbacks_frame f"
        " JOIN callbacks_wave w ON w.id = f.wave_id"
        " WHERE w.standing AND f.project_id = e.project_id AND f.batch_id = e.batch_id)"
        " GROUP BY e.project_id, e.batch_id",
        project_id,
    )


async def due_batches(today: dt.date) -> list[DueBatch]:
    """Imports whose callbacks have begun and that the standing wave has not taken up yet; costs as many rows as it finds."""
    found = await rows(
        f"SELECT g.id AS programme_id, g.code AS programme_code, g.year, b.id AS batch_id, b.ref AS batch_ref,"
        f" {frames.PROJECT_COLUMNS} FROM callbacks_due_import d"
        " JOIN callbacks_import_batch b ON b.id = d.batch_id JOIN callbacks_project p ON p.id = d.project_id"
        " JOIN callbacks_programme g ON g.id = p.programme_id"
        " WHERE d.begins_on <= $1 ORDER BY g.id, b.id, p.position, p.id",
        today,
    )
    return [
        DueBatch(
            each["programme_id"], each["programme_code"], each["year"], each["batch_id"], each["batch_ref"],
            FramedProject(
                each["id"], each["code"], each["name"], each["position"], each["frame_kind"],
                bool(each["education"]), bool(each["minor"]),
            ),
        )
        for each in found
    ]  # fmt: skip


async def take_up(
    batch: DueBatch,
    now: dt.datetime,
    calendar: WorkCalendar,
    windows: CallingWindows,
    new_seed: Callable[[], str] = secrets.token_hex,
) -> list[Fact]:
    """Frames one import of one project in the programme's standing wave and makes its cases; once, however often called."""
    if not await execute(
        "DELETE FROM callbacks_due_import WHERE project_id = $1 AND batch_id = $2", batch.project.id, batch.batch_id
    ):
        return []
    wave_id, seed, code, facts = await _standing_wave(batch, now, windows, new_seed)
    people = await frames.batch_list(batch.project.id, batch.batch_id, wave_id)
    draw = allocate(len(people))
    order = frames.order_of(seed, batch.project.code, people, batch.batch_ref)
    frame_id = await frames.store(wave_id, batch.project, people, order, draw, REPLICATE_SIZE, now, batch.batch_id)
    frame = FrameRow(frame_id, batch.project.id, len(people), draw.n, REPLICATE_SIZE)
    chosen = [(place, people[index]) for place, index in enumerate(order[: draw.n])]
    sample = [
        each
        for place, person in chosen
        for each in frames.drawn(frame, batch.project, [(place, person)], _begins(person, now, windows), None)
    ]
    made = await case_making.make_cases(wave_id, sample, now, calendar, windows, join=True)
    fact = Fact(
        "callbacks_scheduled",
        code,
        {"batch": batch.batch_ref, "project": batch.project.code, "cases": made.cases, "listed": len(people)},
    )
    return [*facts, fact]


def _begins(person: Listed, now: dt.datetime, windows: CallingWindows) -> dt.datetime:
    if person.callback_from is None:
        return now
    return max(now, dt.datetime.combine(person.callback_from, dt.time(), windows.zone).astimezone(dt.UTC))


async def _standing_wave(
    batch: DueBatch, now: dt.datetime, windows: CallingWindows, new_seed: Callable[[], str]
) -> tuple[int, str, str, list[Fact]]:
    """The open standing wave of the programme, made when missing."""
    known = await row(
        "SELECT id, seed, code FROM callbacks_wave WHERE programme_id = $1 AND standing AND state = 'open'"
        " ORDER BY id DESC LIMIT 1",
        batch.programme_id,
    )
    if known is not None:
        return known["id"], known["seed"], known["code"], []
    today = windows.local(now).date()
    code = await _free_code(batch)
    plan = Plan(
        code=code,
        title=f"{batch.year}年到期回访",
        programme=batch.programme_code,
        measurement_role=Role.SERVICE,
        starts=today,
        ends=max(dt.date(batch.year, 12, 31), today) + LAST_CALLBACKS,
        phone_questionnaire="phone",
        mobile_questionnaire="mobile",
    )
    seed = new_seed()
    phone, mobile = await _newest_version("phone"), await _newest_version("mobile")
    wave_id = await waves.add(plan, batch.programme_id, seed, now, phone, mobile, standing=True)
    commitment = seed_commitment(seed)
    return wave_id, seed, code, [Fact("wave_opened", code, {"commitment": commitment, "standing": True})]


async def _free_code(batch: DueBatch) -> str:
    """SF-<year>; a second programme of the year, or a second standing wave of one, gets a longer name."""
    wishes = [f"SF-{batch.year}", f"SF-{batch.year}-{batch.programme_code}"]
    taken = {each["code"] for each in await rows("SELECT code FROM callbacks_wave WHERE standing")}
    number = 2
    while wishes[-1] in taken:
        wishes.append(f"SF-{batch.year}-{batch.programme_code}-{number}")
        number += 1
    return next(wish for wish in wishes if wish not in taken)


async def _newest_version(mode: str) -> int | None:
    found = await row("SELECT id FROM questionnaires_version WHERE mode = $1 ORDER BY id DESC LIMIT 1", mode)
    return int(found["id"]) if found else None


async def counts(scope: Scope, today: dt.date) -> list[Counts]:
    """今日应回访, 超期未回访, 已回访 per project over all dated entitlements, framed already or not."""
    seen = conditions(scope, Rows.ENTITLEMENT, "e", first=2)
    found = await rows(
        "SELECT s.project_id, s.kind, COUNT(*) AS n FROM (SELECT e.project_id, CASE"
        f" WHEN {_MODULE.format(states=_DONE)} THEN 'done'"
        f" WHEN {_MODULE.format(states=_ENDED)} THEN 'ended'"
        " WHEN NOT EXISTS (SELECT 1 FROM callbacks_module m WHERE m.entitlement_id = e.id)"
        " AND EXISTS (SELECT 1 FROM callbacks_frame_member n WHERE n.entitlement_id = e.id) THEN 'not_drawn'"
        " WHEN e.callback_until < $1 THEN 'overdue' WHEN e.callback_from <= $1 THEN 'due' ELSE 'waiting' END AS kind"
        " FROM callbacks_entitlement e"
        f" WHERE e.callback_from IS NOT NULL AND {seen.sql}) s GROUP BY s.project_id, s.kind",
        today,
        *seen.args,
    )
    by_project: dict[int, dict[str, int]] = {}
    for each in found:
        by_project.setdefault(each["project_id"], {})[each["kind"]] = int(each["n"])
    kinds = ("due", "overdue", "done", "waiting", "not_drawn", "ended")
    return [Counts(project, *(of.get(kind, 0) for kind in kinds)) for project, of in sorted(by_project.items())]


_MODULE = (
    "EXISTS (SELECT 1 FROM callbacks_module m JOIN callbacks_case c ON c.id = m.case_id"
    " WHERE m.entitlement_id = e.id AND c.state IN ({states}))"
)
_DONE, _ENDED = listed(COUNTED), listed(TERMINATED)


async def unframe(batch_id: int) -> Fact:
    """Takes an import's cases out of the standing waves again, so that the import can be undone.

    Raises BatchInField once a dated wave framed one of its people, or one of its cases was claimed or sent a link.
    """
    dated = await row(
        "SELECT 1 AS found FROM callbacks_frame_member n JOIN callbacks_frame f ON f.id = n.frame_id"
        " JOIN callbacks_entitlement e ON e.id = n.entitlement_id"
        " WHERE e.batch_id = $1 AND (f.batch_id IS NULL OR f.batch_id <> $1) LIMIT 1",
        batch_id,
    )
    if dated is not None:
        raise BatchInField(batch_id, "framed")
    cases = await rows(
        "SELECT DISTINCT c.id, c.claimed_at, c.attempts, c.state FROM callbacks_case c"
        f" JOIN callbacks_module m ON m.case_id = c.id WHERE m.frame_id IN ({_FRAMES})",
        batch_id,
    )
    for each in cases:
        if await _touched(each["id"], each["claimed_at"], each["attempts"]):
            raise BatchInField(batch_id, "claimed")
    await execute(f"DELETE FROM callbacks_module WHERE frame_id IN ({_FRAMES})", batch_id)
    for each in cases:
        await _drop_if_empty(each["id"])
    await execute(f"DELETE FROM callbacks_frame_member WHERE frame_id IN ({_FRAMES})", batch_id)
    framed = await rows("SELECT DISTINCT project_id FROM callbacks_frame WHERE batch_id = $1", batch_id)
    await execute("DELETE FROM callbacks_frame WHERE batch_id = $1", batch_id)
    for each in framed:
        await expect(each["project_id"])
    return Fact("batch_unframed", str(batch_id), {"cases": len(cases)})


_FRAMES = "SELECT id FROM callbacks_frame WHERE batch_id = $1"


async def _touched(case_id: int, claimed_at: object, attempts: int) -> bool:
    if claimed_at is not None or attempts:
        return True
    found = await row(
        "SELECT 1 AS found FROM callbacks_case c WHERE c.id = $1 AND (c.state IN ('S08', 'S09', 'S10')"
        " OR EXISTS (SELECT 1 FROM callbacks_attempt a WHERE a.case_id = c.id)"
        " OR EXISTS (SELECT 1 FROM callbacks_link l WHERE l.case_id = c.id))",
        case_id,
    )
    return found is not None


async def _drop_if_empty(case_id: int) -> None:
    """A case whose projects all came from the import goes; one with others stays, with those."""
    if await row("SELECT 1 AS found FROM callbacks_module WHERE case_id = $1 LIMIT 1", case_id):
        return
    for table in ("callbacks_number_repair", "callbacks_appointment"):
        await execute(f"DELETE FROM {table} WHERE case_id = $1", case_id)
    await execute("DELETE FROM callbacks_case WHERE id = $1", case_id)
