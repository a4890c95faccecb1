"""``Scanner``: looks at every slot of a directory: who lives, who is dead, who is damaged."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from mlexporter.records import Counts
from mlexporter.state.slots.file_format import VERSION_REASON, DamagedError
from mlexporter.state.slots.folder import Folder
from mlexporter.state.slots.locks import try_flock
from mlexporter.state.slots.merging import Described
from mlexporter.state.slots.slot_reader import SlotCopy, SlotReader

_SLOT_NAME: Final = re.compile(r"slot-[0-9]{1,10}-[0-9a-f]{16}")
_NO_SLOT: Final = frozenset({errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO, errno.EISDIR})
"""Errors that speak of this one file: a link, a stranger's, no file at all."""
_LOOKS: Final = 3
_PAUSE_SECONDS: Final = 0.001


@dataclass(frozen=True)
class SlotState:
    """One slot as it was found.

    Attributes:
        name: Its file.
        is_living: Whether its process holds the lock.
        copy: Its cells; of a damaged one the last good copy, None where there never was one.
        damage: Empty, ``truncated``, ``garbled`` or ``version``.
    """

    name: str
    is_living: bool
    copy: SlotCopy | None
    damage: str

    @property
    def is_counting(self) -> bool:
        """Whether a living process counts in it, as far as anybody can tell."""
        return self.is_living and not self.damage

    @property
    def items(self) -> tuple[tuple[Described, Counts], ...]:
        """Its blocks with their cells; none where there is no copy."""
        return () if self.copy is None else self.copy.items


class Scanner:
    """Reads all slots; the caller holds the lock of the directory.

    Args:
        folder: The shared directory.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._readers: dict[str, SlotReader] = {}

    def scan(self, names: Collection[str]) -> list[SlotState]:
        """Return the state of every slot among ``names`` that is still there.

        Raises:
            OSError: the directory cannot be read.
        """
        slots = [name for name in names if is_slot_name(name)]
        self._readers = {name: self._readers.get(name) or SlotReader() for name in slots}
        found = [self._look(name) for name in slots]
        return [state for state in found if state is not None]

    def _look(self, name: str) -> SlotState | None:
        reader = self._readers[name]
        for looks in range(1, _LOOKS + 1):
            try:
                return self._read(name, reader)
            except FileNotFoundError:
                return None
            except DamagedError as error:
                # Nobody is condemned at first sight: another processor's writes may come out of order.
                if looks == _LOOKS or error.reason == VERSION_REASON:
                    return SlotState(name, self._folder.is_locked(name), reader.last, error.reason)
                time.sleep(_PAUSE_SECONDS)
            except OSError as error:
                if error.errno not in _NO_SLOT:
                    raise
                return SlotState(name, False, reader.last, "garbled")
        return None

    def _read(self, name: str, reader: SlotReader) -> SlotState:
        descriptor = self._folder.open(name)
        try:
            # Asked first: who dies after the question is folded at the next one, with all it counted.
            is_living = not try_flock(descriptor, shared=True)
            return SlotState(name, is_living, reader.read(descriptor), "")
        finally:
            os.close(descriptor)


def is_slot_name(name: str) -> bool:
    """Return whether a file is a slot by its name; every other name is left alone."""
    return _SLOT_NAME.fullmatch(name) is not None
