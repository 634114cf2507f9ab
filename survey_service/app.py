"""The composition root: every route, its guards, errors, middleware and lifespan."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp

from survey_service.operation import logs, running
from survey_service.settings import Settings
from survey_service.web import admins, auditors, health, notices, openapi, pages, receipts, signin, tokens
from survey_service.web.agents import (
    agents_case,
    agents_inbound,
    agents_links,
    agents_outcomes,
    agents_today,
    api_agents,
)
from survey_service.web.asked import Asked
from survey_service.web.error_pages import on_error
from survey_service.web.guards import guard
from survey_service.web.identify import DatabaseScope, Identify
from survey_service.web.officials import api_reports, officials
from survey_service.web.respondents import api_respondents, public_pages, respondents, respondents_leaving
from survey_service.web.shield import Shield
from survey_service.web.supervisors import (
    cases_pages,
    imports_pages,
    landings,
    messages_pages,
    projects_pages,
    settling_pages,
    supervisors,
    waves_pages,
)

STATIC = Path(__file__).parent / "static"
PASSWORDS_AT_ONCE = 2
"""A password costs a core's time; more at once would pass the limits together and leave no thread for other work."""

HANDLERS = [
    *signin.HANDLERS,
    *health.HANDLERS,
    *officials.HANDLERS,
    *api_reports.HANDLERS,
    *agents_today.HANDLERS,
    *agents_case.HANDLERS,
    *agents_outcomes.HANDLERS,
    *agents_inbound.HANDLERS,
    *agents_links.HANDLERS,
    *api_agents.HANDLERS,
    *respondents.HANDLERS,
    *respondents_leaving.HANDLERS,
    *api_respondents.HANDLERS,
    *public_pages.HANDLERS,
    *supervisors.HANDLERS,
    *imports_pages.HANDLERS,
    *projects_pages.HANDLERS,
    *waves_pages.HANDLERS,
    *settling_pages.HANDLERS,
    *cases_pages.HANDLERS,
    *messages_pages.HANDLERS,
    *receipts.HANDLERS,
    *landings.HANDLERS,
    *admins.HANDLERS,
    *auditors.HANDLERS,
    *notices.HANDLERS,
    *tokens.HANDLERS,
    *openapi.HANDLERS,
]


def create_app(settings: Settings | None = None, *, ticking: bool = False) -> Litestar:
    """The application for these settings; `ticking` also runs the scheduled steps in this process."""
    chosen = settings or Settings.from_env()
    logs.configure(chosen.log_level)
    static = create_static_files_router(path="/static", directories=[STATIC], opt={"public": True}, cache_control=None)
    app = Litestar(
        route_handlers=[*HANDLERS, static],
        request_class=Asked,
        guards=[guard],
        exception_handlers={Exception: on_error},
        middleware=[DatabaseScope, Identify],
        lifespan=[_lifespan(chosen, ticking)],
        compression_config=CompressionConfig(backend="gzip", minimum_size=600, gzip_compress_level=6),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=10 * 1024 * 1024 + 65_536,
    )
    app.state.templates = pages.environment(chosen)
    app.asgi_handler = _shielded(app.asgi_handler, chosen)
    return app


def _shielded(handler: ASGIApp, settings: Settings) -> ASGIApp:
    # outside Litestar's own stack, so that its 404 and error answers carry our headers too
    return Shield(handler, settings)


def _lifespan(settings: Settings, ticking: bool) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with running.installation(settings, ticking=ticking) as (context, site):
            app.state.orm = context
            app.state.site = site
            app.state.password_checks = asyncio.Semaphore(PASSWORDS_AT_ONCE)
            yield

    return lifespan


def serve_app() -> Litestar:
    """What the server process imports: settings from the environment, ticking."""
    return create_app(ticking=True)
