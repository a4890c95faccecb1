"""Which share of the rows changed bin."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison


def total_variation(comparison: Comparison) -> Scores:
    """Return half the sum of all changes of share; symmetric.

    Args:
        comparison: Counts, shape (n_rows, n_bins).

    Returns:
        Between 0 (equal shares) and 1 (no bin in common), shape (n_rows,).

    Source: levin2017.
    """
    moved: Scores = np.abs(comparison.difference).sum(axis=1) / 2
    return np.minimum(moved, 1.0)
