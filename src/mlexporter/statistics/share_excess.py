"""By how much a share of bad rows rose beyond the reference, at least."""

from __future__ import annotations

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.quantiles import inflated_variance
from mlexporter.statistics.share_rise import share_rise_lower_bound


def share_excess(comparison: Comparison) -> Scores:
    """Return the lower confidence bound of the rise of the first bin's share, as Cohen's h.

    Used for missing and invalid values, values out of range, unknown categories, values of another
    type, values that repeat and rows that repeat: the first bin holds such rows, the second all others.
    Only a rise counts. Learned noise takes the place of sampling noise where it is larger.

    Args:
        comparison: Counts, shape (n_rows, n_bins), the share in question in column 0.

    Returns:
        Between 0 (no significant rise) and pi, shape (n_rows,).

    Source: cohen1988; dunn1961.
    """
    variance = inflated_variance(comparison, comparison.omnibus_variance, comparison.alpha)
    return share_rise_lower_bound(comparison.q[:, 0], comparison.p[:, 0], variance, comparison.alpha)
