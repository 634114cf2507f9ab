"""Dates as people and spreadsheets write them. Pure."""

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass

EXCEL_EPOCH = dt.date(1899, 12, 30)
"""Day 0 of spreadsheet serials (their 1900 was a leap year)."""
_SERIALS = range(36_526, 73_051)
"""2000-01-01 to 2100-01-01; other whole numbers are not dates."""
_FULL = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:份)?")
_SHORT = re.compile(r"(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class DateRead:
    """A date, or None; `remark` says what is wrong or was assumed, `certain` that nothing was assumed."""

    date: dt.date | None
    remark: str = ""
    certain: bool = True


def read_date(text: str, today: dt.date) -> DateRead:
    """2026-03-05, 2026.3.5, 2026/3/5, 2026年3月5日, 20260305, a spreadsheet serial; a month alone is its last day."""
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("'")
    try:
        read = _read(plain)
    except ValueError:
        return DateRead(None, "日期不存在（月或日超出范围），请改正", certain=False)
    if read.date is None:
        return read
    if read.date.year < 2000 or read.date.year > today.year + 5:
        return DateRead(None, f"日期的年份{read.date.year}不合常理，请改正", certain=False)
    if read.date > today:
        return DateRead(read.date, "日期在将来，到期前不会安排回访，请核对", certain=False)
    return read


def _read(plain: str) -> DateRead:
    if match := _FULL.fullmatch(plain) or _SHORT.fullmatch(plain):
        return DateRead(dt.date(int(match[1]), int(match[2]), int(match[3])))
    if re.fullmatch(r"\d{5}(\.\d+)?", plain) and int(float(plain)) in _SERIALS:
        return DateRead(EXCEL_EPOCH + dt.timedelta(days=int(float(plain))))
    if match := _MONTH.fullmatch(plain):
        year, month = int(match[1]), int(match[2])
        last = dt.date(year, month, monthrange(year, month)[1] if 1 <= month <= 12 else 0)
        return DateRead(last, "只有年月没有日，按当月最后一天登记，请核对", certain=False)
    return DateRead(None, "日期认不出来，请写成2026-03-05的样子", certain=False)


def read_year(text: str, today: dt.date) -> int | None:
    """The year of a birth date or year; None when there is none between 1900 and today."""
    match = re.match(r"(\d{4})(?!\d{5})", unicodedata.normalize("NFKC", text).strip())
    year = int(match[1]) if match else 0
    return year if 1900 <= year <= today.year else None
