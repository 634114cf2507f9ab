"""Looks at an installation before it serves: every unsafe setting is named, and refuses the start."""

import os
import sqlite3
import stat
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from survey_service.db import open_database
from survey_service.errors import KeyFileRefused, SchemaRefused, SealBroken
from survey_service.operation import migrating
from survey_service.settings import LOOPBACK, Settings
from survey_service.trust import keys

EARLIEST_CLOCK = 1_767_225_600
"""1 January 2026: a clock before it is certainly wrong, and deadlines and leases would be too."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    refused: bool
    sentence: str


async def examine(settings: Settings) -> list[Finding]:
    """Everything that can be seen from outside, then schema and keys."""
    findings = [*_network(settings), *_files(settings), *_apart(settings), *_clock()]
    findings += _sqlite(settings.sqlite_path) if settings.sqlite_path else await _postgresql(settings.database_url)
    return [*findings, *await _keys(settings)]


def _network(settings: Settings) -> list[Finding]:
    loopback = settings.host in LOOPBACK
    found = [
        Finding(
            not settings.secure and not loopback,
            f"对外网址 {settings.public_url}" + ("" if settings.secure else "（明文，仅限本机）"),
        ),
        Finding(
            # https is always somebody else's work: unnamed, every visitor has the proxy's address, one stranger's
            # wrong passwords lock all out, and the figures for this machine's own operators are for everybody
            (settings.secure or not loopback) and not settings.trusted_proxies,
            "反向代理地址 SURVEY_TRUSTED_PROXIES " + ("已设" if settings.trusted_proxies else "未设"),
        ),
    ]
    if settings.sms_url and not settings.sms_url.startswith("https://"):
        found.append(
            Finding(not settings.gateway_hosts, "短信网关不是 https；只有列入 SURVEY_GATEWAY_HOSTS 的内网地址才允许")
        )
    if not settings.office_phone or not settings.calling_number:
        found.append(Finding(False, "提醒：SURVEY_OFFICE_PHONE、SURVEY_CALLING_NUMBER 未设，群众无法核实来电"))
    return found


def _files(settings: Settings) -> list[Finding]:
    found = []
    for label, path in (
        ("密钥文件", settings.key_file),
        ("数据库文件", settings.sqlite_path),
        ("锚点文件", settings.audit_anchor),
    ):
        if path is not None and path.exists():
            open_to_others = bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
            found.append(
                Finding(
                    open_to_others,
                    f"{label} {path.name} 的权限" + ("过宽，应只有属主可读" if open_to_others else "正确"),
                )
            )
    anchor = settings.audit_anchor.parent
    writable = anchor.exists() and os.access(anchor, os.W_OK)
    found.append(Finding(not writable, "审计锚点目录" + ("可写" if writable else "不存在或不可写")))
    return found


def _apart(settings: Settings) -> list[Finding]:
    """Key, anchor and data in one folder go away in one copy; refused where strangers reach us, told elsewhere.

    On one disk they may be all that a machine has, so that is only told.
    """
    data = [settings.data_dir, *([settings.sqlite_path.parent] if settings.sqlite_path else [])]
    kept = (
        ("密钥文件", "SURVEY_KEY_FILE", settings.key_file, "谁拷走数据就拷走了钥匙"),
        ("锚点文件", "SURVEY_AUDIT_ANCHOR", settings.audit_anchor, "谁换回旧数据就一起换回了锚点"),
    )
    found = [
        Finding(settings.secure, f"{_reminder(settings)}{label}和数据在同一个文件夹，{why}；请用 {name} 放到别处")
        for label, name, path, why in kept
        if any(_below(path, folder) for folder in data)
    ]
    together = settings.key_file.parent.resolve() == settings.audit_anchor.parent.resolve()
    if together and not found:
        found.append(Finding(False, "提醒：密钥文件和锚点文件在同一个文件夹，最好分给两个人管"))
    on_disk = [path.parent for path in (settings.key_file, settings.audit_anchor) if path.parent.exists()]
    disks = {path.stat().st_dev for path in data if path.exists()}
    if not found and any(path.stat().st_dev in disks for path in on_disk):
        found.append(Finding(False, "提醒：密钥文件或锚点文件和数据在同一块盘；有第二块盘或别人管的机器就挂到那里"))
    return found or [Finding(False, "密钥文件、锚点文件和数据分开放")]


def _reminder(settings: Settings) -> str:
    return "" if settings.secure else "提醒："


def _below(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _clock() -> list[Finding]:
    wrong = time.time() < EARLIEST_CLOCK
    return [Finding(wrong, "系统时钟" + ("明显不对，请先校时" if wrong else "正常"))]


def _sqlite(path: Path) -> list[Finding]:
    if not path.exists():
        return [Finding(True, "数据库还不存在，请先执行 survey-service migrate")]
    with sqlite3.connect(path) as connection:
        whole = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    version = ".".join(map(str, sqlite3.sqlite_version_info))
    return [Finding(not whole, f"SQLite {version}，单进程、每次提交落盘，文件" + ("完好" if whole else "已损坏"))]


async def _postgresql(url: str) -> list[Finding]:
    try:
        connection = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError) as problem:
        return [Finding(True, f"连不上 PostgreSQL（{type(problem).__name__}）")]
    try:
        found = []
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            value = await connection.fetchval(f"SHOW {name}")
            found.append(Finding(value in {"off", "local"}, f"PostgreSQL {name} = {value}"))
        return found
    finally:
        await connection.close()


async def _keys(settings: Settings) -> list[Finding]:
    try:
        kek = keys.read_key_file(settings.key_file)
        engine = "sqlite" if settings.sqlite_path else "postgresql"
        migrating.steps(engine)
        async with open_database(settings.database_url, 2, reading=True):
            keyring = await keys.load_keyring(kek)
            for purpose in keys.PURPOSES:
                keyring.key(purpose)
        return [Finding(False, "密钥齐全，能打开")]
    except (KeyFileRefused, SchemaRefused) as problem:
        return [Finding(True, str(problem))]
    except (SealBroken, KeyError):
        return [Finding(True, "密钥文件与数据库不配套，打不开已封存的数据")]
