"""Tells the slot of each training row, as ``state.sides.slots`` does of served ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from mlexporter.records import Reference
from mlexporter.state.binning import Binner
from mlexporter.state.columns import Column
from mlexporter.state.local_time import LocalTime

Whole = npt.NDArray[np.int64]

NO_SLOT = -1
"""Of rows without a time, where there are seasons."""


class SlotReader:
    """Reads batches of training rows.

    Args:
        reference: Its bins and time zone.
        seasons: Season of each hour of a week; empty for none.
        segment: Name of the feature of segments; empty for none.
        segments: Segment of each cell of it.
        table: Slot of season x segment, flat, as in ``records.Slots``.
    """

    def __init__(
        self, reference: Reference, seasons: tuple[int, ...], *, segment: str, segments: tuple[int, ...],
        table: tuple[int, ...],
    ) -> None:  # fmt: skip
        self._seasons = np.array(seasons, dtype=np.int64)
        self._local = LocalTime(reference.time_zone)
        self._segment = segment
        self._segments = np.array(segments, dtype=np.int64)
        self._table = np.reshape(table, (-1, max(segments, default=0) + 1))
        bins = [each.distribution for each in reference.features if segment and each.name == segment]
        self._cells = [Binner(distribution) for distribution in bins]

    def of(self, batch: Mapping[str, Column], times: npt.NDArray[np.float64] | None) -> Whole:
        """Return the slot of each row, shape (n,).

        Args:
            batch: Columns of n rows, with that of segments.
            times: Unix seconds, shape (n,), NaN where a row has none; None where there are no seasons.
        """
        n_rows = len(next(iter(batch.values())))
        seasons: Whole = np.zeros(n_rows, dtype=np.int64)
        segments = seasons
        if times is not None and len(self._seasons):
            known = np.where(np.isfinite(times), times, 0.0)
            seasons = self._seasons[self._local.hours_of_week(known)]
        for cells in self._cells:
            segments = self._segments[cells.cells_of(batch[self._segment])[0]]
        slots: Whole = self._table[seasons, segments]
        if times is not None and len(self._seasons):
            slots = np.where(np.isfinite(times), slots, NO_SLOT)
        return slots
