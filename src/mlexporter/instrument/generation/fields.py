"""Looks into objects of strangers without running a line of their code.

A field is a key of a dict, or what an object keeps under that name: in its ``__dict__``, in a slot, or
among the extra fields of a pydantic model. Properties, ``__getattr__`` and methods are never called, so
that nothing can raise, fetch, compute or take time there.
"""

from __future__ import annotations

from types import MemberDescriptorType
from typing import Any, Final

ITEMS_AT_MOST: Final = 128
"""Items of a list that are looked at: choices, parts of a message, calls of tools."""
TEXT_AT_MOST: Final = 128
LARGEST_WHOLE: Final = 2**32
"""No call reads or writes more tokens than this."""

_MRO: Final = type.__dict__["__mro__"]
_STEPS: Final = frozenset({"__next__", "__anext__"})
_EXTRA: Final = "__pydantic_extra__"


def field(value: Any, *names: str) -> object:
    """Return the first of these fields of ``value`` that is there and not None; else None."""
    kind = type(value)
    for name in names:
        found = dict.get(value, name) if issubclass(kind, dict) else _kept(value, kind, name)
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
    name = _kept(value, kind, "_name_")
    return name[:TEXT_AT_MOST] if type(name) is str else ""


def is_stream(value: Any) -> bool:
    """Return whether this brings something piece by piece later: an iterator, asynchronous or not."""
    return any(_STEPS & type.__getattribute__(each, "__dict__").keys() for each in _MRO.__get__(type(value)))


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


def _kept(value: Any, kind: type, name: str) -> Any:
    try:
        kept = object.__getattribute__(value, "__dict__")
    except Exception:  # noqa: BLE001 - it has none, or hides it
        kept = None
    if type(kept) is dict and name in kept:
        return kept[name]
    for each in _MRO.__get__(kind):
        member = type.__getattribute__(each, "__dict__").get(name)
        if member is not None:
            return (
                member.__get__(value)
                if type(member) is MemberDescriptorType and _is_set(value, member)
                else None
            )
    extra = _extra(value, kind)
    return extra.get(name) if type(extra) is dict else None


def _extra(value: Any, kind: type) -> object:
    for each in _MRO.__get__(kind):
        member = type.__getattribute__(each, "__dict__").get(_EXTRA)
        if type(member) is MemberDescriptorType:
            return member.__get__(value) if _is_set(value, member) else None
    return None


def _is_set(value: Any, member: MemberDescriptorType) -> bool:
    try:
        member.__get__(value)
    except AttributeError:
        return False
    return True
