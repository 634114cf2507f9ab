"""account add, account link."""

import sys

import click

from survey_service.cli import offline
from survey_service.clock import real_now
from survey_service.errors import AccountRefused
from survey_service.models import Account
from survey_service.site import Site
from survey_service.trust import accounts
from survey_service.trust.audit import COMMAND
from survey_service.trust.viewer import Role


@click.group("account")
def account() -> None:
    """建立账号、重发设密码链接。"""


@account.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="角色")
@click.option("--zone", "zones", multiple=True, help="片区代码或名称，可多次给出")
@click.option("--responsible", multiple=True, help="包保的片区代码或名称，可多次给出；考核批次里不派给本人")
@click.option("--department", default="", help="部门代码或名称；回访员所在的部门被考核时，不派给本人")
@click.option("--display-name", default="", help="页面上显示的姓名")
@click.option("--senior", is_flag=True, help="资深回访员，可接拒访转换")
@click.option("--language", "languages", multiple=True, help="会说的方言或语言，可多次给出")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码；不给则打印设密码链接")
def add(
    name: str, role: str, zones: tuple[str, ...], responsible: tuple[str, ...], department: str, display_name: str, senior: bool,
    languages: tuple[str, ...], password_stdin: bool,
) -> None:  # fmt: skip
    """建立账号 NAME。"""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None

    async def run(site: Site) -> str:
        async with site.ledger.change(COMMAND) as change:
            made, fact = await accounts.add(
                name, Role(role), real_now(), display_name=display_name, zone_codes=zones,
                responsible_codes=responsible, department_code=department, senior=senior, languages=languages,
            )  # fmt: skip
            change.record(fact)
            if password is not None:
                change.record(await accounts.set_password(made, password))
                return ""
            token, fact = await accounts.issue_link(made, "password", real_now())
            change.record(fact)
        return f"{site.settings.public_url}/set-password/{token}"

    link = offline.writing(run)
    click.echo(f"账号 {name} 已建立。" + (f"请本人在3天内打开链接设密码：\n  {link}" if link else ""))


@account.command("link")
@click.argument("name")
def link(name: str) -> None:
    """给账号 NAME 重发一个设密码链接。"""

    async def run(site: Site) -> str:
        found = await Account.get_or_none(name=name)
        if found is None:
            raise AccountRefused(f"没有账号 {name}。")
        async with site.ledger.change(COMMAND) as change:
            token, fact = await accounts.issue_link(found, "password", real_now())
            change.record(fact)
        return f"{site.settings.public_url}/set-password/{token}"

    click.echo(offline.writing(run))


def register(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(account)
