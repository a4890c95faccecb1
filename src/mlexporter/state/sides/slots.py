"""Rows of each slot: of each season of the week and each segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlexporter.state.local_time import LocalTime

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts, Reference
    from mlexporter.state.row_block import RowBlock


class Slots:
    """Tells the season by the time of each row, else by when it arrived, in the zone of the profile.

    Args:
        reference: A profile with slots; the feature of its segments is no number.
    """

    def __init__(self, reference: Reference) -> None:
        slots = reference.slots
        if slots is None:
            raise ValueError("a profile without slots has none to count")
        self._n_slots = slots.n_slots
        self._n_segments = slots.n_segments
        self._table = np.array(slots.table, dtype=np.int64)
        self._seasons = np.array(slots.seasons, dtype=np.int64)
        self._local = LocalTime(reference.time_zone) if slots.seasons else None
        self._segments = np.array(slots.segments, dtype=np.int64)
        self._place = reference.feature_names.index(slots.segment) if slots.segment else None

    def count(self, rows: RowBlock, cells: Counts) -> None:
        """Add each row to one slot."""
        if not rows.n_rows:
            return
        season, segment = self._season(rows), self._segment(rows)
        slots = self._table[season * self._n_segments + segment]
        if slots.ndim:
            cells += np.bincount(slots, minlength=self._n_slots)
        else:
            cells[slots] += rows.n_rows

    def _season(self, rows: RowBlock) -> npt.NDArray[np.int64]:
        """Return the season of each row, or one for all of them."""
        if self._local is None:
            return np.zeros((), dtype=np.int64)
        if rows.timestamps is None:
            return np.asarray(self._seasons[self._local.hour_of_week(rows.now)])
        return self._seasons[self._local.hours_of_week(rows.timestamps)]

    def _segment(self, rows: RowBlock) -> npt.NDArray[np.int64]:
        if self._place is None:
            return np.zeros((), dtype=np.int64)
        segments: npt.NDArray[np.int64] = self._segments[rows.codes(self._place)]
        return segments
