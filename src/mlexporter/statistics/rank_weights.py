"""Weights of ordered bins under which a shift of shares speaks of location or of spread."""

from __future__ import annotations

from typing import Final

import numpy as np

from mlexporter.records import Scores

_SMALLEST_VARIANCE: Final = 1e-12
"""Below it a weight is rounding noise: with two filled bins location leaves nothing for spread."""


def location_weights(shares: Scores) -> Scores:
    """Return standardised normal scores: mean 0 and variance 1 under ``shares``.

    The score of a bin is the mean of a standard normal between the quantiles at which the bin begins and
    ends. A shift of a normal feature is then read in its standard deviations, and it is found with the fewest
    rows; mid-ranks need a twentieth more of them.

    Args:
        shares: Reference shares of ordered bins, shape (n_rows, n_bins), rows summing to 1.

    Returns:
        Weights in standard deviations, ascending along a row, same shape; 0 where one bin holds all. An
        empty bin between filled ones has the quantile where it lies, one outside of them the weight of the
        nearest filled one.

    Source: vanderwaerden1952; chernoff1958 (whatever the feature, never less efficient than comparing
    means).  Differs: means over bins, centred and divided by their standard deviation.
    """
    scores = _normal_scores(shares)
    return _standardised(scores - (shares * scores).sum(axis=1, keepdims=True), shares)


def spread_weights(shares: Scores) -> Scores:
    """Return squared mid-ranks (ridits), orthonormal to 1 and to ``location_weights`` under ``shares``.

    Args:
        shares: Reference shares of ordered bins, shape (n_rows, n_bins), rows summing to 1.

    Returns:
        Weights in standard deviations, high at both ends, same shape; 0 where two bins hold all.

    Source: bross1958 (ridits); rayner1989 (orthonormal components of Pearson's statistic).
    """
    # Squares of normal scores have tails too heavy for a test at 1e-7 with a hundred rows.
    location = location_weights(shares)
    squares = _mid_ranks(shares) ** 2
    squares = squares - (shares * squares).sum(axis=1, keepdims=True)
    squares -= (shares * squares * location).sum(axis=1, keepdims=True) * location
    return _standardised(squares, shares)


def _normal_scores(shares: Scores) -> Scores:
    from scipy.special import ndtri  # noqa: PLC0415 - scipy loads at the first evaluation

    # Quantiles count from the nearer end: a sum up to almost 1 has lost the digits of what is beyond it.
    beyond = np.cumsum(shares[:, ::-1], axis=1)[:, ::-1]
    before, after = np.cumsum(shares, axis=1)[:, :-1], beyond[:, 1:]
    inner = np.copysign(ndtri(np.minimum(before, after)), before - after)
    quantiles = np.pad(inner, ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
    density = np.exp(-(quantiles**2) / 2) / np.sqrt(2 * np.pi)
    fallen = density[:, :-1] - density[:, 1:]
    means = np.divide(fallen, shares, out=np.zeros_like(fallen), where=shares > 0)
    # Rounding in bins of next to nothing, and what an empty bin begins and ends at.
    scores = np.clip(means, quantiles[:, :-1], quantiles[:, 1:])
    lowest, highest = (
        reduced(np.where(shares > 0, scores, empty), axis=1, keepdims=True)
        for reduced, empty in ((np.min, np.inf), (np.max, -np.inf))
    )
    return np.where(highest >= lowest, np.clip(scores, lowest, highest), 0.0)


def _mid_ranks(shares: Scores) -> Scores:
    return 2 * np.cumsum(shares, axis=1) - shares - 1


def _standardised(weights: Scores, shares: Scores) -> Scores:
    variance = (shares * weights**2).sum(axis=1, keepdims=True)
    is_usable = variance > _SMALLEST_VARIANCE
    return np.where(is_usable, weights / np.sqrt(np.where(is_usable, variance, 1.0)), 0.0)
