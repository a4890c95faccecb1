"""In which direction, and how far, the centre moved."""

from __future__ import annotations

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison, computed_once
from mlexporter.statistics.rank_weights import location_weights


@computed_once
def location(comparison: Comparison) -> Scores:
    """Return the mean standardised normal score of the window under the reference.

    Args:
        comparison: Counts in ordered bins, shape (n_rows, n_bins).

    Returns:
        In standard deviations of the reference as if it were normal, positive towards high values, shape
        (n_rows,); its own standard deviation without drift is sqrt(1/n + 1/m).

    Source: vanderwaerden1952; chernoff1958 (never less efficient than comparing means); rayner1989 (as a
    component of Pearson's statistic).
    """
    moved: Scores = (comparison.difference * location_weights(comparison.p)).sum(axis=1)
    return moved
