"""How well one row tells which of two samples it came from, as a metric."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison


def jensen_shannon_distance(comparison: Comparison) -> Scores:
    """Return the square root of the Jensen-Shannon divergence in bits; symmetric.

    Args:
        comparison: Counts, shape (n_rows, n_bins).

    Returns:
        Between 0 (equal shares) and 1 (no bin in common), shape (n_rows,).

    Source: lin1991; endres2003 (its root is a metric).
    """
    middle = (comparison.q + comparison.p) / 2
    divergence = (_relative(comparison.q, middle) + _relative(comparison.p, middle)) / 2
    return np.sqrt(np.clip(divergence, 0.0, 1.0))


def _relative(shares: Scores, middle: Scores) -> Scores:
    ratio = np.divide(shares, middle, out=np.ones_like(shares), where=shares > 0)
    information: Scores = (shares * np.log2(ratio)).sum(axis=1)
    return information
