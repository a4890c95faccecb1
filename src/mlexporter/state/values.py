"""What one value of a user is: a number, a text, a boolean, nothing, or something else.

Everything that bins, at training and at serving time, reads values here, so that a value means the
same in both places. Values may be hostile: no function but ``canonical_category`` ever raises.
"""

from __future__ import annotations

import math
import struct
import sys
from enum import Enum, auto
from typing import Final

import numpy as np

from mlexporter.records import TrainingType

MAXIMUM_TEXT_LENGTH: Final = 256
"""Characters of a category that count; longer texts with one beginning are one category."""

_MAXIMUM_DIGITS_BITS: Final = 850  # a little under 256 decimal digits
# As tuples: a union would be made anew for each value.
_BOOLEANS: Final = (bool, np.bool_)
_INTEGERS: Final = (int, np.integer)
_NUMBERS: Final = (int, float, np.integer, np.floating)
_TIMES: Final = (np.datetime64, np.timedelta64)
_OPAQUE_NUMBERS: Final = (complex, np.complexfloating, bytes, bytearray, memoryview)
_FLOAT: Final = struct.Struct("d")
_MISSING_TYPES: Final = frozenset({("pandas", "NAType"), ("pandas", "NaTType")})


class ValueClass(Enum):
    """The classes of values that a type mismatch tells apart."""

    MISSING = auto()
    NUMBER = auto()
    TEXT = auto()
    BOOLEAN = auto()
    OTHER = auto()


CLASS_OF_TRAINING_TYPE: Final = {
    TrainingType.FLOAT: ValueClass.NUMBER,
    TrainingType.INTEGER: ValueClass.NUMBER,
    TrainingType.TEXT: ValueClass.TEXT,
    TrainingType.BOOLEAN: ValueClass.BOOLEAN,
    TrainingType.VECTOR: ValueClass.OTHER,
}
"""What a value has to be in order not to be a mismatch."""


def read_value(value: object) -> tuple[ValueClass, object]:
    """Return the class of ``value`` and its content; never raises an ``Exception``.

    Returns:
        ``(NUMBER, int or float)``, finite or infinite; ``(TEXT, str)`` cut at 256 characters;
        ``(BOOLEAN, bool)``; ``(MISSING, None)``; ``(OTHER, None)`` for containers, bytes, complex
        numbers and everything whose reading fails; ``(OTHER, value)`` for any other object.
    """
    try:
        return _read(value)
    except Exception:  # noqa: BLE001 - the methods of a user's object can raise anything
        return ValueClass.OTHER, None


def number_of(value: object) -> tuple[ValueClass, float]:
    """Return the class of ``value`` in a column of numbers, and its place among them.

    What can say by ``__float__`` which number it is, is that number: a boolean 0 or 1, a Decimal
    beyond float64 infinite. An array of one element is that element.

    Returns:
        NaN for a missing value, an infinity for an invalid one, else a finite float; integers too
        large for a float become the largest float of their sign. Never ``BOOLEAN``.
    """
    try:
        return _number_of(value)
    except Exception:  # noqa: BLE001 - the methods of a user's object can raise anything
        return ValueClass.OTHER, math.inf


def canonical_category(value: object) -> str:
    """Return the one name under which ``value`` is a category.

    Booleans are ``true`` and ``false``, integral numbers decimal integers, other numbers the
    shortest decimal that float32 tells apart (a float32 client and a float64 client agree), all
    else its text, cut at 256 characters, with lone surrogates replaced.

    Raises:
        TypeError: a missing value, an infinite number, bytes or a container has no name.
    """
    _, name = category_of(value)
    if name is None:
        raise TypeError(f"a value of type {type(value).__name__} has no name as a category")
    return name


def category_of(value: object) -> tuple[ValueClass, str | None]:
    """Return the class of ``value`` and what ``canonical_category`` calls it, None where it raises."""
    kind, content = read_value(value)
    if kind is ValueClass.TEXT:
        return kind, _clean(content)  # type: ignore[arg-type]
    if kind is ValueClass.BOOLEAN:
        return kind, "true" if content else "false"
    if kind is ValueClass.NUMBER:
        return kind, _number_name(content)  # type: ignore[arg-type]
    if content is None:
        return kind, None
    try:
        return kind, _clean(str(content))
    except Exception:  # noqa: BLE001 - the methods of a user's object can raise anything
        return kind, None


