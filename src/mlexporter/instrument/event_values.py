"""Values of users as they may leave the process in an event: plain, small, and none that is nested.

Everything here is copied in the call. What has no plain value is told by its kind and size alone:
neither what a container holds nor what an object says of itself gets out.
"""

from __future__ import annotations

import datetime as dt
import decimal
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from mlexporter.instrument.event_choice import Redaction, is_a_name
from mlexporter.state.values import ValueClass, number_of, read_value

Plain: TypeAlias = str | int | float | bool
"""What stands for a value in an event."""

REDACTED: Final = "redacted"
"""Stands in place of a value that is kept back."""
TEXT_LIMIT_BYTES: Final = 128
FIELDS_LIMIT: Final = 100
RECORD_LIMIT_BYTES: Final = 8_192
"""Names and texts of all features of an event, and likewise of its prediction."""

LOOKED_AT_LIMIT: Final = 1_000
"""Fields of a row that are looked at: it may have many that are missing, or that have no room."""

_KNOWN_LIMIT: Final = 1_000
"""Names that are remembered; keys of users' rows may be without end."""
_CUT: Final = "…"
_TEXT_LIMIT_CHARACTERS: Final = 256
_NUMBER_BYTES: Final = 8
_DIMENSIONS_LIMIT: Final = 8
_LARGEST_INTEGER: Final = 2**63
_SIZED: Final = (list, tuple, dict, set, frozenset, bytes, bytearray)


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
    is_plain, content = plain_value(value)
    return content if is_plain else kind_of(value)


def plain_value(value: object) -> tuple[bool, Plain | None]:
    """Return whether ``value`` is one that may be sent or a missing one, and it; never raises an ``Exception``."""
    kind = type(value)
    if kind is float:
        return True, value if value == value else None  # type: ignore[return-value]  # noqa: PLR0124 - NaN is not itself
    if kind is bool:
        return True, value  # type: ignore[return-value]  # it is one
    try:
        return _plain(value)
    except Exception:  # noqa: BLE001 - methods of a user's value can raise anything
        return False, None


def _plain(value: object) -> tuple[bool, Plain | None]:
    if issubclass(type(value), decimal.Decimal) and not value.is_finite():  # type: ignore[attr-defined]  # as float() has it
        return True, None if value.is_nan() else float(value)  # type: ignore[attr-defined, arg-type]  # likewise
    if _is_lazy(type(value)):
        return False, None
    kind, content = read_value(value)
    if kind is ValueClass.MISSING:
        return True, None
    if kind is ValueClass.NUMBER:
        return True, _number(content)
    if kind is not ValueClass.OTHER:
        return True, short_text(content) if isinstance(content, str) else bool(content)
    told = _time(content)
    return told is not None, None if told is None else short_text(told)


def _is_lazy(kind: type) -> bool:
    """Return whether asking for an attribute may do anything, and no value is to be had by it."""
    has_value = hasattr(kind, "ndim") or hasattr(kind, "__float__") or issubclass(kind, str)
    return hasattr(kind, "__getattr__") and not has_value


def _time(value: object) -> str | None:
    """Return a point in time, or a UUID, as text: never what a class of a user makes of it."""
    # Not isinstance(), which asks a hostile value what it is.
    kind = type(value)
    if issubclass(kind, dt.datetime):
        return dt.datetime.isoformat(value, " ")  # type: ignore[arg-type]  # it is one
    if issubclass(kind, dt.date):
        return dt.date.isoformat(value)  # type: ignore[arg-type]  # likewise
    if issubclass(kind, dt.time):
        return dt.time.isoformat(value)  # type: ignore[arg-type]  # likewise
    if issubclass(kind, dt.timedelta):
        return dt.timedelta.__str__(value)
    return str(value) if kind is np.datetime64 or _is_uuid(value) else None


def _number(content: Any) -> float:
    if isinstance(content, int) and not -_LARGEST_INTEGER <= content < _LARGEST_INTEGER:
        return number_of(content)[1]
    return content  # type: ignore[no-any-return]  # read_value() says so


def _is_uuid(value: object) -> bool:
    uuid = sys.modules.get("uuid")
    return uuid is not None and type(value) is getattr(uuid, "UUID", None)


def kind_of(value: object) -> str:
    """Return the kind of ``value`` and its size, nothing else; never raises."""
    kind = type(value)
    name = short_text(type.__dict__["__name__"].__get__(kind))
    try:
        if issubclass(kind, _SIZED):
            return f"<{name} of {len(value)}>"  # type: ignore[arg-type]  # all of them have a length
        shape = getattr(value, "shape", None) if hasattr(kind, "shape") else None
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
        is_named: Whether it can stand on a list.
    """

    text: str
    size: int
    is_hidden: bool
    is_named: bool


class FieldNames:
    """Knows names of fields, and what is kept back; safe with threads.

    Args:
        redaction: Tells what is kept back.
        are_chosen: The names are those of a profile, or of the user's choice. Labels of any other
            container may be no names: where there is a list, their values are kept back.
    """

    def __init__(self, redaction: Redaction, *, are_chosen: bool = False) -> None:
        self._redaction = redaction
        self._are_chosen = are_chosen
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
            is_named = self._are_chosen or is_a_name(name)
            is_hidden = self._redaction.hides(name) or (bool(self._redaction) and not is_named)
            found = FieldName(text, len(text.encode()), is_hidden, is_named)
            if len(self._known) < _KNOWN_LIMIT and len(name) <= TEXT_LIMIT_BYTES:
                self._known[name] = found
        return found

    def hides(self, key: object) -> bool:
        """Return whether the value of a key is kept back."""
        name = self.of(key)
        return name is not None and name.is_hidden


class PlainFields:
    """Collects named values of one event, up to its limits, without those that are kept back.

    Args:
        names: Knows them.

    Attributes:
        sent: Values by name.
        n_left_out: How many are not: there are too many, or they have no name.
        are_named: Whether all labels that were looked at can stand on a list.
    """

    def __init__(self, names: FieldNames) -> None:
        self._names = names
        self._room = RECORD_LIMIT_BYTES
        self.sent: dict[str, Plain] = {}
        self.n_left_out = 0
        self.are_named = True

    def add_all(
        self, labels: Iterable[object], width: int, take: Callable[[Any], object], *, hides_all: bool = False
    ) -> None:
        """Add values by name; missing ones are left away, and not counted as left out.

        Args:
            labels: Their names; these may end before all are told.
            width: How many there are.
            take: Returns the value of a label, or raises; not called for what is kept back.
            hides_all: Send none of the values.
        """
        n_seen = 0
        for label in islice(labels, LOOKED_AT_LIMIT):
            if len(self.sent) >= FIELDS_LIMIT:
                break
            n_seen += 1
            name = self._names.of(label)
            self.are_named = self.are_named and name is not None and name.is_named
            if name is None or name.text in self.sent:
                self.n_left_out += 1
            else:
                is_hidden = hides_all or name.is_hidden
                self._add(name, REDACTED if is_hidden else _read(label, take))
        self.n_left_out += width - n_seen

    def _add(self, name: FieldName, content: Plain | None) -> None:
        if content is None:
            return
        size = name.size + (len(content.encode()) if type(content) is str else _NUMBER_BYTES)
        if size > self._room:
            self.n_left_out += 1
            return
        self._room -= size
        self.sent[name.text] = content


def _read(label: object, take: Callable[[Any], object]) -> Plain | None:
    try:
        return plain(take(label))
    except Exception:  # noqa: BLE001 - methods of a user's container can raise anything: there is no value
        return None
