"""How probable a difference is without drift, by the three tests of a subject together."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics import alpha_shares
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.location import location
from mlexporter.statistics.p_value import p_value
from mlexporter.statistics.quantiles import upper_tail
from mlexporter.statistics.rare_share import has_rare_share_only, rare_share_rise
from mlexporter.statistics.spread import spread


def combined_p_value(comparison: Comparison) -> Scores:
    """Return the p-value that goes with the effect's lower bound, for use over many subjects.

    Ordered bins: the smallest of location, spread (both two-sided) and omnibus, each divided by its share
    of alpha (see ``alpha_shares``), corrected for being the smallest of three. Categories: the omnibus;
    where all categories but one are too rare for it, the rise of their common share (one-sided).

    Args:
        comparison: Counts, shape (n_rows, n_bins).

    Returns:
        Between 0 and 1, shape (n_rows,), on learned noise where that is in force.

    Source: sidak1967.  Differs: with unequal shares; equal to the smallest quotient where that is small,
    and 1 only where the location stands still.
    """
    if not comparison.is_ordered:
        variance = comparison.omnibus_variance
        rare = upper_tail(comparison, variance, rare_share_rise(comparison) / np.sqrt(variance))
        return np.where(has_rare_share_only(comparison), rare, p_value(comparison))
    shares = alpha_shares.LOCATION, alpha_shares.SPREAD, alpha_shares.OMNIBUS
    p_values = (
        _two_sided(comparison, location(comparison), comparison.location_variance),
        _two_sided(comparison, spread(comparison), comparison.spread_variance),
        p_value(comparison),
    )
    smallest = np.min([found / share for found, share in zip(p_values, shares, strict=True)], axis=0)
    combined: Scores = np.zeros_like(smallest)
    for share in shares:  # one less the product of what is left, without a difference of near equals
        combined += (1 - combined) * np.minimum(smallest * share, 1.0)
    return combined


def _two_sided(comparison: Comparison, shift: Scores, variance: Scores) -> Scores:
    one_sided = upper_tail(comparison, variance, np.abs(shift) / np.sqrt(variance))
    return one_sided * 2.0
