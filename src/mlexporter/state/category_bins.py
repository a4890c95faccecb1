"""Categories and booleans: their bins, and the cells of many values with one look at each distinct one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlexporter.records import Kind
from mlexporter.state.coded import CodedColumn
from mlexporter.state.column_counts import Cells, ColumnCounts
from mlexporter.state.values import CLASS_OF_TRAINING_TYPE, ValueClass, category_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Distribution

BLOCK_VALUES: Final = 8_192
"""Values at a time."""

_HASHED_BY_VALUE: Final = frozenset({str, int, float, bool, type(None)})
_EQUAL_TYPES: Final = frozenset({int, float, bool})  # 1 == 1.0 == True, and their hashes too
_MOST_CODES: Final = 256
_LONGEST_INTEGER_NAME: Final = 255
_BOOLEAN_NUMBERS: Final = {"0": "false", "1": "true"}


class CategoricalBins:
    """Counts values into the bins of one distribution that is no number's.

    Args:
        distribution: The bins; its counts are not looked at.
    """

    def __init__(self, distribution: Distribution) -> None:
        n_names = len(distribution.categories)
        self._n_cells = distribution.n_cells
        self._cell_type: type[np.integer[Any]] = np.uint8 if distribution.n_cells <= _MOST_CODES else np.int64
        self._other, self._unseen, self._missing, self._invalid = range(n_names, n_names + 4)
        self._cells = {name: index for index, name in enumerate(distribution.categories)}
        self._cells.update(dict.fromkeys(distribution.other_categories, self._other))
        self._is_boolean = distribution.kind is Kind.BOOLEAN
        self._class = CLASS_OF_TRAINING_TYPE[distribution.training_type]
        self._known_types, self._known = self._table()
        self._is_text_alone = str in self._known_types

    def count(self, values: Sequence[object] | npt.NDArray[Any]) -> ColumnCounts:
        """Return the counts of ``values``; every value lands in exactly one cell, none raises."""
        listed = values.tolist() if isinstance(values, np.ndarray) else values
        if len(listed) <= BLOCK_VALUES:
            codes = self.codes(listed)
            if codes is not None:
                cells = np.bincount(np.frombuffer(codes, np.uint8), minlength=self._n_cells)
                return ColumnCounts(cells, 0, 0)
            return self.count_pairs(_tally(listed, set(map(type, listed))))
        blocks = (listed[start : start + BLOCK_VALUES] for start in range(0, len(listed), BLOCK_VALUES))
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

    def cells_of(self, values: list[object] | npt.NDArray[Any]) -> tuple[Cells, int]:
        """Return the cell of each value, and how many are of another type than in training."""
        listed = values.tolist() if isinstance(values, np.ndarray) else values
        codes = self.codes(listed)
        if codes is not None:
            return np.frombuffer(codes, np.uint8), 0
        if _is_hashed_by_value(set(map(type, listed))):
            placed = {value: self._placed(value) for value in set(listed)}
            pairs = list(map(placed.__getitem__, listed))
        else:
            pairs = list(map(self._placed, listed))
        cells: Cells = np.array([cell for cell, _ in pairs], dtype=self._cell_type)
        return cells, sum(found for _, found in pairs)

    def cells_of_coded(self, column: CodedColumn) -> tuple[Cells, int]:
        """Return what ``cells_of`` does; each distinct value is looked at once."""
        times = np.bincount(column.codes.astype(np.intp) + 1, minlength=len(column.values) + 1)[1:]
        table: Cells = np.full(len(column.values) + 1, self._missing, dtype=self._cell_type)  # -1 is the last
        mismatches = 0
        for place in np.flatnonzero(times).tolist():
            table[place], is_mismatch = self._placed(column.values[place])
            mismatches += int(times[place]) * is_mismatch
        return table[column.codes], mismatches

    def count_pairs(self, pairs: Iterable[tuple[object, int]]) -> ColumnCounts:
        """Return the counts of values that each occur so many times."""
        cells = [0] * self._n_cells
        mismatches = 0
        for value, times in pairs:
            cell, is_mismatch = self._placed(value)
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

    def _placed(self, value: object) -> tuple[int, bool]:
        cell = self._known.get(value) if type(value) in self._known_types else None
        return self._place(value) if cell is None else (cell, False)

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


def tally(values: list[object] | npt.NDArray[Any]) -> Iterable[tuple[object, int]]:
    """Return pairs of a value and how often it occurs; a value may come in several pairs.

    Args:
        values: What ``flatten`` returned.
    """
    listed = values.tolist() if isinstance(values, np.ndarray) else values
    return _tally(listed, set(map(type, listed)))


def _tally(listed: Sequence[object], types: set[type]) -> Iterable[tuple[object, int]]:
    return Counter(listed).items() if _is_hashed_by_value(types) else ((value, 1) for value in listed)


def _is_hashed_by_value(types: set[type]) -> bool:
    return types <= _HASHED_BY_VALUE and len(types & _EQUAL_TYPES) <= 1
