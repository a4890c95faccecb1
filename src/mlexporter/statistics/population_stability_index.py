"""How far two binned samples differ, on the scale that risk modelling made familiar."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison, computed_once


@computed_once
def population_stability_index(comparison: Comparison) -> Scores:
    """Return the symmetrised divergence of smoothed shares; 0 when the counts are proportional.

    Every bin gets half a row on both sides, so that an empty bin stays finite. Bins are not merged.
    Sampling alone gives about (bins - 1) x (1/n + 1/m): compare it with the effect before acting.

    Args:
        comparison: Counts, shape (n_rows, n_bins).

    Returns:
        Dimensionless, >= 0, unbounded above, shape (n_rows,).

    Source: siddiqi2006; jeffreys1946 (the divergence).  Differs: smooths with Jeffreys' half row.
    """
    n_bins = comparison.current.shape[1]
    q = (comparison.current + 0.5) / (comparison.n + 0.5 * n_bins)[:, None]
    p = (comparison.reference + 0.5) / (comparison.m + 0.5 * n_bins)[:, None]
    index: Scores = ((q - p) * np.log(q / p)).sum(axis=1)
    return index
