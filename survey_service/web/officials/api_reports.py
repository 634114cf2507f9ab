"""Waves, their reports and their progress as JSON; errors are problem+json, lists go on behind a cursor."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery
from msgspec import Struct
from msgspec.structs import replace

from analysis.export import json as report_json
from survey_service.desks import wave_progress
from survey_service.errors import BadInput, NotSignedIn
from survey_service.reporting import report_access, reports
from survey_service.reporting.report_access import READERS
from survey_service.trust.program_tokens import Scope
from survey_service.web.guards import allow, site_of, viewer_of
from survey_service.web.officials.officials import counted_for, in_groups, share_of, visible

PAGE = 50
JSON = "application/json"
RESULTS = allow(*READERS, scope=Scope.RESULTS)


class WaveLine(Struct, frozen=True):
    """One wave of the list."""

    code: str
    title: str
    state: str
    starts: str
    ends: str


class WaveList(Struct, frozen=True):
    """A page of waves; `next` is the cursor of the following page, null on the last."""

    waves: tuple[WaveLine, ...]
    next: str | None


@get("/api/v1/waves", opt=RESULTS)
async def waves(
    request: Request[Any, Any, Any], cursor: FromQuery[str] = "", limit: FromQuery[int] = PAGE
) -> Response[bytes]:
    """The waves whose results the caller may see, open ones first; `cursor` is the code of the last one seen."""
    viewer = viewer_of(request)
    if viewer is None:
        raise NotSignedIn
    found = await report_access.visible_waves(viewer)
    codes = [wave.code for wave in found]
    if cursor and cursor not in codes:
        raise BadInput("没有这个游标，请从第一页开始。", "cursor")
    if not 1 <= limit <= PAGE:
        raise BadInput(f"limit 应在1到{PAGE}之间。", "limit")
    first = codes.index(cursor) + 1 if cursor else 0
    part = found[first : first + limit]
    lines = tuple(
        WaveLine(one.code, one.title, "closed" if one.closed else "open", one.starts.isoformat(), one.ends.isoformat())
        for one in part
    )
    more = part[-1].code if part and first + limit < len(found) else None
    return Response(msgspec.json.encode(WaveList(lines, more)), media_type=JSON)


@get("/api/v1/waves/{wave:str}/report", opt=RESULTS)
async def report(request: Request[Any, Any, Any], wave: FromPath[str]) -> Response[bytes]:
    """The report, or the caller's own part of it: every figure with its counts, interval, verdict and definition."""
    found, site, mine = await visible(request, wave), site_of(request), await share_of(request)
    _, made = await reports.built(
        found.code, site.settings, site.clock.now(), mine, folded_only=in_groups(request, found)
    )
    return Response(report_json.export(made), media_type=JSON)


@get("/api/v1/waves/{wave:str}/progress", opt=RESULTS)
async def progress(request: Request[Any, Any, Any], wave: FromPath[str]) -> Response[bytes]:
    """Cases by state, and per project (of the caller's own) how many are finished, due today and overdue."""
    found, site, mine = await visible(request, wave), site_of(request), await share_of(request)
    scope = await counted_for(request)
    counts = await wave_progress.progress(found.id, found.code, site.clock.now(), site.settings.zone, scope)
    if mine is not None:
        counts = replace(counts, projects=tuple(one for one in counts.projects if one.code in mine.projects))
    return Response(msgspec.json.encode(counts), media_type=JSON)


HANDLERS = [waves, report, progress]
