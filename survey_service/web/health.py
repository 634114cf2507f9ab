"""Pages for operators: alive, ready, metrics."""

from typing import Any

from litestar import MediaType, Request, Response, get

from survey_service.errors import NotFound
from survey_service.operation import gauges
from survey_service.web.guards import PUBLIC, site_of
from survey_service.web.shield import inside


@get("/livez", opt=PUBLIC)
async def livez() -> Response[str]:
    """The process answers; nothing else is asked."""
    return Response("ok\n", media_type=MediaType.TEXT)


@get("/readyz", opt=PUBLIC)
async def readyz(request: Request[Any, Any, Any]) -> Response[str]:
    """Database, schema and keys are there; no detail for strangers."""
    ready = await gauges.migrated() and site_of(request).keyring.key("field")
    return Response("ready\n" if ready else "not ready\n", status_code=200 if ready else 503, media_type=MediaType.TEXT)


@get("/metrics", opt=PUBLIC)
async def metrics(request: Request[Any, Any, Any]) -> Response[str]:
    """Counts by state in Prometheus' text format, for allowed addresses only."""
    if not inside(request.scope["state"]["address"], site_of(request).settings.metrics_networks):
        raise NotFound
    lines = []
    for name, counts in (await gauges.read()).items():
        lines.append(f"# TYPE {name} gauge")
        lines += [f'{name}{{state="{state}"}} {count}' for state, count in counts]
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8")


HANDLERS = [livez, readyz, metrics]
