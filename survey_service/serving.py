"""Starts the HTTP server for these settings; refuses unsafe ways of serving first."""

import dataclasses
import os
import sqlite3
from urllib.parse import urlsplit

from granian.constants import Interfaces, Loops
from granian.server import Server

from survey_service import running
from survey_service.errors import OperatorRefused
from survey_service.settings import LOOPBACK, Settings

TARGET = "survey_service.app:serve_app"
SAFE_SQLITE = (3, 51, 3)


def chosen(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with the command's host and port; the default public address follows them."""
    default = Settings()
    changed = dataclasses.replace(settings, host=host or settings.host, port=port or settings.port)
    if settings.public_url == default.public_url:
        changed = dataclasses.replace(changed, public_url=f"http://{changed.host}:{changed.port}")
    return changed


def refuse_unsafe(settings: Settings, workers: int) -> None:
    """OperatorRefused for several writers on SQLite, or plain http beyond this machine."""
    if settings.sqlite_path is not None and workers > 1:
        version = ".".join(map(str, sqlite3.sqlite_version_info))
        raise OperatorRefused(f"SQLite（本机 {version}）只能用一个进程；要多进程请改用 PostgreSQL")
    if settings.host not in LOOPBACK and not settings.secure:
        raise OperatorRefused(
            "对外监听时，SURVEY_PUBLIC_URL 必须是 https 网址（由反向代理提供）；本机试用请监听 127.0.0.1"
        )
    if not urlsplit(settings.public_url).hostname:
        raise OperatorRefused("SURVEY_PUBLIC_URL 应是完整网址")
    with running.sole_writer(settings.sqlite_path):
        pass


def serve(settings: Settings, workers: int = 1) -> None:
    """Serve until stopped; SIGTERM lets requests under way finish."""
    os.environ.update(settings.to_env())
    Server(
        TARGET,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=workers,
        factory=True,
        log_enabled=False,
        workers_kill_timeout=15,
        respawn_failed_workers=settings.sqlite_path is None,
    ).serve()
