"""What a column of vectors holds, learned batch by batch in bounded memory."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.profile.fit_rows import FitRows
from mlexporter.state.binning import flatten
from mlexporter.state.embedding_bins import FEWEST_DIMENSIONS, MOST_DIMENSIONS, length_of, read_vectors

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.state.columns import Column

MOST_FIT_ROWS: Final = 10_000
"""Vectors that clusters and axes are fitted on, at most: 160 MB of the longest ones."""

_LENGTH_ROWS: Final = 100


class VectorLearner:
    """Accumulates the vectors of one column that clusters are fitted on.

    Args:
        row_count: All rows that will come.

    Attributes:
        n_dimensions: The length of most vectors among the first values; 0 where there is none.
        n_values: Rows with a value.
        n_usable: Rows with a finite vector of that length.
    """

    def __init__(self, row_count: int) -> None:
        self._fit_rows = FitRows(row_count, MOST_FIT_ROWS)
        self._lengths: Counter[int | None] = Counter()
        self._sampled: list[npt.NDArray[np.float32]] = []
        self.n_dimensions = 0
        self.n_values = 0
        self.n_usable = 0

    def update(self, column: Column) -> None:
        """Add the rows of a batch, n values as ``state.columns`` gives them."""
        values = flatten(column)
        chosen = self._fit_rows.next(len(values))
        if not self.n_dimensions:
            self._lengths.update(length_of(value) for value in values[:_LENGTH_ROWS] if value is not None)
            known = [(length, rows) for length, rows in self._lengths.most_common() if length is not None]
            self.n_dimensions = known[0][0] if known else 0
        if not FEWEST_DIMENSIONS <= self.n_dimensions <= MOST_DIMENSIONS:
            return
        vectors = read_vectors(values, self.n_dimensions)
        is_usable = ~(vectors.is_missing | vectors.is_invalid)
        self.n_values += len(values) - int(np.count_nonzero(vectors.is_missing))
        self.n_usable += int(np.count_nonzero(is_usable))
        self._sampled.append(vectors.rows[is_usable & chosen])

    @property
    def sample(self) -> npt.NDArray[np.float32]:
        """The vectors that were chosen, shape (n_rows, n_dimensions)."""
        return np.concatenate(self._sampled) if self._sampled else np.empty((0, 0), dtype=np.float32)
