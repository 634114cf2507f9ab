"""Figures as text: round half up on exact numbers, so that print never depends on binary floats. Pure."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from analysis.errors import CountsOutOfRange


def round_half_up(value: Decimal | str, places: int = 1) -> Decimal:
    """Round to `places` decimals, halves away from zero (四舍五入). Text or Decimal: a float has lost its half."""
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def scaled_half_up(value: Fraction, places: int) -> int:
    """`value` times 10**places as an integer, halves away from zero."""
    scale: int = 10**places
    whole = (2 * scale * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole


def _decimal_text(digits: int, places: int) -> str:
    """A non-negative scaled integer as decimal text: (900, 1) -> "90.0"."""
    if places == 0:
        return str(digits)
    whole, part = divmod(digits, 10**places)
    return f"{whole}.{part:0{places}d}"


def percent_text(x: int, n: int, places: int = 1) -> str:
    """100 x/n without the sign: percent_text(1799, 2000) -> "90.0". Raises CountsOutOfRange."""
    if n <= 0 or not 0 <= x <= n:
        raise CountsOutOfRange(x, n)
    return _decimal_text(scaled_half_up(Fraction(100 * x, n), places), places)


def share_text(share: float, places: int = 1) -> str:
    """A share between 0 and 1 as percent text, for bounds that are no ratio of counts (Wilson, HKG)."""
    return str(round_half_up(Decimal(repr(float(share))) * 100, places))


def target_text(target: int) -> str:
    """A target in thousandths as percent text without idle zeros: 900 -> "90", 905 -> "90.5"."""
    whole, tenth = divmod(target, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def _signed_points(points: Fraction, places: int) -> str:
    digits = scaled_half_up(points, places)
    sign = "+" if digits > 0 else "-" if digits < 0 else ""
    return f"{sign}{_decimal_text(abs(digits), places)}个百分点"


def points_text(x: int, n: int, target: int, places: int = 1) -> str:
    """Distance of x/n from a target in thousandths, signed: points_text(279, 300, 900) -> "+3.0个百分点" (M33)."""
    if n <= 0 or not 0 <= x <= n:
        raise CountsOutOfRange(x, n)
    return _signed_points(100 * (Fraction(x, n) - Fraction(target, 1000)), places)


def change_text(x: int, n: int, x_before: int, n_before: int, places: int = 1) -> str:
    """Change against an earlier rate in words: "提高5.7个百分点", "下降…", "持平" when it rounds to nothing (M34)."""
    for counts in ((x, n), (x_before, n_before)):
        if counts[1] <= 0 or not 0 <= counts[0] <= counts[1]:
            raise CountsOutOfRange(*counts)
    digits = scaled_half_up(100 * (Fraction(x, n) - Fraction(x_before, n_before)), places)
    if digits == 0:
        return "持平"
    return f"{'提高' if digits > 0 else '下降'}{_decimal_text(abs(digits), places)}个百分点"
