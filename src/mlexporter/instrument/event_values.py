"""Values of users as they may leave the process in an event: plain, small, and none that is nested.

Everything here is copied in the call. What has no plain value is told by its kind and size alone:
neither what a container holds nor what an object says of itself gets out.
"""

from __future__ import annotations

import datetime as dt
import decimal
import sys
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from mlexporter.instrument.event_choice import Redaction
from mlexporter.state.values import ValueClass, number_of, read_value

Plain: TypeAlias = str | int | float | bool
"""What stands for a value in an event."""

REDACTED: Final = "redacted"
"""Stands in place of a value that is kept back."""
TEXT_LIMIT_BYTES: Final = 128
FIELDS_LIMIT: Final = 100
RECORD_LIMIT_BYTES: Final = 8_192
"""Names and texts of all features of an event, and likewise of its prediction."""

_KNOWN_LIMIT: Final = 1_000
"""Names that are remembered; keys of users' rows may be without end."""
_CUT: Final = "…"
_TEXT_LIMIT_CHARACTERS: Final = 256
_NUMBER_BYTES: Final = 8
_DIMENSIONS_LIMIT: Final = 8
_LARGEST_INTEGER: Final = 2**63
_SIZED: Final = (list, tuple, dict, set, frozenset, bytes, bytearray)
_TIMES: Final = (dt.date, dt.time, dt.timedelta, np.datetime64, np.timedelta64)


def short_text(text: str) -> str:
    """Return ``text`` as valid UTF-8 of at most 128 bytes; what was cut ends in ``…``."""
    head = str.__getitem__(text, slice(_TEXT_LIMIT_CHARACTERS))
    if len(head) <= TEXT_LIMIT_BYTES and head.isascii():
        return head
    encoded = head.encode("utf-8", "replace")
    if len(encoded) <= TEXT_LIMIT_BYTES:
        return encoded.decode("utf-8")
    return encoded[: TEXT_LIMIT_BYTES - len(_CUT.encode())].decode("utf-8", "ignore") + _CUT


def plain(value: object) -> Plain | None:
    """Return what may be sent of ``value``, None for a missing one; never raises an ``Exception``.

    Returns:
        A number (an integer of more than 64 bits as a float), a boolean, a text or a point in time,
        cut at 128 bytes; of everything else its kind and size, such as ``<list of 3>``.
    """
    kind = type(value)
    if kind is float:
        return value if value == value else None  # type: ignore[return-value]  # noqa: PLR0124 - NaN is not itself
    if kind is bool:
        return value  # type: ignore[return-value]  # it is one
    try:
        return _plain(value)
    except Exception:  # noqa: BLE001 - methods of a user's value can raise anything
        return _kind(value)


def _plain(value: object) -> Plain | None:
    if issubclass(type(value), decimal.Decimal) and not value.is_finite():  # type: ignore[attr-defined]  # as float() has it
        return None if value.is_nan() else float(value)  # type: ignore[attr-defined, arg-type]  # likewise
    kind, content = read_value(value)
    if kind is ValueClass.MISSING:
        return None
    if kind is ValueClass.NUMBER:
        return _number(content)
    if kind is not ValueClass.OTHER:
        return short_text(content) if isinstance(content, str) else bool(content)
    # Not isinstance(), which asks a hostile value what it is.
    if issubclass(type(content), _TIMES) or _is_uuid(content):
        return short_text(str(content))
    return _kind(value)


def _number(content: Any) -> float:
    if isinstance(content, int) and not -_LARGEST_INTEGER <= content < _LARGEST_INTEGER:
        return number_of(content)[1]
    return content  # type: ignore[no-any-return]  # read_value() says so


def _is_uuid(value: object) -> bool:
    uuid = sys.modules.get("uuid")
    return uuid is not None and type(value) is getattr(uuid, "UUID", None)


def _kind(value: object) -> str:
    """Return the kind of ``value`` and its size, nothing else; never raises."""
    name = short_text(type.__dict__["__name__"].__get__(type(value)))
    try:
        if issubclass(type(value), _SIZED):
            return f"<{name} of {len(value)}>"  # type: ignore[arg-type]  # all of them have a length
        shape = getattr(value, "shape", None)
        if type(shape) is tuple and len(shape) <= _DIMENSIONS_LIMIT:
            return f"<{name} {'x'.join(str(int(length)) for length in shape)}>"
    except Exception:  # noqa: BLE001 - methods of a user's value can raise anything
        return f"<{name}>"
    return f"<{name}>"


def name_of(key: object) -> str | None:
    """Return the whole of a name, None for what is none; never raises an ``Exception``."""
    if issubclass(type(key), str):
        return str.__getitem__(key, slice(None))  # type: ignore[index]  # it is one
    return str(int(key)) if issubclass(type(key), int | np.integer) else None  # type: ignore[call-overload]  # it is one


class FieldName(NamedTuple):
    """What is to be known of a name.

    Attributes:
        text: As it is sent.
        size: Of that, bytes.
        is_hidden: Whether its value is kept back.
    """

    text: str
    size: int
    is_hidden: bool


class FieldNames:
    """Knows names of fields, and what is kept back; safe with threads.

    Args:
        redaction: Tells what is kept back.
    """

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._known: dict[str, FieldName] = {}

    def of(self, key: object) -> FieldName | None:
        """Return what is to be known of a key, None where it is no name; never raises an ``Exception``."""
        # The keys of a hostile text would be asked for their hash.
        found = self._known.get(key) if type(key) is str else None
        if found is None:
            name = name_of(key)
            if name is None:
                return None
            text = short_text(name)
            # The whole of it counts: what is cut off may be what is on the list.
            found = FieldName(text, len(text.encode()), self._redaction.hides(name))
            if len(self._known) < _KNOWN_LIMIT and len(name) <= TEXT_LIMIT_BYTES:
                self._known[name] = found
        return found


class PlainFields:
    """Collects named values of one event, up to its limits, without those that are kept back.

    Args:
        names: Knows them.

    Attributes:
        sent: Values by name.
        n_left_out: How many are not: there are too many, or they have no name.
    """

    def __init__(self, names: FieldNames) -> None:
        self._names = names
        self._room = RECORD_LIMIT_BYTES
        self.sent: dict[str, Plain] = {}
        self.n_left_out = 0

    def add_all(self, pairs: Iterable[tuple[object, object]], *, hides_all: bool = False) -> None:
        """Add values by name; missing ones are left away, and not counted as left out.

        Args:
            pairs: Name and value.
            hides_all: Send none of the values.
        """
        for key, value in pairs:
            name = self._names.of(key)
            if name is None or len(self.sent) >= FIELDS_LIMIT:
                self.n_left_out += 1
                continue
            # The value of a name that is kept back is not even looked at.
            content = REDACTED if hides_all or name.is_hidden else plain(value)
            if content is None:
                continue
            size = name.size + (len(content.encode()) if type(content) is str else _NUMBER_BYTES)
            if name.text in self.sent or size > self._room:
                self.n_left_out += 1
                continue
            self._room -= size
            self.sent[name.text] = content
