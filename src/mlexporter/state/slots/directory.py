"""``SlotDirectory``: the slots of all processes that serve together, and what they add up to."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mlexporter.errors import DirectoryBusyError, DirectoryError
from mlexporter.state.forking import survives_fork
from mlexporter.state.slots.asides import keep_aside, prune_asides
from mlexporter.state.slots.directory_counts import DirectoryCounts, directory_counts, sum_up
from mlexporter.state.slots.file_memory import FileMemory, open_file_memory
from mlexporter.state.slots.folder import Folder
from mlexporter.state.slots.folding import (
    BASE_NAME,
    Base,
    can_fold,
    fold_slots,
    is_leaving,
    remove_leavers,
    without_gone,
)
from mlexporter.state.slots.locks import Lock
from mlexporter.state.slots.marks import Marks
from mlexporter.state.slots.outsiders import Outsiders
from mlexporter.state.slots.safety import directory_error
from mlexporter.state.slots.scanning import Scanner, SlotState
from mlexporter.state.slots.sums_file import Sums

BUSY_SECONDS: Final = 2.0
"""How long anybody waits for the lock of the directory; who holds it needs milliseconds."""
SHARED_LIMIT_BYTES: Final = 64 * 2**20
"""A shared file that is larger is not read."""
_LOCK_NAME: Final = "lock"
_LIFE_NAME: Final = "life"
_LIFE: Final = re.compile(r"[0-9a-f]{32}")
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_SHARED_PREFIX: Final = "shared-"
_LOCK_PREFIX: Final = "lock-"


class SlotDirectory:
    """A directory of slots; safe with threads, and usable after a fork.

    Args:
        path: The directory, on a local disk or tmpfs; made with mode 0700 where it is not there.
        read_only: Never write: for a directory that is mounted so. Reading works, with marks that
            only this object remembers; everything that would write raises.

    Attributes:
        path: The directory.
        life: Names the life of the sums; the same until the directory is removed.

    Raises:
        DirectoryError: it is unsafe, unusable, full or busy; the message names the way out.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = Path(path)
        self._folder = Folder(self.path, read_only=read_only)
        if not read_only:
            self._folder.probe()
        self._outsiders = Outsiders(self._folder)
        self._lock = survives_fork(threading.Lock())
        self._forget_files()
        with self._errors():
            self.life = self._known_life()
        if not self.life and read_only:
            raise DirectoryError(
                f"directory {str(path)!r}: nothing was counted in it yet; start what counts before what reads"
            )
        self.life = self.life or self._new_life()

    @property
    def began(self) -> float:
        """When its life began, Unix seconds; 0 where the file system does not tell."""
        try:
            return (self.path / _LIFE_NAME).stat().st_mtime
        except OSError:
            return 0.0

    @property
    def is_there(self) -> bool:
        """Whether its path still leads to it: False after it was removed, or another put in its place."""
        return self._folder.is_in_place()

    def open_memory(self) -> FileMemory:
        """Return the memory of a new slot of this process.

        Raises:
            DirectoryError: there is no room, or the directory cannot be written to.
        """
        with self._errors():
            self._must_write()
            return open_file_memory(self._folder, self.life)

    def read(self) -> DirectoryCounts:
        """Return the sums over all slots; no count and no amount is ever below an earlier answer.

        Of this object that holds whatever happens to files; of all others as long as the marks are
        not damaged together with something else: then nothing on the disk knows what had been there.

        Raises:
            DirectoryError: busy for 2 seconds, or it cannot be read.
        """
        with self._exclusive():
            base, damage = self._base.load()
            states = self._scan(base)
            totals = sum_up(base, states)
            pending = Counter(each for each in (damage, *(state.damage for state in states)) if each)
            set_aside = self._marks.publish(totals, Counter(base.set_aside) + pending)
            outsiders = self._outsiders.living(self._folder.names())
        return directory_counts(totals, states, set_aside, outsiders, self._marks.failure)

    def fold(self) -> int:
        """Add every dead slot to the base and remove it; return how many there were.

        Damaged slots are set aside, and what died before it was complete is removed.

        Raises:
            DirectoryError: busy for 2 seconds, full, or it cannot be written to; nothing has changed.
        """
        with self._exclusive():
            self._must_write()
            names = self._folder.names()
            self._folder.tidy(names)
            self._outsiders.sweep(names)
            base, damage = self._base.load()
            remove_leavers(self._folder, names, base)
            base = without_gone(base, self._folder.names())
            states = self._scan(base)
            leaving = [state for state in states if is_leaving(state)]
            if not (damage or leaving) or not can_fold(states):
                return 0
            self._rebase(fold_slots(base, states, self._marks.load()), damage)
            return sum(not state.damage for state in leaving)

    def write_shared(self, name: str, data: bytes) -> None:
        """Write a small file that any process of the directory can read; old or new, never a part.

        Args:
            name: 1 to 128 of ``A-Z a-z 0-9 . _ -``.
            data: Its content.

        Raises:
            ValueError: the name has something else in it.
            DirectoryError: there is no room, or the directory cannot be written to.
        """
        name = _file_name(_SHARED_PREFIX, name)
        with self._errors():
            self._must_write()
            self._folder.replace(name, data)

    def read_shared(self, name: str) -> bytes | None:
        """Return what ``write_shared`` wrote; None where nothing was, or more than 64 MiB.

        Raises:
            ValueError: the name can be none.
            DirectoryError: the directory cannot be read.
        """
        name = _file_name(_SHARED_PREFIX, name)
        with self._errors():
            return self._folder.read(name, limit_bytes=SHARED_LIMIT_BYTES)

    def try_lock(self, name: str) -> Lock | None:
        """Return the lock ``name``, held until ``release`` or the end of this process, if it was free.

        Forgetting the answer does not release it. A forked child does not have it.

        Raises:
            ValueError: the name can be none.
            DirectoryError: the directory cannot be written to.
        """
        name = _file_name(_LOCK_PREFIX, name)
        with self._errors():
            self._must_write()
            return self._folder.lock(name, wait_seconds=0.0)

    def stand_outside(self, reason: str) -> None:
        """Tell every reader that counts of this process are missing, until ``come_inside`` or its end.

        Args:
            reason: Why: a reason of ``catalogue.DEGRADED_REASONS`` about directories.

        Raises:
            DirectoryError: not even an empty file can be made.
        """
        with self._errors():
            self._must_write()
            self._outsiders.declare(reason)

    def come_inside(self) -> None:
        """Take back what ``stand_outside`` told."""
        self._outsiders.withdraw()

    def _forget_files(self) -> None:
        self._pid = os.getpid()
        self._base = Base(self._folder)
        self._marks = Marks(self._folder)
        self._scanner = Scanner(self._folder)

    def _scan(self, base: Sums) -> list[SlotState]:
        names = self._folder.names()
        return self._scanner.scan([name for name in names if name not in base.folded | base.moved.keys()])

    def _rebase(self, sums: Sums, damage: str) -> None:
        if damage:
            keep_aside(self._folder, BASE_NAME, damage)
            sums.set_aside[damage] = sums.set_aside.get(damage, 0) + 1
        self._base.store(sums)
        remove_leavers(self._folder, self._folder.names(), sums)
        prune_asides(self._folder)

    def _must_write(self) -> None:
        if self._folder.read_only:
            raise DirectoryError(
                f"directory {str(self.path)!r} was opened read_only; open it without, to write to it"
            )

    def _known_life(self) -> str:
        content = self._folder.read(_LIFE_NAME, limit_bytes=64) or b""
        life = content.decode("ascii", "replace")
        return life if _LIFE.fullmatch(life) else ""

    def _new_life(self) -> str:
        with self._exclusive():
            self._must_write()
            life = self._known_life()
            if not life:
                life = secrets.token_hex(16)
                self._folder.replace(_LIFE_NAME, life.encode("ascii"))
            return life

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise directory_error(error, self.path) from error

    @contextlib.contextmanager
    def _exclusive(self) -> Iterator[None]:
        until = time.monotonic() + BUSY_SECONDS
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise self._busy()
        try:
            with self._errors():
                if self._pid != os.getpid():
                    self._forget_files()
                with self._file_lock(until - time.monotonic()):
                    yield
        finally:
            self._lock.release()

    @contextlib.contextmanager
    def _file_lock(self, wait_seconds: float) -> Iterator[None]:
        lock = self._folder.lock(_LOCK_NAME, wait_seconds=wait_seconds, shared=self._folder.read_only)
        if lock is None:
            raise self._busy()
        try:
            yield
        finally:
            lock.release()

    def _busy(self) -> DirectoryError:
        return DirectoryBusyError(
            f"directory {str(self.path)!r}: its lock was held for {BUSY_SECONDS:g} s by another process; "
            f"`fuser {str(self.path / _LOCK_NAME)!r}` names it; it may be stopped or on a slow disk"
        )


def _file_name(prefix: str, name: str) -> str:
    if not _FILE_NAME.fullmatch(name):
        raise ValueError(
            f"name {name!r} of a file in the shared directory: use 1 to 128 letters, digits, dots, "
            "underscores and hyphens"
        )
    return prefix + name
