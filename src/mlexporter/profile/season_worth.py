"""Whether hours differ enough to be told apart: what two halves of the days agree on."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

REQUIRED_AGREEMENT: Final = 5.0
"""Standard deviations above what days that have nothing in common would agree on: about 3 in ten million."""

Whole = npt.NDArray[np.int64]


def season_agreement(first: Whole, second: Whole) -> float:
    """Return by how many standard deviations two halves of the days agree on how slots differ.

    In each half of the days the shares of a slot differ from those of all slots. The products of these
    differences add up to the squared size of the season: chance, and whatever lasts less than a day,
    is independent in the halves and cancels out, which it would not in a test of all rows at once.
    Rows that repeat each other (sessions, retries) make both halves noisier than their rows say; how
    much is told by what the halves do not agree on.

    Args:
        first: Rows of half of the days by slot and cell, shape (n_slots, n_cells).
        second: Those of the other half.

    Returns:
        About standard normal where there is no season; 0 where nothing can be told.

    Source: rayner1989 (components of chi-squared).  Differs: two halves are multiplied instead of one
    squared.
    """
    used = (first.sum(axis=1) > 0) & (second.sum(axis=1) > 0)
    half, rest = first[used].astype(np.float64), second[used].astype(np.float64)
    pooled = (half + rest).sum(axis=0)
    cells = pooled > 0
    n_slots, degrees = len(half), int(cells.sum()) - 1
    if n_slots < 2 or degrees < 1:
        return 0.0
    rows_half, rows_rest = half.sum(axis=1), rest.sum(axis=1)
    weights = (rows_half + rows_rest) / pooled.sum()
    shares = pooled[cells] / pooled.sum()
    one, other = _differences(half[:, cells], weights), _differences(rest[:, cells], weights)
    agreed = _weighted(one * other, weights, shares)
    scattered = (_weighted(one * one, weights, shares) + _weighted(other * other, weights, shares)) / 2
    expected = degrees * float((weights * (1 / rows_half + 1 / rows_rest)).sum()) / 2
    repeats = max(1.0, (scattered - max(agreed, 0.0)) / expected)
    deviation = repeats * float(np.sqrt(degrees * (weights**2 / rows_half / rows_rest).sum()))
    return agreed / deviation


def _differences(cells: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    shares = cells / cells.sum(axis=1, keepdims=True)
    differences: npt.NDArray[np.float64] = shares - weights @ shares
    return differences


def _weighted(
    products: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]
) -> float:
    return float(weights @ (products / shares).sum(axis=1))
