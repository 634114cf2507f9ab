"""Seconds and memory of bringing a roster in: `python -m benchmarks.import_roster [ROWS] [postgres://...]`."""

import asyncio
import csv
import io
import resource
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tortoise.transactions import in_transaction

from callbacks.frame import importing
from callbacks.frame.files.columns import Kind
from questionnaires.statements import row
from survey_service.clock import real_now
from survey_service.db import open_database
from survey_service.operation import migrating
from survey_service.trust.privacy import SUITES, DataKey, Keyring

REFERENCE_SECONDS = 60
REFERENCE_MEGABYTES = 400
HEADER = ("姓名", "联系电话", "身份证号", "街道", "发放日期", "发放金额(元)", "性别")
STREETS = ("城东街道", "红光街道", "长淮街道", "龙岗开发区")
ZONES = "名称,级别\n" + "".join(f"{name},街道\n" for name in STREETS)
PROJECTS = "代码,名称,类别,责任部门\nB01,残疾人两项补贴,补助,残联\n"


def roster(rows: int) -> bytes:
    """A synthetic list in GB18030 with one payment row in ten repeated."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for number in range(rows):
        person = number - number % 10 if number % 10 == 1 else number
        phone = f"13{person * 7919 % 1_000_000_000:09d}"
        day = f"2026-02-{1 + number % 28:02d}"
        writer.writerow(
            ("演示" + "甲乙丙丁"[person % 4], phone, "", STREETS[person % 4], day, 100 + number % 900, "女")
        )
    return out.getvalue().encode("gb18030")


def megabytes(who: int) -> float:
    """Peak resident memory so far."""
    return resource.getrusage(who).ru_maxrss / 1024


async def measure(rows: int, url: str) -> None:
    """Migrate an empty database, bring the roster in, print seconds and megabytes beside the references."""
    suite = SUITES["aes256gcm"]
    keyring = Keyring([DataKey(secrets.token_hex(4), use, suite, secrets.token_bytes(32)) for use in ("field", "bidx")])
    await migrating.migrate(url)
    source = roster(rows)
    async with open_database(url):
        now = real_now()
        for kind, text in ((Kind.ZONES, ZONES), (Kind.PROJECTS, PROJECTS)):
            report = await importing.check_file(kind, text.encode(), today=now.date())
            async with in_transaction("default"):
                await importing.apply_report(report, now=now, sealer=keyring)
        before, started = megabytes(resource.RUSAGE_SELF), time.perf_counter()
        report = await importing.check_file(Kind.ROSTER, source, today=now.date(), project_code="B01")
        checked = time.perf_counter()
        async with in_transaction("default"):
            await importing.apply_report(report, now=now, sealer=keyring)
        applied = time.perf_counter()
        people = await row("SELECT COUNT(*) AS n FROM vault_person")
    total, peak = applied - started, megabytes(resource.RUSAGE_SELF)
    print(f"{rows} rows, {people and people['n']} people, {len(source) / 2**20:.1f} MiB")
    print(f"check {checked - started:.1f} s, apply {applied - checked:.1f} s, {rows / total:.0f} rows/s")
    print(f"total {total:.1f} s = {total / REFERENCE_SECONDS:.2f} of the reference {REFERENCE_SECONDS} s")
    print(f"peak {peak:.0f} MB (before {before:.0f}) = {peak / REFERENCE_MEGABYTES:.2f} of {REFERENCE_MEGABYTES} MB")
    print(f"reader process {megabytes(resource.RUSAGE_CHILDREN):.0f} MB")


def main(arguments: list[str]) -> None:
    """Run on the given database, else on a SQLite file that is thrown away."""
    rows = int(arguments[0]) if arguments else 100_000
    with tempfile.TemporaryDirectory() as folder:
        url = arguments[1] if len(arguments) > 1 else f"sqlite:///{Path(folder) / 'bench.db'}"
        asyncio.run(measure(rows, url))


if __name__ == "__main__":
    main(sys.argv[1:])
