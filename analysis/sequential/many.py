"""Many projects watched at once by e-values: which of them may be named together. Pure.

Wang and Ramdas 2022: the e-Benjamini-Hochberg procedure keeps the expected share of false names below its rate whatever
the dependence between the projects, and with each project stopped when it likes.
"""

from collections.abc import Sequence
from math import exp, isnan

from analysis.comparison.multiplicity import WATCH_RATE, benjamini_hochberg
from analysis.errors import LevelOutOfRange, ValueRefused


def e_values_adjusted(log_e: Sequence[float]) -> tuple[float, ...]:
    """Smallest rate at which each project would be named: e-BH is Benjamini-Hochberg on 1/e, capped at 1.

    log_e: logarithms of one e-value per project, as Evidence holds them (inf and -inf allowed), each at the look where
    its project stands now or stopped. Not the largest e-value so far: that is none. Raises ValueRefused for NaN.
    """
    for position, value in enumerate(log_e):
        if isnan(value):
            raise ValueRefused("logarithm of an e-value", position, value)
    return benjamini_hochberg([exp(min(0.0, -value)) for value in log_e])


def named_together(log_e: Sequence[float], rate: float = WATCH_RATE) -> tuple[bool, ...]:
    """Which projects e-BH names at a rate of false names, in the order given. Raises LevelOutOfRange, ValueRefused."""
    if not 0 < rate < 1:
        raise LevelOutOfRange(rate)
    return tuple(adjusted <= rate for adjusted in e_values_adjusted(log_e))
