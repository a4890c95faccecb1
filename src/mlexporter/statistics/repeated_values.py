"""Whether a feature hangs: how often a value is that of the row before, and the most common value."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.records import Distribution, Kind, Reference, Scores, TrainingType, WindowCounts
from mlexporter.records.sides import REPEATS
from mlexporter.statistics.share_comparison import Shares
from mlexporter.statistics.side_counts import side_counts

SAMPLE_ROWS: Final = 10_000
"""Rows of training from which at most the profile tells how often two rows are equal."""

STUCK_RISE: Final = 0.8
"""Rise of the values that equal the row before (Cohen's h) from which a feature may hang."""

STUCK_RATIO: Final = 0.9
"""Share of the rows with one value that it takes besides: sessions repeat values, too."""

_INDEPENDENT: Final = 0.5
_SINGLE_VALUES: Final = "bins of a single value"
_LARGEST_INTEGER: Final = 2.0**24


def repeated_shares(reference: Reference, windows: Sequence[WindowCounts]) -> Shares:
    """Return the rows whose value equals that of the row before, and the share to expect.

    Two training rows are equal with probability c = sum of p_v^2 (``FeatureReference.collision``), and
    so are neighbours while rows come by chance. Neighbouring pairs share a row, which makes the
    variance of their share larger than that of n independent pairs: at most twice as large, since
    sum of p_v^3 <= c^1.5. The same holds of the estimate of c. So each row counts half.

    Args:
        reference: The profile in use.
        windows: Counts of each window.

    Source: simpson1949 (the probability that two rows are equal).
    """
    repeats = side_counts(reference, windows, REPEATS)
    collisions = [feature.collision for feature in reference.features]
    known = [math.nan if collision is None else collision for collision in collisions]
    rows = [min(feature.distribution.row_count, SAMPLE_ROWS) for feature in reference.features]
    return Shares(
        hits=repeats[:, :-1],
        rows=repeats[:, -1:],
        expected=np.array(known),
        reference_rows=np.array(rows),
        independent=_INDEPENDENT,
    )


def top_value_ratios(
    reference: Reference, cells: Scores, repeats: Shares, *, required_observations: int
) -> Scores:
    """Return the share of the rows that have the most common value, at least.

    It is the largest of two shares: that of the fullest bin with a single value (a category, an atom, an
    integer between two edges), and that of rows that equal the row before, which is at most the share of
    the most common value while rows come by chance. Sessions repeat many values, so the second counts
    only up to the share of the fullest bin, in which the most common value has to lie.

    Args:
        reference: The profile in use.
        cells: Counts of features, shape (n_windows, n_cells).
        repeats: What ``repeated_shares`` returned.
        required_observations: Rows that a window needs.

    Returns:
        Between 0 and 1, NaN where rows are too few or none has a value, shape (n_windows, n_features).
    """
    starts = np.asarray(reference.feature_offsets[:-1], dtype=np.int64)
    is_single, is_shape = _kinds_of_cells(reference)
    rows, single, fullest = (
        function.reduceat(counts, starts, axis=1)
        for function, counts in (
            (np.add, cells), (np.maximum, cells * is_single), (np.maximum, cells * is_shape),
        )
    )  # fmt: skip
    compared = np.maximum(np.asarray(repeats.rows, dtype=np.float64), 1.0)
    enough = np.asarray(repeats.rows) >= max(required_observations, 1)
    repeated = np.where(enough, np.asarray(repeats.hits) / compared, 0.0)
    total = np.maximum(rows, 1.0)
    ratios = np.maximum(single / total, np.minimum(repeated, fullest / total))
    return np.where((rows >= max(required_observations, 1)) & (fullest > 0), ratios, np.nan)


def _kinds_of_cells(reference: Reference) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which cells hold one value only, and which are shape bins; kept with the profile."""
    kept: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]] | None = reference.computed.get(_SINGLE_VALUES)
    if kept is None:
        singles: list[bool] = []
        shapes: list[bool] = []
        for feature in reference.features:
            found = feature.distribution
            singles += (*_single_values(found), False, False)
            # Vectors have clusters: no value of theirs is known to repeat.
            has_values = found.kind is not Kind.EMBEDDING
            shapes += (*itertools.repeat(has_values, found.n_shape_bins), False, False)
        kept = reference.computed[_SINGLE_VALUES] = np.array(singles), np.array(shapes)
    return kept


def _single_values(distribution: Distribution) -> list[bool]:
    if distribution.kind is Kind.EMBEDDING:
        return [False] * distribution.n_shape_bins
    if distribution.kind is not Kind.NUMERIC:
        return [True] * len(distribution.categories) + [False, False]
    is_integer = distribution.training_type is TrainingType.INTEGER
    inner = [
        _is_atom(low, high) or (is_integer and _holds_one_integer(low, high))
        for low, high in itertools.pairwise(distribution.edges)
    ]
    return [False, *inner, False][: distribution.n_shape_bins]  # both ends are open


def _is_atom(low: float, high: float) -> bool:
    # An atom has two float32 steps on either side, and one at zero is as wide as edges can be told.
    step = float(np.spacing(np.float32(max(abs(low), abs(high)))))
    return high - low <= max(8 * step, 1e-36)


def _holds_one_integer(low: float, high: float) -> bool:
    return max(abs(low), abs(high)) < _LARGEST_INTEGER and math.floor(high) - math.floor(low) == 1
