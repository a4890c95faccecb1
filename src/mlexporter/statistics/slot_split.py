"""Which slot the rows of a block came from, where only the rows of each slot and each bin are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mlexporter.records import Counts, Reference, Scores, Slots


def slot_shares(training: Reference, slots: Slots) -> Scores:
    """Return the share of the training rows of each slot that is in each cell, shape (n_slots, n_cells)."""
    n_cells = training.feature_offsets[-1] + training.output_offsets[-1]
    cells = np.asarray(slots.cells, dtype=np.float64).reshape(slots.n_slots, n_cells)
    return cells / np.maximum(np.asarray(slots.rows, dtype=np.float64), 1.0)[:, None]


def split(cells: Counts, slot_rows: Counts, shares: Scores) -> Counts:
    """Return how the rows of a block in each cell are shared out over slots; they add up to ``cells``.

    In a block of one season this is exact. Where segments are mixed it is the expectation under the shares
    that the profile has of them; a cell that the profile never saw is shared out like all rows.

    Args:
        cells: Rows in each cell, int64, shape (n_cells,).
        slot_rows: Rows of each slot in the same block, int64, shape (n_slots,).
        shares: As ``slot_shares`` returns them.

    Returns:
        int64, shape (n_slots, n_cells).

    Source: dempster1977 (the first expectation step).  Differs: rounded so that every cell keeps its sum.
    """
    weights = slot_rows[:, None] * shares
    totals = weights.sum(axis=0)
    everywhere = slot_rows / max(int(slot_rows.sum()), 1)
    if not slot_rows.any():
        everywhere = np.full(len(slot_rows), 1.0 / len(slot_rows))
    parts = np.where(totals > 0, weights / np.where(totals > 0, totals, 1.0), everywhere[:, None])
    # Rounded as they add up: the last of them is the whole.
    ends = np.rint(np.cumsum(parts, axis=0) * cells).astype(np.int64)
    ends[-1] = cells
    return np.diff(ends, axis=0, prepend=0)
