"""report."""

from pathlib import Path

import click

from survey_service.cli import offline
from survey_service.errors import BadInput, NotFound
from survey_service.reporting import reports
from survey_service.reporting.reports import Document
from survey_service.site import Site


@click.command("report")
@click.argument("wave", metavar="批次")
@click.option(
    "--format",
    "kind",
    default="docx",
    show_default=True,
    type=click.Choice(["json", "csv", "xlsx", "docx", "html", "pdf", "sav"]),
    help="文件格式；pdf 和 sav 以后提供",
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="写到哪个文件")
def report(wave: str, kind: str, out: Path) -> None:
    """把一个批次的结果写成文件；服务运行时也可以用。"""

    async def run(site: Site) -> Document:
        try:
            return await reports.document(wave, kind, site.settings, site.clock.now())
        except NotFound as problem:
            raise BadInput(f"没有批次 {wave}。") from problem

    reports.refuse_kind(kind)
    made = offline.reading(run)
    out.write_bytes(made.content)
    click.echo(f"已写入 {out}（{len(made.content):,} 字节，SHA-256 {made.sha256}）")


def register(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(report)
