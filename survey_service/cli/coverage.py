"""simulate-coverage: how often the printed intervals contain the truth, as a table."""

import click

from analysis.estimation.coverage import Coverage, grid, simulate
from analysis.rounding import share_text

LEVEL = 0.95
HEADER = "| 设计 | 名单 | 抽取 | 真实率 | 覆盖 | 精确 | 下限过高 | 上限过低 | 平均宽度 | Wald覆盖 | 不低于95% |"


@click.command("simulate-coverage")
@click.option("--draws", default=5000, show_default=True, type=click.IntRange(100, 100_000), help="每格抽多少次样本")
@click.option("--seed", default=20260301, show_default=True, help="随机数的种子；种子相同，结果相同")
@click.option("--containing", default="", help="只做名称里有这几个字的设计，例如“14个名单”")
def simulate_coverage(draws: int, seed: int, containing: str) -> None:
    """模拟区间盖住真实率的机会：精确区间和HKG应不低于95%，旁边的Wald区间在接近100%时做不到。打印一张表。"""
    designs = [design for design in grid() if containing in design.name]
    if not designs:
        raise click.BadParameter("没有这样的设计。", param_hint="--containing")
    click.echo(HEADER)
    click.echo("|---" * HEADER.count(" | ") + "|---|")
    for design in designs:
        click.echo(line(simulate(design, draws, seed)))


def line(cell: Coverage) -> str:
    """One line of the table."""
    exact = f"{share_text(cell.exact)}%" if cell.exact is not None else "—"
    within = (cell.covered if cell.exact is None else cell.exact) >= LEVEL
    shares = (cell.too_high, cell.too_low, cell.width, cell.wald)
    return (
        f"| {cell.design.name} | {cell.design.population} | {cell.design.drawn} | {share_text(cell.design.truth)}% "
        f"| {share_text(cell.covered)}% ± {share_text(1.96 * cell.error)} | {exact} | "
        + " | ".join(f"{share_text(one)}%" for one in shares)
        + f" | {'是' if within else '**否**'} |"
    )


def register(group: click.Group) -> None:
    """Add this command."""
    group.add_command(simulate_coverage)
