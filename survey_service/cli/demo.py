"""demo: a realistic district in an embedded database, served."""

import asyncio
import dataclasses
import time
from pathlib import Path

import click

from survey_service.cli import offline
from survey_service.demo import building, handing_out
from survey_service.operation import running, serving
from survey_service.settings import Settings


@click.command("demo")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-data"),
    show_default=True,
    help="放演示数据库的文件夹",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8000, show_default=True)
@click.option(
    "--scale",
    type=click.Choice(["small", "district"]),
    default="small",
    show_default=True,
    help="district 建292,667条人员记录",
)
@click.option(
    "--credentials",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="把演示账号的随机密码写进这个文件（0600）",
)
@click.option("--no-serve", is_flag=True, help="只建数据，不启动服务")
@click.option("--real-clock", is_flag=True, help="用真实时钟，不用演示时钟")
def demo(
    folder: Path, host: str, port: int, scale: str, credentials: Path | None, no_serve: bool, real_clock: bool
) -> None:
    """建一个演示区（瑶海的真实项目、13个片区、编造的人员、进行到一半的批次），打印各角色的登录链接并启动服务。"""
    settings = demo_settings(folder.resolve(), host, port, real_clock)
    folder.mkdir(parents=True, exist_ok=True)
    serving.refuse_unsafe(settings, 1)
    if not no_serve:
        serving.refuse_taken_port(settings)
    asyncio.run(_prepare(settings, scale, credentials))
    if not no_serve:
        click.echo(f"服务地址 {settings.public_url}，按 Ctrl+C 停止。")
        serving.serve(settings)


def demo_settings(folder: Path, host: str, port: int, real_clock: bool) -> Settings:
    """Settings of a demonstration: everything inside one folder, no gateway, a clock of its own."""
    given = Settings.from_env()
    # a demonstration lives in its own file, unless the operator points at a PostgreSQL database made for it
    database_url = f"sqlite:///{folder}/survey.db" if given.sqlite_path else given.database_url
    return dataclasses.replace(
        Settings(), database_url=database_url, data_dir=folder, key_file=folder / "keys" / "kek",
        audit_anchor=folder / "audit.anchor", public_url=f"http://{host}:{port}", host=host, port=port,
        clock="real" if real_clock else "demo", installation="瑶海区民生工程社情民意回访（演示）", office_name="瑶海区民生办（演示）",
        office_phone="0551-00000000", calling_number="0551-00000001", sms_signature="瑶海区民生办",
    )  # fmt: skip


async def _prepare(settings: Settings, scale: str, credentials: Path | None) -> None:
    started = time.monotonic()
    await offline.prepare(settings)
    async with running.installation(settings) as (_, site):
        await building.build(
            site, scale, lambda step: click.echo(f"  [{time.monotonic() - started:5.1f}秒] {step}", err=True)
        )
        urls = await handing_out.questionnaire_links(site)
        if credentials is not None:
            await handing_out.write_credentials(site, credentials, urls)
        click.echo(handing_out.table(await handing_out.entrances(site), urls[-1] if urls else "（没有可用的链接）"))


def register(group: click.Group) -> None:
    """Add this command."""
    group.add_command(demo)
