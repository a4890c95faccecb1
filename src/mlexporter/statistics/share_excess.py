"""By how much a share of bad rows rose beyond the reference, at least."""

from __future__ import annotations

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.share_rise import share_rise_lower_bound


def share_excess(comparison: Comparison) -> Scores:
    """Return the lower confidence bound of the rise of the first bin's share, as Cohen's h.

    Used for missing values, values out of range, unknown categories and values of another type:
    the first bin holds such rows, the second all others. Only a rise counts.

    Args:
        comparison: Counts, shape (n_rows, n_bins), the share in question in column 0.

    Returns:
        Between 0 (no significant rise) and pi, shape (n_rows,).

    Source: cohen1988; dunn1961.
    """
    return share_rise_lower_bound(comparison.q[:, 0], comparison.p[:, 0], comparison.s, comparison.alpha)
