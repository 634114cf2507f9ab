"""Numbers with their units in a text, in base units, with the marks that change what they mean. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class UnitKind(StrEnum):
    """What a unit counts."""

    PERSON = "person"
    HOUSEHOLD = "household"
    VISIT = "visit"
    UNCLEAR = "unclear"
    POST = "post"
    MONEY = "money"
    AREA = "area"
    PERCENT = "percent"
    ITEM = "item"
    ORDINAL = "ordinal"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: `value` in the base unit (人, 元, 平方米), `step` the value of its last printed digit."""

    raw: str
    value: Fraction
    step: Fraction
    unit: str
    kind: UnitKind
    approx: bool
    rate: bool
    start: int
    end: int


SCALES = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_UNITS: dict[str, tuple[UnitKind, str, Fraction]] = {}


def _known(kind: UnitKind, words: str, base: str = "", factor: int | Fraction = 1) -> None:
    for word in words.split():
        _UNITS[word] = (kind, base or word, Fraction(factor))


_known(UnitKind.UNCLEAR, "人(次) 名(次) 人/次 人/人次", "人(次)")
_known(UnitKind.VISIT, "人次 件次 次 例 件", "人次")
_known(UnitKind.PERSON, "人 名 位", "人")
_known(UnitKind.HOUSEHOLD, "户")
_known(UnitKind.POST, "个岗位 个岗 岗", "岗位")
_known(UnitKind.MONEY, "元")
_known(UnitKind.AREA, "平方米 ㎡ m2", "平方米")
_known(UnitKind.AREA, "公顷", "平方米", 10_000)
_known(UnitKind.AREA, "亩", "平方米", Fraction(2000, 3))
_known(UnitKind.PERCENT, "个百分点 %", "%")
_known(UnitKind.ORDINAL, "届 期 期次")
_known(UnitKind.TIME, "周岁 岁 年 个月 月 日 天 分钟 小时")
_known(UnitKind.ITEM, "大类 项 类 条 个 套 张 所 处 座 场 家 辆 台 公里 支 本 份 村 团队")

_PATTERN = re.compile(
    r"(?P<before>第|近|约|超过|超|逾|达到|达|共)?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<few>余|多)?(?P<scale>十万|百万|千万|万|亿|千|百)?(?P<more>余|多)?"
    rf"(?P<unit>{'|'.join(re.escape(word) for word in sorted(_UNITS, key=len, reverse=True))})?"
    r"(?P<per>/(?:人|年|月|户|张|天))?(?P<after>左右|以上|以下)?"
)
_APPROX_BEFORE = ("近", "约", "超", "超过", "逾")


def plain(text: str) -> str:
    """The text as the patterns want it: compatibility forms resolved, thousands kept."""
    return unicodedata.normalize("NFKC", text)


def figures(text: str) -> list[Figure]:
    """Every number that has a unit, in order; bare numbers (103中学, 1+X) are no quantities and are left out."""
    found = []
    source = plain(text)
    for match in _PATTERN.finditer(source):
        if match["unit"] or match["scale"]:
            found.append(_figure(match, source))
    return found


def _figure(match: re.Match[str], source: str) -> Figure:
    kind, base, factor = _UNITS.get(match["unit"] or "", (UnitKind.ITEM, "", Fraction(1)))
    if match["before"] == "第":
        kind = UnitKind.ORDINAL
    if kind is UnitKind.ITEM and "岗位" in source[max(0, match.start() - 4) : match.start()]:
        kind, base = UnitKind.POST, "岗位"
    digits = match["number"].replace(",", "")
    scale = SCALES[match["scale"] or ""] * factor
    places = len(digits.partition(".")[2])
    approx = bool(match["few"] or match["more"] or match["before"] in _APPROX_BEFORE or match["after"])
    start = match.start() + len(match["before"] or "")
    return Figure(
        raw=source[start if match["before"] not in (*_APPROX_BEFORE, "第") else match.start() : match.end()],
        value=Fraction(digits) * scale,
        step=Fraction(1, 10**places) * scale,
        unit=base,
        kind=kind,
        approx=approx,
        rate=bool(match["per"]) or _is_rate(source, match.start()),
        start=start,
        end=match.end(),
    )


def _is_rate(source: str, start: int) -> bool:
    """每人每月提供100元: a standard, not a total."""
    return bool(re.search(r"每(?:人|户|年|月|生|张|天)[^,,。;;、\d]{0,8}$", source[max(0, start - 14) : start]))


def shown(value: Fraction) -> str:
    """A number for a sentence: whole numbers plain, others with two digits."""
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.2f}"
