"""Whether values moved away from the centre or towards it."""

from __future__ import annotations

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison, computed_once
from mlexporter.statistics.rank_weights import spread_weights


@computed_once
def spread(comparison: Comparison) -> Scores:
    """Return the mean of squared mid-ranks, freed of location, under the reference.

    Args:
        comparison: Counts in ordered bins, shape (n_rows, n_bins).

    Returns:
        In standard deviations of the reference ranks, positive where the ends gained rows, shape
        (n_rows,); its own standard deviation without drift is sqrt(1/n + 1/m). 0 where the
        reference fills fewer than three bins.

    Source: rayner1989 (as a component of Pearson's statistic).
    """
    moved: Scores = (comparison.difference * spread_weights(comparison.p)).sum(axis=1)
    return moved
