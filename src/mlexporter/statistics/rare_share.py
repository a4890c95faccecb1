"""The common share of categories that are too rare for a chi-square test."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.quantiles import inflated_variance
from mlexporter.statistics.share_rise import share_rise, share_rise_lower_bound


def has_rare_share_only(comparison: Comparison) -> npt.NDArray[np.bool_]:
    """Tell the rows in which merging leaves no more than one bin, shape (n_rows,)."""
    return np.equal(comparison.merged.degrees_of_freedom, 0)


def rare_share_lower_bound(comparison: Comparison) -> Scores:
    """Return the lower bound of the rise of everything but the most frequent category.

    Merging thin bins would blind the omnibus to a rare class that floods the window (a label of
    1 % among 100 rows that becomes 50 %): where it leaves a single bin, this test takes its place.

    Args:
        comparison: Counts of categories, shape (n_rows, n_bins).

    Returns:
        Cohen's h less its noise, >= 0, shape (n_rows,); 0 where the omnibus can be used.
    """
    variance = inflated_variance(comparison, comparison.omnibus_variance, comparison.alpha)
    bound = share_rise_lower_bound(*_rare_shares(comparison), variance, comparison.alpha)
    return np.where(has_rare_share_only(comparison), bound, 0.0)


def rare_share_rise(comparison: Comparison) -> Scores:
    """Return the rise of everything but the most frequent category as Cohen's h, shape (n_rows,)."""
    return share_rise(*_rare_shares(comparison))


def _rare_shares(comparison: Comparison) -> tuple[Scores, Scores]:
    rows = np.arange(comparison.p.shape[0])
    most_frequent = comparison.p.argmax(axis=1)
    q = np.clip(comparison.q.sum(axis=1) - comparison.q[rows, most_frequent], 0.0, 1.0)
    p = np.clip(comparison.p.sum(axis=1) - comparison.p[rows, most_frequent], 0.0, 1.0)
    return q, p
