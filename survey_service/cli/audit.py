"""audit verify."""

from pathlib import Path

import click

from survey_service.cli import offline
from survey_service.site import Site
from survey_service.trust import audit as trail


@click.group("audit")
def audit() -> None:
    """审计记录。"""


@audit.command("verify")
@click.option(
    "--anchor",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="锚点文件，默认取 SURVEY_AUDIT_ANCHOR",
)
def verify(anchor: Path | None) -> None:
    """重算整条审计链，并与锚点文件核对；有改动、删减、回滚则退出码1。"""

    async def run(site: Site) -> trail.Verification:
        return await trail.verify(site.keyring, anchor or site.settings.audit_anchor)

    found = offline.reading(run)
    for problem in found.problems:
        click.echo(f"× {problem}", err=True)
    if found.problems:
        raise click.exceptions.Exit(1)
    click.echo(f"审计链完整：共{found.entries}条，锚点{found.anchored}条，全部相符。")


def register(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(audit)
