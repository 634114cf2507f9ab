"""serve, migrate, doctor, tick."""

import asyncio

import click

from survey_service import ticks
from survey_service.cli import offline
from survey_service.clock import real_now
from survey_service.errors import OperatorRefused
from survey_service.operation import doctor, logs, serving
from survey_service.settings import Settings
from survey_service.site import Site
from survey_service.trust import accounts
from survey_service.trust.audit import COMMAND


@click.command("migrate")
def migrate() -> None:
    """把数据库结构升级到最新，并在首次安装时生成密钥。"""
    applied = asyncio.run(offline.prepare(Settings.from_env()))
    click.echo(f"已应用 {applied} 个迁移。" if applied else "数据库已是最新。")


@click.command("doctor")
def doctor_command() -> None:
    """检查配置，发现不安全的设置就拒绝（退出码1）。"""
    findings = asyncio.run(doctor.examine(Settings.from_env()))
    for finding in findings:
        click.echo(f"{'×' if finding.refused else '✓'} {finding.sentence}")
    if any(finding.refused for finding in findings):
        raise click.exceptions.Exit(1)


@click.command("tick")
def tick() -> None:
    """把到期的事情做一遍：到期回访入队、收回失联的个案、发送短信等。"""
    facts = offline.writing(ticks.run)
    click.echo(f"完成，共 {len(facts)} 项变动。")


@click.command("serve")
@click.option("--host", default=None, help="监听地址，默认取 SURVEY_HOST")
@click.option("--port", type=int, default=None, help="端口，默认取 SURVEY_PORT")
@click.option("--workers", type=int, default=1, show_default=True, help="进程数；SQLite 只能是1")
def serve(host: str | None, port: int | None, workers: int) -> None:
    """启动服务。没有管理员账号时，打印一个一次性链接用来建立第一个管理员。"""
    settings = serving.chosen(Settings.from_env(), host, port)
    logs.configure(settings.log_level)
    asyncio.run(offline.await_database(settings))
    asyncio.run(offline.require_schema(settings))
    serving.refuse_unsafe(settings, workers)
    refuse_findings(asyncio.run(doctor.examine(settings)))
    serving.refuse_taken_port(settings)
    if link := offline.writing_with(settings, first_admin_link):
        click.echo(f"还没有系统管理员，请在3天内打开这个一次性链接建立：\n  {settings.public_url}/set-password/{link}")
    serving.serve(settings, workers)


def refuse_findings(findings: list[doctor.Finding]) -> None:
    """OperatorRefused with everything that the doctor refuses: an unsafe installation does not start."""
    refused = [finding.sentence for finding in findings if finding.refused]
    if refused:
        raise OperatorRefused("；".join(refused) + "。改好后再启动，用 survey-service doctor 可以看全部检查。")


async def first_admin_link(site: Site) -> str:
    """A one-time token for the first administrator; empty when there is one already."""
    if await accounts.administrators():
        return ""
    async with site.ledger.change(COMMAND) as change:
        token, fact = await accounts.issue_link(None, "first-admin", real_now())
        change.record(fact)
    return token


def register(group: click.Group) -> None:
    """Add these commands."""
    for command in (serve, migrate, doctor_command, tick):
        group.add_command(command)
