"""How probable a difference of this size is without drift."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison, computed_once


@computed_once
def p_value(comparison: Comparison) -> Scores:
    """Return the p-value of Pearson's chi-square test of homogeneity, thin bins merged.

    Args:
        comparison: Counts, shape (n_rows, n_bins).

    Returns:
        Between 0 and 1, shape (n_rows,); 1 where merging leaves a single bin. It falls with the
        number of rows whatever the size of the drift: alert on severity instead.

    Source: pearson1900; cochran1954 (thin bins).
    """
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy loads at the first evaluation

    merged = comparison.merged
    tail: Scores = chdtrc(np.maximum(merged.degrees_of_freedom, 1), merged.phi_squared / merged.s)
    return np.where(merged.degrees_of_freedom > 0, tail, 1.0)
