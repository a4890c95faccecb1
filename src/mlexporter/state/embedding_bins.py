"""Vectors of users, and the cluster in which each of them lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mlexporter.state.column_counts import Cells, ColumnCounts
from mlexporter.state.values import ValueClass, read_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from mlexporter.records import Distribution

_BLOCK_ROWS: Final = 1024
_NUMBER_KINDS: Final = "biuf"

FEWEST_DIMENSIONS: Final = 2
MOST_DIMENSIONS: Final = 4096
MOST_CLUSTERS: Final = 12


class Vectors(NamedTuple):
    """A column of vectors as a matrix.

    Attributes:
        rows: float32, shape (n_rows, n_dimensions); 0 where there is no vector.
        is_missing: Rows without a value, shape (n_rows,).
        is_invalid: Rows whose value is no vector of this length, or is not finite, shape (n_rows,).
        type_mismatches: Rows whose value is no vector of numbers at all.
    """

    rows: npt.NDArray[np.float32]
    is_missing: npt.NDArray[np.bool_]
    is_invalid: npt.NDArray[np.bool_]
    type_mismatches: int


def read_vectors(values: Sequence[object] | npt.NDArray[Any], n_dimensions: int) -> Vectors:
    """Read values of users as vectors of one length; never raises.

    Args:
        values: n lists, tuples, arrays, or anything that numpy makes an array of; or a matrix.
        n_dimensions: The length of each.
    """
    n_rows = len(values)
    whole = _as_array(values)
    if whole is not None and whole.shape == (n_rows, n_dimensions) and whole.dtype.kind in _NUMBER_KINDS:
        rows = _small(whole)
        is_invalid = np.logical_not(np.isfinite(rows).all(axis=1))
        if is_invalid.any():
            rows = np.where(is_invalid[:, None], np.float32(0), rows)
        return Vectors(rows, np.zeros(n_rows, dtype=np.bool_), is_invalid, 0)
    return _read_each(values, n_dimensions)


def length_of(value: object) -> int | None:
    """Return the length of a vector of numbers, or None where ``value`` is none; never raises."""
    array = _as_array(value)
    return array.size if array is not None and array.ndim == 1 and array.dtype.kind in _NUMBER_KINDS else None


def _read_each(values: Sequence[object] | npt.NDArray[Any], n_dimensions: int) -> Vectors:
    n_rows = len(values)
    rows = np.zeros((n_rows, n_dimensions), dtype=np.float32)
    is_missing, is_invalid = np.zeros((2, n_rows), dtype=np.bool_)
    mismatches = 0
    for place, value in enumerate(values):
        array = None if value is None else _as_array(value)
        if array is None or array.ndim != 1 or array.dtype.kind not in _NUMBER_KINDS:
            is_missing[place] = read_value(value)[0] is ValueClass.MISSING
            is_invalid[place] = not is_missing[place]
            mismatches += bool(is_invalid[place])
            continue
        small = _small(array)
        if len(small) == n_dimensions and np.isfinite(small).all():
            rows[place] = small
        else:
            is_invalid[place] = True
    return Vectors(rows, is_missing, is_invalid, mismatches)


def _as_array(value: object) -> npt.NDArray[Any] | None:
    if issubclass(type(value), str | bytes):  # isinstance asks the object, whose answer can raise
        return None
    try:
        return np.asarray(value)
    except Exception:  # noqa: BLE001 - lists of unequal length, and whatever a user's object raises
        return None


def _small(array: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return array.astype(np.float32)


class Clusters:
    """Centroids, and which of them is nearest.

    Args:
        centroids: Finite, shape (n_clusters, n_dimensions).
    """

    def __init__(self, centroids: npt.NDArray[Any]) -> None:
        self._centroids = centroids.astype(np.float64)
        self._squares = np.einsum("ij,ij->i", self._centroids, self._centroids)

    def nearest(
        self, vectors: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
        """Return the nearest centroid of each vector, and its squared distance.

        Args:
            vectors: Finite, shape (n_rows, n_dimensions). They are compared in float64, so that a client
                of float32 and one of JSON find the same cluster.
        """
        places = np.empty(len(vectors), dtype=np.intp)
        squares = np.empty(len(vectors))
        for start in range(0, len(vectors), _BLOCK_ROWS):
            block = vectors[start : start + _BLOCK_ROWS].astype(np.float64)
            distances = self._squares - 2 * (block @ self._centroids.T)
            found = distances.argmin(axis=1)
            places[start : start + len(block)] = found
            lengths = np.einsum("ij,ij->i", block, block)
            squares[start : start + len(block)] = distances[np.arange(len(block)), found] + lengths
        return places, np.maximum(squares, 0.0)


class EmbeddingBins:
    """Counts vectors into the clusters of one distribution.

    Args:
        distribution: Of ``Kind.EMBEDDING``, with centroids; ``unseen`` is what lies farther than its
            ``radius`` from all of them, and ``other`` stays empty.
    """

    def __init__(self, distribution: Distribution) -> None:
        centroids = distribution.centroids
        table = np.zeros((1, 0)) if centroids is None else centroids.array
        self._clusters = Clusters(table)
        self._n_dimensions = table.shape[1]
        self._radius = np.inf if distribution.radius is None else distribution.radius
        self._n_cells = distribution.n_cells

    def count(self, values: Sequence[object] | npt.NDArray[Any]) -> ColumnCounts:
        """Return the counts of ``values``; every one lands in exactly one cell, none raises."""
        cells, mismatches = self.cells_of(values)
        return ColumnCounts(np.bincount(cells, minlength=self._n_cells), 0, mismatches)

    def codes(self, values: Sequence[object]) -> None:
        """Return that there are none: vectors are read many at a time."""

    def cells_of(self, values: Sequence[object] | npt.NDArray[Any]) -> tuple[Cells, int]:
        """Return the cell of each value, and how many are no vectors of numbers."""
        vectors = read_vectors(values, self._n_dimensions)
        cells, squares = self._clusters.nearest(vectors.rows)
        cells[np.sqrt(squares) > self._radius] = self._n_cells - 3
        cells[vectors.is_missing] = self._n_cells - 2
        cells[vectors.is_invalid] = self._n_cells - 1
        return cells.astype(np.uint8), vectors.type_mismatches
