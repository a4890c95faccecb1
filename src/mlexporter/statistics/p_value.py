"""How probable a difference of this size is without drift."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison, computed_once
from mlexporter.statistics.quantiles import upper_tail


@computed_once
def p_value(comparison: Comparison) -> Scores:
    """Return the p-value of Pearson's chi-square test of homogeneity, thin bins merged.

    Args:
        comparison: Counts, shape (n_rows, n_bins).

    Returns:
        Between 0 and 1, shape (n_rows,); 1 where merging leaves a single bin. It falls with the
        number of rows whatever the size of the drift: alert on severity instead. Learned noise takes
        the place of that of sampling where it is larger; that it was learned is made up for by
        reading the normal quantile of the probability as one of Student's t.

    Source: pearson1900; cochran1954 (thin bins).
    """
    from scipy.special import chdtrc, ndtri  # noqa: PLC0415 - scipy loads at the first evaluation

    merged = comparison.merged
    scale, k = merged.contingency_scale
    tail: Scores = np.where(k > 0, chdtrc(np.maximum(k, 1.0), merged.phi_squared / scale), 1.0)
    if merged.noise is None:
        return tail
    return np.where(scale > merged.s, upper_tail(merged, scale, -ndtri(tail)), tail)
