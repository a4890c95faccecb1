"""Weights of ordered bins under which a shift of shares speaks of location or of spread."""

from __future__ import annotations

from typing import Final

import numpy as np

from mlexporter.records import Scores

_SMALLEST_VARIANCE: Final = 1e-12
"""Below it a weight is rounding noise: with two filled bins location leaves nothing for spread."""


def location_weights(shares: Scores) -> Scores:
    """Return standardised mid-ranks: mean 0 and variance 1 under ``shares``.

    Args:
        shares: Reference shares of ordered bins, shape (n_rows, n_bins), rows summing to 1.

    Returns:
        Weights in standard deviations, ascending along a row, same shape; 0 where one bin holds all.

    Source: bross1958 (ridits).  Differs: centred and divided by their standard deviation.
    """
    return _standardised(_mid_ranks(shares), shares)


def spread_weights(shares: Scores) -> Scores:
    """Return squared mid-ranks, orthonormal to 1 and to ``location_weights`` under ``shares``.

    Args:
        shares: Reference shares of ordered bins, shape (n_rows, n_bins), rows summing to 1.

    Returns:
        Weights in standard deviations, high at both ends, same shape; 0 where two bins hold all.

    Source: rayner1989 (orthonormal components of Pearson's statistic).
    """
    location = location_weights(shares)
    squares = _mid_ranks(shares) ** 2
    squares = squares - (shares * squares).sum(axis=1, keepdims=True)
    squares -= (shares * squares * location).sum(axis=1, keepdims=True) * location
    return _standardised(squares, shares)


def _mid_ranks(shares: Scores) -> Scores:
    return 2 * np.cumsum(shares, axis=1) - shares - 1


def _standardised(weights: Scores, shares: Scores) -> Scores:
    variance = (shares * weights**2).sum(axis=1, keepdims=True)
    is_usable = variance > _SMALLEST_VARIANCE
    return np.where(is_usable, weights / np.sqrt(np.where(is_usable, variance, 1.0)), 0.0)