def _read(value: object) -> tuple[ValueClass, object]:
    if value is None or value is np.ma.masked:
        return ValueClass.MISSING, None
    if isinstance(value, str):
        return ValueClass.TEXT, str.__getitem__(value, slice(MAXIMUM_TEXT_LENGTH))
    if isinstance(value, _BOOLEANS):
        return ValueClass.BOOLEAN, bool(value)
    if isinstance(value, _NUMBERS):
        return _finished(int(value) if isinstance(value, _INTEGERS) else float(value))
    return _read_foreign(value)


def _read_foreign(value: object) -> tuple[ValueClass, object]:
    kind = type(value)
    if isinstance(value, _TIMES):
        return (ValueClass.MISSING, None) if np.isnat(value) else (ValueClass.OTHER, value)
    if (kind.__module__.partition(".")[0], kind.__name__) in _MISSING_TYPES:
        return ValueClass.MISSING, None
    is_opaque = isinstance(value, _OPAQUE_NUMBERS)
    if not is_opaque and getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        content = value.item()
        # An object array may hold anything, even itself: one level is unwrapped, no more.
        return (ValueClass.OTHER, None) if hasattr(type(content), "ndim") else _read(content)
    if is_opaque or hasattr(kind, "__len__") or hasattr(kind, "__iter__"):
        return ValueClass.OTHER, None
    return _finished(_foreign_float(value)) if hasattr(kind, "__float__") else (ValueClass.OTHER, value)


def _finished(number: float) -> tuple[ValueClass, object]:
    is_nan = not isinstance(number, int) and math.isnan(number)  # math.isnan() of a huge int overflows
    return (ValueClass.MISSING, None) if is_nan else (ValueClass.NUMBER, number)


def _foreign_float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:
        return math.copysign(sys.float_info.max, 1 if value > 0 else -1)  # type: ignore[operator]


def _number_of(value: object) -> tuple[ValueClass, float]:
    if value is None or _is_masked(value):
        return ValueClass.MISSING, math.nan
    if issubclass(type(value), np.complexfloating):
        value = value.real  # type: ignore[attr-defined] # as float() has it, which warns about it
    try:
        # A drain packs whole rows so: it is float(), but for texts.
        (number,) = _FLOAT.unpack(_FLOAT.pack(value))
    except struct.error:
        if isinstance(value, np.ndarray) and value.size == 1 and value.ndim:
            return _number_of(value.reshape(()))
        kind, content = read_value(value)
        if kind is ValueClass.NUMBER or kind is ValueClass.BOOLEAN:
            return ValueClass.NUMBER, _as_float(content)
        return kind, math.nan if kind is ValueClass.MISSING else math.inf
    return ValueClass.MISSING if math.isnan(number) else ValueClass.NUMBER, number


def _is_masked(value: object) -> bool:
    # Not isinstance(), which asks a hostile value what it is.
    if not issubclass(type(value), np.ma.MaskedArray):
        return False
    mask = np.ma.getmaskarray(value)  # type: ignore[call-overload]
    return mask.size == 1 and bool(mask.all())


def _as_float(content: object) -> float:
    try:
        return float(content)  # type: ignore[arg-type]
    except OverflowError:
        return math.copysign(sys.float_info.max, 1 if content > 0 else -1)  # type: ignore[operator]


def _number_name(number: float) -> str | None:
    if isinstance(number, int) or number.is_integer():
        whole = int(number)
        if whole.bit_length() > _MAXIMUM_DIGITS_BITS:
            return f"{'-' if whole < 0 else ''}integer of {whole.bit_length()} bits"
        return str(whole)
    if math.isinf(number):
        return None
    # Beyond 2**24 every float32 is integral, so no finite value overflows here.
    small = np.float32(number)
    return str(int(small)) if small.is_integer() else str(small)


def _clean(text: str) -> str:
    text = text[:MAXIMUM_TEXT_LENGTH]
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
