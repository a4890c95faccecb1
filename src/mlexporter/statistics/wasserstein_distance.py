"""How far rows would have to move to turn one binned sample into the other."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison


def wasserstein_distance(comparison: Comparison) -> Scores:
    """Return the earth mover's distance between the shares, each bin taken as one point.

    The points come from the profile alone (see ``bin_positions``), so a single extreme value moves
    one row into the last bin and no further.

    Args:
        comparison: Counts in ordered bins with their positions, shape (n_rows, n_bins).

    Returns:
        In standard deviations of the reference, >= 0, at most the distance of the outermost bins,
        shape (n_rows,); NaN where edges or the standard deviation are lacking.

    Source: vallender1974.  Differs: of binned values; the open bins end at published values.
    """
    if comparison.positions is None:
        return np.full(len(comparison.current), np.nan)
    flow = np.abs(comparison.cumulative_difference[:, :-1])
    distance: Scores = (flow * np.diff(comparison.positions, axis=1)).sum(axis=1)
    return np.where(np.isnan(comparison.positions).any(axis=1), np.nan, distance)
