"""Units that are suspected for the features of windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from mlexporter.records import Counts, Distribution, Kind, Reference, Scores, WindowCounts
from mlexporter.records.magnitudes import ZERO_CELL, magnitude_range, magnitude_scale
from mlexporter.records.sides import MAGNITUDE_CELLS, MAGNITUDES
from mlexporter.statistics.side_counts import side_counts
from mlexporter.statistics.unit_factor import suspected_unit

PROBABILITIES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles that are compared; only the middle three where the profile has no others."""

LEAST_MOVED: Final = 0.25
"""Share of the rows that has to have moved to other bins, noise taken off, before a unit is suspected."""

LEAST_OUT_OF_RANGE: Final = 0.2
"""Rise of the values out of range (Cohen's h) that does as well."""

SAMPLED_ENOUGH: Final = 50
"""Sampled values that do, however many rows are required: a batch lends 64 values, however many rows it has."""

_MIDDLE: Final = slice(1, 4)


def unit_factors(
    reference: Reference,
    windows: Sequence[WindowCounts],
    *,
    out_of_range: Scores,
    required_observations: int,
) -> Scores:
    """Return the factor of another unit that would explain the values of each feature that moved far.

    Args:
        reference: The profile in use.
        windows: Counts of each window.
        out_of_range: Lower bounds of the rise of values out of range, shape (n_windows, n_features).
        required_observations: Rows that a window needs, and sampled values, but of these no more than
            ``SAMPLED_ENOUGH``.

    Returns:
        Factors as of ``suspected_unit``, NaN where none is suspected, shape (n_windows, n_features).
    """
    factors = np.full(out_of_range.shape, np.nan)
    numbers = [i for i, f in enumerate(reference.features) if f.distribution.kind is Kind.NUMERIC]
    counted = side_counts(reference, windows, MAGNITUDES).reshape(len(windows), -1, MAGNITUDE_CELLS)
    has_values = counted.sum(axis=2) >= min(max(required_observations, 1), SAMPLED_ENOUGH)
    has_values &= np.array([window.row_count >= required_observations for window in windows])[:, None]
    has_moved = (out_of_range > LEAST_OUT_OF_RANGE) | (_moved(reference, windows) > LEAST_MOVED)
    asked = list(zip(*np.nonzero(has_values & has_moved[:, numbers]), strict=True))
    if not asked:
        return factors
    places = [numbers[number] for _, number in asked]
    distributions = [reference.features[place].distribution for place in places]
    training = np.array([_training_quantiles(found) for found in distributions])
    scales = np.array([magnitude_scale(found) for found in distributions])
    observed = magnitude_quantiles(scales, counted[tuple(zip(*asked, strict=True))])
    # Values 1,000 times as large leave the cells at one end, and say enough by their middle.
    has_ends = np.isfinite(training).all(axis=1) & np.isfinite(observed).all(axis=1)
    suspected = np.where(
        has_ends,
        suspected_unit(observed, training),
        suspected_unit(observed[:, _MIDDLE], training[:, _MIDDLE]),
    )
    factors[[window for window, _ in asked], places] = suspected
    return factors


def magnitude_quantiles(scales: Scores, counts: Counts) -> Scores:
    """Return the quantiles at ``PROBABILITIES`` of values that were counted by order of magnitude.

    Between the ends of a cell they are interpolated by their logarithms; zero stands for its cell.

    Args:
        scales: What ``magnitude_scale`` says of each feature, shape (n_rows,).
        counts: Rows in each cell, shape (n_rows, MAGNITUDE_CELLS).

    Returns:
        Shape (n_rows, 5); NaN where there are no values, infinite in the outermost cells.
    """
    cumulative = np.cumsum(counts, axis=1, dtype=np.float64)
    low, high = np.array([magnitude_range(1.0, cell) for cell in range(MAGNITUDE_CELLS)]).T
    quantiles = np.full((len(scales), len(PROBABILITIES)), np.nan)
    rows = np.flatnonzero(cumulative[:, -1])
    for column, probability in enumerate(PROBABILITIES):
        wanted = probability * cumulative[rows, -1]
        cells = (cumulative[rows] < wanted[:, None]).sum(axis=1)
        part = 1 - (cumulative[rows, cells] - wanted) / counts[rows, cells]
        with np.errstate(invalid="ignore"):
            inside = np.sign(high[cells]) * np.abs(low[cells]) ** (1 - part) * np.abs(high[cells]) ** part
        outermost = np.where(np.isinf(low), low, high)[cells]
        found = np.where(np.isinf(outermost), outermost, np.where(cells == ZERO_CELL, 0.0, inside))
        quantiles[rows, column] = found * scales[rows]
    return quantiles


def _training_quantiles(distribution: Distribution) -> list[float]:
    known = dict(distribution.quantiles)
    return [known.get(probability, math.nan) for probability in PROBABILITIES]


def _moved(reference: Reference, windows: Sequence[WindowCounts]) -> Scores:
    """Return total variation distances of bins, less what chance makes of them at most, (n_windows, n_features).

    A distance is at most half the root of the mean square contingency, whose expectation is k (1/n + 1/m).
    """
    distributions = [feature.distribution for feature in reference.features]
    starts = np.asarray(reference.feature_offsets[:-1], dtype=np.int64)
    lengths = np.array([found.n_cells for found in distributions])
    is_shape = np.ones(reference.feature_offsets[-1], dtype=np.bool_)
    is_shape[np.concatenate([starts + lengths - 2, starts + lengths - 1])] = False
    training = np.concatenate([np.asarray(found.counts, dtype=np.float64) for found in distributions])
    rows = np.stack([training, *(window.feature_cells.astype(np.float64) for window in windows)]) * is_shape
    totals = np.maximum(np.add.reduceat(rows, starts, axis=1), 1.0)
    shares = rows / np.repeat(totals, lengths, axis=1)
    distances = np.add.reduceat(np.abs(shares[1:] - shares[:1]), starts, axis=1) / 2
    chance = np.sqrt(np.maximum(lengths - 3, 0) * (1 / totals[1:] + 1 / totals[:1])) / 2
    return np.asarray(distances - chance)
