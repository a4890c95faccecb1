"""In which bin a value lies: one kernel for training and serving, for one value and for arrays.

Numbers are compared in float32 precision, so that a client that computes in float32, one that
computes in float64 and one that sends JSON put a row into the same bin. No value raises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np

from mlexporter.records import Kind
from mlexporter.state.coded import CodedColumn
from mlexporter.state.matrix import MatrixBinner
from mlexporter.state.values import (
    CLASS_OF_TRAINING_TYPE,
    ValueClass,
    canonical_category,
    category_of,
    number_of,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts, Distribution

__all__ = ["Binner", "ColumnCounts", "canonical_category", "flatten", "read_numbers", "tally"]

Column: TypeAlias = "Sequence[object] | npt.NDArray[Any]"

_READABLE_AS_NUMBERS: Final = frozenset(
    {
        int, float, bool, type(None), np.bool_, np.float64, np.float32, np.float16,
        np.int64, np.int32, np.int16, np.int8, np.uint8,
    }
)  # fmt: skip
_HASHED_BY_VALUE: Final = frozenset({str, int, float, bool, type(None)})
_EQUAL_TYPES: Final = frozenset({int, float, bool})  # 1 == 1.0 == True, and their hashes too
_MOST_CODES: Final = 256
_LONGEST_INTEGER_NAME: Final = 255
_BLOCK_VALUES: Final = 8_192
_BOOLEAN_NUMBERS: Final = {"0": "false", "1": "true"}


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
        bins: _NumericBins | _CategoricalBins
        bins = (
            _NumericBins(distribution)
            if distribution.kind is Kind.NUMERIC
            else _CategoricalBins(distribution)
        )
        self._bins = bins
        self.codes: Callable[[Sequence[object]], bytes | None] = bins.codes

    def count(self, values: Column) -> ColumnCounts:
        """Return the counts of ``values``; every value lands in exactly one cell, none raises.

        Args:
            values: n values of any kind: a list, or an array of shape (n,) or (n, 1).
        """
        if isinstance(values, CodedColumn) and isinstance(self._bins, _CategoricalBins):
            return self._bins.count_pairs(values.tally())
        return self._bins.count(flatten(values))

    def count_parts(self, parts: Iterable[bytes | Sequence[object]]) -> ColumnCounts:
        """Return the counts of all ``parts``: what ``codes`` returned, or values that it refused."""
        codes: list[bytes] = []
        values: list[object] = []
        for part in parts:
            if isinstance(part, bytes):
                codes.append(part)
            else:
                values += part
        cells = np.bincount(np.frombuffer(b"".join(codes), np.uint8), minlength=self.distribution.n_cells)
        if not values:
            return ColumnCounts(cells, 0, 0)
        counted = self._bins.count(values)
        return counted._replace(cells=counted.cells + cells)

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


def tally(values: list[object] | npt.NDArray[Any]) -> Iterable[tuple[object, int]]:
    """Return pairs of a value and how often it occurs; a value may come in several pairs.

    Args:
        values: What ``flatten`` returned.
    """
    listed = values.tolist() if isinstance(values, np.ndarray) else values
    return _tally(listed, set(map(type, listed)))


def _tally(listed: Sequence[object], types: set[type]) -> Iterable[tuple[object, int]]:
    if types <= _HASHED_BY_VALUE and len(types & _EQUAL_TYPES) <= 1:
        return Counter(listed).items()
    return ((value, 1) for value in listed)


class _NumericBins:
    def __init__(self, distribution: Distribution) -> None:
        self._matrix = MatrixBinner([distribution])

    def count(self, values: list[object] | npt.NDArray[Any]) -> ColumnCounts:
        numbers, mismatches = read_numbers(values)
        cells, out_of_range = self._matrix.count(numbers[:, None])
        return ColumnCounts(cells, int(out_of_range[0]), mismatches)

    def codes(self, values: Sequence[object]) -> None:
        """Return that there are none: numbers are binned as a matrix."""


class _CategoricalBins:
    def __init__(self, distribution: Distribution) -> None:
        n_names = len(distribution.categories)
        self._n_cells = distribution.n_cells
        self._other, self._unseen, self._missing, self._invalid = range(n_names, n_names + 4)
        self._cells = {name: index for index, name in enumerate(distribution.categories)}
        self._cells.update(dict.fromkeys(distribution.other_categories, self._other))
        self._is_boolean = distribution.kind is Kind.BOOLEAN
        self._class = CLASS_OF_TRAINING_TYPE[distribution.training_type]
        self._known_types, self._known = self._table()
        self._is_text_alone = str in self._known_types

    def count(self, values: Sequence[object] | npt.NDArray[Any]) -> ColumnCounts:
        listed = values.tolist() if isinstance(values, np.ndarray) else values
        if len(listed) <= _BLOCK_VALUES:
            codes = self.codes(listed)
            if codes is not None:
                cells = np.bincount(np.frombuffer(codes, np.uint8), minlength=self._n_cells)
                return ColumnCounts(cells, 0, 0)
            return self.count_pairs(_tally(listed, set(map(type, listed))))
        blocks = (listed[start : start + _BLOCK_VALUES] for start in range(0, len(listed), _BLOCK_VALUES))
        found = [self.count(block) for block in blocks]
        mismatches = sum(each.type_mismatches for each in found)
        return ColumnCounts(np.sum([each.cells for each in found], axis=0), 0, mismatches)

    def codes(self, values: Sequence[object]) -> bytes | None:
        """Return cells as bytes: an array without being converted."""
        if self._n_cells > _MOST_CODES or len(values) <= 1:
            return None  # one look at one value gives no tuple
        try:
            # What equals a text is one, but a number that equals another may be a boolean.
            if self._is_text_alone or set(map(type, values)) <= self._known_types:
                return bytes(itemgetter(*values)(self._known))  # a third faster than one look each
        except Exception:  # noqa: BLE001, S110 - no entry, no hash, or a hash that raises: read with care
            pass
        return None

    def count_pairs(self, pairs: Iterable[tuple[object, int]]) -> ColumnCounts:
        """Return the counts of values that each occur so many times."""
        cells = [0] * self._n_cells
        mismatches = 0
        for value, times in pairs:
            cell = self._known.get(value) if type(value) in self._known_types else None
            if cell is None:
                cell, is_mismatch = self._place(value)
                mismatches += times * is_mismatch
            cells[cell] += times
        return ColumnCounts(np.array(cells, dtype=np.int64), 0, mismatches)

    def _table(self) -> tuple[frozenset[type], dict[object, int]]:
        """Return values whose cell is known without reading them, and their exact types.

        Only types of which no two equal values have different names are in one table.
        """
        known: dict[object, int] = {None: self._missing}
        if self._class is ValueClass.TEXT and not self._is_boolean:
            return frozenset({str, type(None)}), known | self._cells
        if self._class is ValueClass.BOOLEAN:
            known |= {value: self._place(value)[0] for value in (False, True)}
            return frozenset({bool, type(None)}), known
        if self._class is ValueClass.NUMBER and not self._is_boolean:
            # An equal float finds the same entry: it has the same name.
            known |= {int(name): cell for name, cell in self._cells.items() if _is_integer_name(name)}
            return frozenset({int, float, type(None)}), known
        return frozenset(), {}

    def _place(self, value: object) -> tuple[int, bool]:
        kind, name = category_of(value)
        if kind is ValueClass.MISSING:
            return self._missing, False
        is_mismatch = kind is not self._class
        if name is None:
            return self._invalid, is_mismatch
        if self._is_boolean and kind is ValueClass.NUMBER:
            name = _BOOLEAN_NUMBERS.get(name, name)
        return self._cells.get(name, self._unseen), is_mismatch


def _is_integer_name(name: str) -> bool:
    is_written = len(name) <= _LONGEST_INTEGER_NAME and name.removeprefix("-").isdecimal()
    return is_written and str(int(name)) == name
