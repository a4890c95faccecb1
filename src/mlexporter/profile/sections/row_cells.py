"""In which cell each training row lies: what counts alone do not tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mlexporter.records import Distribution
from mlexporter.state.binning import Binner, flatten, read_numbers
from mlexporter.state.columns import Column
from mlexporter.state.matrix import finite

Cells = npt.NDArray[np.integer[Any]]


class RowCells:
    """Reads columns of one feature row by row, into the very cells in which serving counts them.

    Args:
        distribution: The bins of the feature.
    """

    def __init__(self, distribution: Distribution) -> None:
        self._binner = Binner(distribution)

    def of(self, column: Column) -> Cells:
        """Return the cell of each of n values, integers of shape (n,), perhaps of one byte: widen before adding."""
        return self._binner.cells_of(column)[0]


def row_numbers(column: Column) -> npt.NDArray[np.float32]:
    """Return n values as serving reads numbers: float32, NaN where missing, infinite where invalid."""
    numbers = finite(read_numbers(flatten(column))[0])
    numbers[np.isnan(numbers)] = np.nan  # of all the bits that it may have, these
    return numbers
