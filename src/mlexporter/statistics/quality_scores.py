"""The scores of data quality: shares of bad rows that rose beyond the reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mlexporter.catalogue import (
    FEATURE_MISSING_EXCESS,
    FEATURE_OUT_OF_RANGE_EXCESS,
    FEATURE_TYPE_MISMATCH_EXCESS,
    FEATURE_UNSEEN_EXCESS,
    Metric,
)
from mlexporter.records import Counts, Distribution, Kind, Reference, Scores, WindowCounts
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.statistic import statistic_named

_MISSING_FROM_END, _UNSEEN_FROM_END = 2, 3


def quality_scores(
    reference: Reference, windows: Sequence[WindowCounts], *, required_observations: int
) -> dict[str, Scores]:
    """Compare the shares of bad rows among all rows of a feature, missing ones included.

    They do not need a usable shape: a feature that is missing altogether still has them.

    Args:
        reference: The profile in use, with at least one feature.
        windows: Counts of at least one window.
        required_observations: Rows of any kind that a window needs.

    Returns:
        Catalogue names to lower bounds of Cohen's h, shape (n_windows, n_features). NaN marks a
        score that is absent: too few rows, a kind without such rows (``unseen`` of numbers), a
        profile without a training range.
    """
    distributions = [feature.distribution for feature in reference.features]
    cells = np.stack([window.feature_cells for window in windows])
    training = np.concatenate([np.asarray(found.counts, dtype=np.int64) for found in distributions])[None]
    offsets = np.asarray(reference.feature_offsets, dtype=np.int64)
    rows, training_rows = (np.add.reduceat(counts, offsets[:-1], axis=1) for counts in (cells, training))
    has_rows = (rows >= required_observations) & (training_rows > 0)

    def rise(metric: Metric, hits: Counts, training_hits: Counts, applies: npt.NDArray[np.bool_]) -> Scores:
        scores = np.full(hits.shape, np.nan)
        asked = has_rows & applies
        comparison = Comparison(
            current=_pairs(hits, rows)[asked],
            reference=np.broadcast_to(_pairs(training_hits, training_rows), (*hits.shape, 2))[asked],
            is_ordered=False,
            n_subjects=len(distributions),
            n_windows=len(windows),
        )
        scores[asked] = statistic_named(metric.statistic)(comparison)
        return scores

    missing, unseen = offsets[1:] - _MISSING_FROM_END, offsets[1:] - _UNSEEN_FROM_END
    is_number = np.array([found.kind is Kind.NUMERIC for found in distributions])
    everywhere = np.ones(len(distributions), dtype=np.bool_)
    mismatches = np.stack([window.type_mismatches for window in windows])
    outside = np.stack([window.out_of_range for window in windows])
    training_mismatches = np.array([[found.type_mismatches for found in distributions]])
    training_outside = np.array([[found.out_of_range for found in distributions]])
    found = (
        (FEATURE_MISSING_EXCESS, cells[:, missing], training[:, missing], everywhere),
        (FEATURE_TYPE_MISMATCH_EXCESS, mismatches, training_mismatches, everywhere),
        (FEATURE_OUT_OF_RANGE_EXCESS, outside, training_outside, _have_range(distributions)),
        (FEATURE_UNSEEN_EXCESS, cells[:, unseen], training[:, unseen], ~is_number),
    )
    return {metric.name: rise(metric, *counts) for metric, *counts in found}


def _pairs(hits: Counts, rows: Counts) -> Counts:
    return np.stack([hits, np.maximum(rows - hits, 0)], axis=-1)


def _have_range(distributions: Sequence[Distribution]) -> npt.NDArray[np.bool_]:
    return np.array(
        [
            found.kind is Kind.NUMERIC and (found.minimum is not None or found.maximum is not None)
            for found in distributions
        ]
    )
