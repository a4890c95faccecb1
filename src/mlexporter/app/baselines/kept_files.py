"""``KeptFiles``: what has to survive a restart, in the directory that workers share and on a disk."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from mlexporter.app.baselines.decision_file import DAMAGED_PREFIX
from mlexporter.errors import EnvironmentDegradedError

if TYPE_CHECKING:
    from mlexporter.app.shared_files import SharedFiles
    from mlexporter.app.snapshot_folder import SnapshotFolder

_LOGGER = logging.getLogger("mlexporter")
_FAILURES: Final = (OSError, EnvironmentDegradedError)
_LAST_WRITE_SECONDS: Final = 2.0
_Content = TypeVar("_Content")


class KeptFiles:
    """Reads and writes in both places; nothing here raises because of one of them.

    One thread calls. A disk is written to in another one, so that a disk that hangs stops nobody. What a
    place has refused (it was full, say) is written with what comes next. That it does not work is told on
    the page by the keeper of the windows, who writes there too.

    Args:
        shared: The directory that the workers share, or None.
        disk: The folder on a disk, or None.
    """

    def __init__(self, shared: SharedFiles | None, disk: SnapshotFolder | None) -> None:
        self._shared = shared
        self._disk = disk
        self._unshared: dict[str, bytes] = {}
        self._waiting: dict[str, bytes] = {}
        self._refused: dict[str, bytes] = {}
        self._writing: threading.Thread | None = None
        self._told: set[str] = set()

    def read(self, name: str, parse: Callable[[bytes], _Content]) -> list[_Content]:
        """Return all copies of a file that can be read; one that is damaged is set aside, and the log says so.

        What was there before and is still to be written is given up: others may have written since.

        Args:
            name: Of the file.
            parse: Returns what bytes mean; raises ValueError where they are damaged.
        """
        for refused in (self._unshared, self._waiting, self._refused):
            refused.pop(name, None)
        found = []
        for data in (*self._shared_copies(name), *self._disk_copies(name)):
            try:
                found.append(parse(data))
            except ValueError as error:
                _LOGGER.warning(
                    "mlexporter: a file of baselines is set aside as %r: %s", DAMAGED_PREFIX + name, error
                )
                self.write({DAMAGED_PREFIX + name: data})
        return found

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files in both places; what one of them has not taken yet is replaced by what is newer."""
        if self._shared is not None:
            self._unshared = self._written(self._shared.write_shared, {**self._unshared, **files})
        if self._disk is not None:
            self._waiting |= files
            self._start_writing()

    def close(self) -> None:
        """Wait a moment for what a disk has not taken yet."""
        until = time.monotonic() + _LAST_WRITE_SECONDS
        for _ in range(2):  # the write that goes on, and one of what came since
            if self._writing is not None:
                self._writing.join(max(0.0, until - time.monotonic()))
            self._start_writing()
        if self._writing is not None:
            self._writing.join(max(0.0, until - time.monotonic()))

    def _start_writing(self) -> None:
        is_busy = self._writing is not None and self._writing.is_alive()
        if is_busy:
            return
        self._waiting, self._refused = self._refused | self._waiting, {}
        if self._disk is None or not self._waiting or not self._claim():
            return
        files, self._waiting = self._waiting, {}
        self._writing = threading.Thread(
            target=self._write_disk, args=(self._disk, files), name="mlexporter-baselines", daemon=True
        )
        self._writing.start()

    def _write_disk(self, disk: SnapshotFolder, files: Mapping[str, bytes]) -> None:
        self._refused = self._written(disk.write, files)

    def _written(self, write: Callable[[str, bytes], None], files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Write files and return those that were refused."""
        refused = {}
        for name, data in files.items():
            try:
                write(name, data)
            except _FAILURES as error:
                refused[name] = data
                self._tell(error)
        return refused

    def _shared_copies(self, name: str) -> list[bytes]:
        if self._shared is None:
            return []
        data = self._try(lambda: self._shared and self._shared.read_shared(name))
        return [data] if isinstance(data, bytes) else []

    def _disk_copies(self, name: str) -> list[bytes]:
        if self._disk is None or not self._claim():
            return []
        copies = self._try(lambda: self._disk and self._disk.read(name))
        return copies if isinstance(copies, list) else []

    def _claim(self) -> bool:
        try:
            if self._disk is not None:
                self._disk.claim()
        except _FAILURES:
            return False
        return self._disk is not None

    def _try(self, step: Callable[[], object]) -> object:
        try:
            return step()
        except _FAILURES as error:
            self._tell(error)
            return None

    def _tell(self, error: Exception) -> None:
        sentence = str(error)
        if sentence not in self._told:
            self._told.add(sentence)
            _LOGGER.warning("mlexporter: baselines are not kept over a restart: %s", sentence)
