"""Chinese sentences, dates and number words of the reports. Pure."""

import re
from datetime import date, datetime
from fractions import Fraction

from analysis import rounding

DASH = "—"

CLASS_LABELS: dict[str, str] = {
    "subsidy": "补助类",
    "construction": "工程类",
    "insurance": "参保补偿类",
    "service": "公共服务类",
    "governance": "管理治理类",
    "training": "培训就业类",
}
MODE_LABELS: dict[str, str] = {"phone": "电话", "mobile": "手机自填", "household": "入户"}
PROXY_LABELS: dict[str, str] = {
    "self": "本人",
    "guardian": "监护人",
    "family": "家人代答",
    "staff": "工作人员代答(不计入)",
}
VERDICT_LABELS: dict[str, str] = {"met": "达标", "not_met": "未达标", "insufficient": "证据不足"}
GROUP_LABELS: dict[str, str] = {
    "I": "完成(I)",
    "P": "部分完成(P)",
    "R": "拒访(R)",
    "NC": "联系不上(NC)",
    "O": "其他未答(O)",
    "UH": "未拨打或住户不明(UH)",
    "UO": "对象不明(UO)",
    "NE": "不合格(NE)",
    "-": "不计入",
}
REASON_LABELS: dict[str, str] = {
    "1": "不知道政策、没人告知",
    "2": "条件不合理、该享受没享受上",
    "3": "评定或分配不公平",
    "4": "发放(理赔、报销)不及时",
    "5": "金额或标准偏低",
    "6": "金额与公布的不一致",
    "7": "手续多、来回跑",
    "8": "工作人员态度不好",
    "9": "工程质量有问题",
    "10": "工期拖延、没完工",
    "11": "施工影响生活",
    "12": "建好后没人管",
    "13": "服务走过场、没效果",
    "14": "有人收费或吃拿卡要",
    "90": "其他",
    "98": "说不清",
}


def day(value: date) -> str:
    """2026年3月5日, without leading zeros."""
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime) -> str:
    """2026年3月5日9:05, in the zone the instant carries."""
    return f"{day(value)}{value.hour}:{value.minute:02d}"


def period(starts: date, ends: date) -> str:
    """The shortest unambiguous form of a span of days."""
    if starts == ends:
        return day(starts)
    if starts.year != ends.year:
        return f"{day(starts)}至{day(ends)}"
    if starts.month != ends.month:
        return f"{day(starts)}至{ends.month}月{ends.day}日"
    return f"{day(starts)}至{ends.day}日"


def percent(value: Fraction) -> str:
    """A share as percent with its sign, half up, one decimal."""
    return f"{rounding.percent_text(value.numerator, value.denominator)}%"


def points(value: Fraction) -> str:
    """A score of 0-100 with 分, half up, one decimal."""
    return f"{rounding.percent_text(value.numerator, value.denominator * 100)}分"


def interval(low: float, high: float) -> str:
    """Both ends of an interval of shares as percent."""
    return f"{rounding.share_text(low)}%—{rounding.share_text(high)}%"


def distance(value: Fraction, target: int) -> str:
    """How far a share lies from a target in thousandths, always in 个百分点, never in %."""
    gap = 100 * (value - Fraction(target, 1000))
    if gap == 0:
        return "恰等于目标"
    word = "高于目标" if gap > 0 else "低于目标"
    tenths = rounding.scaled_half_up(abs(gap), 1)
    if tenths == 0:
        return f"{word}不足0.1个百分点"
    return f"{word}{tenths // 10}.{tenths % 10}个百分点"


def target(value: int) -> str:
    """A target in thousandths as percent: 900 -> 90%."""
    return f"{rounding.target_text(value)}%"


def listing(names: tuple[str, ...], most: int = 8) -> str:
    """Names joined by 、, shortened to the first `most` with the number of all."""
    if len(names) <= most:
        return "、".join(names)
    return f"{'、'.join(names[:most])}等{len(names)}项"


_NARROW_MARKS = re.compile(r"(?<!\w),|,(?!\d)|(?<!\d),|(?<![A-Za-z0-9]):|:(?![A-Za-z0-9])|[;()]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDE_MARKS = {",": "，", ":": "：", ";": "；", "(": "（", ")": "）"}


def typeset(text: str) -> str:
    """Full-width punctuation for print; commas and colons inside numbers, times and codes stay as they are.

    Characters no XML file may hold are left out.
    """
    return _NARROW_MARKS.sub(lambda found: _WIDE_MARKS[found.group()], _NOT_XML.sub("", text))
