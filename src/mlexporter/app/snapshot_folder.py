"""``SnapshotFolder``: a directory on a disk that keeps windows over restarts and reboots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from mlexporter.app.election import Election
from mlexporter.app.shared_files import Lock
from mlexporter.errors import DirectoryError

if TYPE_CHECKING:
    from mlexporter.state.slots.folder import Folder

LARGEST_FILE_BYTES: Final = 2**29
"""More than this is no ring of ours: 20,000 features need less."""
_LOCK: Final = "keeper"
_COPIES: Final = ("a", "b")


class SnapshotFolder:
    """Files of one process at a time; each is kept twice, so that a torn one costs a minute.

    Methods raise OSError or DirectoryError where the disk says no.

    Args:
        path: The directory; made with mode 0700 where it is not there.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._folder: Folder | None = None
        self._next: dict[str, int] = {}
        self._election = Election(self, _LOCK)

    def claim(self) -> None:
        """Make this process the one that keeps its windows here.

        Raises:
            DirectoryError: another process does, or the directory cannot be used.
        """
        self._opened()
        if not self._election.is_evaluator():
            raise DirectoryError(
                f"directory {str(self._path)!r} is in use by another process, or has no file locks; give each "
                "service one of its own"
            )

    def release(self) -> None:
        """Leave the directory to others."""
        self._election.resign()

    def try_lock(self, name: str) -> Lock | None:
        """Return the lock of a file if it is free."""
        return self._opened().lock(name, wait_seconds=0.0)

    def read(self, name: str) -> list[bytes]:
        """Return the copies of a file, damaged ones included; call ``claim`` first."""
        folder = self._opened()
        found = (folder.read(f"{name}-{copy}", limit_bytes=LARGEST_FILE_BYTES) for copy in _COPIES)
        return [data for data in found if data is not None]

    def write(self, name: str, data: bytes) -> None:
        """Write a file over the older one of its copies; call ``claim`` first."""
        folder = self._opened()
        place = self._next.get(name)
        if place is None:
            folder.tidy(folder.names())
            place = self._older_copy(folder, name)
        folder.replace(f"{name}-{_COPIES[place]}", data)
        self._next[name] = 1 - place

    def _older_copy(self, folder: Folder, name: str) -> int:
        ages = []
        for copy in _COPIES:
            try:
                ages.append((folder.path / f"{name}-{copy}").stat().st_mtime)
            except FileNotFoundError:
                ages.append(0.0)
        return int(ages[1] < ages[0])

    def _opened(self) -> Folder:
        if self._folder is None:
            try:
                from mlexporter.state.slots.folder import Folder  # noqa: PLC0415 - not to be had on Windows
            except ImportError as error:
                raise DirectoryError(
                    f"snapshot_dir needs file locks, which this system lacks: {error}"
                ) from None
            self._folder = Folder(self._path, read_only=False)
        return self._folder
