"""In which bin a value lies: one kernel for training and serving, for one value and for arrays.

Numbers are compared in float32 precision, so that a client that computes in float32, one that
computes in float64 and one that sends JSON put a row into the same bin. No value raises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter.records import Counts, Distribution, Kind
from mlexporter.state.values import (
    CLASS_OF_TRAINING_TYPE,
    ValueClass,
    canonical_category,
    number_of,
    read_value,
)

__all__ = ["Binner", "ColumnCounts", "canonical_category", "flatten", "read_numbers", "tally"]

Column = Sequence[object] | npt.NDArray[Any]

_BLOCK_ROWS: Final = 32_768
"""Rows binned at a time: the temporary arrays then stay in the second-level cache."""

_LARGEST: Final = np.finfo(np.float32).max
_BOOLEAN_TYPES: Final = frozenset({bool, np.bool_})
_NUMBER_TYPES: Final = frozenset(
    {int, float, np.float64, np.float32, np.float16, np.int64, np.int32, np.int16, np.int8, np.uint8}
)
_READABLE_AS_NUMBERS: Final = _NUMBER_TYPES | _BOOLEAN_TYPES | {type(None)}
_HASHED_BY_VALUE: Final = frozenset({str, int, float, bool, type(None)})
_EQUAL_TYPES: Final = frozenset({int, float, bool})  # 1 == 1.0 == True, and their hashes too
_BOOLEAN_NUMBERS: Final = {"0": "false", "1": "true"}


@dataclass(frozen=True)
class ColumnCounts:
    """What one column adds to the counts.

    Attributes:
        cells: Rows in each cell of the distribution, int64, shape (n_cells,).
        out_of_range: Rows strictly below ``minimum`` or above ``maximum``.
        type_mismatches: Rows of another type than in training; missing values are of none.
    """

    cells: Counts
    out_of_range: int
    type_mismatches: int


class Binner:
    """Counts values into the bins of one distribution.

    >>> from mlexporter.records import TrainingType
    >>> half = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(0.5,))
    >>> Binner(half).count([0.1, 0.5, 0.9, None, "x"]).cells.tolist()
    [2, 1, 1, 1]

    Args:
        distribution: The bins; its counts are not looked at.
    """

    def __init__(self, distribution: Distribution) -> None:
        self.distribution = distribution
        bins: _NumericBins | _CategoricalBins
        bins = (
            _NumericBins(distribution)
            if distribution.kind is Kind.NUMERIC
            else _CategoricalBins(distribution)
        )
        self._bins = bins

    def count(self, values: Column) -> ColumnCounts:
        """Return the counts of ``values``; every value lands in exactly one cell, none raises.

        Args:
            values: n values of any kind: a list, or an array of shape (n,) or (n, 1).
        """
        return self._bins.count(flatten(values))

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
    if values.ndim != 1 or values.dtype.kind in "mM":
        return list(values)  # tolist() would make plain integers of times
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
        how many values are neither numbers nor missing.
    """
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "f":
            return values, 0
        # Integers go through float64 as they do in JSON: two roundings instead of one.
        return values.astype(np.float64), len(values) if values.dtype.kind == "b" else 0
    types = set(map(type, values))
    if types <= _READABLE_AS_NUMBERS:
        try:
            numbers = np.array(values, dtype=np.float64)
        except OverflowError:
            pass
        else:
            n_booleans = (
                sum(type(value) in _BOOLEAN_TYPES for value in values) if types & _BOOLEAN_TYPES else 0
            )
            return numbers, n_booleans
    return _read_slowly(values)


def _read_slowly(values: list[object]) -> tuple[npt.NDArray[Any], int]:
    numbers = np.empty(len(values), dtype=np.float64)
    mismatches = 0
    for index, value in enumerate(values):
        kind, numbers[index] = number_of(value)
        mismatches += kind is not ValueClass.NUMBER and kind is not ValueClass.MISSING
    return numbers, mismatches


def tally(values: list[object] | npt.NDArray[Any]) -> Iterable[tuple[object, int]]:
    """Return pairs of a value and how often it occurs; a value may come in several pairs.

    Args:
        values: What ``flatten`` returned.
    """
    listed = values.tolist() if isinstance(values, np.ndarray) else values
    types = set(map(type, listed))
    if types <= _HASHED_BY_VALUE and len(types & _EQUAL_TYPES) <= 1:
        return Counter(listed).items()
    return ((value, 1) for value in listed)


