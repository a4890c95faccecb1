"""What windows counted beside the bins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlexporter.records import Counts, Reference, WindowCounts


def side_counts(reference: Reference, windows: Sequence[WindowCounts], name: str) -> Counts:
    """Return the cells of one side, int64, shape (n_windows, n_cells of the side).

    Args:
        reference: The profile in use.
        windows: Counts; one without the side cells of this profile has zeros.
        name: One of ``records.sides.SIDES``.
    """
    places = reference.side_places
    place, total = places[name], max(each.stop for each in places.values())
    found = np.zeros((len(windows), place.stop - place.start), dtype=np.int64)
    for row, window in zip(found, windows, strict=True):
        if window.side_cells.size == total:
            row[:] = window.side_cells[place]
    return found
