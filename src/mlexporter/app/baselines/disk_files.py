"""``DiskFiles``: files and locks of a directory that other processes use too, opened when they are needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from mlexporter.app.shared_files import Lock
from mlexporter.app.snapshot_folder import LARGEST_FILE_BYTES
from mlexporter.errors import DirectoryError
from mlexporter.state.slots.safety import directory_error

if TYPE_CHECKING:
    from mlexporter.state.slots.folder import Folder

SHARED: Final = "shared-"
"""The prefix in a directory in which workers count, as ``SlotDirectory.write_shared`` has it."""
_LOCK_PREFIX: Final = "lock-"


class DiskFiles:
    """Small files beside those that exporters keep there; several processes may use them.

    Methods raise DirectoryError where the disk says no.

    Args:
        path: The directory; made with mode 0700 where it is not there.
        prefix: What the names of its files begin with on the disk; ``SHARED`` for one that workers share.
    """

    def __init__(self, path: str | Path, *, prefix: str = "") -> None:
        self._path = Path(path)
        self._prefix = prefix
        self._folder: Folder | None = None

    def write_shared(self, name: str, data: bytes) -> None:
        """Write a file; readers find the old one or the new one, whole."""
        try:
            self._opened().replace(self._prefix + name, data)
        except OSError as error:
            raise directory_error(error, self._path) from None

    def read_shared(self, name: str) -> bytes | None:
        """Return what is in a file; None where there is none."""
        try:
            return self._opened().read(self._prefix + name, limit_bytes=LARGEST_FILE_BYTES)
        except OSError as error:
            raise directory_error(error, self._path) from None

    def try_lock(self, name: str) -> Lock | None:
        """Return the lock ``name`` if it is free."""
        try:
            return self._opened().lock(_LOCK_PREFIX + name, wait_seconds=0.0)
        except OSError as error:
            raise directory_error(error, self._path) from None

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        try:
            found = self._opened().names()
        except OSError as error:
            raise directory_error(error, self._path) from None
        return [name.removeprefix(self._prefix) for name in found if name.startswith(self._prefix)]

    def _opened(self) -> Folder:
        if self._folder is None:
            try:
                from mlexporter.state.slots.folder import Folder  # noqa: PLC0415 - not to be had on Windows
            except ImportError as error:
                raise DirectoryError(f"file locks are needed, which this system lacks: {error}") from None
            self._folder = Folder(self._path, read_only=False)
        return self._folder
