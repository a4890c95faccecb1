"""The row of a call as an event reads it: labels first, and no value before a list has judged its label.

Only the beginning of a wide row is looked at: what a call costs hardly grows with its width.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np

from mlexporter.instrument.event_values import LOOKED_AT_LIMIT
from mlexporter.instrument.scalars import declared_fields, is_scalar
from mlexporter.state.columns import is_mapping_of_columns, to_column

_KNOWN_LIBRARIES: Final = frozenset(
    {"builtins", "datetime", "decimal", "fractions", "numpy", "pandas", "polars", "pyarrow", "uuid"}
)
"""Their objects may be asked what they are."""


class EventRow(NamedTuple):
    """What a container holds.

    Attributes:
        n_rows: How many rows; of all but a single one nothing else is told.
        labels: Of its fields; not all of a wide row.
        width: How many fields there are.
        take: Returns the value of a label, or raises.
        is_named: Whether labels are names: its own, or those of its positions.
    """

    n_rows: int
    labels: Iterable[Any] = ()
    width: int = 0
    take: Callable[[Any], object] = lambda _: None
    is_named: bool = False


class EventRows:
    """Finds the row in a container.

    Args:
        names: Whose values are wanted; None for all.
        positions: Names in the order of positions, or None.
        skipped: Labels that are no features, where all are wanted.
        hides: Returns whether the value of a label is kept back.
    """

    def __init__(
        self, names: Sequence[str] | None, positions: Sequence[str] | None = None, *,
        skipped: Collection[str] = (), hides: Callable[[object], bool] = lambda _: False,
    ) -> None:  # fmt: skip
        self._names = names
        self._positions = positions
        self._skipped = skipped
        self._hides = hides

    def read(self, container: Any) -> EventRow:
        """Return the row in ``container``, anything that a monitored function may be given.

        Raises:
            Exception: whatever the methods of the container raise.
        """
        if isinstance(container, Mapping):
            return self._read_mapping(container)
        labels = None if declared_fields(container) is not None else _labels_of_frame(container)
        if labels is not None:
            return self._read_frame(container, labels)
        return self._read_single(container)

    def _read_mapping(self, mapping: Mapping[Any, Any]) -> EventRow:
        begun = list(islice(mapping.items(), LOOKED_AT_LIMIT))
        judged: list[Any] = [
            None if _is_foreign(value) and self._hides(label) else value for label, value in begun
        ]
        if not is_mapping_of_columns(dict(enumerate(judged))):
            return self._row(mapping, mapping.__getitem__)
        n_rows = len(judged[0])
        return self._row(mapping, lambda label: _first(mapping[label])) if n_rows == 1 else EventRow(n_rows)

    def _read_frame(self, frame: Any, labels: Sequence[Any]) -> EventRow:
        if len(frame) != 1:
            return EventRow(len(frame))
        if self._names is None:
            places = {label: place for place, label in enumerate(labels[:LOOKED_AT_LIMIT])}
        else:
            places = {str(label): place for place, label in enumerate(labels)}
        return self._row(places, lambda label: _first(_column(frame, places[label])), len(labels))

    def _read_single(self, container: Any, *, is_within: bool = False) -> EventRow:
        """Return the row of what is no frame; what stands ``is_within`` a list of rows is none itself."""
        if container is None or isinstance(container, str | bytes | bytearray):
            return EventRow(1)
        if declared_fields(container) is not None:
            return self._read_object(container)
        if hasattr(type(container), "to_dict") and hasattr(container, "index"):
            is_wide = self._names is None and hasattr(container, "iloc")
            values = (container.iloc[:LOOKED_AT_LIMIT] if is_wide else container).to_dict()
            return self._row(values, values.__getitem__, len(container))
        if hasattr(type(container), "__array__"):
            return self._read_array(np.asarray(container), is_within=is_within)
        if isinstance(container, Sequence):
            return self._read_sequence(container, is_within=is_within)
        return self._read_object(container)

    def _read_array(self, array: Any, *, is_within: bool) -> EventRow:
        if array.ndim == 1:
            return self._read_sequence(array, is_within=is_within)
        if is_within or array.ndim != 2:
            return EventRow(1)
        return self._read_positions(array[0]) if len(array) == 1 else EventRow(len(array))

    def _read_sequence(self, values: Sequence[Any], *, is_within: bool) -> EventRow:
        fits = self._positions is None or len(self._positions) == len(values)
        begun = list(islice(values, LOOKED_AT_LIMIT))
        if not begun:
            return EventRow(0)
        if _is_value(begun[0]) or (fits and any(map(_is_value, begun))):
            return self._read_positions(values)
        if is_within or len(values) != 1:
            return EventRow(1 if is_within else len(values))
        only = begun[0]
        if isinstance(only, Mapping):
            return self._row(only, only.__getitem__)
        return self._read_single(only, is_within=True)

    def _read_positions(self, values: Sequence[Any]) -> EventRow:
        n_values = len(values)
        if self._positions is None:
            digits = len(str(n_values - 1))
            names: Iterable[str] = (f"x{place:0{digits}d}" for place in range(min(n_values, LOOKED_AT_LIMIT)))
        elif len(self._positions) == n_values:
            names = self._positions
        else:
            return EventRow(1)
        places = {name: place for place, name in enumerate(names)}
        found = self._row(places, lambda name: values[places[name]], n_values)
        return found._replace(is_named=self._positions is not None)

    def _read_object(self, thing: object) -> EventRow:
        """Return the row of an object; of one that declares no fields, only what is asked for by name."""
        fields = declared_fields(thing) or self._names
        if fields is None:
            return EventRow(1)
        return self._row(dict.fromkeys(fields), lambda name: getattr(thing, name, None))

    def _row(
        self, known: Mapping[Any, object], take: Callable[[Any], object], width: int | None = None
    ) -> EventRow:
        """Return the row whose labels ``known`` has; ``width`` where it has not all of them."""
        if self._names is not None:
            wanted = [name for name in self._names if name in known]
            return EventRow(1, wanted, len(wanted), take, is_named=True)
        skipped = sum(label in known for label in self._skipped)
        labels = (label for label in known if label not in self._skipped)
        width = len(known) if width is None else width
        return EventRow(1, labels, width - skipped, take, is_named=True)


def value_of(container: object, key: str) -> object:
    """Return the value of a field of the only row in ``container``, None where there is none.

    Raises:
        Exception: whatever the methods of the container raise.
    """
    row = EventRows((key,)).read(container)
    return next((row.take(label) for label in row.labels), None)


def _labels_of_frame(container: Any) -> Sequence[Any] | None:
    """Return the labels of the columns of a frame as they are, None for what is no frame."""
    library = _library(container)
    if library == "pandas" and not hasattr(type(container), "to_list") and hasattr(container, "columns"):
        return container.columns  # type: ignore[no-any-return]  # they are
    if library == "polars" and hasattr(container, "get_columns"):
        return container.columns  # type: ignore[no-any-return]  # likewise
    if library == "pyarrow" and hasattr(container, "column_names"):
        return container.column_names  # type: ignore[no-any-return]  # likewise
    return container.dtype.names if isinstance(container, np.ndarray) else None


def _column(frame: Any, place: int) -> Any:
    library = _library(frame)
    if library == "pandas":
        return frame.iloc[:, place]
    if library == "polars":
        return frame.to_series(place)
    return frame.column(place) if library == "pyarrow" else frame[frame.dtype.names[place]]


def _first(column: Any) -> object:
    return to_column(column)[0]


def _library(thing: object) -> str:
    return type(thing).__module__.partition(".")[0]


def _is_foreign(value: object) -> bool:
    return _library(value) not in _KNOWN_LIBRARIES


def _is_value(thing: object) -> bool:
    """Return whether something is one value, as ``is_scalar`` does; of an unknown type by that alone."""
    kind = type(thing)
    if not _is_foreign(thing) or hasattr(kind, "__float__"):
        return is_scalar(thing)
    is_container = hasattr(kind, "__len__") or hasattr(kind, "__iter__") or declared_fields(thing) is not None
    return isinstance(thing, str) or not (is_container or kind.__dictoffset__)
