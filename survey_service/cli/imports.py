"""import departments|zones|projects|roster|calendar."""

import sys
from pathlib import Path

import click

from callbacks.frame import importing
from callbacks.frame.errors import UnknownProject
from callbacks.frame.files.columns import Kind
from callbacks.frame.reports import LEVEL_WORDS, ImportReport, to_csv
from survey_service.cli import offline
from survey_service.desks import import_office
from survey_service.errors import OperatorRefused
from survey_service.site import Site
from survey_service.trust.audit import COMMAND

MOST_LINES = 40


@click.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--project", default=None, help="名单所属项目的代码（导入名单时必填）")
@click.option("--programme", default=None, help="项目归入的年度清单代码，默认按文件里的年度")
@click.option("--dry-run", is_flag=True, help="只检查，不写入")
@click.option(
    "--report", "out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="把逐行说明写成 csv"
)
def import_(kind: str, file: Path, project: str | None, programme: str | None, dry_run: bool, out: Path | None) -> None:
    """导入部门、片区、项目、名单或日历（csv 或 xlsx）。有一处拒绝就一行也不导入。"""
    if kind == Kind.ROSTER.value and not project:
        raise OperatorRefused("导入名单要用 --project 指定项目代码")

    async def run(site: Site) -> ImportReport:
        today = site.clock.now().astimezone(site.settings.zone).date()
        click.echo("正在检查……", err=True)
        try:
            report = await importing.check_file(kind, file, today=today, project_code=project, programme=programme)
        except UnknownProject as problem:
            raise OperatorRefused(f"没有项目 {project}，请先导入项目") from problem
        if report.acceptable and not dry_run:
            await _apply(site, report)
        return report

    report = offline.reading(run) if dry_run else offline.writing(run)
    _print(report)
    if out is not None:
        out.write_bytes(to_csv(report))
    if not report.acceptable:
        raise click.exceptions.Exit(1)
    click.echo("只做了检查，没有写入。" if dry_run else "已导入。")


async def _apply(site: Site, report: ImportReport) -> None:
    with click.progressbar(length=report.rows_kept, label="写入", file=sys.stderr) as bar:
        done = 0

        def progress(now_done: int, _total: int) -> None:
            nonlocal done
            bar.update(now_done - done)
            done = now_done

        async with site.ledger.change(COMMAND) as change:
            await import_office.apply(site, change, report, progress)


def _print(report: ImportReport) -> None:
    for one in report.folded[:MOST_LINES]:
        click.echo(f"  [{LEVEL_WORDS[one.level]}] {one.places} {one.column}：{one.sentence}")
    if len(report.folded) > MOST_LINES:
        click.echo(f"  ……另有{len(report.folded) - MOST_LINES}条，用 --report 写出全部")
    for name, value in report.totals:
        click.echo(f"  {name}：{value}")
    click.echo(report.summary)


def register(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(import_)
