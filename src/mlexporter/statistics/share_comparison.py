"""Shares of rows in windows beside the shares that are expected, as comparisons of two bins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlexporter.records import Counts, Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.share_excess import share_excess


class Shares(NamedTuple):
    """What was counted and what is expected; arrays of shape (n_windows, n_subjects), or that broadcast to it.

    Attributes:
        hits: Rows in question.
        rows: All rows that were looked at.
        expected: Share of rows in question to expect, 0 to 1; NaN where it is unknown.
        reference_rows: Rows that it is known from, perhaps effective ones.
        independent: How many rows one counted row stands for; 0.5 where neighbours are counted.
    """

    hits: Counts | Scores
    rows: Counts | Scores
    expected: Scores
    reference_rows: Counts | Scores
    independent: float = 1.0


def share_excesses(
    shares: Shares, noise: NoiseFloor | None = None, *, required_observations: int = 1
) -> Scores:
    """Return the lower bounds of how far shares rose beyond what is expected, as Cohen's h.

    Args:
        shares: Of every window and subject.
        noise: Learned noise of shape (n_windows, n_subjects); None where none was learned.
        required_observations: Rows that a window needs.

    Returns:
        Between 0 and pi, NaN where rows are too few or nothing is known of what to expect, shape
        (n_windows, n_subjects).
    """
    hits = np.asarray(shares.hits, dtype=np.float64)
    rows, expected, reference_rows = (
        np.broadcast_to(values, hits.shape)
        for values in (shares.rows, shares.expected, shares.reference_rows)
    )
    asked = (rows >= max(required_observations, 1)) & (reference_rows > 0) & np.isfinite(expected)
    scores = np.full(hits.shape, np.nan)
    if asked.any():
        learned = None if noise is None else noise.rows(asked)
        scores[asked] = share_excess(two_bins(shares, asked, learned, looks=(hits.shape[1], hits.shape[0])))
    return scores


def two_bins(
    shares: Shares, asked: npt.NDArray[np.bool_], noise: NoiseFloor | None, *, looks: tuple[int, int]
) -> Comparison:
    """Return a comparison of two bins, rows in question and all others, for what is ``asked``.

    Args:
        shares: Of every window and subject.
        asked: Which of them to compare, in the shape of ``shares.hits``.
        noise: Learned noise of those, shape (n_asked,).
        looks: How many subjects and windows share the false alarms.
    """
    hits = np.asarray(shares.hits, dtype=np.float64)
    rows, expected, reference_rows = (
        np.broadcast_to(np.asarray(values, dtype=np.float64), hits.shape)[asked]
        for values in (shares.rows, shares.expected, shares.reference_rows)
    )
    return Comparison(
        current=_pairs(hits[asked], rows) * shares.independent,
        reference=_pairs(expected * reference_rows, reference_rows) * shares.independent,
        is_ordered=False,
        noise=noise,
        n_subjects=looks[0],
        n_windows=looks[1],
    )


def _pairs(hits: Scores, rows: Scores) -> Scores:
    return np.stack([hits, np.maximum(rows - hits, 0.0)], axis=-1)
