"""Looks into objects of strangers without running a line of their code.

A field is a key of a dict, or what an object keeps under that name: in its ``__dict__``, in a slot, or
among the extra fields of a pydantic model. Properties, ``__getattr__`` and methods are never called, so
that nothing can raise, fetch, compute or take time there.
"""

from __future__ import annotations

from collections.abc import Callable
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any, Final

ITEMS_AT_MOST: Final = 128
"""Items of a list that are looked at: choices, parts of a message, calls of tools."""
TEXT_AT_MOST: Final = 128
LARGEST_WHOLE: Final = 2**32
"""No call reads or writes more tokens than this."""

_MRO: Final = type.__dict__["__mro__"]
_LATER: Final = frozenset({"__next__", "__anext__", "__await__", "__aiter__", "add_done_callback"})
"""What iterators, awaitables and futures have, and nothing that is there as a whole."""
_PLACES: Final = frozenset({"__len__", "__getitem__", "__contains__"})
_STREAMS: Final = ("stream", "body", "completion")
"""Under which names AWS hands out a stream."""
_EXTRA: Final = "__pydantic_extra__"
_SHAPES_AT_MOST: Final = 256


class _Shape:
    """Where objects of one class keep their fields: looked up once, for a piece of a stream is one of many.

    Args:
        kind: The class; it is held, so that no other has its ``id``.
    """

    __slots__ = ("_kind", "_places", "extra", "is_dict", "kept")

    def __init__(self, kind: type) -> None:
        self._kind = kind
        self.is_dict = issubclass(kind, dict)
        self._places: dict[str, Any] = {}
        own = self.place("__dict__")
        # Of anything but the interpreter's own descriptor nobody knows what it runs.
        is_safe = type(own) is GetSetDescriptorType or type(own) is MemberDescriptorType
        self.kept: Callable[[Any], Any] | None = own.__get__ if is_safe else None
        extra = self.place(_EXTRA)
        self.extra = extra if type(extra) is MemberDescriptorType else None

    def place(self, name: str) -> Any:
        """Return what the class has under ``name``: a slot, what hides a field, or None."""
        try:
            return self._places[name]
        except KeyError:
            found = next((own[name] for own in _own_names(self._kind) if own.get(name) is not None), None)
            self._places[name] = found
            return found


_shapes: Final[dict[int, _Shape]] = {}


def field(value: Any, *names: str) -> object:
    """Return the first of these fields of ``value`` that is there and not None; else None."""
    kind = type(value)
    if kind is dict:
        for name in names:
            if (found := value.get(name)) is not None:
                return found
        return None
    if value is None:
        return None
    shape = _shapes.get(id(kind)) or _new_shape(kind)
    if shape.is_dict:
        return next((found for name in names if (found := dict.get(value, name)) is not None), None)
    kept = None if shape.kept is None else shape.kept(value)
    for name in names:
        found = kept[name] if type(kept) is dict and name in kept else _placed(value, shape, name)
        if found is not None:
            return found
    return None


def path(value: Any, *names: str) -> object:
    """Return what stands at the end of a path of fields; None where it breaks off."""
    for name in names:
        value = field(value, name)
        if value is None:
            return None
    return value


def has(value: Any, *names: str) -> bool:
    """Return whether all these fields are there and not None."""
    return all(field(value, name) is not None for name in names)


def items(value: Any) -> tuple[object, ...]:
    """Return the first items of a list or a tuple; nothing of anything else."""
    kind = type(value)
    first = slice(0, ITEMS_AT_MOST)
    if issubclass(kind, list):
        return tuple(list.__getitem__(value, first))
    if issubclass(kind, tuple):
        return tuple.__getitem__(value, first)
    return ()


def length(value: Any) -> int | None:
    """Return how many items a list or a tuple has; None for anything else."""
    kind = type(value)
    if issubclass(kind, list):
        return list.__len__(value)
    return tuple.__len__(value) if issubclass(kind, tuple) else None


def only_key(value: Any) -> str:
    """Return the key of a dict that has one, which is a text; else empty."""
    if not issubclass(type(value), dict) or dict.__len__(value) != 1:
        return ""
    key = next(dict.__iter__(value))
    return key if type(key) is str else ""


def text(value: Any) -> str:
    """Return a text, or the name of a member of an enumeration, cut; empty for anything else."""
    kind = type(value)
    if issubclass(kind, str):
        return str.__getitem__(value, slice(0, TEXT_AT_MOST))
    name = None if issubclass(kind, dict) else field(value, "_name_")
    return name[:TEXT_AT_MOST] if type(name) is str else ""


def comes_later(value: Any) -> bool:
    """Return whether this is sure to bring something later: an iterator, an awaitable or a future."""
    return any(_LATER & own.keys() for own in _own_names(type(value)))


def holds_stream(value: Any) -> bool:
    """Return whether what is no known answer looks like a stream, or hands one out under a name of AWS.

    What can be iterated over and has neither a length nor items is one, unless it is a model of pydantic.
    """
    return _is_iterable_only(value) or any(
        comes_later(each) or _is_iterable_only(each) for each in (field(value, name) for name in _STREAMS)
    )


def _is_iterable_only(value: Any) -> bool:
    names = {name for own in _own_names(type(value)) for name in own}
    return "__iter__" in names and not names & {*_PLACES, _EXTRA}


def _own_names(kind: type) -> list[Any]:
    return [type.__getattribute__(each, "__dict__") for each in _MRO.__get__(kind)]


def is_filled(value: Any) -> bool:
    """Return whether this is a text, bytes or a list with something in it."""
    kind = type(value)
    if issubclass(kind, str):
        return str.__len__(value) > 0
    if issubclass(kind, bytes):
        return bytes.__len__(value) > 0
    return bool(length(value))


def whole(value: Any, *names: str) -> int | None:
    """Return the first of these fields that is a whole number from 0 to ``LARGEST_WHOLE``; else None."""
    for name in names:
        found = field(value, name)
        if type(found) is float and found.is_integer():
            found = int(found)  # numbers of JSON that were written with a point
        if type(found) is int and 0 <= found <= LARGEST_WHOLE:
            return found
    return None


def _new_shape(kind: type) -> _Shape:
    if len(_shapes) >= _SHAPES_AT_MOST:
        _shapes.clear()
    shape = _shapes[id(kind)] = _Shape(kind)
    return shape


def _placed(value: Any, shape: _Shape, name: str) -> Any:
    """Return what stands in a slot, or among the extra fields of a pydantic model."""
    member = shape.place(name)
    if member is not None:
        return _slot(value, member) if type(member) is MemberDescriptorType else None
    extra = None if shape.extra is None else _slot(value, shape.extra)
    return extra.get(name) if type(extra) is dict else None


def _slot(value: Any, member: MemberDescriptorType) -> Any:
    try:
        return member.__get__(value)
    except AttributeError:
        return None
