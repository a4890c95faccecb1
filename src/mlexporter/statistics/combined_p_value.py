"""How probable a difference is without drift, by the three tests of a subject together."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.location import location
from mlexporter.statistics.p_value import p_value
from mlexporter.statistics.quantiles import upper_tail
from mlexporter.statistics.rare_share import has_rare_share_only, rare_share_rise
from mlexporter.statistics.spread import spread


def combined_p_value(comparison: Comparison) -> Scores:
    """Return the p-value that goes with the effect's lower bound, for use over many subjects.

    Ordered bins: the smallest of location, spread (both two-sided) and omnibus, corrected for being
    the smallest of three. Categories: the omnibus; where all categories but one are too rare for it,
    the rise of their common share (one-sided).

    Args:
        comparison: Counts, shape (n_rows, n_bins).

    Returns:
        Between 0 and 1, shape (n_rows,), on learned noise where that is in force.

    Source: sidak1967.  Differs: equal to three times the smallest where that is small, and never 1
    where the smallest is not, which a Cauchy combination could not digest.
    """
    if not comparison.is_ordered:
        variance = comparison.omnibus_variance
        rare = upper_tail(comparison, variance, rare_share_rise(comparison) / np.sqrt(variance))
        return np.where(has_rare_share_only(comparison), rare, p_value(comparison))
    by_location = _two_sided(comparison, location(comparison), comparison.location_variance)
    by_spread = _two_sided(comparison, spread(comparison), comparison.spread_variance)
    smallest = np.minimum(np.minimum(by_location, by_spread), p_value(comparison))
    combined: Scores = smallest * (3 - 3 * smallest + smallest**2)
    return np.minimum(combined, 1.0)


def _two_sided(comparison: Comparison, shift: Scores, variance: Scores) -> Scores:
    one_sided = upper_tail(comparison, variance, np.abs(shift) / np.sqrt(variance))
    return one_sided * 2.0
