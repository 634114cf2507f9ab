"""The one variance engine: from influence values of rows to the variance of an estimate, stage by stage. Pure.

v = sum_h share_h (1 - f_h) n_h/(n_h - 1) sum_c (z_hc - zbar_h)^2, summed over stages (methodology.md 3; R survey's
svyrecvar). Units of z are the estimate's own, so a variance has their square.
"""

import numpy as np
from numpy.typing import NDArray

from analysis.errors import SingleUnitStratum
from analysis.estimation.sample_design import Codes, Design, Floats, LonelyUnit, Mask, Stage, sums_by

SELF_REPRESENTING = 1e-7  # R survey: a stratum with 1 - f below this is taken as a whole


def _totals(codes: Codes, values: Floats, size: int) -> Floats:
    """(size, columns) sums of the rows with each code."""
    if values.shape[1] == 1:
        return sums_by(codes, values[:, 0], size)[:, np.newaxis]
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    found = np.zeros((size, values.shape[1]))
    found[codes[order][starts]] = np.add.reduceat(values[order], starts, axis=0)
    return found


def _lonely_parts(
    stage: Stage, design: Design, present: Mask, domain_units: NDArray[np.intp], open_strata: Mask
) -> tuple[Mask, Mask]:
    """Strata whose variance cannot be seen, and strata where it is seen from one unit only (domain lonely)."""
    single = open_strata & (stage.sampled == 1) & present
    if single.any() and design.lonely is LonelyUnit.fail:
        raise SingleUnitStratum(stage.labels[int(np.argmax(single))])
    one_visible = np.zeros_like(single)
    if design.adjust_domain_lonely and design.lonely in (LonelyUnit.adjust, LonelyUnit.average):
        one_visible = open_strata & (stage.sampled > 1) & (domain_units == 1)
    return single, one_visible


def _stage_covariance(stage: Stage, influence: Floats, design: Design, domain: Mask) -> Floats:
    units, strata = len(stage.stratum), len(stage.sampled)
    totals = _totals(stage.unit, influence, units)
    sums = _totals(stage.stratum, totals, strata)
    unit_seen = np.bincount(stage.unit[domain], minlength=units) > 0
    domain_units = np.bincount(stage.stratum[unit_seen], minlength=strata)
    present = domain_units > 0
    fraction = stage.fraction
    open_strata = (1 - fraction) > SELF_REPRESENTING
    single, one_visible = _lonely_parts(stage, design, present, domain_units, open_strata)
    centre = sums / stage.sampled[:, np.newaxis]
    scale = stage.share * np.where(open_strata, 1 - fraction, 0.0) * stage.sampled / np.maximum(stage.sampled - 1, 1)
    if design.lonely is LonelyUnit.adjust:
        among = stage.sampled[present].sum()
        middle = sums[present].sum(axis=0) / max(int(among), 1)
        centre = np.where((single | one_visible)[:, np.newaxis], middle, centre)
    elif (single | one_visible).any():
        left_out = single | (one_visible if design.lonely is LonelyUnit.average else np.zeros_like(single))
        scale = np.where(left_out, 0.0, scale)
        if design.lonely is LonelyUnit.average and (usable := int((present & ~left_out).sum())):
            scale = scale * int(present.sum()) / usable
    scale = np.where(present, scale, 0.0)
    distance = (totals - centre[stage.stratum]) * np.sqrt(scale)[stage.stratum][:, np.newaxis]
    return distance.T @ distance


def covariance(design: Design, influence: Floats, domain: Mask | None = None) -> Floats:
    """Covariance matrix (columns, columns) of estimates with these influence values (rows, columns).

    domain: (rows,) rows of the domain, which decide what counts as a lonely stratum; default and for calibrated designs
    all rows (as R). The influence of rows outside must be 0. Raises SingleUnitStratum under the rule `fail`.
    """
    inside = np.ones(design.rows, dtype=np.bool_) if domain is None or design.adjustments else domain
    values = influence if influence.ndim == 2 else influence[:, np.newaxis]
    for adjustment in design.adjustments:
        values = adjustment.residuals(values)
    found = np.zeros((values.shape[1], values.shape[1]))
    for stage in design.stages:
        found += _stage_covariance(stage, values, design, inside)
    return found


def variance(design: Design, influence: Floats, domain: Mask | None = None) -> float:
    """Variance of one estimate with influence values (rows,); see covariance."""
    return float(covariance(design, influence, domain)[0, 0])
