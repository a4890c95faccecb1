"""The scores of data quality: what is wrong with the values of a feature, and with the rows of a model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlexporter.catalogue import (
    DUPLICATE_ROWS_EXCESS,
    FEATURE_INVALID_EXCESS,
    FEATURE_MISSING_EXCESS,
    FEATURE_OUT_OF_RANGE_EXCESS,
    FEATURE_SKEW,
    FEATURE_STUCK_EXCESS,
    FEATURE_TOP_VALUE,
    FEATURE_TYPE_MISMATCH_EXCESS,
    FEATURE_UNIT_FACTOR,
    FEATURE_UNSEEN_EXCESS,
)
from mlexporter.records import Distribution, Kind, Reference, Scores, WindowCounts
from mlexporter.records.sides import DUPLICATES
from mlexporter.statistics.expected_shares import ExpectedRows, expected_rows
from mlexporter.statistics.noise_floor import feature_noise
from mlexporter.statistics.pair_skew import pair_skews
from mlexporter.statistics.repeated_values import repeated_shares, top_value_ratios
from mlexporter.statistics.share_comparison import Shares, share_excesses
from mlexporter.statistics.side_counts import side_counts
from mlexporter.statistics.unit_scores import unit_factors

_MISSING_FROM_END, _INVALID_FROM_END, _UNSEEN_FROM_END = 2, 1, 3


def quality_scores(
    reference: Reference, windows: Sequence[WindowCounts], *, required_observations: int
) -> dict[str, Scores]:
    """Compare what is wrong with each feature with what was wrong with it in training.

    All rows of a feature count, missing ones included: a feature that is missing altogether still has
    these scores. Learned noise (of the omnibus) takes the place of sampling noise where it is larger.

    Args:
        reference: The profile in use, with at least one feature.
        windows: Counts of at least one window.
        required_observations: Rows of any kind that a window needs.

    Returns:
        Catalogue names to values, shape (n_windows, n_features); NaN marks a score that is absent: too
        few rows, a kind without such rows (``unseen`` of numbers), a profile that does not know what
        to expect. Lower bounds of Cohen's h, but for ``FEATURE_TOP_VALUE`` and ``FEATURE_SKEW``
        (shares) and ``FEATURE_UNIT_FACTOR``.
    """
    noise = feature_noise(reference, windows)
    cells = np.stack([window.feature_cells for window in windows]).astype(np.float64)
    expected = expected_rows(reference, windows)
    found = {
        name: share_excesses(shares, noise, required_observations=required_observations)
        for name, shares in _bad_shares(reference, windows, cells, expected).items()
    }
    stuck = repeated_shares(reference, windows)
    found[FEATURE_STUCK_EXCESS.name] = share_excesses(
        stuck, noise, required_observations=required_observations
    )
    found[FEATURE_TOP_VALUE.name] = top_value_ratios(
        reference, cells, stuck, required_observations=required_observations
    )
    found[FEATURE_UNIT_FACTOR.name] = unit_factors(
        reference,
        windows,
        out_of_range=found[FEATURE_OUT_OF_RANGE_EXCESS.name],
        required_observations=required_observations,
    )
    if reference.pairs:
        found[FEATURE_SKEW.name] = pair_skews(
            reference, windows, noise, required_observations=required_observations
        )
    return found


def model_quality(
    reference: Reference, windows: Sequence[WindowCounts], *, required_observations: int
) -> list[dict[str, float]]:
    """Compare the share of repeated rows in batches with that of training, for the model as a whole.

    Args:
        reference: The profile in use.
        windows: Counts of each window.
        required_observations: Rows of batches that a window needs.

    Returns:
        For each window, catalogue name to the lower bound of Cohen's h; what is absent is not in it.
    """
    duplicates = side_counts(reference, windows, DUPLICATES)
    if reference.duplicate_rows is None or not duplicates.size:
        return [{} for _ in windows]
    shares = Shares(
        hits=duplicates[:, :1],
        rows=duplicates[:, 1:],
        expected=np.array([[reference.duplicate_rows / max(reference.row_count, 1)]]),
        reference_rows=np.array([[reference.row_count]]),
    )
    bounds = share_excesses(shares, required_observations=required_observations)[:, 0].tolist()
    return [{} if np.isnan(bound) else {DUPLICATE_ROWS_EXCESS.name: bound} for bound in bounds]


def _bad_shares(
    reference: Reference, windows: Sequence[WindowCounts], cells: Scores, expected: ExpectedRows
) -> dict[str, Shares]:
    distributions = [feature.distribution for feature in reference.features]
    offsets = np.asarray(reference.feature_offsets, dtype=np.int64)
    rows, expected_total = (
        np.add.reduceat(counts, offsets[:-1], axis=1) for counts in (cells, expected.cells)
    )
    training_rows = np.array([found.row_count for found in distributions], dtype=np.float64)

    def in_cell(from_end: int, more: Scores | float = 0.0) -> Shares:
        places = offsets[1:] - from_end
        share = expected.cells[:, places] / np.maximum(expected_total, 1.0)
        return Shares(cells[:, places], rows, np.minimum(share + more, 1.0), expected.rows)

    def beside(hits: Scores, training_hits: list[int], applies: list[bool]) -> Shares:
        share = np.where(applies, np.asarray(training_hits) / np.maximum(training_rows, 1.0), np.nan)
        return Shares(hits, rows, np.minimum(share, 1.0), training_rows)

    return {
        FEATURE_MISSING_EXCESS.name: in_cell(_MISSING_FROM_END),
        FEATURE_INVALID_EXCESS.name: in_cell(_INVALID_FROM_END),
        FEATURE_TYPE_MISMATCH_EXCESS.name: beside(
            np.stack([window.type_mismatches for window in windows]),
            [found.type_mismatches for found in distributions],
            [True] * len(distributions),
        ),
        FEATURE_OUT_OF_RANGE_EXCESS.name: beside(
            np.stack([window.out_of_range for window in windows]),
            [found.out_of_range for found in distributions],
            [_has_range(found) for found in distributions],
        ),
        FEATURE_UNSEEN_EXCESS.name: in_cell(
            _UNSEEN_FROM_END, _unseen_beyond_training(reference, training_rows)
        ),
    }


def _unseen_beyond_training(reference: Reference, training_rows: Scores) -> Scores:
    """Return what to add to the share of unseen categories in training; NaN for numbers, which have none.

    Training counts as unseen the rows of categories with too few rows to be known. A new row meets what
    training did not know: by Good and Turing the share of the rows whose category would not be known
    had that row been left out, which adds the categories that just have enough (once each, where one
    row is enough).

    Source: good1953.
    """
    extra = np.array([feature.once_seen or 0 for feature in reference.features], dtype=np.float64)
    is_number = [feature.distribution.kind is Kind.NUMERIC for feature in reference.features]
    return np.where(is_number, np.nan, extra / np.maximum(training_rows, 1.0))


def _has_range(found: Distribution) -> bool:
    return found.kind is Kind.NUMERIC and (found.minimum is not None or found.maximum is not None)
