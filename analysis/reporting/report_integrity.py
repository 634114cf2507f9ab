"""Coached, void and proxy answers: counted, and the headline printed both ways. Pure."""

from collections.abc import Sequence

from msgspec.structs import replace

from analysis import tallies, wording
from analysis.metrics import metric, ratio
from analysis.reporting import disclosure
from analysis.reporting.disclosure import Audience
from analysis.reporting.report_material import Material
from analysis.reporting.report_model import BothWays, Count, Figure, Integrity
from analysis.reporting.report_overall import headline_from, share_of
from analysis.tallies import Cell

FEW_PUBLIC = "份数很少,不列对照"


def integrity(material: Material, official: Figure) -> Integrity:
    """The headline with and without coached answers, before and after review, and who answered."""
    cells = material.given.cells
    kept = tallies.official(cells)
    coached = tuple(cell for cell in kept if cell.coached)
    void = tuple(cell for cell in cells if cell.void and cell.proxy != tallies.STAFF)
    return Integrity(
        coached=_coached(material, official, coached),
        void=_void(material, official, void),
        void_reasons=tuple(Count(one.reason, one.n, str(one.n)) for one in material.given.void_reasons if one.n),
        proxies=_proxies(cells, material.least),
        by_proxy=_by_proxy(material),
        staff_text=_staff(cells),
        origins_text=_origins(material.given.shared_origins),
    )


def _people(cells: Sequence[Cell]) -> int:
    counts = tallies.fold(cells, lambda cell: cell.project)
    return sum(tallies.respondents(one) for one in counts.values())


def _coached(material: Material, official: Figure, coached: Sequence[Cell]) -> BothWays:
    n = _people(coached)
    other = headline_from(material, tallies.without_coached(material.given.cells), "uncoached", "不含受指导答卷")
    text = f"有{n}份答卷称事先有人教过怎么回答,已标记;这些答卷计入官方率,另列剔除后的结果。"
    if n == 0:
        text = "没有答卷称事先有人教过怎么回答。"
    return _both("coached", "受指导答卷", n, text, official, other, material)


def _void(material: Material, official: Figure, void: Sequence[Cell]) -> BothWays:
    n = _people(void)
    other = headline_from(material, tallies.with_void(material.given.cells), "with_void", "含作废答卷")
    text = f"经复核作废{n}份答卷,官方率不含这些答卷,另列剔除前的结果。" if n else "没有作废答卷。"
    return _both("void", "作废答卷", n, text, official, other, material)


def _both(
    key: str, title: str, n: int, text: str, official: Figure, other: Figure, material: Material
) -> BothWays:  # fmt: skip
    if n == 0:
        other = replace(official, id=other.id, name=other.name)
    elif material.audience is Audience.PUBLIC and disclosure.is_few(n, material.least):
        other = replace(other, x=None, n=None, value=None, low=None, high=None, text="—", counts_text="",
                        interval_text="", distance="", sentence="", note="", hidden=FEW_PUBLIC)  # fmt: skip
    return BothWays(key=key, title=title, n=n, text=text, official=official, other=other)


def _valid(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    return tuple(cell for cell in cells if not cell.void)


def _proxies(cells: Sequence[Cell], least: int) -> tuple[Count, ...]:
    counts = tallies.fold(_valid(cells), lambda cell: (cell.proxy, cell.project))
    totals = dict.fromkeys(wording.PROXY_LABELS, 0)
    for (proxy, _), answers in counts.items():
        totals[proxy] = totals.get(proxy, 0) + tallies.respondents(answers)
    return tuple(Count(wording.PROXY_LABELS.get(proxy, proxy), n, str(n)) for proxy, n in totals.items())


def _by_proxy(material: Material) -> tuple[Figure, ...]:
    """满意率 by who answered, over the published projects; small groups hidden with their complements."""
    definition = metric("M01")
    codes = frozenset(project.code for project in material.weighable(definition))
    cells = (cell for cell in tallies.official(material.given.cells) if cell.project in codes)
    counts = tallies.fold(cells, lambda cell: cell.proxy)
    pairs = {proxy: ratio(definition, answers.get(definition.item, {})) for proxy, answers in counts.items()}
    ordered = [(proxy, pairs[proxy]) for proxy in wording.PROXY_LABELS if proxy in pairs]
    covers = disclosure.hide([pair.n for _, pair in ordered], material.least)
    return tuple(
        share_of(f"proxy:{proxy}", definition, pair, cover, wording.PROXY_LABELS[proxy])
        for (proxy, pair), cover in zip(ordered, covers, strict=True)
        if pair.n
    )


def _origins(sizes: Sequence[int]) -> str:
    """The flag for answers that many people gave from one place; a flag, for a mobile network looks like one too."""
    if not sizes:
        return "没有发现许多人的手机答卷出自同一网络地址和设备类别。"
    return (
        f"有{sum(sizes)}人的手机答卷出自{len(sizes)}个相同的网络地址和设备类别,最多的一处{max(sizes)}人,已标记备查;"
        "手机网络会让许多人共用一个地址,这不等于代答,答卷照常计入。"
    )


def _staff(cells: Sequence[Cell]) -> str:
    n = _people([cell for cell in _valid(cells) if cell.proxy == tallies.STAFF])
    return f"工作人员代答{n}份,不计入官方率,已转复核。" if n else "没有工作人员代答。"
