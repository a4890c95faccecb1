"""What a user's container of features holds: one row, columns, several rows, or nothing readable.

Containers belong to the user and may be hostile: whatever they raise makes them ``Unreadable``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from mlexporter.instrument.scalars import declared_fields, is_scalar
from mlexporter.state.columns import Column, is_mapping_of_columns, split_array, split_frame

_Names: TypeAlias = Sequence[str] | None


class Row(NamedTuple):
    """One row: raw values by name."""

    values: Mapping[Any, Any]


class Columns(NamedTuple):
    """``n_rows`` rows by column."""

    columns: Mapping[str, Column]
    n_rows: int


class Rows(NamedTuple):
    """Several rows, each a container itself."""

    rows: Sequence[object]


class Unreadable(NamedTuple):
    """``n_rows`` rows that nothing can be said about."""

    n_rows: int = 1


Contents: TypeAlias = Row | Columns | Rows | Unreadable


def read_container(container: object, names: _Names) -> Contents:
    """Return what ``container`` holds; never raises an ``Exception``.

    Args:
        container: A mapping, dataclass, pydantic model, named tuple, object with attributes,
            DataFrame, Series, Arrow table, array of shape (n, n_features) or (n_features,), list
            of rows, or sequence of ``n_features`` values.
        names: The features in the order of positions, or None where any name is one.
    """
    try:
        return _read(container, names)
    except Exception:  # noqa: BLE001 - methods of a user's container can raise anything
        return Unreadable(_length(container))


def read_row(container: object, names: _Names) -> Row | Unreadable:
    """Return one row of a list of rows; never raises an ``Exception``."""
    try:
        if isinstance(container, Mapping):
            return Row(container)
        contents = _read(container, names)
    except Exception:  # noqa: BLE001 - methods of a user's container can raise anything
        return Unreadable()
    return contents if isinstance(contents, Row) else Unreadable()


def count_rows(contents: Contents) -> int:
    """Return the number of rows in ``contents``."""
    if isinstance(contents, Row):
        return 1
    return len(contents.rows) if isinstance(contents, Rows) else contents.n_rows


def _read(container: object, names: _Names) -> Contents:
    if isinstance(container, Mapping):
        if is_mapping_of_columns(container):
            return _columns(split_frame(container))
        return Row(container)
    if declared_fields(container) is not None:
        return _object(container, names)
    if container is None or isinstance(container, str | bytes | bytearray):
        return Unreadable()
    frame = split_frame(container)
    if frame is not None:
        return _columns(frame)
    return _read_positions(container, names)


def _read_positions(container: Any, names: _Names) -> Contents:
    if hasattr(type(container), "to_dict") and hasattr(container, "index"):
        return Row(container.to_dict())  # a Series is one row of its frame
    if hasattr(type(container), "__array__"):
        return _array(np.asarray(container), names)
    if isinstance(container, Sequence):
        return _sequence(container, names)
    return _object(container, names)


def _columns(frame: Mapping[str, Column] | None) -> Contents:
    if not frame:
        return Unreadable(0)
    return Columns(frame, max(len(column) for column in frame.values()))


def _array(array: np.ndarray[Any, Any], names: _Names) -> Contents:
    if array.ndim == 1:
        return _sequence(array.tolist(), names)
    if array.ndim != 2:
        return Unreadable()
    columns = positions(array.shape[1]) if names is None else names
    if array.shape[1] != len(columns):
        return Unreadable(array.shape[0])
    return Columns(split_array(array, columns), array.shape[0])


def _sequence(values: Sequence[object], names: _Names) -> Contents:
    if not values:
        return Rows(())
    fits = names is None or len(names) == len(values)
    if not is_scalar(values[0]) and not (fits and any(map(is_scalar, values))):
        return Rows(values)
    columns = positions(len(values)) if names is None else names
    if len(values) != len(columns):
        return Unreadable()
    return Row(dict(zip(columns, values, strict=True)))


def _object(thing: object, names: _Names) -> Contents:
    known = declared_fields(thing)
    if known is None:
        known = tuple(getattr(thing, "__dict__", ())) if names is None else tuple(names)
    values = {name: getattr(thing, name) for name in known if hasattr(thing, name)}
    return Row(values) if values else Unreadable()


def positions(n_columns: int) -> tuple[str, ...]:
    """Return the names of columns that have none: ``x0``, ``x1`` and so on."""
    width = len(str(max(n_columns - 1, 0)))
    return tuple(f"x{index:0{width}d}" for index in range(n_columns))


def _length(container: object) -> int:
    """Rows of a container that failed: its length where it is a frame or a list, else one."""
    try:
        is_many = isinstance(container, list) or getattr(container, "ndim", None) == 2
        return len(container) if is_many else 1  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - a length of a user's container can raise anything
        return 1
