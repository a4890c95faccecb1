"""What one column of values becomes: cells and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts

Column: TypeAlias = "Sequence[object] | npt.NDArray[Any]"
Cells: TypeAlias = "npt.NDArray[np.integer[Any]]"
"""The cell of each row, shape (n,); of one byte where cells are few."""


class ColumnCounts(NamedTuple):
    """What one column adds to the counts.

    Attributes:
        cells: Rows in each cell of the distribution, int64, shape (n_cells,).
        out_of_range: Rows strictly below ``minimum`` or above ``maximum``.
        type_mismatches: Rows of another type than in training; missing values are of none.
    """

    cells: Counts
    out_of_range: int
    type_mismatches: int
