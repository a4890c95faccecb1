"""Whether the drift is larger than what matters: above 1 is drift."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.population_stability_index import population_stability_index


def severity(comparison: Comparison) -> Scores:
    """Return the lower confidence bound of the effect divided by its threshold.

    Rows with ``uses_psi`` have the classic rule instead: PSI, less what it is about without drift,
    divided by a threshold that is a PSI.

    Args:
        comparison: Counts and thresholds, shape (n_rows, n_bins) and (n_rows,).

    Returns:
        Dimensionless, >= 0, shape (n_rows,). With a threshold of 0, which asks for any drift at
        all, infinite where drift is significant and 0 where it is not.
    """
    amount = effect_lower_bound(comparison)
    if np.any(comparison.uses_psi):
        debiased = population_stability_index(comparison) - comparison.expected_contingency
        amount = np.where(comparison.uses_psi, np.maximum(debiased, 0.0), amount)
    thresholds = np.broadcast_to(np.asarray(comparison.thresholds, dtype=np.float64), amount.shape)
    any_drift = np.where(amount > 0, np.inf, 0.0)
    return np.divide(amount, thresholds, out=any_drift, where=thresholds > 0)
