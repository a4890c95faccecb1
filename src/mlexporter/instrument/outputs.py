"""What a function returned, as one scalar or column for each output of the profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlexporter.instrument.scalars import are_small, declared_fields, is_scalar, number, scalar
from mlexporter.instrument.selection import Chooser
from mlexporter.records import Kind
from mlexporter.state.columns import Column, split_frame, to_column
from mlexporter.state.entries import Values

if TYPE_CHECKING:
    from mlexporter.records import OutputReference

_ABSENT: Final = object()
_ONE_OUTPUT_KEYS: Final = ("score", "label")


class UnreadablePredictionError(Exception):
    """The result does not fit the outputs of the profile; stays inside instrument."""


class OutputReader:
    """Reads results for the outputs of one profile.

    A single output is a number, a label, or what stands under ``score`` or ``label``. Several
    outputs are the keys of a mapping or the columns of a frame. An output with class scores is an
    array of shape (k,) for a row and (n, k) for n rows, or a mapping by class.

    Args:
        outputs: Outputs of the profile, the classes of one output next to each other.
        chooser: ``prediction=`` of the user.
    """

    def __init__(self, outputs: Sequence[OutputReference], chooser: Chooser) -> None:
        self._outputs = tuple(outputs)
        self._choose = chosen_by(chooser)
        self._groups: dict[str, list[int]] = {}
        for place, output in enumerate(outputs):
            self._groups.setdefault(output.name, []).append(place)
        is_number = len(outputs) == 1 and outputs[0].distribution.kind is Kind.NUMERIC
        self._keys = _ONE_OUTPUT_KEYS if is_number else tuple(reversed(_ONE_OUTPUT_KEYS))
        self.is_single = len(outputs) == 1
        self.is_direct = self.is_single and chooser is None
        """True where a scalar result is the output itself."""
        self.direct_type: type = float if is_number and self.is_direct else OutputReader
        """The type of results that need no look; no result is an ``OutputReader``."""

    def read_one(self, result: object) -> Values:
        """Return the outputs of one row.

        Raises:
            UnreadablePredictionError: the result does not fit.
            Exception: whatever the methods of the user's result raise.
        """
        if not self._outputs:
            return ()
        chosen = self._choose(result)
        if self.is_direct and are_small((chosen,)):
            return (chosen,)
        parts = self._parts(chosen)
        values: list[object] = [None] * len(self._outputs)
        for name, places in self._groups.items():
            for place, value in zip(places, self._row_values(parts[name], places), strict=True):
                is_number = self._outputs[place].distribution.kind is Kind.NUMERIC
                values[place] = number(value) if is_number else scalar(value)
        return tuple(values)

    def read_many(self, result: object, n_rows: int) -> list[Column]:
        """Return the columns of ``n_rows`` rows, one an output; raises like ``read_one``."""
        if not self._outputs:
            return []
        chosen = self._choose(result)
        if isinstance(chosen, list | tuple) and not all(map(is_scalar, chosen)):
            return self._from_rows(chosen, n_rows)
        frame = split_frame(chosen)
        if frame is not None and len(frame) == 1 and self.is_single:
            chosen, frame = next(iter(frame.values())), None  # a frame of one column is that column
        parts = self._parts(chosen if frame is None else frame)
        columns: list[Column] = [[]] * len(self._outputs)
        for name, places in self._groups.items():
            found = _columns(parts[name], len(places), [self._outputs[place].class_name for place in places])
            for place, column in zip(places, found, strict=True):
                if len(column) != n_rows:
                    raise UnreadablePredictionError
                columns[place] = column
        return columns

    def _from_rows(self, results: Sequence[object], n_rows: int) -> list[Column]:
        if len(results) != n_rows:
            raise UnreadablePredictionError
        # The chooser has been applied to the whole; each element is a result of its own now.
        plain = OutputReader(self._outputs, None)
        return [list(column) for column in zip(*map(plain.read_one, results), strict=True)]

    def _parts(self, chosen: object) -> Mapping[str, object]:
        """Return what belongs to each output name."""
        named = _as_mapping(chosen)
        if named is None:
            if len(self._groups) > 1:
                raise UnreadablePredictionError
            return dict.fromkeys(self._groups, chosen)
        if len(self._groups) == 1:
            (name,) = self._groups
            for key in (name, *self._keys):
                if key in named:
                    return {name: named[key]}
            if not self.is_single:
                return {name: named}  # class scores by class
            raise UnreadablePredictionError
        if any(name not in named for name in self._groups):
            raise UnreadablePredictionError
        return named

    def _row_values(self, part: object, places: Sequence[int]) -> Sequence[object]:
        if len(places) == 1:
            return (_only(part),)
        named = _as_mapping(part)
        if named is not None:
            classes = [self._outputs[place].class_name for place in places]
            if any(name not in named for name in classes):
                raise UnreadablePredictionError
            return [named[name] for name in classes]
        flat = _flat(part)
        if len(flat) != len(places):
            raise UnreadablePredictionError
        return flat


def chosen_by(chooser: Chooser) -> Callable[[Any], Any]:
    """Return what takes the prediction out of a result; it raises what the user's result raises."""
    if chooser is None:
        return lambda result: result
    if callable(chooser):
        return chooser
    key = chooser

    def choose(result: Any) -> Any:
        if isinstance(result, Mapping) or hasattr(result, "columns"):
            return result[key]
        if isinstance(result, list | tuple) and not hasattr(result, key):
            return [choose(each) for each in result]
        return getattr(result, key)

    return choose


def _as_mapping(thing: object) -> Mapping[Any, Any] | None:
    if isinstance(thing, Mapping):
        return thing
    fields = declared_fields(thing)
    return None if fields is None else {name: getattr(thing, name) for name in fields}


def _only(part: object) -> object:
    """Return the one value that ``part`` is or holds."""
    if is_scalar(part):
        return part
    flat = _flat(part)
    if len(flat) != 1:
        raise UnreadablePredictionError
    return flat[0]


def _flat(part: object) -> Sequence[object]:
    if isinstance(part, list | tuple):
        return _flat(part[0]) if len(part) == 1 and isinstance(part[0], list | tuple | np.ndarray) else part
    if not hasattr(type(part), "__array__"):
        raise UnreadablePredictionError
    array = np.asarray(part)
    if array.ndim == 2 and array.shape[0] != 1:
        raise UnreadablePredictionError
    if array.ndim > 2:
        raise UnreadablePredictionError
    flat: list[object] = array.reshape(-1).tolist()
    return flat


def _columns(part: object, n_columns: int, classes: Sequence[str]) -> list[Column]:
    if n_columns == 1:
        return [to_column(part)]
    named = _as_mapping(part)
    if named is not None:
        return [to_column(named[name]) for name in classes]
    array = np.asarray(part)
    if array.ndim != 2 or array.shape[1] != n_columns:
        raise UnreadablePredictionError
    return [to_column(array[:, place]) for place in range(n_columns)]


def free_prediction(result: object, n_rows: int, chooser: Chooser) -> Column | None:
    """Return the prediction of each row where no profile says what to expect, else None.

    Raises:
        Exception: whatever the methods of the user's result raise.
    """
    chosen = chosen_by(chooser)(result)
    named = _as_mapping(chosen)
    if named is not None:
        chosen = next((named[key] for key in _ONE_OUTPUT_KEYS if key in named), _ABSENT)
        if chosen is _ABSENT:
            return None
    if n_rows == 1:
        return [scalar(_only(chosen))]
    column = to_column(chosen)
    if len(column) != n_rows:
        return None
    return column.copy() if isinstance(column, np.ndarray) else [scalar(value) for value in column]
