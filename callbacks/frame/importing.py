"""Imports in two steps: check a file and get a report, then apply the report or leave it; undo until it is framed."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from callbacks.frame.applying_lists import apply_calendar, apply_departments, apply_projects, apply_zones
from callbacks.frame.applying_roster import Progress, apply_roster
from callbacks.frame.batches import Undo, open_batch
from callbacks.frame.context import Context
from callbacks.frame.errors import AlreadyImported, ImportRefused, TableRefused
from callbacks.frame.files.columns import Kind
from callbacks.frame.files.tables import SourceRow, TableHead, digest, open_table
from callbacks.frame.lists import places, projects, roster
from callbacks.frame.lists.projects import ProjectsContent
from callbacks.frame.lists.roster import RosterContent
from callbacks.frame.loading import load_context, refuse_same_file
from callbacks.frame.remarks import Remarks
from callbacks.frame.reports import WHOLE_FILE, ImportReport, Level, RowProblem
from callbacks.frame.undoing import undo
from callbacks.models import ImportBatch
from questionnaires.facts import Fact
from questionnaires.sealing import Sealer

__all__ = ["apply_report", "check_file", "check_table", "undo"]

Check = Callable[[TableHead, Iterable[SourceRow], Context, Remarks], tuple[object, int, int]]

_CHECKS: Mapping[Kind, Check] = {
    Kind.DEPARTMENTS: places.check_departments,
    Kind.ZONES: places.check_zones,
    Kind.PROJECTS: projects.check,
    Kind.ROSTER: roster.check,
    Kind.CALENDAR: places.check_calendar,
}


async def check_file(
    kind: Kind | str,
    source: Path | bytes,
    *,
    today: dt.date,
    project_code: str | None = None,
    programme: str | None = None,
    file_name: str = "",
) -> ImportReport:
    """A dry run: reads and checks `source` (a path, or the bytes of an upload) and writes nothing.

    A file that cannot be read, or is already in force, gives a report with one refusal. Raises `UnknownProject` for a
    roster's unknown project. The reading happens in a child process and the checking in a thread, so a server goes on.
    """
    kind = Kind(kind)
    context = await load_context(today, project_code, programme)
    name = file_name or (source.name if isinstance(source, Path) else "")
    report = await asyncio.to_thread(check_table, kind, source, context, name, programme)
    try:
        await refuse_same_file(kind, report.sha256, report.project_id)
    except AlreadyImported as already:
        sentence = f"同一个文件已在{already.applied_on}导入过（批号{already.batch_ref}），没有变化，不再导入。"
        return _refused(report, sentence)
    return report


def check_table(
    kind: Kind, source: Path | bytes, context: Context, file_name: str = "", programme: str | None = None
) -> ImportReport:
    """The check without a database: everything it needs to know is in `context`."""
    sha256, remarks = digest(source), Remarks()
    project_id = context.project.id if context.project and kind is Kind.ROSTER else None
    empty = ImportReport(kind, file_name, sha256, None, 0, 0, (), None, (), project_id, programme)
    try:
        with open_table(kind, source) as table:
            content, read, kept = _CHECKS[kind](table.head, table.rows, context, remarks)
    except TableRefused as refusal:
        return _refused(empty, refusal.sentence)
    totals = tuple((name, str(count)) for name, count in remarks.totals.items())
    problems = remarks.finished()
    return ImportReport(
        kind, file_name, sha256, table.head, read, kept, problems, content, totals, project_id, programme
    )


def _refused(report: ImportReport, sentence: str) -> ImportReport:
    problem = RowProblem(WHOLE_FILE, "", Level.REFUSE, sentence)
    return ImportReport(
        kind=report.kind,
        file_name=report.file_name,
        sha256=report.sha256,
        head=report.head,
        rows_read=report.rows_read,
        rows_kept=0,
        problems=(problem,),
        content=None,
        project_id=report.project_id,
        programme=report.programme,
    )


async def apply_report(
    report: ImportReport,
    *,
    now: dt.datetime,
    sealer: Sealer,
    actor_id: int | None = None,
    progress: Progress | None = None,
) -> tuple[ImportBatch, Fact]:
    """Write what a report without refusals would bring, all inside the caller's transaction.

    Raises `ImportRefused` when the report holds refusals, `AlreadyImported` when the same bytes came in meanwhile.
    `progress(done, total)` is called after each chunk of a roster.
    """
    if not report.acceptable:
        raise ImportRefused(report.refusals)
    await refuse_same_file(report.kind, report.sha256, report.project_id)
    batch = await open_batch(report, now, actor_id)
    changes = Undo()
    await _write(report, batch.id, changes, sealer, progress)
    batch.undo = changes.to_json()
    await batch.save(update_fields=["undo"])
    said = {"kind": report.kind.value, "rows": report.rows_kept, "warnings": report.warnings, "sha256": report.sha256}
    return batch, Fact("import_applied", batch.ref, said)


async def _write(report: ImportReport, batch_id: int, changes: Undo, sealer: Sealer, progress: Progress | None) -> None:
    content = report.content
    if isinstance(content, RosterContent):
        await apply_roster(content, batch_id, changes, sealer, progress)
    elif isinstance(content, ProjectsContent):
        await apply_projects(content, report.programme, batch_id, changes)
    elif isinstance(content, places.ZonesContent):
        await apply_zones(content.zones, batch_id, changes)
    elif isinstance(content, places.DepartmentsContent):
        await apply_departments(content.departments, batch_id, changes)
    elif isinstance(content, places.CalendarContent):
        await apply_calendar(content.days, batch_id, changes)
