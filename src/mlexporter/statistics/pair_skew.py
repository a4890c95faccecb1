"""In how many rows a derived feature does not fit what it derives from, at least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlexporter.records import Reference, Scores, WindowCounts
from mlexporter.records.sides import SKEWS
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.quantiles import inflated_variance
from mlexporter.statistics.share_comparison import Shares, two_bins
from mlexporter.statistics.side_counts import side_counts


def pair_skews(
    reference: Reference,
    windows: Sequence[WindowCounts],
    noise: NoiseFloor | None = None,
    *,
    required_observations: int = 1,
) -> Scores:
    """Return for each derived feature the lower bound of the share of rows that fit training no longer.

    A row counts where its bin, beside the bin of what it derives from, hardly occurred in training; what
    rows of training that were held out had of that is taken off.

    Args:
        reference: The profile in use.
        windows: Counts of each window.
        noise: Learned noise, shape (n_windows, n_features).
        required_observations: Rows that have to have been looked at.

    Returns:
        Between 0 and 1, NaN for other features and where rows are too few, shape (n_windows, n_features).
    """
    scores = np.full((len(windows), len(reference.features)), np.nan)
    counted = side_counts(reference, windows, SKEWS)
    for number, pair in enumerate(reference.pairs):
        if not pair.rows:
            continue
        place = reference.feature_names.index(pair.derived)
        hits, rows = counted[:, 2 * number], counted[:, 2 * number + 1]
        asked = rows >= max(required_observations, 1)
        comparison = two_bins(
            Shares(hits, rows, np.array(pair.hits / pair.rows), np.array(pair.rows)),
            asked,
            None if noise is None else noise.rows(asked, place),
            looks=(len(reference.features), len(windows)),
        )
        scores[asked, place] = share_difference_lower_bound(comparison)
    return scores


def share_difference_lower_bound(comparison: Comparison) -> Scores:
    """Return the lower confidence bound of how much the share of the first bin rose, as a difference.

    Args:
        comparison: Counts, shape (n_rows, 2), the share in question in column 0.

    Returns:
        Between 0 and 1, shape (n_rows,); 0 where there are no rows.

    Source: newcombe1998 (method 10, from wilson1927).  Differs: learned noise counts as fewer rows.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - scipy loads at the first evaluation

    variance = inflated_variance(comparison, comparison.omnibus_variance, comparison.alpha)
    usable = np.isfinite(variance)
    fewer = np.where(usable, comparison.s / np.where(usable, variance, 1.0), 0.0)
    quantile = -float(ndtri(comparison.alpha))
    q, p = comparison.q[:, 0], comparison.p[:, 0]
    low, _ = _wilson(q, comparison.n * fewer, quantile)
    _, high = _wilson(p, comparison.m * fewer, quantile)
    bound = q - p - np.sqrt((q - low) ** 2 + (high - p) ** 2)
    return np.where(usable, np.maximum(bound, 0.0), 0.0)


def _wilson(share: Scores, rows: Scores, quantile: float) -> tuple[Scores, Scores]:
    squared = quantile**2
    middle = share * rows + squared / 2
    half = quantile * np.sqrt(share * (1 - share) * rows + squared / 4)
    return (middle - half) / (rows + squared), (middle + half) / (rows + squared)
