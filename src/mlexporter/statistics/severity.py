"""Whether the drift is larger than what matters: above 1 is drift."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.effect_lower_bound import effect_lower_bound


def severity(comparison: Comparison) -> Scores:
    """Return the lower confidence bound of the effect divided by its threshold.

    Args:
        comparison: Counts and thresholds, shape (n_rows, n_bins) and (n_rows,).

    Returns:
        Dimensionless, >= 0, shape (n_rows,). With a threshold of 0, which asks for any drift at
        all, infinite where drift is significant and 0 where it is not.
    """
    bound = effect_lower_bound(comparison)
    thresholds = np.broadcast_to(np.asarray(comparison.thresholds, dtype=np.float64), bound.shape)
    any_drift = np.where(bound > 0, np.inf, 0.0)
    return np.divide(bound, thresholds, out=any_drift, where=thresholds > 0)
