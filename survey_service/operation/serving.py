"""Starts the HTTP server for these settings; refuses unsafe ways of serving first."""

import dataclasses
import errno
import os
import socket
import sqlite3
from urllib.parse import urlsplit

from granian.constants import Interfaces, Loops
from granian.server import Server

from survey_service.errors import OperatorRefused
from survey_service.operation import running
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


def refuse_taken_port(settings: Settings) -> None:
    """OperatorRefused when nobody could listen there, or somebody does.

    The server's own sockets share a port with whoever asks for it, so two servers would take turns unnoticed.
    """
    place = f"{settings.host}:{settings.port}"
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in found:
            with socket.socket(family, kind, protocol) as trial:
                # a port whose last connections are still fading is free; one that is listened on is not
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind(address)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise OperatorRefused(f"{place} 已有程序在用，请先停掉它，或用 --port 换一个端口") from problem
        raise OperatorRefused(f"不能在 {place} 上监听，请检查 --host 和 --port") from problem


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
