"""The errors of predicted numbers that held-out rows in the same leaves let expect."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Counts, LeafErrors, Scores
from mlexporter.statistics.expected_outcomes import Quality


def expected_errors(leaves: LeafErrors, counts: Counts, rows: float) -> tuple[Quality, Quality]:
    """Return the expected mean absolute error and the root of the expected mean squared error.

    With v the variance of an error within its leaf, the variance is that of ``rows`` errors (sum of share
    x v / rows), of which leaves only a sample was looked at (variance between leaves x (1/n - 1/rows)),
    and of the held-out means (sum of share^2 x v / held-out rows).

    Args:
        leaves: Errors of held-out rows.
        counts: Sampled rows of the window in each leaf, at least one, shape (n_leaves,).
        rows: All rows of the window with a prediction, at least as many.

    Returns:
        In the unit of the prediction.

    Source: cochran1977 (stratified sampling); the root by the delta method.
    """
    held_out = np.asarray(leaves.rows, dtype=np.float64)
    absolute, square, fourth = (
        np.asarray(values, dtype=np.float64) for values in (leaves.absolute, leaves.square, leaves.fourth)
    )
    mean = _mean(absolute, square, held_out, counts, rows)
    squared = _mean(square, fourth, held_out, counts, rows)
    root = float(np.sqrt(squared.value))
    slope = 0.5 / root if root > 0 else 0.0
    return mean, Quality(root, slope**2 * squared.variance)


def _mean(means: Scores, squares: Scores, held_out: Scores, counts: Counts, rows: float) -> Quality:
    sampled = float(counts.sum())
    shares = counts / sampled
    within = np.maximum(squares - means**2, 0.0)
    value = float(shares @ means)
    between = float(shares @ (means - value) ** 2)
    variance = (
        float(shares @ within) / rows
        + between * max(1 / sampled - 1 / rows, 0.0)
        + float((shares**2 * within / np.maximum(held_out, 1.0)).sum())
    )
    return Quality(value, variance)
