"""``Place``: where this process counts, alone or with the other workers of its server."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from mlexporter.app.troubles import Troubles
from mlexporter.errors import DirectoryError, EnvironmentDegradedError
from mlexporter.settings import Settings
from mlexporter.state.cells import Cells
from mlexporter.state.forking import IMPORTING, survives_fork
from mlexporter.state.log import LOG
from mlexporter.state.slots import BlockKind, PrivateMemory, Slot
from mlexporter.state.slots.process_name import ProcessName, own_process
from mlexporter.state.snapshots import together

if TYPE_CHECKING:
    from mlexporter.app.shared_files import Lock
    from mlexporter.app.workers.group import Choice
    from mlexporter.state.slots.directory import SlotDirectory
    from mlexporter.state.slots.directory_counts import DirectoryCounts

_PLACE: Final = "place"
_SLOT: Final = "slot"
_READING: Final = "reading"
_WRITING: Final = "writing"


class Sums(NamedTuple):
    """What was counted by all who count at one place.

    Attributes:
        blocks: Cells of every block, one of each identity.
        life: Names the life of these sums.
        processes: Those that count now, also those whose counts are missing.
        set_aside: Damaged slots by reason.
    """

    blocks: Sequence[Cells]
    life: str
    processes: tuple[ProcessName, ...]
    set_aside: Mapping[str, int] = MappingProxyType({})


class Place:
    """Opens the directory of this process when it is first needed; safe with threads.

    Args:
        settings: ``dir`` and ``strict``.

    Attributes:
        troubles: What is wrong with the place, for all who use it.
        directory: The directory, or None: before ``enter``, and where a process counts alone.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = survives_fork(threading.RLock())
        self._begin()

    def _begin(self) -> None:
        self.troubles = Troubles()
        self.directory: SlotDirectory | None = None
        self._choice: Choice | None = None
        self._has_entered = False
        self._private_life = os.urandom(16).hex()
        self._last: Sums | None = None

    @property
    def degraded(self) -> dict[str, str]:
        """What is wrong with the place, by reason of ``catalogue.DEGRADED_REASONS``."""
        return self.troubles.degraded

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
            if self._choice is None or self._choice.path is None:
                self._choice = choose_directory(self._settings)
            if self._choice.warning and self._choice.reason:
                self._warn(_PLACE, self._choice.reason, self._choice.warning)
            if self._choice.path is None:
                return
            try:
                with IMPORTING:
                    from mlexporter.state.slots.directory import SlotDirectory  # noqa: PLC0415 - needed by the first call

                self.directory = SlotDirectory(self._choice.path)
            except (EnvironmentDegradedError, OSError) as error:
                self._failed(_PLACE, error)
            else:
                self.troubles.end(_PLACE, f"directory {str(self._choice.path)!r} can be used now")

    def has_opened(self) -> bool:
        """Return whether there is a directory now that could not be had before, after trying again.

        Until then this process counts alone, and those that have the directory do not know of it.
        """
        with self._lock:
            choice = self._choice
            if self._settings.strict or choice is None or self.directory is not None:
                return False
            if choice.path is None and not choice.reason:  # it is wanted so, or there is nobody to count with
                return False
            self._has_entered = False
            self.enter()
            return self.directory is not None

    def open_slot(self) -> Slot:
        """Return a new slot for this process: in the directory, else in memory of its own.

        Raises:
            DirectoryError: the directory has no room, only under ``strict``.
        """
        self.enter()
        if self.directory is not None:
            try:
                return Slot(self.directory.open_memory(), on_full=self._stand_outside)
            except (EnvironmentDegradedError, OSError) as error:
                self._stand_outside(error)
        return self.private_slot()

    def roomy_slot(self, before: Slot) -> Slot | None:
        """Return a new slot in the directory with room for all blocks of ``before``; None where there is none."""
        if self.directory is None:
            return None
        try:
            memory = self.directory.open_memory()
        except (EnvironmentDegradedError, OSError) as error:
            self._stand_outside(error)
            return None
        try:
            slot = Slot(memory, on_full=self._stand_outside)
            slot.make_room([block.description for block in before.blocks()])
        except OSError as error:
            memory.discard()
            self._stand_outside(error)
            return None
        return slot

    @property
    def is_outside(self) -> bool:
        """True while counts of this process stand in its own memory, although there is a directory."""
        return self.directory is not None and self.troubles.has(_SLOT)

    def came_inside(self) -> None:
        """Tell everybody that all counts of this process stand in the directory again."""
        if self.directory is not None:
            self.directory.come_inside()
            self.troubles.end(_SLOT, f"there is room again in directory {str(self.directory.path)!r}")

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
            slot: Where this process counts; what stands in its own memory is added to what the
                directory holds. The marks of the directory do not rise by it: others do not see it.
        """
        alone = Sums(own, slot.life, (own_process(),))
        if self.directory is None:
            return alone
        try:
            counts = self.directory.read()
        except (EnvironmentDegradedError, OSError) as error:
            self._failed(_READING, error)
            return self._last or alone
        self.troubles.end(_READING, f"directory {str(self.directory.path)!r} can be read again")
        self._tell_what_is_missing(counts)
        unshared = {block.description.identity for block in slot.unshared()}
        if not self.is_outside:
            # It counts no calls, and what it counts of itself ends with it; but it knows of models.
            unshared = {
                block.description.identity
                for block in slot.unshared()
                if block.description.kind is not BlockKind.WORKER
            } - counts.blocks.keys()
        outside = [cells for cells in own if cells.description.identity in unshared]
        present = {*counts.processes, *(outsider.process for outsider in counts.outsiders)}
        self._last = Sums(
            together(counts.blocks.values(), outside), self.directory.life, tuple(sorted(present)),
            dict(counts.set_aside),
        )  # fmt: skip
        return self._last

    def _tell_what_is_missing(self, counts: DirectoryCounts) -> None:
        """Say whether counts of other workers are missing, or may be."""
        if counts.failure is not None:
            error = self._meant(counts.failure)
            self.tell(_WRITING, f"{error}; what workers without a place in it count is missing here", error)
        else:
            self.troubles.end(_WRITING, "the directory can be written to again")
        self.troubles.tell_of_others(counts.outsiders)

    def tell(self, part: str, sentence: str, error: Exception) -> None:
        """Remember a trouble of ``part`` with the directory, and log it once; never raises."""
        self.troubles.begin(part, getattr(error, "reason", DirectoryError.reason), sentence)

    def forget(self) -> None:
        """In a forked child: what was found is the parent's; find it anew when it is needed."""
        self._begin()

    def close(self) -> None:
        """Come out of the directory at a clean exit."""
        if self.directory is not None:
            self.directory.come_inside()
            self.troubles.end(_SLOT, "")
        if self._choice is not None:
            from mlexporter.app.workers.group import leave  # noqa: PLC0415 - at the end only

            leave(self._choice)

    def _stand_outside(self, error: Exception) -> None:
        """This process counts in its own memory: tell it here, and every reader of the directory."""
        reason = self._failed(_SLOT, error)
        if self.directory is not None:
            # Where not even an empty file can be made, nobody can write: each reader tells it itself.
            with contextlib.suppress(EnvironmentDegradedError, OSError):
                self.directory.stand_outside(reason)

    def _failed(self, part: str, error: Exception) -> str:
        error = self._meant(error)
        reason: str = getattr(error, "reason", DirectoryError.reason)
        self._warn(part, reason, str(error), error)
        return reason

    def _meant(self, error: Exception) -> Exception:
        if isinstance(error, OSError) and self.directory is not None:
            from mlexporter.state.slots.safety import directory_error  # noqa: PLC0415 - hardly ever needed

            return directory_error(error, self.directory.path)
        return error

    def _warn(self, part: str, reason: str, sentence: str, error: Exception | None = None) -> None:
        if self._settings.strict:
            raise error if isinstance(error, EnvironmentDegradedError) else DirectoryError(sentence)
        self.troubles.begin(part, reason, sentence)
