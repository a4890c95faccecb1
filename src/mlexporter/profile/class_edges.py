"""Edges of the bins of class scores, fine where the class is likely, however rare it is.

Bins of even shares would leave most classes four bins above a score of one half, where decisions are made.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mlexporter.profile.edges import SCORE_QUANTILES_OF_A_CLASS, Values, edge_between, number_edges


def class_score_edges(scores: npt.NDArray[Any], minimum_rows: int) -> tuple[float, ...] | None:
    """Return class-mixed edges without a label: each score counts as so much of a row of its class.

    These are 10 quantiles of the rows weighted by the score, and 10 of them weighted by its complement.

    Args:
        scores: Of one class against all others, finite, shape (n,).
        minimum_rows: Rows that support an edge on either side.

    Returns:
        Ascending; those of any number where there are 20 distinct scores or fewer; None where scores lie
        outside 0 to 1.
    """
    values = Values.of(scores)
    likely = values.distinct.astype(np.float64)
    if not len(likely) or likely[0] < 0 or likely[-1] > 1:
        return None
    n_parts = SCORE_QUANTILES_OF_A_CLASS + 1
    if len(likely) <= 2 * SCORE_QUANTILES_OF_A_CLASS:
        return number_edges(scores, minimum_rows)
    rows = np.cumsum(values.rows)
    gaps: set[int] = set()
    for weights in (likely, 1 - likely):
        cumulative = np.cumsum(values.rows * weights)
        wanted = cumulative[-1] * np.arange(1, n_parts) / n_parts
        gaps |= set(np.searchsorted(cumulative, wanted).tolist())
    supported = [gap for gap in sorted(gaps) if min(rows[gap], rows[-1] - rows[gap]) >= minimum_rows]
    edges = {edge_between(values.distinct[gap], values.distinct[gap + 1]) for gap in supported}
    return tuple(sorted(edges))
