"""``WindowKeeper``: writes windows where the next process, or the next boot, finds them again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Final

from mlexporter.app.shared_files import SharedFiles, file_name
from mlexporter.app.snapshot_folder import SnapshotFolder
from mlexporter.errors import EnvironmentDegradedError
from mlexporter.records import ModelKey
from mlexporter.state.moment import Moment
from mlexporter.state.window_file import written_at
from mlexporter.state.windows import WindowRing

_LOGGER = logging.getLogger("mlexporter")
UNWRITABLE: Final = "snapshots_unwritable"
INTERVAL_SECONDS: Final = 60.0
_LAST_WRITE_SECONDS: Final = 2.0
_KIND: Final = "windows"
_SHARED: Final = "shared"
_DISK: Final = "disk"
_Failures: Final = (OSError, EnvironmentDegradedError)


class WindowKeeper:
    """Keeps the windows of all models; only the evaluator of a directory may use it.

    Nothing here raises because of a disk. One thread calls; files on a disk are written in another
    one, so that a disk that hangs stops nobody.

    Args:
        shared: The directory that the workers share, or None.
        snapshot_dir: A directory on a disk; empty for none.
    """

    def __init__(self, shared: SharedFiles | None, snapshot_dir: str = "") -> None:
        self._shared = shared
        self._disk = SnapshotFolder(snapshot_dir) if snapshot_dir else None
        self._restored: dict[ModelKey, int] = {}
        self._from_disk: set[ModelKey] = set()
        self._kept: Moment | None = None
        self._problems: dict[str, str] = {}
        self._writing: threading.Thread | None = None

    @property
    def degraded(self) -> dict[str, str]:
        """What cannot be written now, and why: at most one reason of ``catalogue.DEGRADED_REASONS``."""
        problems = list(self._problems.values())
        return {UNWRITABLE: " ".join(problems)} if problems else {}

    @property
    def disk(self) -> SnapshotFolder | None:
        """The folder on a disk, for others who keep something there; None where there is none."""
        return self._disk

    def restore(self, key: ModelKey, ring: WindowRing, moment: Moment, *, term: int = 0) -> None:
        """Let ``ring`` go on from the newest file about the model; done once a model and term.

        Args:
            key: The model.
            ring: Its ring, before its first evaluation in this term.
            moment: The present.
            term: ``Election.term``. In a new one others have kept the windows since: what the ring
                held of the old one is forgotten.
        """
        if self._restored.get(key) == term:
            return
        if key in self._restored:
            ring.clear()
            self._from_disk.discard(key)
        self._restored[key] = term
        shared = self._read_shared(key)
        kept = self._read_disk(key) if self._claim() else None
        if kept is not None:
            self._from_disk.add(key)
        older = _newest(ring, [*shared, *(kept or ())], moment)
        if older is not None:
            ring.follow(older)
            if shared:
                self._from_disk.add(key)  # what a disk has of the same life must not be added later

    def keep(self, rings: Mapping[ModelKey, WindowRing], moment: Moment, *, at_once: bool = False) -> None:
        """Write the rings that were restored, once a minute at most.

        Args:
            rings: The ring of each model.
            moment: The present.
            at_once: However short the time since the last one; for a clean end.
        """
        since = self._kept
        is_due = since is None or moment.seconds_since(since) / moment.factor >= INTERVAL_SECONDS
        if not (is_due or at_once):
            return
        self._kept = moment
        rings = {key: ring for key, ring in rings.items() if key in self._restored}
        is_claimed = self._claim()
        if is_claimed:
            for key in rings.keys() - self._from_disk:
                self._catch_up(key, rings[key], moment)
        data = {file_name(_KIND, key): ring.to_bytes(moment) for key, ring in rings.items()}
        self._write_shared(data)
        if is_claimed:
            on_disk = {file_name(_KIND, key) for key in self._from_disk}
            self._start_writing({name: content for name, content in data.items() if name in on_disk})

    def close(self) -> None:
        """Wait a moment for the last write, and leave the disk to others."""
        if self._writing is not None:
            self._writing.join(_LAST_WRITE_SECONDS)
        if self._disk is not None:
            self._disk.release()

    def _claim(self) -> bool:
        if self._disk is None:
            return False
        try:
            self._disk.claim()
        except _Failures as error:
            self._failed(_DISK, error)
            return False
        return True

    def _catch_up(self, key: ModelKey, ring: WindowRing, moment: Moment) -> None:
        """Read what another process had not finished with when this one began."""
        kept = self._read_disk(key)
        if kept is None:
            return
        self._from_disk.add(key)
        older = _newest(ring, kept, moment)
        if older is not None:
            ring.follow(older)

    def _read_shared(self, key: ModelKey) -> list[bytes]:
        try:
            data = None if self._shared is None else self._shared.read_shared(file_name(_KIND, key))
        except _Failures as error:
            self._failed(_SHARED, error)
            return []
        return [] if data is None else [data]

    def _read_disk(self, key: ModelKey) -> list[bytes] | None:
        """Return the copies on the disk; None where the disk cannot say."""
        if self._disk is None:
            return None
        try:
            return self._disk.read(file_name(_KIND, key))
        except _Failures as error:
            self._failed(_DISK, error)
            return None

    def _write_shared(self, data: Mapping[str, bytes]) -> None:
        if self._shared is None:
            return
        try:
            for name, content in data.items():
                self._shared.write_shared(name, content)
        except _Failures as error:
            self._failed(_SHARED, error)
        else:
            self._worked(_SHARED)

    def _start_writing(self, data: Mapping[str, bytes]) -> None:
        if self._disk is None or not data:
            return
        if self._writing is not None and self._writing.is_alive():
            self._failed(_DISK, TimeoutError("the disk has not taken the last windows for a minute"))
            return
        self._writing = threading.Thread(
            target=self._write_disk, args=(self._disk, data), name="mlexporter-snapshots", daemon=True
        )
        self._writing.start()

    def _write_disk(self, disk: SnapshotFolder, data: Mapping[str, bytes]) -> None:
        try:
            for name, content in data.items():
                disk.write(name, content)
        except _Failures as error:
            self._failed(_DISK, error)
        else:
            self._worked(_DISK)

    def _failed(self, place: str, error: Exception) -> None:
        sentence = f"Windows are not kept over a restart ({place}): {error}."
        if place not in self._problems:
            _LOGGER.warning("mlexporter: %s", sentence)
        self._problems = {**self._problems, place: sentence}

    def _worked(self, place: str) -> None:
        if place in self._problems:
            self._problems = {known: why for known, why in self._problems.items() if known != place}
            _LOGGER.info("mlexporter: windows are kept again (%s)", place)


def _newest(ring: WindowRing, files: list[bytes], moment: Moment) -> WindowRing | None:
    """Return the readable ring that was written last, for the windows of ``ring``."""
    found: list[tuple[bool, float, WindowRing]] = []
    for data in files:
        try:
            written = written_at(data)
            older = WindowRing.from_bytes(ring.windows, data, moment)
        except ValueError as error:
            _LOGGER.warning("mlexporter: a file of windows is left out: %s", error)
            continue
        is_this_boot = written.boot_id == moment.boot_id
        found.append((is_this_boot, written.now if is_this_boot else written.wall, older))
    return max(found, key=lambda each: each[:2])[2] if found else None
