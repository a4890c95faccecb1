"""How large the drift is at least."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics import alpha_shares
from mlexporter.statistics.comparison import Comparison, computed_once
from mlexporter.statistics.location import location
from mlexporter.statistics.noncentrality import noncentrality_lower_bound
from mlexporter.statistics.quantiles import inflated_variance, upper_quantiles
from mlexporter.statistics.rare_share import rare_share_lower_bound
from mlexporter.statistics.spread import spread


@computed_once
def effect_lower_bound(comparison: Comparison) -> Scores:
    """Return the lower confidence bound of the effect, false alarms shared out over all looks.

    Ordered bins: the largest of the bounds by location, by spread (both two-sided) and by the
    omnibus, each at its share of alpha (see ``alpha_shares``). Categories: the omnibus alone, at alpha; where all categories
    but one are too rare for it, the rise of their common share. Thin bins are merged for the
    omnibus only, so the bound can lie below what the (unmerged) effect suggests. Where learned noise
    is larger than that of sampling it takes its place, with the quantiles of Student's t.

    Args:
        comparison: Counts and the numbers of subjects and windows, shape (n_rows, n_bins).

    Returns:
        In standard deviations of the reference, >= 0, shape (n_rows,). Not an exact interval for
        effects above 1.

    Source: potgieter2023; dunn1961.
    """
    if not comparison.is_ordered:
        return np.maximum(_omnibus(comparison, comparison.alpha), rare_share_lower_bound(comparison))
    moved = np.maximum(
        _beyond_noise(comparison, location(comparison), comparison.location_variance, alpha_shares.LOCATION),
        _beyond_noise(comparison, spread(comparison), comparison.spread_variance, alpha_shares.SPREAD),
    )
    return np.maximum(np.maximum(moved, 0.0), _omnibus(comparison, comparison.alpha * alpha_shares.OMNIBUS))


def _beyond_noise(comparison: Comparison, shift: Scores, variance: Scores, share: float) -> Scores:
    quantiles = upper_quantiles(comparison, variance, comparison.alpha * share / 2)
    return np.abs(shift) - quantiles * np.sqrt(variance)


def _omnibus(comparison: Comparison, alpha: float) -> Scores:
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy loads at the first evaluation

    merged = comparison.merged
    scale, k = merged.contingency_scale
    scale = inflated_variance(merged, scale, alpha)
    statistic = merged.phi_squared / scale
    central_p = np.where(k > 0, chdtrc(np.maximum(k, 1.0), statistic), 1.0)
    bound = noncentrality_lower_bound(statistic, k, central_p, alpha)
    return np.where(bound > 0, np.sqrt(bound) * np.sqrt(np.where(bound > 0, scale, 0.0)), 0.0)
