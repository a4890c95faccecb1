"""How large the drift is, with what stable data would show taken off."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison


def effect(comparison: Comparison) -> Scores:
    """Return the root of the mean square contingency less its expectation without drift.

    For a shift of a normal distribution it is about the shift in standard deviations (0.200, 0.511
    and 1.076 for 0.2, 0.5 and 1). Bins are not merged: merging is for the test alone.

    Args:
        comparison: Counts, shape (n_rows, n_bins).

    Returns:
        In standard deviations of the reference, >= 0, shape (n_rows,); symmetric.

    Source: pearson1900.  Differs: debiased by k (1/n + 1/m), k the filled bins less one, or by k times
    the learned noise where that is larger.
    """
    return np.sqrt(np.maximum(comparison.phi_squared - comparison.expected_contingency, 0.0))
