"""Counts rows in which a derived feature does not fit what it derives from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from mlexporter.records import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts, Distribution, Reference
    from mlexporter.state.row_block import RowBlock

    Cells: TypeAlias = npt.NDArray[np.integer[Any]]


def number_cells(distribution: Distribution, numbers: npt.NDArray[np.float32]) -> Cells:
    """Return the cell of each number, as ``MatrixBinner`` counts them.

    Args:
        distribution: Bins of a number.
        numbers: Shape (n,), float32: NaN is missing, infinite is invalid.
    """
    edges = np.asarray(distribution.edges, dtype=np.float32)
    cells = edges.searchsorted(numbers, "left")
    cells[np.isnan(numbers)] = distribution.n_shape_bins
    cells[np.isinf(numbers)] = distribution.n_shape_bins + 1
    return cells


class Skews:
    """For each pair of ``Reference.pairs`` two cells: rows in unlikely pairs of cells, and rows looked at.

    Args:
        reference: The profile in use.
    """

    def __init__(self, reference: Reference) -> None:
        places = {name: place for place, name in enumerate(reference.feature_names)}
        self._distributions = {
            places[name]: reference.features[places[name]].distribution
            for pair in reference.pairs
            for name in (pair.source, pair.derived)
        }
        self._pairs = [
            (places[pair.source], places[pair.derived], _table(pair.unlikely)) for pair in reference.pairs
        ]

    def count(self, rows: RowBlock, cells: Counts) -> None:
        """Add ``rows`` to the cells, shape (2 n_pairs,)."""
        found = {place: self._cells(place, rows) for place in self._distributions}
        for number, (source, derived, unlikely) in enumerate(self._pairs):
            cells[2 * number] += np.count_nonzero(unlikely[found[source], found[derived]])
            cells[2 * number + 1] += rows.n_rows

    def _cells(self, place: int, rows: RowBlock) -> Cells:
        distribution = self._distributions[place]
        if distribution.kind is not Kind.NUMERIC:
            return rows.codes(place)
        return number_cells(distribution, rows.numbers[:, rows.number_places.index(place)])


def _table(texts: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Return ``DerivedPair.unlikely`` as booleans, shape (cells of the source, cells of the derived)."""
    return np.array([[letter == "1" for letter in text] for text in texts], dtype=np.bool_)
