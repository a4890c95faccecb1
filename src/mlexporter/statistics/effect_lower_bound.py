"""How large the drift is at least."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison, computed_once
from mlexporter.statistics.location import location
from mlexporter.statistics.noncentrality import noncentrality_lower_bound
from mlexporter.statistics.p_value import p_value
from mlexporter.statistics.rare_share import rare_share_lower_bound
from mlexporter.statistics.spread import spread


@computed_once
def effect_lower_bound(comparison: Comparison) -> Scores:
    """Return the lower confidence bound of the effect, false alarms shared out over all looks.

    Ordered bins: the largest of the bounds by location, by spread (both two-sided) and by the
    omnibus, each at a third of alpha. Categories: the omnibus alone, at alpha; where all categories
    but one are too rare for it, the rise of their common share. Thin bins are merged for the
    omnibus only, so the bound can lie below what the (unmerged) effect suggests.

    Args:
        comparison: Counts and the numbers of subjects and windows, shape (n_rows, n_bins).

    Returns:
        In standard deviations of the reference, >= 0, shape (n_rows,). Not an exact interval for
        effects above 1.

    Source: potgieter2023; dunn1961.
    """
    if not comparison.is_ordered:
        return np.maximum(_omnibus(comparison, comparison.alpha), rare_share_lower_bound(comparison))
    from scipy.special import ndtri  # noqa: PLC0415 - scipy loads at the first evaluation

    noise = -ndtri(comparison.alpha / 6) * np.sqrt(comparison.s)
    moved = np.maximum(np.abs(location(comparison)), np.abs(spread(comparison)))
    return np.maximum(np.maximum(moved - noise, 0.0), _omnibus(comparison, comparison.alpha / 3))


def _omnibus(comparison: Comparison, alpha: float) -> Scores:
    merged, central_p = comparison.merged, p_value(comparison)
    statistic = merged.phi_squared / merged.s
    bound = noncentrality_lower_bound(statistic, merged.degrees_of_freedom, central_p, alpha)
    return np.where(bound > 0, np.sqrt(bound) * np.sqrt(np.where(bound > 0, merged.s, 0.0)), 0.0)
