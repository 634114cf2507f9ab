"""The list of a project as a wave finds it: its digest, its random order for good, and who is drawn of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from callbacks.planning.case_making import Drawn
from callbacks.rules import caps
from callbacks.rules.sampling import Draw, frame_digest, permutation, replicate_of
from questionnaires.statements import day, execute_many, row, rows


@dataclass(frozen=True, slots=True)
class FramedProject:
    """What of a project matters for its sample."""

    id: int
    code: str
    name: str
    position: int
    frame_kind: str
    education: bool
    minor: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """One person on the list of a project."""

    id: int
    ref: str
    person_ref: str
    zone_id: int | None
    callback_from: dt.date | None
    callback_until: dt.date | None


@dataclass(frozen=True, slots=True)
class FrameRow:
    """A stored frame."""

    id: int
    project_id: int
    population: int
    drawn: int
    replicate_size: int


PROJECT_COLUMNS = "p.id, p.code, p.name, p.position, p.frame_kind, p.education, p.minor"
LISTED_COLUMNS = "e.id, e.ref, e.person_ref, e.zone_id, e.callback_from, e.callback_until"


async def projects_of(programme_id: int) -> list[FramedProject]:
    """The projects of a programme in their order."""
    found = await rows(
        f"SELECT {PROJECT_COLUMNS} FROM callbacks_project p WHERE p.programme_id = $1 ORDER BY p.position, p.id",
        programme_id,
    )
    return [
        FramedProject(
            each["id"], each["code"], each["name"], each["position"], each["frame_kind"],
            bool(each["education"]), bool(each["minor"]),
        )
        for each in found
    ]  # fmt: skip


async def list_of(project_id: int) -> list[Listed]:
    """Everybody on the list of a project, in the order of their references."""
    return await _listed("e.project_id = $1", project_id)


async def batch_list(project_id: int, batch_id: int, wave_id: int) -> list[Listed]:
    """The people of one import whose callback has a date and whom no wave has framed since they were imported.

    Whom a dated wave has on its list is asked there, or was not drawn there; asking him here too would be a second call.
    """
    return await _listed(
        "e.project_id = $1 AND e.batch_id = $2 AND e.callback_from IS NOT NULL AND NOT EXISTS (SELECT 1"
        " FROM callbacks_frame_member n JOIN callbacks_frame f ON f.id = n.frame_id"
        " JOIN callbacks_import_batch b ON b.id = e.batch_id"
        " WHERE n.entitlement_id = e.id AND (f.wave_id = $3 OR f.as_of >= b.applied_at))",
        project_id,
        batch_id,
        wave_id,
    )


async def members(frame_id: int, first: int, stop: int) -> list[tuple[int, Listed]]:
    """The people at positions [first, stop) of a frame's random order."""
    found = await rows(
        f"SELECT n.position, {LISTED_COLUMNS} FROM callbacks_frame_member n"
        " JOIN callbacks_entitlement e ON e.id = n.entitlement_id"
        " WHERE n.frame_id = $1 AND n.position >= $2 AND n.position < $3 ORDER BY n.position",
        frame_id,
        first,
        stop,
    )
    return [(each["position"], _person(each)) for each in found]


async def _listed(where: str, *args: object) -> list[Listed]:
    found = await rows(f"SELECT {LISTED_COLUMNS} FROM callbacks_entitlement e WHERE {where} ORDER BY e.ref", *args)
    return [_person(each) for each in found]


def _person(found: dict[str, object]) -> Listed:
    return Listed(
        int(str(found["id"])),
        str(found["ref"]),
        str(found["person_ref"]),
        None if found["zone_id"] is None else int(str(found["zone_id"])),
        day(found["callback_from"]),
        day(found["callback_until"]),
    )


def order_of(seed: str, project_code: str, people: Sequence[Listed], batch_ref: str = "") -> list[int]:
    """The random order of a list. The seed of the wave is told apart by project and, for standing waves, by import,
    so that the orders of two lists have nothing to do with each other. Pure."""
    return permutation(
        "|".join(part for part in (seed, project_code, batch_ref) if part), [each.ref for each in people]
    )


async def store(
    wave_id: int,
    project: FramedProject,
    people: Sequence[Listed],
    order: Sequence[int],
    draw: Draw,
    replicate_size: int,
    now: dt.datetime,
    batch_id: int | None = None,
) -> int:
    """Writes the frame and its whole order, drawn or not; the frame's id."""
    added = await row(
        "INSERT INTO callbacks_frame (wave_id, project_id, batch_id, as_of, population, drawn, method, replicate_size,"
        " digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        wave_id,
        project.id,
        batch_id,
        now,
        len(people),
        draw.n,
        draw.method.value,
        replicate_size,
        frame_digest([each.ref for each in people]),
    )
    if added is None:
        raise LookupError("the frame was not stored")
    await execute_many(
        "INSERT INTO callbacks_frame_member (frame_id, position, entitlement_id) VALUES ($1, $2, $3)",
        [(added["id"], position, people[index].id) for position, index in enumerate(order)],
    )
    return int(added["id"])


def drawn(
    frame: FrameRow,
    project: FramedProject,
    chosen: Sequence[tuple[int, Listed]],
    not_before: dt.datetime,
    overdue_on: dt.date | None,
    max_attempts: int | None = None,
) -> list[Drawn]:
    """The chosen people of a frame, ready to become cases. Pure."""
    return [
        Drawn(
            entitlement_id=person.id,
            person_ref=person.person_ref,
            zone_id=person.zone_id,
            project_id=project.id,
            project_position=project.position,
            frame_id=frame.id,
            position=position,
            replicate=replicate_of(position, frame.replicate_size),
            not_before=not_before,
            overdue_on=_earlier(person.callback_until, overdue_on),
            max_attempts=max_attempts or caps.max_attempts(frame.population),
            education=project.education,
            minor=project.minor,
        )
        for position, person in chosen
    ]


def _earlier(first: dt.date | None, second: dt.date | None) -> dt.date | None:
    return min((each for each in (first, second) if each is not None), default=None)
