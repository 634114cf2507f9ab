"""simulate-looks: what looking every day does to a verdict, as a table and a picture."""

from pathlib import Path

import click

from analysis.rounding import share_text
from analysis.sequential.picture import looks_picture
from analysis.sequential.simulating import (
    REPLICATE,
    Cell,
    Method,
    curves,
    everybody_answers,
    mean_answers,
    some_answer,
)

LISTS = (79, 300, 1000)
DRAWN_LIST = 300
ANSWERING = (0.7, 0.4)
RATES = (1.0, 0.98, 0.95, 0.85, 0.8)
STEPS = (1, REPLICATE)
LEVEL = 0.025
_METHODS = {Method.fixed: "固定区间", Method.evidence: "逐次证据", Method.counted: "逐次证据（不答者计入）"}


@click.command("simulate-looks")
@click.option("--paths", default=20_000, show_default=True, type=click.IntRange(100, 1_000_000), help="每格模拟多少次")
@click.option("--seed", default=20260301, show_default=True, help="随机数的种子；种子相同，结果相同")
@click.option("--lists", default=",".join(map(str, LISTS)), show_default=True, help="名单人数，逗号分隔")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="把300人名单的图写到这个文件")
def simulate_looks(paths: int, seed: int, lists: str, svg: Path | None) -> None:
    """模拟每天看结果会怎样：固定区间会误判达标，逐次证据不会超过2.5%。打印一张表，可画一张图。"""
    people = _people(lists)
    click.echo("| 名单 | 会回答 | 查看 | 方法 | 精确 | 模拟 | 2.5%以内 |\n|---|---|---|---|---|---|---|")
    for population in people:
        for cell in everybody_answers(population, STEPS, paths, seed):
            click.echo(_line(cell))
        for share in ANSWERING:
            for cell in some_answer(population, share, REPLICATE, paths, seed):
                click.echo(_line(cell))
    click.echo("\n| 名单 | 查看 | " + " | ".join(f"真实{rate:.0%}" for rate in RATES) + " |")
    click.echo("|---" * (len(RATES) + 2) + "|")
    for population in people:
        for step in STEPS:
            means = " | ".join(f"{mean:.0f}" for mean in mean_answers(population, RATES, step))
            click.echo(f"| {population} | {_often(step)} | {means} |")
    if svg is not None:
        svg.write_text(looks_picture(curves(DRAWN_LIST, STEPS, paths, seed), LEVEL), encoding="utf-8")
        click.echo(f"\n已写入 {svg}")


def _people(lists: str) -> list[int]:
    """The sizes of the lists, checked before anything is drawn."""
    found = [part.strip() for part in lists.split(",") if part.strip()]
    if not found or not all(part.isdecimal() and 10 <= int(part) <= 5000 for part in found):
        raise click.BadParameter("请写10到5000之间的人数，用逗号分隔。", param_hint="--lists")
    return [int(part) for part in found]


def _often(step: int) -> str:
    return "每份答案" if step == 1 else f"每{step}人"


def _line(cell: Cell) -> str:
    exact = f"{share_text(cell.exact, 2)}%" if cell.exact is not None else "—"
    within = (cell.exact if cell.exact is not None else cell.simulated) <= LEVEL
    simulated = f"{share_text(cell.simulated, 2)}% ± {share_text(1.96 * cell.error, 2)}"
    return (
        f"| {cell.population} | {cell.answering} | {_often(cell.step)} | {_METHODS[cell.method]} | {exact} | {simulated} "
        f"| {'是' if within else '**否**'} |"
    )


def register(group: click.Group) -> None:
    """Add this command."""
    group.add_command(simulate_looks)
