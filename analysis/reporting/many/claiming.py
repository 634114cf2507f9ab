"""Which projects may be said to have reached the target all at once, and which to look at first. Pure.

P-values are made of the same whole numbers as the printed interval: x of n answers on a list of N people, at one side of
its level. A claim never goes beyond the printed verdict: whatever is not 达标 by itself is in no list of 达标 either.
"""

from collections.abc import Sequence
from dataclasses import replace

from analysis import rounding, wording
from analysis.comparison import target_tests
from analysis.comparison.multiplicity import WATCH_RATE, Claim, claims, watch_list
from analysis.comparison.target_tests import TargetTest
from analysis.reporting.many.many_model import Claimed, ClaimList, Watch, WatchItem
from analysis.reporting.report_model import Figure, ProjectRow

_TITLES = {Claim.met: "可以一起对外说达标的项目", Claim.not_met: "可以一起说未达标的项目"}
_ALONE = {Claim.met: "达标", Claim.not_met: "未达标"}
LEAST_Q = 0.001


def tests(rows: Sequence[ProjectRow], target: int) -> tuple[TargetTest, ...]:
    """One pair of p-values for each printed rate, within [0, 1] whatever the last bit of a sum says."""
    found = (_test(row.satisfaction, target) for row in rows)
    return tuple(TargetTest(_share(one.met), _share(one.not_met)) for one in found)


def _test(figure: Figure, target: int) -> TargetTest:
    x, n = figure.x or 0, figure.n or 0
    if figure.population is None:
        return target_tests.unlisted(x, n, target)
    return target_tests.listed(x, n, figure.population, target)


def _share(p: float) -> float:
    return min(1.0, max(0.0, p))


def claim_list(rows: Sequence[ProjectRow], found: Sequence[TargetTest], claim: Claim, level: float) -> ClaimList:
    """The projects of one claim after Holm, in the order of the programme."""
    together = claims([one.met if claim is Claim.met else one.not_met for one in found], claim, level)
    kept = tuple(i for i in together.proven if rows[i].satisfaction.verdict == claim.value)
    together = replace(together, proven=kept)
    alone = tuple(row.name for i, row in enumerate(rows) if row.satisfaction.verdict == claim.value and i not in kept)
    return ClaimList(
        claim=claim.value,
        title=_TITLES[claim],
        tested=len(rows),
        level=level,
        sentence=together.sentence,
        alone_text=_alone_text(alone, claim),
        items=tuple(
            Claimed(
                project=rows[i].code, name=rows[i].name, figure=rows[i].satisfaction.id,
                text=rows[i].satisfaction.text, adjusted=together.adjusted[i],
            )
            for i in kept
        ),
    )  # fmt: skip


def _alone_text(names: tuple[str, ...], claim: Claim) -> str:
    if not names:
        return ""
    word = _ALONE[claim]
    return f"单独看判定为{word}、放进一张名单一起说还不够有把握的{len(names)}个:{wording.listing(names, 30)}。"


def watch(rows: Sequence[ProjectRow], found: Sequence[TargetTest]) -> Watch:
    """需要关注, for the office alone: probably below the target, most doubtful first."""
    items = tuple(
        WatchItem(
            project=rows[one.position].code,
            name=rows[one.position].name,
            figure=rows[one.position].satisfaction.id,
            text=rows[one.position].satisfaction.text,
            p=one.p,
            q=one.q,
            q_text=f"{rounding.share_text(one.q)}%" if one.q >= LEAST_Q else "不到0.1%",
        )
        for one in watch_list([one.not_met for one in found], WATCH_RATE)
    )
    return Watch(title="需要关注的项目", rate=WATCH_RATE, sentence=_watch_sentence(len(items)), items=items)


def _watch_sentence(count: int) -> str:
    if not count:
        return "没有哪个项目的结果低到要先去看。"
    return (
        f"{count}个项目很可能没到目标,建议先去看。宁可多看几个:这样的单子里大约每10个有1个是虚惊;"
        "它不是结论,不通报、不对外。"
    )
