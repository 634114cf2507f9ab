"""Imports for the command line and the pages alike: applied in one change, checked and applied beside other requests."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from callbacks.calling import number_repairs
from callbacks.frame import importing
from callbacks.frame.errors import AlreadyImported, ImportRefused, UnknownProject
from callbacks.frame.files.columns import KIND_WORDS, Kind
from callbacks.frame.reports import LEVEL_WORDS, Folded, ImportReport, stretches, to_csv
from questionnaires.statements import instant, rows
from survey_service import field
from survey_service.db import Change
from survey_service.desks import staging
from survey_service.desks.staging import Row, Upload
from survey_service.site import Site
from survey_service.trust.audit import Actor

LOG = logging.getLogger("survey.imports")
SHOWN_ROWS = 200
SHOWN_PLACES = 400
SAID_EVERY = 1.0
_RUNNING: set[asyncio.Task[None]] = set()
"""The event loop keeps only weak references to its tasks."""

Progress = Callable[[int, int], None]


async def apply(site: Site, change: Change, report: ImportReport, progress: Progress | None = None) -> str:
    """Write a report inside the change and return the batch's reference; an imported calendar moves the deadlines that were provisional."""
    batch, fact = await importing.apply_report(
        report, now=change.now, sealer=site.keyring, actor_id=change.actor.account_id, progress=progress
    )
    change.record(fact)
    if report.kind is Kind.CALENDAR:
        hours = await field.hours(site.settings)
        change.record((await number_repairs.recount_deadlines(hours.calendar, hours.windows))[1])
    return batch.ref


async def undo(change: Change, batch_ref: str) -> None:
    """Take an import back inside the change."""
    _, fact = await importing.undo(batch_ref, change.now)
    change.record(fact)


