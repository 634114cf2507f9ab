"""Phone numbers as people type them and spreadsheets spoil them: read, refuse with a reason, mask, group. Pure.

No exception and no sentence here carries a full number; the corrected guess travels in `PhoneProblem.suggestion`.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class PhoneKind(StrEnum):
    """What a number reaches: only a mobile takes a text message."""

    mobile = "mobile"
    landline = "landline"


class ProblemKind(StrEnum):
    """Why a text is not taken as a number."""

    empty = "empty"
    scientific = "scientific"
    lost_zero = "lost_zero"
    no_area_code = "no_area_code"
    too_short = "too_short"
    too_long = "too_long"
    letters = "letters"
    masked = "masked"
    several = "several"
    extension = "extension"
    placeholder = "placeholder"
    not_assigned = "not_assigned"


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A usable number: `digits` as dialled inside China ("13800138000", "055164123456")."""

    digits: str
    kind: PhoneKind


@dataclass(frozen=True, slots=True)
class PhoneProblem:
    """Why a number is refused, as a Chinese sentence; `suggestion` are the digits it might have been."""

    kind: ProblemKind
    sentence: str
    suggestion: str | None = None


_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})([1-9]\d{6,7})")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_EXTENSION = re.compile(r"(转|分机|ext\.?|x|#)\d{1,6}$", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−―()\[\]·.']+")
_SEVERAL = re.compile(r"[/,;、|或和]")
_COUNTRY = re.compile(r"^(\+86|0086)")

_SENTENCES = {
    ProblemKind.empty: "电话为空",
    ProblemKind.scientific: "号码被改成了科学计数（如1.38E+10），末几位已丢失：请在原表把该列设为文本再导出",
    ProblemKind.no_area_code: "固定电话缺区号：请补上区号（如0551）",
    ProblemKind.too_short: "号码位数不足：手机应为11位，固定电话应带区号",
    ProblemKind.too_long: "号码位数过多：手机应为11位，固定电话应带区号",
    ProblemKind.letters: "号码里有数字以外的文字",
    ProblemKind.masked: "号码已被打码（含*），无法拨打：请提供完整号码",
    ProblemKind.several: "一格里有多个号码：请每行只留一个，或拆成两列",
    ProblemKind.extension: "带分机号的总机，无法直接找到本人：请提供本人手机或直线",
    ProblemKind.placeholder: "像是凑数的号码（末八位是同一个数字）：请核对",
    ProblemKind.not_assigned: "不是手机号也不是带区号的固定电话：请核对",
}


def _problem(kind: ProblemKind) -> PhoneProblem:
    return PhoneProblem(kind, _SENTENCES[kind])


def normalise(raw: str) -> PhoneNumber | PhoneProblem:
    """Read one cell: full-width digits, +86 or 0086, blanks, dashes and a spreadsheet's ".0" are forgiven.

    Anything that would need a guess (scientific notation, a lost leading zero, several numbers) is a PhoneProblem.
    """
    text = "".join(c for c in unicodedata.normalize("NFKC", raw) if unicodedata.category(c) != "Cf").strip()
    text = re.sub(r"^(\d{7,})\.0+$", r"\1", text.lstrip("'"))
    if not text:
        return _problem(ProblemKind.empty)
    spoilt = _spoilt(text)
    if spoilt is not None:
        return _problem(spoilt)
    abroad = _COUNTRY.sub("", text)
    digits = _SEPARATORS.sub("", abroad)
    if not (digits.isascii() and digits.isdigit()):
        return _problem(ProblemKind.letters)
    return _read(digits, country_given=abroad != text)


def _spoilt(text: str) -> ProblemKind | None:
    if _SCIENTIFIC.fullmatch(text):
        return ProblemKind.scientific
    if "*" in text:
        return ProblemKind.masked
    if _SEVERAL.search(text):
        return ProblemKind.several
    if _EXTENSION.search(text):
        return ProblemKind.extension
    return None


def _read(digits: str, country_given: bool) -> PhoneNumber | PhoneProblem:
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) == 12 and _MOBILE.fullmatch(digits[1:]) and digits[0] == "0":
        digits = digits[1:]
    if _looks_made_up(digits):
        return _problem(ProblemKind.placeholder)
    if _MOBILE.fullmatch(digits):
        return PhoneNumber(digits, PhoneKind.mobile)
    if _LANDLINE.fullmatch(digits):
        return PhoneNumber(digits, PhoneKind.landline)
    with_zero = "0" + digits
    if _LANDLINE.fullmatch(with_zero):
        return PhoneNumber(with_zero, PhoneKind.landline) if country_given else _lost_zero(with_zero)
    return _problem(_wrong_length(digits))


def _looks_made_up(digits: str) -> bool:
    """Eight times the same digit at the end: people type it to get past an empty column."""
    return len(digits) >= 8 and len(set(digits[-8:])) == 1


def _lost_zero(guess: str) -> PhoneProblem:
    sentence = f"像是固定电话丢了开头的0：建议核对为{mask(guess)}，原表该列请设为文本"
    return PhoneProblem(ProblemKind.lost_zero, sentence, guess)


def _wrong_length(digits: str) -> ProblemKind:
    if len(digits) in (7, 8):
        return ProblemKind.no_area_code
    if len(digits) < 11:
        return ProblemKind.too_short
    return ProblemKind.too_long if len(digits) > 12 else ProblemKind.not_assigned


def _split(digits: str) -> tuple[str, str]:
    """Area code and local part; a mobile has no area code."""
    landline = _LANDLINE.fullmatch(digits)
    return (landline[1], landline[2]) if landline else ("", digits)


def mask(digits: str) -> str:
    """The number as lists show it: 138****8000, 0551****3456."""
    area, local = _split(digits)
    if area:
        return f"{area}****{local[-4:]}"
    return f"{local[:3]}****{local[-4:]}" if len(local) >= 11 else "*" * len(local)


def group(digits: str) -> str:
    """The number in groups that can be read out: 138 0013 8000, 0551-6412 3456."""
    area, local = _split(digits)
    if area:
        return f"{area}-{local[:-4]} {local[-4:]}"
    return f"{local[:3]} {local[3:7]} {local[7:]}" if len(local) == 11 else local
