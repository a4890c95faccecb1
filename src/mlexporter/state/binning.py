"""In which bin a value lies: one kernel for training and serving, for one value and for arrays.

Numbers are compared in float32 precision, so that a client that computes in float32, one that
computes in float64 and one that sends JSON put a row into the same bin. No value raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlexporter.records import Kind
from mlexporter.state.category_bins import BLOCK_VALUES, CategoricalBins, tally
from mlexporter.state.coded import CodedColumn
from mlexporter.state.column_counts import Cells, Column, ColumnCounts
from mlexporter.state.embedding_bins import EmbeddingBins
from mlexporter.state.matrix import MatrixBinner, finite
from mlexporter.state.values import ValueClass, canonical_category, number_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Distribution

__all__ = ["Binner", "ColumnCounts", "canonical_category", "flatten", "read_numbers", "tally"]

_READABLE_AS_NUMBERS: Final = frozenset(
    {
        int, float, bool, type(None), np.bool_, np.float64, np.float32, np.float16,
        np.int64, np.int32, np.int16, np.int8, np.uint8,
    }
)  # fmt: skip


class Binner:
    """Counts values into the bins of one distribution.

    >>> from mlexporter.records import Distribution, Kind, TrainingType
    >>> half = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(0.5,))
    >>> Binner(half).count([0.1, 0.5, 0.9, None, "x"]).cells.tolist()
    [2, 1, 1, 1]

    Args:
        distribution: The bins; its counts are not looked at.

    Attributes:
        codes: Returns the cell of each value, one byte each; None where they have to be read with care.
    """

    def __init__(self, distribution: Distribution) -> None:
        self.distribution = distribution
        bins: _NumericBins | CategoricalBins | EmbeddingBins
        if distribution.kind is Kind.NUMERIC:
            bins = _NumericBins(distribution)
        elif distribution.kind is Kind.EMBEDDING:
            bins = EmbeddingBins(distribution)
        else:
            bins = CategoricalBins(distribution)
        self._bins = bins
        self.codes: Callable[[Sequence[object]], bytes | None] = bins.codes

    def count(self, values: Column) -> ColumnCounts:
        """Return the counts of ``values``; every value lands in exactly one cell, none raises.

        Args:
            values: n values of any kind: a list, or an array of shape (n,) or (n, 1).
        """
        if isinstance(values, CodedColumn) and isinstance(self._bins, CategoricalBins):
            return self._bins.count_pairs(values.tally())
        return self._bins.count(flatten(values))

    def cells_of(self, values: Column) -> tuple[Cells, int]:
        """Return the cell of each of ``values``, and how many are of another type than in training.

        Args:
            values: n values of any kind: a list, or an array of shape (n,) or (n, 1).

        Returns:
            Integers of shape (n,), of one byte where cells are few, 0 to n_cells - 1; and rows.
        """
        if isinstance(values, CodedColumn) and isinstance(self._bins, CategoricalBins):
            return self._bins.cells_of_coded(values)
        flat = flatten(values)
        blocks = [flat[start : start + BLOCK_VALUES] for start in range(0, len(flat), BLOCK_VALUES)]
        found = [self._bins.cells_of(block) for block in blocks] or [(np.zeros(0, dtype=np.uint8), 0)]
        cells = found[0][0] if len(found) == 1 else np.concatenate([each for each, _ in found])
        return cells, sum(mismatches for _, mismatches in found)

    def cells_of_parts(self, parts: Iterable[bytes | Sequence[object]]) -> tuple[Cells, int]:
        """Return what ``cells_of`` does of all ``parts``: what ``codes`` returned, or values that it refused."""
        listed = list(parts)
        if all(isinstance(part, bytes) for part in listed):
            return np.frombuffer(b"".join(listed), np.uint8), 0  # type: ignore[arg-type]  # all are bytes
        found = [
            (np.frombuffer(part, np.uint8), 0) if isinstance(part, bytes) else self.cells_of(part)
            for part in listed
        ]
        return np.concatenate([cells for cells, _ in found]), sum(mismatches for _, mismatches in found)

    def cell_of(self, value: object) -> int:
        """Return the index of the cell of one value, in 0 to n_cells - 1."""
        return int(self._bins.count([value]).cells.argmax())


def flatten(values: Column) -> list[object] | npt.NDArray[Any]:
    """Return ``values`` as an array of shape (n,) or as a list of n Python objects.

    Arrays of numbers and booleans stay arrays; masked values become None; a row of a wider array
    is one value, a container.
    """
    if not isinstance(values, np.ndarray):
        return values if isinstance(values, list) else list(values)
    if values.ndim != 1:
        values = values.reshape(-1) if values.ndim == 0 or values.shape[1:] == (1,) else values
    if isinstance(values, np.ma.MaskedArray):
        unmasked: list[object] = values.tolist()
        return unmasked
    if values.ndim != 1 or values.dtype.kind in "mMc":
        return list(values)  # tolist() would make plain integers of times, and hide whose complex numbers
    if values.dtype.kind in "biuf":
        return values
    listed: list[object] = values.tolist()
    return listed


def read_numbers(values: list[object] | npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    """Read a column as numbers, in the order of its rows.

    Args:
        values: What ``flatten`` returned.

    Returns:
        Floats of shape (n,), NaN where a value is missing and infinite where it is invalid; and
        how many values are neither numbers nor missing: a boolean is the number 0 or 1.
    """
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "f":
            return values, 0
        # Integers go through float64 as they do in JSON: two roundings instead of one.
        return values.astype(np.float64), 0
    types = set(map(type, values))
    if types <= _READABLE_AS_NUMBERS:
        try:
            return np.array(values, dtype=np.float64), 0
        except OverflowError:
            pass
    return _read_slowly(values)


def _read_slowly(values: list[object]) -> tuple[npt.NDArray[Any], int]:
    numbers = np.empty(len(values), dtype=np.float64)
    mismatches = 0
    for index, value in enumerate(values):
        kind, numbers[index] = number_of(value)
        mismatches += kind is not ValueClass.NUMBER and kind is not ValueClass.MISSING
    return numbers, mismatches


class _NumericBins:
    def __init__(self, distribution: Distribution) -> None:
        self._matrix = MatrixBinner([distribution])
        self._edges = np.asarray(distribution.edges, dtype=np.float32)

    def count(self, values: list[object] | npt.NDArray[Any]) -> ColumnCounts:
        numbers, mismatches = read_numbers(values)
        cells, out_of_range = self._matrix.count(numbers[:, None])
        return ColumnCounts(cells, int(out_of_range[0]), mismatches)

    def cells_of(self, values: list[object] | npt.NDArray[Any]) -> tuple[Cells, int]:
        """Return the cell of each value, and how many are neither numbers nor missing."""
        numbers, mismatches = read_numbers(values)
        small = finite(numbers)
        cells = np.searchsorted(self._edges, small, side="left")
        cells[np.isnan(small)] = len(self._edges) + 1
        cells[np.isinf(small)] = len(self._edges) + 2
        return cells, mismatches

    def codes(self, values: Sequence[object]) -> None:
        """Return that there are none: numbers are binned as a matrix."""