def start(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Let it run beside the requests."""
    task = asyncio.create_task(work)
    _RUNNING.add(task)
    task.add_done_callback(_finished)
    return task


async def wait_for(work: Coroutine[Any, Any, None], seconds: float) -> None:
    """Start it and wait for it a little; what takes longer goes on beside the requests."""
    await asyncio.wait({start(work)}, timeout=seconds)


def _finished(task: asyncio.Task[None]) -> None:
    _RUNNING.discard(task)
    if not task.cancelled() and (problem := task.exception()):
        LOG.error("import failed", exc_info=problem)


async def check(site: Site, upload: Upload) -> None:
    """Check an uploaded file and keep what the check said."""
    content = await asyncio.to_thread(staging.content, site, upload.ref)
    try:
        report = await _checked(site, upload, content)
    except UnknownProject:
        _failed(site, upload, f"没有代码为 {upload.project} 的项目，请先导入项目。")
        return
    except BaseException:
        _failed(site, upload, "检查时出错，没有写入任何内容。请重新上传；再出错请告诉管理员。")
        raise
    await asyncio.to_thread(staging.keep_report, site, upload.ref, to_csv(report))
    shown = _described(upload, report)
    if not report.acceptable:
        staging.drop_file(site, upload.ref)
    staging.save(site, msgspec.structs.replace(shown, step="checked"))


async def _checked(site: Site, upload: Upload, content: bytes) -> ImportReport:
    today = site.clock.now().astimezone(site.settings.zone).date()
    return await importing.check_file(
        upload.kind, content, today=today, project_code=upload.project or None, programme=upload.programme or None,
        file_name=upload.file_name,
    )  # fmt: skip


def _described(upload: Upload, report: ImportReport) -> Upload:
    remarks = [_remark(each) for each in report.folded]
    return msgspec.structs.replace(
        upload, acceptable=report.acceptable, summary=report.summary, rows=tuple(remarks[:SHOWN_ROWS]),
        more_rows=max(0, len(remarks) - SHOWN_ROWS), totals=report.totals, mapping=report.mapping,
        total=report.rows_kept,
    )  # fmt: skip


def _remark(said: Folded) -> Row:
    """A remark for the page; of very many scattered rows it names the first."""
    parts = stretches(said.rows)
    more = "等" if len(parts) > SHOWN_PLACES else ""
    places = f"第{'、'.join(parts[:SHOWN_PLACES])}{more}行" if parts else said.places
    return places, len(said.rows), said.column, LEVEL_WORDS[said.level], said.sentence


def _failed(site: Site, upload: Upload, sentence: str) -> None:
    staging.drop_file(site, upload.ref)
    staging.save(site, msgspec.structs.replace(upload, step="failed", summary=sentence))


async def bring_in(site: Site, upload: Upload, actor: Actor) -> None:
    """Check the confirmed file once more, for the world may have moved, and write it: all of it or nothing."""
    content = await asyncio.to_thread(staging.content, site, upload.ref)
    progress = Said(site, upload)
    try:
        report = await _checked(site, upload, content)
        async with site.ledger.change(actor) as change:
            batch = await apply(site, change, report, progress)
    except (ImportRefused, AlreadyImported, UnknownProject):
        _failed(site, upload, "确认之后情况变了（同一个文件已导入，或项目、片区有改动），没有写入。请重新上传检查。")
    except BaseException:
        _failed(site, upload, "写入时出错，已全部退回，没有写入任何内容。请重新上传；再出错请告诉管理员。")
        raise
    else:
        staging.drop_file(site, upload.ref)
        staging.save(site, msgspec.structs.replace(upload, step="applied", done=upload.total, batch=batch))


@dataclass(slots=True)
class Said:
    """Tells the page how far the writing is, once a second."""

    site: Site
    upload: Upload
    last: float = 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self.last >= SAID_EVERY:
            self.last = time.monotonic()
            staging.save(self.site, msgspec.structs.replace(self.upload, done=done, total=total))


@dataclass(frozen=True, slots=True)
class Applied:
    """One import in the list; `kept` says why it can no longer be taken back, empty when it can."""

    ref: str
    kind: str
    file_name: str
    project: str
    at: datetime | None
    rows: int
    warnings: int
    by: str
    undone_at: datetime | None
    kept: str


NEEDED_BY = {
    "projects": "名单里的人挂在这些项目下",
    "zones": "名单或项目用到了这些片区",
    "departments": "项目用到了这些部门",
}
LIST = """
SELECT b.id, b.ref, b.kind, b.file_name, b.applied_at, b.undone_at, b.rows_kept, b.warnings, b.project_id,
    p.name AS project, a.display_name AS by_name,
    EXISTS (SELECT 1 FROM callbacks_import_batch l WHERE l.id > b.id AND l.kind = b.kind AND l.undone_at IS NULL
        AND (b.project_id IS NULL OR l.project_id IS NULL OR l.project_id = b.project_id)) AS later,
    EXISTS (SELECT 1 FROM callbacks_entitlement e JOIN callbacks_frame_member m ON m.entitlement_id = e.id
        JOIN callbacks_frame f ON f.id = m.frame_id JOIN callbacks_wave w ON w.id = f.wave_id
        WHERE e.batch_id = b.id AND NOT w.standing) AS framed,
    EXISTS (SELECT 1 FROM callbacks_frame f JOIN callbacks_module m ON m.frame_id = f.id
        JOIN callbacks_case c ON c.id = m.case_id WHERE f.batch_id = b.id
        AND (c.claimed_at IS NOT NULL OR c.attempts > 0 OR c.state IN ('S08', 'S09', 'S10'))) AS called,
    CASE b.kind
        WHEN 'projects' THEN EXISTS (SELECT 1 FROM callbacks_entitlement e JOIN callbacks_project q
            ON q.id = e.project_id WHERE q.batch_id = b.id)
        WHEN 'zones' THEN EXISTS (SELECT 1 FROM callbacks_zone z WHERE z.batch_id = b.id AND (
            EXISTS (SELECT 1 FROM callbacks_entitlement e WHERE e.zone_id = z.id)
            OR EXISTS (SELECT 1 FROM callbacks_project_department r WHERE r.zone_id = z.id)))
        WHEN 'departments' THEN EXISTS (SELECT 1 FROM callbacks_department d JOIN callbacks_project_department r
            ON r.department_id = d.id WHERE d.batch_id = b.id)
        ELSE FALSE END AS needed
FROM callbacks_import_batch b LEFT JOIN callbacks_project p ON p.id = b.project_id
LEFT JOIN survey_service_account a ON a.id = b.actor_id ORDER BY b.id DESC LIMIT 100
"""


async def applied() -> list[Applied]:
    """The last hundred imports, the newest first."""
    return [_applied(each) for each in await rows(LIST)]


def _applied(each: dict[str, Any]) -> Applied:
    kept = ""
    if each["framed"]:
        kept = "批次已从中抽样"
    elif each["called"]:
        kept = "已有人打过电话"
    elif each["later"]:
        kept = "后面还有同类导入，先撤销后面的"
    elif each["needed"]:
        kept = NEEDED_BY.get(each["kind"], "后面的导入还在用它")
    return Applied(
        each["ref"], KIND_WORDS[Kind(each["kind"])], each["file_name"], each["project"] or "",
        instant(each["applied_at"]), int(each["rows_kept"]), int(each["warnings"]), each["by_name"] or "命令行",
        instant(each["undone_at"]), kept,
    )  # fmt: skip
