"""Orders of magnitude of numbers, which tell that a unit has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlexporter.records import Kind
from mlexporter.records.magnitudes import ZERO_CELL, magnitude_range, magnitude_scale
from mlexporter.records.sides import MAGNITUDE_CELLS

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts, Reference
    from mlexporter.state.row_block import RowBlock


class Magnitudes:
    """Puts each finite number into the cell of its sign and half-octave.

    Args:
        reference: The profile; the scale of each feature comes from its edges.
    """

    def __init__(self, reference: Reference) -> None:
        numbers = [f.distribution for f in reference.features if f.distribution.kind is Kind.NUMERIC]
        # Powers of two: what they are multiplied by stays exact.
        self._factors = np.array([1 / magnitude_scale(each) for each in numbers], dtype=np.float32)
        self._starts = np.arange(len(numbers), dtype=np.intp) * MAGNITUDE_CELLS
        self._bounds = _bounds()

    def count(self, rows: RowBlock, cells: Counts) -> None:
        """Add all numbers that are there and finite."""
        with np.errstate(over="ignore", under="ignore"):
            scaled = rows.numbers * self._factors
        found = self._bounds.searchsorted(scaled, "right") + self._starts
        cells += np.bincount(found[np.isfinite(rows.numbers)], minlength=len(cells))


def _bounds() -> npt.NDArray[np.float32]:
    """Return the smallest float32 number in each cell but the first, for a scale of 1; ascending."""
    found = []
    for cell in range(1, MAGNITUDE_CELLS):
        low = magnitude_range(1.0, cell)[0]
        bound = np.float32(low)
        # Negative cells, and that of zero, do not hold their lower end.
        if float(bound) < low or (cell <= ZERO_CELL and float(bound) == low):
            bound = np.nextafter(bound, np.float32(np.inf))
        found.append(bound)
    return np.array(found, dtype=np.float32)
