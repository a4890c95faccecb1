"""How far two cumulative distributions part at most."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison


def kolmogorov_smirnov_statistic(comparison: Comparison) -> Scores:
    """Return the largest gap between the cumulative shares at the edges of ordered bins.

    Args:
        comparison: Counts in ordered bins, shape (n_rows, n_bins).

    Returns:
        Between 0 and 1, never above the total variation, shape (n_rows,); symmetric.

    Source: smirnov1939.  Differs: looks at the edges of the bins only, so it is a lower bound of
    the statistic of the raw values.
    """
    largest: Scores = np.abs(comparison.cumulative_difference).max(axis=1, initial=0.0)
    return np.minimum(largest, 1.0)
