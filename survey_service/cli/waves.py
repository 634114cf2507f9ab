"""wave plan, wave open, wave close."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from callbacks.errors import PlanRefused, UnknownWave, WaveNotOpen
from callbacks.planning import waves
from survey_service.cli import offline
from survey_service.desks import wave_office
from survey_service.errors import OperatorRefused
from survey_service.site import Site
from survey_service.trust.audit import COMMAND

T = TypeVar("T")
PLAN_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("wave")
def wave() -> None:
    """批次：看计划、开始、结束。"""


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise OperatorRefused(f"{path.name} 不是 UTF-8 文本") from problem


@wave.command("plan")
@click.argument("plan", type=PLAN_FILE)
def plan_(plan: Path) -> None:
    """只打印抽样计划：每个项目问多少人、精度多少、能证实达标的概率多大；不改任何数据。"""

    async def run(site: Site) -> wave_office.PlanSheet:
        return await wave_office.sheet(_text(plan), site.clock.now().astimezone(site.settings.zone).date())

    print_sheet(_refusing(lambda: offline.reading(run)))


def _refusing(action: Callable[[], T]) -> T:
    try:
        return action()
    except PlanRefused as refused:
        for mistake in refused.sentences:
            click.echo(f"× {mistake}", err=True)
        raise OperatorRefused("计划有误，没有执行") from refused
    except WaveNotOpen as problem:
        raise OperatorRefused(f"批次 {problem.code} 不在进行中") from problem
    except UnknownWave as problem:
        raise OperatorRefused("没有这个批次") from problem


def print_sheet(sheet: wave_office.PlanSheet) -> None:
    """The plan as lines, with the sum of cases."""
    click.echo(f"批次 {sheet.plan.code} {sheet.plan.title}（{sheet.plan.starts} 至 {sheet.plan.ends}）")
    for warning in sheet.warnings:
        click.echo(f"! {warning}")
    for line in sheet.lines:
        if line.why_no_list:
            click.echo(f"  {line.code} {line.name}：{line.why_no_list}")
            continue
        click.echo(
            f"  {line.code} {line.name}：名单{line.population}人，{line.method}{line.sample}人，{line.precision}；{line.chance}"
        )
    click.echo(f"合并同一人的项目后{'共' if sheet.exact else '约'}{sheet.cases}个个案。")


@wave.command("open")
@click.argument("plan", type=PLAN_FILE)
def open_(plan: Path) -> None:
    """按计划开始一个批次：先记下种子和名单摘要，再抽样、生成个案。"""

    async def run(site: Site) -> waves.Opened:
        async with site.ledger.change(COMMAND) as change:
            opened, fact = await wave_office.open_wave(site, _text(plan), change.now)
            change.record(fact)
        return opened

    opened = _refusing(lambda: offline.writing(run))
    click.echo(
        f"批次 {opened.code} 已开始：{opened.cases}个个案，{opened.modules}份问卷；{opened.without_number}个待补号码。"
    )
    click.echo(f"抽样种子的承诺值：{opened.seed_commitment}")


@wave.command("close")
@click.argument("code")
def close(code: str) -> None:
    """结束批次 CODE：未完成的个案按最后一次结果定论，未用的链接作废。"""

    async def run(site: Site) -> dict[str, int]:
        async with site.ledger.change(COMMAND) as change:
            counts, fact = await waves.close(code, change.now)
            change.record(fact)
        return counts

    counts = _refusing(lambda: offline.writing(run))
    click.echo(f"批次 {code} 已结束：" + "，".join(f"{state} {n}个" for state, n in sorted(counts.items())))


def register(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(wave)
