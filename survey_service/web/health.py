"""Pages for operators: alive, ready, metrics."""

from typing import Any

from litestar import MediaType, Request, Response, get

from questionnaires import statements
from survey_service import migrating
from survey_service.errors import NotFound
from survey_service.web.guards import PUBLIC, site_of
from survey_service.web.shield import inside


@get("/livez", opt=PUBLIC)
async def livez() -> Response[str]:
    """The process answers; nothing else is asked."""
    return Response("ok\n", media_type=MediaType.TEXT)


@get("/readyz", opt=PUBLIC)
async def readyz(request: Request[Any, Any, Any]) -> Response[str]:
    """Database, schema and keys are there; no detail for strangers."""
    engine = "sqlite" if statements.dialect() == "sqlite" else "postgresql"
    done = await statements.row("SELECT count(*) AS n FROM survey_service_migration")
    ready = (
        done is not None and int(done["n"]) == len(migrating.steps(engine)) and site_of(request).keyring.key("field")
    )
    return Response("ready\n" if ready else "not ready\n", status_code=200 if ready else 503, media_type=MediaType.TEXT)


GAUGES = {
    "survey_cases": "SELECT state AS label, count(*) AS n FROM callbacks_case GROUP BY state",
    "survey_submissions": "SELECT state AS label, count(*) AS n FROM questionnaires_submission GROUP BY state",
    "survey_outbox": "SELECT state AS label, count(*) AS n FROM survey_service_outbox GROUP BY state",
    "survey_audit_entries": "SELECT 'all' AS label, count(*) AS n FROM survey_service_audit_entry",
}


@get("/metrics", opt=PUBLIC)
async def metrics(request: Request[Any, Any, Any]) -> Response[str]:
    """Counts by state in Prometheus' text format, for allowed addresses only."""
    if not inside(request.scope["state"]["address"], site_of(request).settings.metrics_networks):
        raise NotFound
    lines = []
    for name, sql in GAUGES.items():
        lines.append(f"# TYPE {name} gauge")
        for row in await statements.rows(sql, connection=statements.REPORT_CONNECTION):
            lines.append(f'{name}{{state="{row["label"]}"}} {row["n"]}')
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8")


HANDLERS = [livez, readyz, metrics]
