"""Names of users' classes as they may stand in a label."""

from __future__ import annotations

from typing import Final

OTHER: Final = "other"
_MAXIMUM_NAME_BYTES: Final = 128


def clean_name(name: str) -> str:
    """Return ``name`` as valid UTF-8 of at most 128 bytes."""
    encoded = name[:_MAXIMUM_NAME_BYTES].encode("utf-8", "replace")[:_MAXIMUM_NAME_BYTES]
    return encoded.decode("utf-8", "ignore")


def class_in(text: str) -> str:
    """Return the name of a class as it was told; a message, which may quote a value of a row, is ``other``.

    >>> class_in("requests.Timeout"), class_in("KeyError: 'bob@example.org'")
    ('requests.Timeout', 'other')
    """
    return text if all(part.isidentifier() for part in text.split(".")) else OTHER


def class_name(error: BaseException) -> str:
    """Return the name of the class of ``error``; never raises, whatever its metaclass does."""
    return str(type.__dict__["__name__"].__get__(type(error)))
