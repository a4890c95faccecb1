"""How little two binned samples overlap."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison


def hellinger_distance(comparison: Comparison) -> Scores:
    """Return the distance between the square roots of the shares; symmetric.

    Args:
        comparison: Counts, shape (n_rows, n_bins).

    Returns:
        Between 0 (equal shares) and 1 (no bin in common), shape (n_rows,).

    Source: hellinger1909.  Differs: summed as squared differences of roots, which keeps small
    distances exact where 1 - sum(sqrt(q p)) cancels.
    """
    apart: Scores = ((np.sqrt(comparison.q) - np.sqrt(comparison.p)) ** 2).sum(axis=1) / 2
    return np.sqrt(np.minimum(apart, 1.0))
