"""The pages of those who read results: the first screen of a wave, one project, what stands behind a figure, files."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.params import FromPath, URLEncodedBody

from analysis.reporting import report_project
from analysis.reporting.report_evidence import WATCHED
from analysis.reporting.report_input import ReportInput
from analysis.reporting.report_model import Report
from analysis.reporting.report_project import Part
from analysis.reporting.report_share import Share
from callbacks.scope import Scope
from questionnaires.facts import Fact
from survey_service import field
from survey_service.desks import wave_progress
from survey_service.errors import NotFound, NotSignedIn, ResultsHidden
from survey_service.reporting import report_access, report_page, reports
from survey_service.reporting.report_access import PROJECT_READERS, READERS, VisibleWave
from survey_service.trust.viewer import Role, Viewer
from survey_service.web import pages
from survey_service.web.guards import actor_of, allow, site_of, viewer_of
from survey_service.web.shield import logged_path

Form = URLEncodedBody[dict[str, str]]


@get("/report", opt=allow(*READERS))
async def newest(request: Request[Any, Any, Any]) -> Response[str]:
    """The wave that is open, or the last that closed."""
    waves = await report_access.visible_waves(_viewer(request))
    if not waves:
        return pages.page(request, "officials/none.html")
    return await _wave_page(request, waves[0], waves)


@get("/report/{wave:str}", opt=allow(*READERS))
async def one_wave(request: Request[Any, Any, Any], wave: FromPath[str]) -> Response[str]:
    """The results of one wave."""
    found = await visible(request, wave)
    return await _wave_page(request, found, await report_access.visible_waves(_viewer(request)))


@get("/report/{wave:str}/projects/{code:str}", opt=allow(*PROJECT_READERS))
async def project(request: Request[Any, Any, Any], wave: FromPath[str], code: FromPath[str]) -> Response[str]:
    """One project of a wave."""
    found = await visible(request, wave)
    given, ready = await _ready(request, found)
    for row in ready.unlisted:
        if row.code == code:
            return pages.page(request, "officials/unlisted.html", wave=found, report=ready, row=row)
    rows = {row.code: row for row in ready.projects}
    if code not in rows:
        raise NotFound
    row = rows[code]
    context: dict[str, Any] = {
        "opened": report_page.typeset(report_project.opened(given, code)), "levels": report_page.levels(row),
        "group": next((group for group in ready.verdicts if group.verdict == row.satisfaction.verdict), None),
    }  # fmt: skip
    return pages.page(request, "officials/project.html", wave=found, report=ready, row=row, **context)


@get("/report/{wave:str}/figures/{figure:str}", opt=allow(*READERS))
async def figure(request: Request[Any, Any, Any], wave: FromPath[str], figure: FromPath[str]) -> Response[str]:
    """The definition, the counts and the method behind one figure."""
    found = await visible(request, wave)
    _, ready = await _ready(request, found)
    opened = report_page.figures(ready).get(figure)
    if opened is None:
        raise NotFound
    definition = ready.definitions[opened.figure.metric]
    return pages.page(
        request,
        "officials/figure.html",
        wave=found,
        report=ready,
        opened=opened,
        figure=opened.figure,
        definition=definition,
    )


@post("/report/{wave:str}/files", opt=allow(*READERS))
async def file(request: Request[Any, Any, Any], wave: FromPath[str], data: Form) -> Response[bytes]:
    """The report as a file; the trail keeps its digest."""
    found, site, kind = await visible(request, wave), site_of(request), data.get("format", "")
    made = await reports.document(
        found.code, kind, site.settings, site.clock.now(), await share_of(request),
        folded_only=in_groups(request, found),
    )  # fmt: skip
    async with site.ledger.change(actor_of(request)) as change:
        change.record(reports.exported(found.code, kind, made))
    headers = {
        "Content-Disposition": f"attachment; filename=\"report.{kind}\"; filename*=UTF-8''{quote(made.name)}",
        "Cache-Control": "no-store",
    }
    return Response(made.content, status_code=200, media_type=made.media_type, headers=headers)


async def visible(request: Request[Any, Any, Any], code: str) -> VisibleWave:
    """The wave, if its results are for this viewer; a look that comes too early is kept in the trail."""
    try:
        return await report_access.visible_wave(_viewer(request), code)
    except ResultsHidden:
        fact = Fact("access_denied", logged_path(request.scope["path"]), {"reason": "results_hidden"})
        await site_of(request).ledger.note(actor_of(request), fact, "denied")
        raise


async def _wave_page(request: Request[Any, Any, Any], wave: VisibleWave, waves: list[VisibleWave]) -> Response[str]:
    site = site_of(request)
    now, scope = site.clock.now(), await counted_for(request)
    work = await wave_progress.progress(wave.id, wave.code, now, site.settings.zone, scope)
    given, ready = await _ready(request, wave)
    context: dict[str, Any] = {
        "progress": work, "steps": report_page.next_steps(ready, work.overdue), "formats": reports.LABELS,
        "pictures": report_page.pictures(ready), "funnels": report_page.funnels(ready), "parts": _own_zones(given, ready),
        "in_groups": in_groups(request, wave), "watched": report_page.typeset(WATCHED),
    }  # fmt: skip
    return pages.page(request, "officials/wave.html", wave=wave, waves=waves, report=ready, **context)


async def share_of(request: Request[Any, Any, Any]) -> Share | None:
    """What of a report this viewer may read; None means all of it."""
    viewer = _viewer(request)
    return await report_access.share_of(viewer, await field.scope_of(viewer))


def in_groups(request: Request[Any, Any, Any], wave: VisibleWave) -> bool:
    """Whether the figures of this viewer move by groups of answers, because he follows single cases too."""
    return report_access.sees_cases(_viewer(request), wave)


async def _ready(request: Request[Any, Any, Any], wave: VisibleWave) -> tuple[ReportInput, Report]:
    """The counts, and the report as this viewer may read it, typeset."""
    site = site_of(request)
    given, report = await reports.built(
        wave.code, site.settings, site.clock.now(), await share_of(request), folded_only=in_groups(request, wave)
    )
    return given, report_page.typeset(report)


def _own_zones(given: ReportInput, ready: Report) -> list[tuple[str, tuple[Part, ...]]]:
    """For a street: what the people of its own zones said of each project."""
    if not ready.part:
        return []
    return [(row.name, report_page.typeset(report_project.in_zone(given, row.code))) for row in ready.zones]


async def counted_for(request: Request[Any, Any, Any]) -> Scope | None:
    """The scope by which a supervisor's work is counted; whoever only reads results reads those of the district."""
    viewer = _viewer(request)
    return await field.scope_of(viewer) if viewer.role is Role.SUPERVISOR else None


def _viewer(request: Request[Any, Any, Any]) -> Viewer:
    viewer = viewer_of(request)
    if viewer is None:
        raise NotSignedIn
    return viewer


HANDLERS = [newest, one_wave, project, figure, file]
