"""Takes an import back, as long as no wave has framed what it brought."""

import datetime as dt

from callbacks.errors import BatchInField
from callbacks.frame.applying_roster import count_shares
from callbacks.frame.batches import Undo, put, undo_from
from callbacks.frame.errors import AlreadyFramed, AlreadyUndone, StillNeeded, UnknownBatch
from callbacks.frame.files.columns import Kind
from callbacks.models import ImportBatch
from callbacks.planning import follow_ups
from questionnaires.facts import Fact
from questionnaires.statements import day, execute, execute_many, row, rows

_LATER = (
    "SELECT 1 AS later FROM callbacks_import_batch WHERE id > $1 AND kind = $2 AND undone_at IS NULL"
    " AND ($3 = 0 OR project_id IS NULL OR project_id = $4) LIMIT 1"
)
_NEEDED = {
    Kind.ZONES: (
        ("名单", "SELECT 1 AS it FROM callbacks_entitlement e JOIN callbacks_zone z ON z.id = e.zone_id"),
        ("项目", "SELECT 1 AS it FROM callbacks_project_department e JOIN callbacks_zone z ON z.id = e.zone_id"),
        ("个案", "SELECT 1 AS it FROM callbacks_case e JOIN callbacks_zone z ON z.id = e.zone_id"),
    ),
    Kind.DEPARTMENTS: (
        (
            "项目",
            "SELECT 1 AS it FROM callbacks_project_department e JOIN callbacks_department z ON z.id = e.department_id",
        ),
    ),
    Kind.PROJECTS: (
        ("名单", "SELECT 1 AS it FROM callbacks_entitlement e JOIN callbacks_project z ON z.id = e.project_id"),
        ("批次", "SELECT 1 AS it FROM callbacks_frame e JOIN callbacks_project z ON z.id = e.project_id"),
    ),
}
_ORPHANS = (
    "SELECT ref FROM vault_person WHERE batch_id = $1 AND ref NOT IN (SELECT person_ref FROM callbacks_entitlement)"
    " AND ref NOT IN (SELECT person_ref FROM callbacks_case)"
)


async def undo(batch_ref: str, now: dt.datetime) -> tuple[ImportBatch, Fact]:
    """Take the import back inside the caller's transaction; a corrected file can then be imported.

    Raises UnknownBatch, AlreadyUndone, AlreadyFramed (a wave has drawn from it) or StillNeeded (later rows stand on it).
    """
    batch = await ImportBatch.get_or_none(ref=batch_ref)
    if batch is None:
        raise UnknownBatch(batch_ref)
    if batch.undone_at is not None:
        raise AlreadyUndone(batch_ref)
    await _refuse_when_used(batch)
    await _unframe(batch)
    await _take_back(batch, undo_from(batch.undo))
    batch.undone_at = now
    await batch.save(update_fields=["undone_at"])
    return batch, Fact("import_undone", batch.ref, {"kind": batch.kind, "rows": batch.rows_kept})


async def _unframe(batch: ImportBatch) -> None:
    """The standing wave takes dated lists up by itself within seconds; until somebody was called it gives them back."""
    if batch.kind != Kind.ROSTER:
        return
    try:
        await follow_ups.unframe(batch.id)
    except BatchInField as problem:
        raise AlreadyFramed(batch.ref) from problem


async def _refuse_when_used(batch: ImportBatch) -> None:
    project = batch.project_id or 0
    if await row(_LATER, batch.id, batch.kind, project, project):
        raise StillNeeded(batch.ref, "后来的同类导入")
    for by, sql in _NEEDED.get(Kind(batch.kind), ()):
        if await row(f"{sql} WHERE z.batch_id = $1 LIMIT 1", batch.id):
            raise StillNeeded(batch.ref, by)


async def _take_back(batch: ImportBatch, old: Undo) -> None:
    if batch.kind == Kind.ROSTER:
        await _remove_people(batch.id, old)
    elif batch.kind == Kind.PROJECTS:
        await _remove_projects(batch.id, old)
    elif batch.kind == Kind.ZONES:
        await execute("UPDATE callbacks_zone SET parent_id = NULL WHERE batch_id = $1", batch.id)
        await execute("DELETE FROM callbacks_zone WHERE batch_id = $1", batch.id)
    elif batch.kind == Kind.DEPARTMENTS:
        await execute("UPDATE callbacks_department SET successor_id = NULL WHERE batch_id = $1", batch.id)
        await execute("DELETE FROM callbacks_department WHERE batch_id = $1", batch.id)
    else:
        await _remove_days(batch.id, old)
    for table, key, values in old.changed:
        await put(table, key, values)
    if batch.kind == Kind.ROSTER:  # other imports' dates may be the earlier ones again
        for project in await rows("SELECT id FROM callbacks_project"):
            await follow_ups.expect(project["id"])


async def _remove_people(batch_id: int, old: Undo) -> None:
    added = [(ref,) for ref in old.contacts]
    shared = await rows(
        "SELECT DISTINCT c.phone_digest FROM vault_contact c JOIN vault_person p ON p.ref = c.person_ref"
        " WHERE c.share_count > 1 AND p.batch_id = $1",
        batch_id,
    )
    digests = {one["phone_digest"] for one in shared}
    for (ref,) in added:
        found = await row("SELECT phone_digest FROM vault_contact WHERE ref = $1", ref)
        digests |= {found["phone_digest"]} if found else set()
    await execute_many("DELETE FROM vault_contact WHERE ref = $1", added)
    await execute("DELETE FROM callbacks_entitlement WHERE batch_id = $1", batch_id)
    orphans = [(one["ref"],) for one in await rows(_ORPHANS, batch_id)]
    await execute_many("DELETE FROM vault_contact WHERE person_ref = $1", orphans)
    await execute_many("DELETE FROM vault_person WHERE ref = $1", orphans)
    await count_shares(digests)


async def _remove_projects(batch_id: int, old: Undo) -> None:
    await execute_many(
        "DELETE FROM callbacks_project_department WHERE project_id = $1", [(one,) for one in old.projects]
    )
    await execute(
        "DELETE FROM callbacks_project_department WHERE project_id IN"
        " (SELECT id FROM callbacks_project WHERE batch_id = $1)",
        batch_id,
    )
    await execute("DELETE FROM callbacks_project WHERE batch_id = $1", batch_id)
    await execute_many(
        "INSERT INTO callbacks_project_department (project_id, department_id, zone_id, role, original)"
        " VALUES ($1, $2, $3, $4, $5)",
        old.responsibilities,
    )
    await execute(
        "DELETE FROM callbacks_department WHERE batch_id = $1 AND id NOT IN"
        " (SELECT department_id FROM callbacks_project_department WHERE department_id IS NOT NULL)",
        batch_id,
    )


async def _remove_days(batch_id: int, old: Undo) -> None:
    await execute("DELETE FROM callbacks_calendar_day WHERE batch_id = $1", batch_id)
    await execute_many(
        "INSERT INTO callbacks_calendar_day (day, kind, name, source) VALUES ($1, $2, $3, $4)",
        [(day(when), kind, name, source) for when, kind, name, source in old.days],
    )
