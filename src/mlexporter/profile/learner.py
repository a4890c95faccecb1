"""What one column of the training data holds, learned batch by batch in bounded memory."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter.profile.vector_learner import VectorLearner
from mlexporter.state.binning import flatten, read_numbers, tally
from mlexporter.state.columns import Column
from mlexporter.state.values import (
    MAXIMUM_TEXT_LENGTH,
    ValueClass,
    canonical_category,
    read_value,
)

MAXIMUM_TALLIED_NAMES: Final = 200_000
"""Distinct categories kept while reading; beyond it the rarest half is forgotten."""

Selection = slice | npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

_FLOAT_CLASSES: Final = (float, np.floating)


@dataclass
class Moments:
    """Count, mean and sum of squared deviations, merged batch by batch.

    Source: chan1983 (updating formulae for the sample variance).
    """

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def update(self, numbers: Numbers) -> None:
        """Add finite ``numbers``, shape (n,)."""
        if not len(numbers):
            return
        with np.errstate(over="ignore", invalid="ignore"):
            mean = float(numbers.mean())
            squares = float(np.square(numbers - mean).sum())
        total = self.count + len(numbers)
        shift = mean - self.mean
        self.squares += squares + shift * shift * self.count * len(numbers) / total
        self.mean += shift * len(numbers) / total
        self.count = total

    @property
    def standard_deviation(self) -> float:
        """The population standard deviation; not finite where it overflows."""
        return math.sqrt(self.squares / self.count) if self.squares >= 0 else math.nan


class ColumnLearner:
    """Accumulates one column.

    Args:
        is_categorical: True reads numbers as names.
        n_extremes: How many of the smallest and of the largest values are kept.
        vector_rows: All rows that will come, where the values are vectors; else None.

    Attributes:
        vectors: Learns vectors, in place of all else; None where the values are none.
        classes: Values of each class; missing ones are not counted.
        example_type: Name of the type of the first value that is neither number, text nor boolean.
        is_integer: False once a floating-point number was seen.
        names: Rows of each canonical category.
        moments: Of all finite numbers.
        smallest: The ``n_extremes`` smallest finite numbers, ascending.
        largest: The ``n_extremes`` largest ones, ascending.
    """

    def __init__(self, *, is_categorical: bool, n_extremes: int, vector_rows: int | None = None) -> None:
        self.vectors = None if vector_rows is None else VectorLearner(vector_rows)
        self.classes: Counter[ValueClass] = Counter()
        self.example_type = ""
        self.is_integer = True
        self.is_categorical = is_categorical
        self.names: Counter[str] = Counter()
        self.moments = Moments()
        self.smallest = np.empty(0)
        self.largest = np.empty(0)
        self._n_extremes = n_extremes
        self._sampled: list[Numbers] = []

    def update(self, column: Column, selected: Selection) -> None:
        """Add the rows of a batch.

        Args:
            column: n values, as ``state.columns`` gives them.
            selected: The rows that belong to the sample for edges.
        """
        if self.vectors is not None:
            self.vectors.update(column)
            return
        values = flatten(column)
        if isinstance(values, np.ndarray):
            self._see_array(values)
        else:
            self._see_list(values)
        if self.is_categorical or not isinstance(values, np.ndarray) or values.dtype.kind == "b":
            self._tally_names(values)
        if not self.is_categorical:
            self._see_numbers(read_numbers(values)[0], selected)

    @property
    def sample(self) -> Numbers:
        """The finite numbers of the sampled rows, float64, in the order of the rows."""
        return np.concatenate(self._sampled) if self._sampled else np.empty(0)

    def _see_array(self, values: npt.NDArray[Any]) -> None:
        if values.dtype.kind == "b":
            self.classes[ValueClass.BOOLEAN] += len(values)
            return
        self.is_integer &= values.dtype.kind != "f"
        self.classes[ValueClass.NUMBER] += len(values) - int(np.count_nonzero(np.isnan(values)))

    def _see_list(self, values: list[object]) -> None:
        types = Counter(map(type, values))
        self.classes[ValueClass.TEXT] += types.pop(str, 0)
        self.classes[ValueClass.BOOLEAN] += types.pop(bool, 0)
        self.classes[ValueClass.NUMBER] += types.pop(int, 0)
        types.pop(type(None), None)
        if types.pop(float, 0):
            floats = np.array([value for value in values if type(value) is float])
            n_floats = len(floats) - int(np.count_nonzero(np.isnan(floats)))
            self.classes[ValueClass.NUMBER] += n_floats
            self.is_integer &= n_floats == 0
        if not types:
            return
        for value in values:
            if type(value) in types:
                self._see_value(value)

    def _see_value(self, value: object) -> None:
        kind, _ = read_value(value)
        if kind is ValueClass.MISSING:
            return
        self.classes[kind] += 1
        if kind is ValueClass.OTHER:
            self.example_type = self.example_type or type(value).__name__
        elif kind is ValueClass.NUMBER:
            self.is_integer &= not isinstance(value, _FLOAT_CLASSES)

    def _tally_names(self, values: list[object] | npt.NDArray[Any]) -> None:
        only_numbers = not (self.classes[ValueClass.TEXT] or self.classes[ValueClass.BOOLEAN])
        if only_numbers and not self.is_categorical:
            return
        for value, rows in tally(values):
            if type(value) is str and len(value) <= MAXIMUM_TEXT_LENGTH and value.isascii():
                self.names[value] += rows
            elif read_value(value)[0] is not ValueClass.MISSING:
                self._tally_foreign(value, rows)
        if len(self.names) > MAXIMUM_TALLIED_NAMES:
            # Forgetting makes counts too small, never too large: no rare name is published.
            self.names = Counter(dict(self.names.most_common(MAXIMUM_TALLIED_NAMES // 2)))

    def _tally_foreign(self, value: object, rows: int) -> None:
        try:
            self.names[canonical_category(value)] += rows
        except TypeError:
            return

    def _see_numbers(self, numbers: npt.NDArray[Any], selected: Selection) -> None:
        chosen = numbers[selected]
        self._sampled.append(chosen[np.isfinite(chosen)].astype(np.float64))
        finite = numbers[np.isfinite(numbers)].astype(np.float64)
        self.moments.update(finite)
        kept = self._n_extremes
        low = np.concatenate([self.smallest, finite])
        high = np.concatenate([self.largest, finite])
        if len(low) > kept:
            low = np.partition(low, kept - 1)[:kept]
        if len(high) > kept:
            high = np.partition(high, len(high) - kept)[-kept:]
        self.smallest, self.largest = np.sort(low), np.sort(high)


def read_labels(column: Column) -> npt.NDArray[np.int8]:
    """Return 1 for a positive label, 0 for a negative one, -1 for a missing or another one.

    Binary are booleans, the numbers 0 and 1, and the texts ``0``, ``1``, ``false``, ``true``.

    Args:
        column: n labels, as ``state.columns`` gives them.
    """
    values = flatten(column)
    if isinstance(values, np.ndarray):
        labels = np.full(len(values), -1, dtype=np.int8)
        labels[values == 0] = 0
        labels[values == 1] = 1
        return labels
    return np.fromiter(map(_read_label, values), dtype=np.int8, count=len(values))


def _read_label(value: object) -> int:
    try:
        return {"0": 0, "false": 0, "1": 1, "true": 1}.get(canonical_category(value), -1)
    except TypeError:
        return -1
