"""Money in a list: read for its band only, with 元 and 万元 told apart. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from statistics import median

BANDS = ((0, "0"), (100, "1-99"), (500, "100-499"), (1000, "500-999"), (3000, "1000-2999"), (10_000, "3000-9999"))
"""Upper limits in yuan (not reached) and the words that are stored; the exact amount is not."""
TOP_BAND = "10000+"
APART = 1000
"""An amount this many times larger or smaller than the middle one is likely in another unit."""
_AMOUNT = re.compile(r"[¥¥]?\s*(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(万元|万|元)?")


def read_amount(text: str, unit: str) -> Fraction | None:
    """Yuan from a cell; `unit` is the header's (元 when empty), a unit in the cell wins. None when it is no amount."""
    match = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match:
        return None
    factor = 10_000 if "万" in (match[2] or unit) else 1
    return Fraction(match[1].replace(",", "")) * factor


def band(yuan: Fraction) -> str:
    """The band of an amount in yuan."""
    if yuan == 0:
        return "0"
    return next((word for limit, word in BANDS[1:] if yuan < limit), TOP_BAND)


def misfits(amounts: Sequence[tuple[int, Fraction]]) -> list[int]:
    """Rows whose amount is so far from the middle that 元 and 万元 seem mixed."""
    positive = [amount for _, amount in amounts if amount > 0]
    if len(positive) < 3:
        return []
    middle = median(positive)
    return [row for row, amount in amounts if amount > 0 and not middle / APART < amount < middle * APART]
