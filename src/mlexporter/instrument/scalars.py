"""Values of users as scalars that may be kept: immutable, small, and binned as the originals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from mlexporter.state.embedding_bins import MOST_DIMENSIONS
from mlexporter.state.values import (
    MAXIMUM_TEXT_LENGTH,
    ValueClass,
    canonical_category,
    number_of,
    read_value,
)

KEPT_TYPES: Final = frozenset(
    {
        float, int, bool, type(None),
        np.float64, np.float32, np.float16, np.bool_,
        np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64,
    }
)  # fmt: skip
"""Exact types whose values are kept as they are, integers unless they are huge; texts once they are cut."""

UNREADABLE: Final = ()
"""Stands for a value that no bin but ``invalid`` fits."""

_LARGEST_INTEGER_BITS: Final = 2048
_LARGEST_VECTOR: Final = MOST_DIMENSIONS + 1
_NO_VECTOR: Final = ""
"""Stands for a value that is no vector: a text is none."""


class Named:
    """Stands for an object that is no number and no text but has a name as a category."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return self._name


def scalar(value: object) -> object:
    """Return what may be kept of ``value`` and is binned like it; never raises."""
    if type(value) in KEPT_TYPES and type(value) is not int:
        return value
    kind, content = read_value(value)
    if kind is ValueClass.OTHER:
        return UNREADABLE if content is None else _named(content)
    if isinstance(content, int) and content.bit_length() > _LARGEST_INTEGER_BITS:
        # Beyond every edge and every category that a profile can hold, and far smaller to keep.
        return (1 if content > 0 else -1) << _LARGEST_INTEGER_BITS
    return content


def number(value: object) -> object:
    """Return what may be kept of ``value`` where a number is wanted, and is binned like it; never raises."""
    if type(value) in KEPT_TYPES and type(value) is not int:
        return value
    kind, found = number_of(value)
    if kind is ValueClass.MISSING:
        return None
    return found if kind is ValueClass.NUMBER else UNREADABLE


def vector(value: object) -> object:
    """Return a copy of a vector that may be kept, and is counted like it; never raises.

    Returns:
        Numbers as float32, shape (n,), cut where they are too many for any vector; what is none as its
        scalar.
    """
    try:
        if not isinstance(value, list | tuple) and not hasattr(type(value), "__array__"):
            return scalar(value)
        found = np.asarray(value)
        if found.ndim != 1 or found.dtype.kind not in "iuf":
            return _NO_VECTOR
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            return found[:_LARGEST_VECTOR].astype(np.float32)
    except Exception:  # noqa: BLE001 - the methods of a user's object can raise anything
        return _NO_VECTOR


def are_small(values: Sequence[object]) -> bool:
    """Return whether all of ``values`` may be kept as they are; for the hot path, never raises."""
    types = {*map(type, values)}
    if not types <= KEPT_TYPES:
        return False
    if int not in types:
        return True
    try:
        math.hypot(*values)  # type: ignore[arg-type] # in one stroke: overflows where an integer is no float
    except OverflowError:
        return False
    except TypeError:  # None is among them
        return not any(type(value) is int and value.bit_length() > _LARGEST_INTEGER_BITS for value in values)
    return True


def is_scalar(value: object) -> bool:
    """Return whether ``value`` is one value, not a container of some; never raises."""
    if type(value) in KEPT_TYPES or isinstance(value, str):
        return True
    kind, content = read_value(value)
    if kind is not ValueClass.OTHER:
        return True
    try:
        return content is not None and not hasattr(content, "__dict__") and declared_fields(content) is None
    except Exception:  # noqa: BLE001 - attributes of a user's object can raise anything
        return True


def declared_fields(thing: object) -> tuple[str, ...] | None:
    """Return the fields of a dataclass, pydantic model or named tuple, else None."""
    kind: Any = type(thing)
    if hasattr(kind, "__dataclass_fields__"):
        import dataclasses  # noqa: PLC0415 - whoever has such a class has loaded it

        return tuple(field.name for field in dataclasses.fields(kind))
    for attribute in ("model_fields", "_fields"):
        fields = getattr(kind, attribute, None)
        if isinstance(fields, Mapping | tuple):
            return tuple(fields)
    return None


def _named(content: object) -> object:
    try:
        return Named(canonical_category(content)[:MAXIMUM_TEXT_LENGTH])
    except TypeError:
        return UNREADABLE
