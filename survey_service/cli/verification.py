"""verify-statistics."""

from pathlib import Path

import click

from analysis.verifying.running import Outcome, verify_directory

SHOWN = 20  # misses of one file that are printed one by one


@click.command("verify-statistics")
@click.argument("directory", metavar="目录", type=click.Path(exists=True, file_okay=False, path_type=Path))
def verify_statistics(directory: Path) -> None:
    """用参考数据逐条核对统计函数；有一条不符、或有不认识的文件，退出码为1。

    目录的格式：survey-oracle/1（design.json、srs_ci.csv 等，附 data/ 和 SHA256SUMS）。
    """
    outcomes = verify_directory(directory)
    for outcome in outcomes:
        _print(outcome)
    failed = [outcome.file for outcome in outcomes if not outcome.passed]
    cases, matched, skipped = (
        sum(getattr(one, field) for one in outcomes) for field in ("cases", "matched", "skipped")
    )
    click.echo(f"合计：{cases}条，相符{matched}条，有争议跳过{skipped}条，不符{cases - matched - skipped}条。")
    if failed:
        click.echo(f"未通过：{'、'.join(failed)}。", err=True)
        raise click.exceptions.Exit(1)
    click.echo("全部相符。")


def _print(outcome: Outcome) -> None:
    mark = "✓" if outcome.passed else "×"
    worst = f"最大误差{outcome.worst:.1e}（{outcome.where}）" if outcome.where else "无误差"
    click.echo(f"{mark} {outcome.file}：{outcome.cases}条，相符{outcome.matched}条，跳过{outcome.skipped}条，{worst}")
    for miss in outcome.misses[:SHOWN]:
        detail = f"应为{miss.expected}，算得{miss.found}" if miss.expected else miss.found
        click.echo(f"    {miss.case} {miss.field}：{detail}", err=True)
    if len(outcome.misses) > SHOWN:
        click.echo(f"    另有{len(outcome.misses) - SHOWN}处不符。", err=True)


def register(group: click.Group) -> None:
    """Add this command."""
    group.add_command(verify_statistics)