class _NumericBins:
    def __init__(self, distribution: Distribution) -> None:
        edges = np.asarray(distribution.edges, dtype=np.float32)
        # One search finds everything: the first cell is minus infinity, the last two are plus
        # infinity and NaN, which sorts behind every number.
        ends = np.asarray([_LARGEST, np.inf], dtype=np.float32)
        self._bounds = np.concatenate([np.asarray([-np.inf], dtype=np.float32), edges, ends])
        self._n_bins = len(edges) + 1
        self._minimum = _float32(distribution.minimum)
        self._maximum = _float32(distribution.maximum)

    def count(self, values: list[object] | npt.NDArray[Any]) -> ColumnCounts:
        numbers, mismatches = read_numbers(values)
        found = np.zeros(len(self._bounds) + 1, dtype=np.int64)
        out_of_range = 0
        for start in range(0, len(numbers), _BLOCK_ROWS):
            block = numbers[start : start + _BLOCK_ROWS]
            with np.errstate(over="ignore", under="ignore", invalid="ignore"):
                small = block.astype(np.float32)
            block_found = self._search(small)
            if block_found[0] or block_found[-2]:
                small = _keep_finite(small, block)
                block_found = self._search(small)
            found += block_found
            out_of_range += self._count_outside(small)
        cells = np.empty(self._n_bins + 2, dtype=np.int64)
        cells[:-2] = found[1:-2]
        cells[-2] = found[-1]
        cells[-1] = found[0] + found[-2]
        return ColumnCounts(cells, out_of_range, mismatches)

    def _search(self, small: npt.NDArray[np.float32]) -> Counts:
        where = np.searchsorted(self._bounds, small, side="left")
        return np.bincount(where, minlength=len(self._bounds) + 1)

    def _count_outside(self, small: npt.NDArray[np.float32]) -> int:
        outside = 0
        if self._minimum is not None:
            outside += int(np.count_nonzero((small < self._minimum) & (small >= -_LARGEST)))
        if self._maximum is not None:
            outside += int(np.count_nonzero((small > self._maximum) & (small <= _LARGEST)))
        return outside


def _float32(number: float | None) -> np.float32 | None:
    return None if number is None else np.float32(number)


def _keep_finite(small: npt.NDArray[np.float32], block: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Put finite numbers beyond float32 at its ends; only the infinite stay infinite."""
    beyond = np.isinf(small) & ~np.isinf(block)
    return np.where(beyond, np.copysign(_LARGEST, small), small)


class _CategoricalBins:
    def __init__(self, distribution: Distribution) -> None:
        n_names = len(distribution.categories)
        self._n_cells = distribution.n_cells
        self._other, self._unseen, self._missing, self._invalid = range(n_names, n_names + 4)
        self._cells = {name: index for index, name in enumerate(distribution.categories)}
        self._cells.update(dict.fromkeys(distribution.other_categories, self._other))
        self._is_boolean = distribution.kind is Kind.BOOLEAN
        self._class = CLASS_OF_TRAINING_TYPE[distribution.training_type]
        # Only what is in here and is an exact str is found without being read.
        self._texts = self._cells if self._class is ValueClass.TEXT and not self._is_boolean else {}

    def count(self, values: list[object] | npt.NDArray[Any]) -> ColumnCounts:
        cells = [0] * self._n_cells
        mismatches = 0
        for value, times in tally(values):
            cell = self._texts.get(value) if type(value) is str else None
            if cell is None:
                cell, is_mismatch = self._place(value)
                mismatches += times * is_mismatch
            cells[cell] += times
        return ColumnCounts(np.array(cells, dtype=np.int64), 0, mismatches)

    def _place(self, value: object) -> tuple[int, bool]:
        kind, _ = read_value(value)
        if kind is ValueClass.MISSING:
            return self._missing, False
        is_mismatch = kind is not self._class
        try:
            name = canonical_category(value)
        except TypeError:
            return self._invalid, is_mismatch
        if self._is_boolean and kind is ValueClass.NUMBER:
            name = _BOOLEAN_NUMBERS.get(name, name)
        return self._cells.get(name, self._unseen), is_mismatch
