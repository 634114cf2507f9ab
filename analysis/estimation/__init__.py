"""Design-based estimation: describe the sample once, then ask for estimates of domains and their intervals. Pure.

    sampled = design(strata=street, population=[people_on_the_list])
    rate = proportion(sampled, satisfied, domain=valid_answer)
    bounds = interval(rate)                    # HKG, 95%

    sums = cell_sums(stratum, cell, satisfied, weights, population)   # hundreds of domains in one pass
    found = estimates(sums)
    bounds = cell_intervals(found)

Columns are numpy arrays or sequences with one entry per selected person, the same length everywhere. A domain is a mask;
it never drops rows. Weights count people. Errors are the typed ones of analysis.errors; an empty domain is no error but
an Estimate whose `estimate` is None and whose `undefined` says why. Sources: methodology.md 2 and 3.
"""

from analysis.estimation.calibration import Distance, Margin, calibrate, margin, poststratify, rake
from analysis.estimation.estimators import (
    Estimate,
    Undefined,
    degrees_of_freedom,
    mean,
    mean_influence,
    proportion,
    ratio,
    total,
    total_influence,
)
from analysis.estimation.five_sums import CellEstimates, CellSums, cell_sums, cell_totals, estimates
from analysis.estimation.many_intervals import CellIntervals, cell_intervals
from analysis.estimation.rate_intervals import Method, interval, nchs_answers
from analysis.estimation.sample_design import Design, LonelyUnit, design
from analysis.estimation.variance_engine import covariance, variance

__all__ = [
    "CellEstimates",
    "CellIntervals",
    "CellSums",
    "Design",
    "Distance",
    "Estimate",
    "LonelyUnit",
    "Margin",
    "Method",
    "Undefined",
    "calibrate",
    "cell_intervals",
    "cell_sums",
    "cell_totals",
    "covariance",
    "degrees_of_freedom",
    "design",
    "estimates",
    "interval",
    "margin",
    "mean",
    "mean_influence",
    "nchs_answers",
    "poststratify",
    "proportion",
    "rake",
    "ratio",
    "total",
    "total_influence",
    "variance",
]
