"""questionnaire import, check."""

from pathlib import Path

import click

from questionnaires import definition as definitions
from questionnaires import library, versions, xlsform
from questionnaires.errors import FormRefused
from survey_service.cli import offline
from survey_service.clock import real_now
from survey_service.errors import OperatorRefused
from survey_service.site import Site
from survey_service.trust.audit import COMMAND


@click.group("questionnaire")
def questionnaire() -> None:
    """问卷：导入、检查（XLSForm 的 csv 文件夹）。"""


def _read(folder: Path) -> list[definitions.Definition]:
    if not folder.is_dir():
        raise OperatorRefused("请给出一个文件夹，里面有 survey.csv、choices.csv、settings.csv（可带 KEY_ 前缀）")
    try:
        return xlsform.read_folder(folder)
    except FormRefused as refused:
        for problem in refused.problems:
            click.echo(f"× {problem}", err=True)
        raise OperatorRefused(f"问卷有{len(refused.problems)}处问题，没有导入") from refused


@questionnaire.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
def check(folder: Path) -> None:
    """检查问卷文件夹，逐条说明问题。"""
    for found in _read(folder):
        click.echo(f"✓ {found.key} {found.title}（{len(found.items)}行）")


@questionnaire.command("import")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--builtin", is_flag=True, help="导入随程序提供的电话、手机、入户问卷")
def import_(folder: Path | None, builtin: bool) -> None:
    """导入并发布问卷；内容相同则不产生新版本，已发布的版本不会被改动。"""
    if folder is None and not builtin:
        raise OperatorRefused("请给出问卷文件夹，或用 --builtin 导入随程序提供的问卷")
    found = _read(library.folder() if folder is None else folder)

    async def run(site: Site) -> list[str]:
        lines = []
        async with site.ledger.change(COMMAND) as change:
            for one in found:
                version, fact = await versions.publish(one, real_now())
                change.record(fact)
                lines.append(f"✓ {version.key} 版本 {version.version}：{version.title}")
        return lines

    for line in offline.writing(run):
        click.echo(line)


def register(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(questionnaire)
