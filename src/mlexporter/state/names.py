"""Names of users' classes as they may stand in a label."""

from __future__ import annotations

from typing import Final

OTHER: Final = "other"
_MAXIMUM_NAME_BYTES: Final = 128


def clean_name(name: str) -> str:
    """Return ``name`` as valid UTF-8 of at most 128 bytes."""
    encoded = name[:_MAXIMUM_NAME_BYTES].encode("utf-8", "replace")[:_MAXIMUM_NAME_BYTES]
    return encoded.decode("utf-8", "ignore")
