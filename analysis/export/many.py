"""The projects side by side as paragraphs and tables of the files; the office's watch list goes to the workbook alone. Pure."""

from analysis import wording
from analysis.export.tables import Table, Value
from analysis.reporting.many.many_model import ClaimList, Many
from analysis.reporting.report_model import Report

HEADING = "多个项目一起看"
_HEADER = ("项目", "有效样本", "满意率", "可以一起说", "与目标比", "与平均比", "可能的名次", "模型估计(仅供参考)")
# millimetres on a portrait page: a rate and 证据不足 each stay on one line in 9 points
_WIDTHS = (36, 14, 14, 18, 18, 18, 20, 18)


def paragraphs(report: Report) -> tuple[str, ...]:
    """What may be said of the projects together, without the watch list, which is not for print."""
    many = report.many
    if many is None or not many.judged:
        return ()
    texts = (
        many.sentence + many.interim_text,
        _claimed(many.met),
        many.met.alone_text,
        _claimed(many.not_met),
        many.not_met.alone_text,
        many.around_target.sentence,
        many.around_average.sentence,
        many.ranks.sentence + _groups(many),
        many.model.sentence,
        _modes(many),
    )
    return tuple(text for text in texts if text)


def _claimed(claims: ClaimList) -> str:
    names = tuple(one.name for one in claims.items)
    return f"{claims.title}:{claims.sentence}" + (f"分别是{wording.listing(names, 30)}。" if names else "")


def _groups(many: Many) -> str:
    return "".join(f"差异不显著的一组:{wording.listing(group, 30)}。" for group in many.ranks.groups)


def _modes(many: Many) -> str:
    if not many.modes.rows:
        return ""
    rates = "、".join(f"{one.name}{one.text}" for one in many.modes.rows)
    return f"按方式分(直接问的总体满意率):{rates}。{many.modes.sentence}"


def together(report: Report) -> Table:
    """One line for each project with a printed rate."""
    return Table(HEADING, _HEADER, _lines(report.many) if report.many else (), _WIDTHS)


def _lines(many: Many) -> tuple[tuple[Value, ...], ...]:
    claimed = {one.project: "达标" for one in many.met.items} | {one.project: "未达标" for one in many.not_met.items}
    average = {one.project: one.band_label for one in many.around_average.points}
    ranges = {one.project: one.range_text for one in many.ranks.placings}
    model = {one.project: one.model_text for one in many.model.rows}
    return tuple(
        (
            one.name, one.n, one.text, claimed.get(one.project, ""), one.band_label, average[one.project],
            ranges.get(one.project, ""), model.get(one.project, ""),
        )
        for one in many.around_target.points
    )  # fmt: skip


def watched(report: Report) -> Table:
    """需要关注, for the office: with the p-value and the share of false alarms down to each line."""
    items = report.many.watch.items if report.many else ()
    rows = tuple((one.name, one.text, one.p, one.q) for one in items)
    return Table(
        "需要关注的项目(内部使用,不通报、不对外)", ("项目", "满意率", "p值", "虚惊比例q"), rows, (30, 12, 14, 14)
    )


def claimed(report: Report) -> Table:
    """Both families of claims with Holm's p-values."""
    many = report.many
    lists = (many.met, many.not_met) if many else ()
    rows = tuple((one.title, item.name, item.text, item.adjusted) for one in lists for item in one.items)
    return Table("可以一起说的项目", ("名单", "项目", "满意率", "校正后的p值(Holm)"), rows, (28, 30, 12, 20))


def modes(report: Report) -> Table:
    """Rates by way of asking, with the warning as the last line."""
    many = report.many
    if many is None or not many.modes.rows:
        return Table("分方式结果", _MODE_HEADER, (), _MODE_WIDTHS)
    rows = tuple(
        (one.name, one.text, one.counts_text, one.interval_text, one.difference_text) for one in many.modes.rows
    )
    return Table("分方式结果", _MODE_HEADER, (*rows, ("注意", many.modes.sentence, "", "", "")), _MODE_WIDTHS)


_MODE_HEADER = ("方式", "直接问的满意率", "分子/分母", "95%区间", "与答案最多的方式比")
_MODE_WIDTHS = (12, 30, 14, 20, 34)


def remarks(report: Report) -> Table:
    """What to bear in mind with single figures."""
    found = report.many.remarks if report.many else ()
    rows = tuple((one.name, one.sentence) for one in found)
    return Table("用这些数时要注意", ("项目", "提示"), rows, (30, 70))
