"""An append-only table of names with a fixed number of places; later names share ``other``."""

from __future__ import annotations

import threading
from typing import Final

from mlexporter.state.forking import survives_fork

OTHER: Final = "other"
_MAXIMUM_NAME_BYTES: Final = 128


class NameTable:
    """Gives each new name the next place until ``limit`` are taken; safe with threads.

    Args:
        limit: Names that get a place of their own; place ``limit`` itself is ``other``.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._places: dict[str, int] = {}
        # Re-entrant: a finaliser may run in the middle and file a name itself.
        self._lock = survives_fork(threading.RLock())

    def place(self, name: str) -> int:
        """Return the place of ``name``, between 0 and ``limit``; ``limit`` means ``other``."""
        found = self._places.get(name)
        if found is not None:
            return found
        name = clean_name(name)
        with self._lock:
            if name in self._places:
                return self._places[name]
            if name == OTHER or len(self._places) >= self._limit:
                return self._limit
            self._places[name] = len(self._places)
            return self._places[name]

    def name(self, place: int) -> str:
        """Return the name at ``place``, ``other`` where there is none."""
        names = tuple(self._places)
        return names[place] if place < len(names) else OTHER


def clean_name(name: str) -> str:
    """Return ``name`` as valid UTF-8 of at most 128 bytes."""
    encoded = name[:_MAXIMUM_NAME_BYTES].encode("utf-8", "replace")[:_MAXIMUM_NAME_BYTES]
    return encoded.decode("utf-8", "ignore")
