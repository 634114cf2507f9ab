"""Contradictions and unit traps in the figures of a text, each said with its reason and its arithmetic. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from callbacks.frame.files.figures import Figure, UnitKind, figures, plain, shown
from callbacks.frame.reports import Level


@dataclass(frozen=True, slots=True)
class FigureProblem:
    """What is odd about a figure: a stable code, the level, and one sentence."""

    code: str
    level: Level
    sentence: str


def _warn(code: str, sentence: str) -> FigureProblem:
    return FigureProblem(code, Level.WARN, sentence)


LARGEST_HOME = 1000
"""Square metres per household above which an area is doubted."""
LARGEST_FLAT = 5
"""People per flat above which the meaning of 惠及 is doubted."""
_STOP = {"完成", "达到", "累计", "以上", "符合", "条件", "提供", "服务", "人员", "今年", "全区", "已有", "截至", "目前"}


def check_text(text: str) -> list[FigureProblem]:
    """All remarks on one text, in the order of the checks."""
    source, found = plain(text), figures(text)
    problems: list[FigureProblem] = []
    for check in _TEXT_CHECKS:
        problems += check(source, found)
    return problems


def _subset(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    problems = []
    for whole, part in pairwise(found):
        between = source[whole.end : part.start]
        same = whole.kind is part.kind and whole.kind in (UnitKind.PERSON, UnitKind.HOUSEHOLD, UnitKind.VISIT)
        if same and "其中" in between and "。" not in between and part.value > whole.value:
            sentence = f"“其中”的{part.raw}大于全部的{whole.raw}，子集不能大于全集，请核对原数。"
            problems.append(FigureProblem("subset", Level.REFUSE, sentence))
    return problems


def _rate_of_plan(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    money = [figure for figure in found if figure.kind is UnitKind.MONEY]
    share = next((f for f in found if f.kind is UnitKind.PERCENT and re.search("计划的?$", source[: f.start])), None)
    if not money or share is None or share.value == 0:
        return []
    done = money[-1]
    plan = done.value * 100 / share.value
    billions = float(plan / 10**8)
    return [
        _warn(
            "rate_of_plan",
            f"只有完成率{share.raw}没有计划数；由{done.raw}推算全年计划约{billions:.2f}亿元，推算数不入库。",
        )
    ]


def _order(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    match = re.search("集中和分散供养", source)
    rates = [figure for figure in found if figure.rate and figure.kind is UnitKind.MONEY]
    if not match or len(rates) < 2 or rates[0].value >= rates[1].value:
        return []
    return [_warn("order", f"集中供养标准{rates[0].raw}低于分散供养{rates[1].raw}，通常相反，疑为顺序颠倒，请核对。")]


def _per_head(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    rates = [figure for figure in found if figure.rate and figure.kind is UnitKind.MONEY]
    people = [figure for figure in found if figure.kind is UnitKind.PERSON]
    totals = [figure for figure in found if figure.kind is UnitKind.MONEY and not figure.rate]
    if not (rates and len(people) == 1 and len(totals) == 1 and people[0].value):
        return []
    month = totals[0].value / people[0].value / 12
    if any(abs(month - rate.value) <= rate.value / 100 for rate in rates):
        return []
    sentence = f"{totals[0].raw}除以{people[0].raw}再除以12个月为每人每月{float(month):.1f}元，与所写标准都不吻合。"
    return [_warn("per_head", sentence)]


def _flats(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    problems = []
    for flats, people in pairwise(found):
        between = source[flats.end : people.start]
        if flats.unit == "套" and people.kind is UnitKind.PERSON and "惠及" in between and flats.value:
            ratio = people.value / flats.value
            if not 1 <= ratio <= LARGEST_FLAT:
                sentence = f"{flats.raw}惠及{people.raw}，每套{float(ratio):.2f}人，“惠及”的口径不明，请核对。"
                problems.append(_warn("ratio", sentence))
    return problems


def _area(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    areas = [figure for figure in found if figure.kind is UnitKind.AREA]
    homes = [figure for figure in found if figure.kind is UnitKind.HOUSEHOLD]
    if not areas or not homes or not homes[0].value:
        return []
    each = areas[0].value / homes[0].value
    if each <= LARGEST_HOME:
        return []
    likely = areas[0].value / 100
    sentence = (
        f"{areas[0].raw}、{homes[0].raw}合每户{float(each):.0f}平方米，量级不合；"
        f"疑为{float(likely / 10**4):.2f}万平方米（每户{float(likely / homes[0].value):.1f}平方米），请核对小数点。"
    )
    return [_warn("magnitude", sentence)]


def _area_plan(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    areas = [figure for figure in found if figure.kind is UnitKind.AREA]
    plans = [figure for figure in areas if re.match(".{0,6}(?:任务|计划)", source[figure.end :])]
    done = [figure for figure in areas if figure not in plans]
    if not plans or not done or done[0].value < 10 * plans[0].value:
        return []
    return [_warn("magnitude", f"完成数{done[0].raw}是任务数{plans[0].raw}的10倍以上，量级不合，请核对。")]


def _units(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    said = {
        UnitKind.VISIT: ("visits", "是人次（件次），不是人数，不能作抽样名单的总数；须先按人去重。"),
        UnitKind.UNCLEAR: ("unclear_unit", "把人与人次并写，口径不明，不能当人数用，请向提供单位核实。"),
        UnitKind.POST: ("posts", "是岗位数，不是人数；回访要用在岗人员名单。"),
    }
    words = ("人次", "件次", "岗")
    problems = []
    for figure in found:
        visit = figure.kind is not UnitKind.VISIT or any(word in figure.raw for word in words)
        if figure.kind in said and visit:
            code, sentence = said[figure.kind]
            problems.append(_warn(code, f"{figure.raw}{sentence}"))
    return problems


def _forecast(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    match = re.search("预计|拟|力争|计划完成", source)
    later = [figure for figure in found if match and figure.start > match.end() and figure.kind is not UnitKind.TIME]
    clause = source[match.end() : later[0].start] if match and later else "。"
    if not match or re.search("[。;;]", clause):
        return []
    return [_warn("forecast", f"“{match[0]}”的{later[0].raw}不是完成数，不作受益人数使用。")]


def _plan_and_done(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    money = [figure for figure in found if figure.kind is UnitKind.MONEY and not figure.rate]
    done = [figure for figure in money if re.search("(?:累计|截至目前|已)[^,,。;;]{0,6}$", source[: figure.start])]
    plan = [figure for figure in money if figure not in done and re.search("项目|资助", source[: figure.start][-8:])]
    if not done or not plan or done[0].value == plan[0].value:
        return []
    share = done[0].value * 100 / plan[0].value
    return [
        _warn("conflict", f"{plan[0].raw}与累计数{done[0].raw}并存（{float(share):.1f}%），计划数和完成数不能混用。")
    ]


def _precision(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    problems = []
    for one, other in combinations(found, 2):
        exact, rough = (other, one) if one.approx else (one, other)
        if one.approx == other.approx or one.kind is not UnitKind.PERSON or other.kind is not UnitKind.PERSON:
            continue
        if rough.value and abs(exact.value - rough.value) * 10 <= rough.value:
            sentence = f"{exact.raw}与{rough.raw}像是同一个量的精确数与约数，已把后者标为约数，只用精确数。"
            problems.append(_warn("precision", sentence))
    return problems


def _no_denominator(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    percents = [figure for figure in found if figure.kind is UnitKind.PERCENT and "百分点" not in figure.raw]
    shares = [figure for figure in percents if "计划" not in source[max(0, figure.start - 4) : figure.start]]
    if not shares or any(figure.kind is UnitKind.PERSON for figure in found):
        return []
    written = "、".join(figure.raw for figure in shares)
    return [_warn("no_denominator", f"{written}只有比率没有分母，不能换算成人数，也不作样本依据。")]


def _ordinals(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    ordinals = [figure for figure in found if figure.kind is UnitKind.ORDINAL]
    named = re.findall("第[一二三四五六七八九十百]+[届期次]", source)
    words = [f"第{figure.raw.removeprefix('第')}" for figure in ordinals] + named
    return [FigureProblem("ordinal", Level.NOTE, f"“{word}”是届次，不作数量。") for word in words]


def _parts(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    """全部 … 其中 … 、…: parts that come within a hundredth of the whole are all of it and are held to their sum."""
    problems = []
    for place, whole in enumerate(found):
        rest = found[place + 1 :]
        end = source.find("。", whole.end)
        parts = [each for each in rest if each.kind is whole.kind and (end < 0 or each.end <= end) and not each.approx]
        named = rest and "其中" in source[whole.end : rest[0].start] and len(parts) > 1 and not whole.approx
        if named and whole.value and abs(sum(each.value for each in parts) - whole.value) * 100 <= whole.value:
            problems += check_sum(parts, whole)
    return problems


def _printed_rate(source: str, found: Sequence[Figure]) -> list[FigureProblem]:
    """A percentage after the two counts it seems to come from: within one point of their ratio it is held to it."""
    problems = []
    for first, second, share in zip(found, found[1:], found[2:], strict=False):
        counts = first.kind is second.kind and first.kind in (UnitKind.PERSON, UnitKind.HOUSEHOLD, UnitKind.VISIT)
        if not counts or share.kind is not UnitKind.PERCENT or first.approx or second.approx or share.approx:
            continue
        part, whole = sorted((first.value, second.value))
        printed = re.match(r"[\d.]+", share.raw)
        if whole and printed and abs(part * 100 / whole - share.value) <= 1:
            problems += check_rate(int(part), int(whole), printed[0])
    return problems


_TEXT_CHECKS = (
    _parts,
    _printed_rate,
    _subset,
    _rate_of_plan,
    _order,
    _per_head,
    _flats,
    _area,
    _area_plan,
    _units,
    _forecast,
    _plan_and_done,
    _precision,
    _no_denominator,
    _ordinals,
)


def _pairs(words: str) -> set[str]:
    hanzi = re.findall("[\u4e00-\u9fff]+", words)
    return {run[i : i + 2] for run in hanzi for i in range(len(run) - 1)} - _STOP


def check_conflict(title: str, body: str) -> list[FigureProblem]:
    """The same thing counted twice with different numbers in a title and in its text."""
    problems = []
    first, second = plain(title), plain(body)
    for one in figures(title):
        for other in figures(body):
            near_one = _pairs(first[one.end : one.end + 8]) | _pairs(first[max(0, one.start - 6) : one.start])
            near_other = _pairs(second[max(0, other.start - 10) : other.start]) | _pairs(
                second[other.end : other.end + 6]
            )
            alike = one.kind is other.kind is UnitKind.PERSON and near_one & near_other
            if alike and one.value != other.value and not (one.approx or other.approx):
                sentence = f"标题写{one.raw}，正文写{other.raw}，同一事项两个口径，须注明各自口径和截止日。"
                problems.append(_warn("conflict", sentence))
    return problems


def check_declared(text: str, declared: int) -> list[FigureProblem]:
    """A declared count against the figures of the quoted text: equal passes, ten times or more apart is doubted."""
    counts = [
        f for f in figures(text) if f.kind in (UnitKind.PERSON, UnitKind.VISIT, UnitKind.HOUSEHOLD, UnitKind.POST)
    ]
    if not counts or any(abs(figure.value - declared) <= figure.step for figure in counts):
        return []
    nearest = min(counts, key=lambda figure: abs(figure.value - declared))
    larger, smaller = max(nearest.value, Fraction(declared)), max(min(nearest.value, Fraction(declared)), Fraction(1))
    code = "magnitude" if larger >= 10 * smaller else "conflict"
    return [
        _warn(code, f"登记的受益人数{declared:,}与原文{nearest.raw}({shown(nearest.value)})不一致，请核对量级和单位。")
    ]


def check_total(declared: int, found: int, word: str) -> list[FigureProblem]:
    """A total that a text announces (26项, 9大类) against how many there are."""
    if declared == found:
        return []
    missing = f"还差{declared - found}{word}，不能臆造补齐，须另行导入" if declared > found else "比说的多，请核对"
    return [_warn("missing_total", f"文中说共{declared}{word}，实际只认出{found}{word}；{missing}。")]


def check_announced(titles: str, found: int) -> list[FigureProblem]:
    """Totals in the title rows above a project list (19项省级、7项市级, 共26项) against its number of rows."""
    totals = [figure for figure in figures(titles) if figure.unit in ("项", "条", "件") and not figure.approx]
    if not totals:
        return []
    whole = [figure for figure in totals if re.search("(?:共|合计)$", plain(titles)[: figure.start])]
    declared = whole[0].value if whole else sum((figure.value for figure in totals), Fraction(0))
    return check_total(int(declared), found, "项")


def check_sum(parts: Sequence[Figure], total: Figure) -> list[FigureProblem]:
    """Parts against their printed sum; each printed number may be off by half of its last digit."""
    difference = abs(sum((part.value for part in parts), Fraction(0)) - total.value)
    allowed = (sum((part.step for part in parts), Fraction(0)) + total.step) / 2
    if difference == 0:
        return []
    if difference <= allowed:
        sentence = (
            f"分项之和与{total.raw}相差{float(difference / total.step):.0f}个末位，在四舍五入容差内，按原文保存。"
        )
        return [FigureProblem("rounding", Level.NOTE, sentence)]
    return [_warn("sum", f"分项之和与{total.raw}不符，超出四舍五入的容差，请核对。")]


def check_rate(part: int, whole: int, percent: str) -> list[FigureProblem]:
    """A printed percentage against its two counts, rounded half up to the printed places."""
    places = len(percent.partition(".")[2])
    unit = 10**places
    exact = Fraction(part * 100 * unit, whole)
    rounded = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    if Fraction(percent) * unit == rounded:
        sentence = f"{part}/{whole}={float(exact / unit):.4f}%，与原文{percent}%一致。"
        return [FigureProblem("rate", Level.NOTE, sentence)]
    return [_warn("rate", f"{part}/{whole}={float(exact / unit):.{places + 2}f}%，与原文{percent}%不一致，请核对。")]
