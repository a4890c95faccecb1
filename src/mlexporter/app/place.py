"""``Place``: where this process counts, alone or with the other workers of its server."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mlexporter.errors import DirectoryError, DirectoryFullError, EnvironmentDegradedError
from mlexporter.settings import Settings
from mlexporter.state.forking import IMPORTING, survives_fork
from mlexporter.state.log import LOG
from mlexporter.state.slots import PrivateMemory, Slot
from mlexporter.state.snapshots import Cells

if TYPE_CHECKING:
    from mlexporter.app.shared_files import Lock
    from mlexporter.app.workers.group import Choice
    from mlexporter.state.slots.directory import SlotDirectory


class Sums(NamedTuple):
    """What was counted by all who count at one place.

    Attributes:
        blocks: Cells of every block, one of each identity.
        life: Names the life of these sums.
        n_workers: Processes that count now.
        pids: Their ids.
        set_aside: Damaged slots by reason.
    """

    blocks: Sequence[Cells]
    life: str
    n_workers: int = 1
    pids: tuple[int, ...] = ()
    set_aside: Mapping[str, int] = MappingProxyType({})


class Place:
    """Opens the directory of this process when it is first needed; safe with threads.

    Args:
        settings: ``dir`` and ``strict``.

    Attributes:
        degraded: What is wrong with the place, by reason.
        directory: The directory, or None: before ``enter``, and where a process counts alone.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = survives_fork(threading.RLock())
        self._begin()

    def _begin(self) -> None:
        self.degraded: dict[str, str] = {}
        self.directory: SlotDirectory | None = None
        self._choice: Choice | None = None
        self._has_entered = False
        self._private_life = os.urandom(16).hex()
        self._last: Sums | None = None

    @property
    def is_single_worker(self) -> bool:
        """True where counts are one worker's although its server has several."""
        return self._choice is not None and self._choice.is_worker and self.directory is None

    def private_slot(self) -> Slot:
        """Return a slot of this process alone, with its life."""
        return Slot(PrivateMemory(self._private_life))

    def enter(self) -> None:
        """Find and open the directory, once in a process.

        Raises:
            DirectoryError: there is none that can be used, only under ``strict``.
        """
        with self._lock:
            if self._has_entered:
                return
            self._has_entered = True
            try:
                with IMPORTING:
                    from mlexporter.app.workers.group import choose_directory  # noqa: PLC0415 - needed by the first call
            except ImportError:  # no locks of Unix: one process, counted in its own memory
                return
            self._choice = choose_directory(self._settings)
            if self._choice.warning and self._choice.reason:
                self._warn(self._choice.reason, self._choice.warning)
            if self._choice.path is None:
                return
            try:
                with IMPORTING:
                    from mlexporter.state.slots.directory import SlotDirectory  # noqa: PLC0415 - needed by the first call

                self.directory = SlotDirectory(self._choice.path)
            except (EnvironmentDegradedError, OSError) as error:
                self._failed(error)

    def open_slot(self) -> Slot:
        """Return a new slot for this process: in the directory, else in memory of its own.

        Raises:
            DirectoryError: the directory has no room, only under ``strict``.
        """
        self.enter()
        if self.directory is not None:
            try:
                return Slot(self.directory.open_memory(), on_full=self._failed)
            except (EnvironmentDegradedError, OSError) as error:
                self._failed(error)
        return self.private_slot()

    @property
    def has_no_room(self) -> bool:
        """True since the directory was full, until ``roomy_slot`` finds room."""
        return self.directory is not None and DirectoryFullError.reason in self.degraded

    def roomy_slot(self, before: Slot) -> Slot | None:
        """Return a new slot in the directory with room for all blocks of ``before``; None where there is none."""
        if self.directory is None:
            return None
        try:
            memory = self.directory.open_memory()
        except (EnvironmentDegradedError, OSError):
            return None
        try:
            slot = Slot(memory, on_full=self._failed)
            slot.make_room([block.description for block in before.blocks()])
        except OSError:
            memory.close()
            return None
        self.degraded.pop(DirectoryFullError.reason, None)
        LOG.warning("mlexporter: there is room again in directory %r", str(self.directory.path))
        return slot

    def has_moved(self) -> bool:
        """Return whether the directory was removed, after finding and opening another in its place.

        Raises:
            DirectoryError: there is none that can be used, only under ``strict``.
        """
        with self._lock:
            if self.directory is None or self.directory.is_there:
                return False
            LOG.warning(
                "mlexporter: directory %r was removed or replaced while it was in use: "
                "what was counted in it is gone, and counts begin anew",
                str(self.directory.path),
            )
            membership = None if self._choice is None else self._choice.membership
            if membership is not None:
                membership.release()
            self._begin()
            self.enter()
            return True

    def try_lock(self, name: str) -> Lock | None:
        """Return a lock in the directory of now, if it was free.

        Raises:
            DirectoryError: there is no directory, or it cannot be written to.
        """
        directory = self.directory
        if directory is None:
            raise DirectoryError("there is no directory that the workers share")
        return directory.try_lock(name)

    def read(self, own: Sequence[Cells], slot: Slot) -> Sums:
        """Return the sums of everybody; where the directory does not answer, what it said last.

        Args:
            own: Cells of this process, already drained.
            slot: Where this process counts; what is not in the directory is added.
        """
        alone = Sums(own, slot.life, pids=(os.getpid(),))
        if self.directory is None:
            return alone
        try:
            counts = self.directory.read()
        except (EnvironmentDegradedError, OSError) as error:
            self._failed(error)
            return self._last or alone
        self.degraded.pop("directory_busy", None)
        known = {block.description.identity for block in counts.blocks.values()}
        outside = own if slot.life != self.directory.life else ()
        strangers = [cells for cells in outside if cells.description.identity not in known]
        self._last = Sums(
            [*counts.blocks.values(), *strangers], self.directory.life, len(counts.workers),
            counts.workers, dict(counts.set_aside),
        )  # fmt: skip
        return self._last

    def forget(self) -> None:
        """In a forked child: what was found is the parent's; find it anew when it is needed."""
        self._begin()

    def close(self) -> None:
        """Come out of the directory at a clean exit."""
        if self._choice is not None:
            from mlexporter.app.workers.group import leave  # noqa: PLC0415

            leave(self._choice)

    def _failed(self, error: Exception) -> None:
        self._warn(getattr(error, "reason", "directory_unusable"), str(error), error)

    def _warn(self, reason: str, sentence: str, error: Exception | None = None) -> None:
        if self._settings.strict:
            raise error if isinstance(error, EnvironmentDegradedError) else DirectoryError(sentence)
        if self.degraded.get(reason) != sentence:
            self.degraded[reason] = sentence
            LOG.warning("mlexporter: %s", sentence)
