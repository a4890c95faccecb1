"""``Lock``: a flock that ends with its process and that a forked child does not inherit.

The kernel keeps a flock until every copy of its descriptor is closed, and a fork copies them all.
So each descriptor that holds one is on a list here, and a child closes what is on it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from typing import Final

from mlexporter.state.forking import awaited_by_fork

_PAUSE_SECONDS: Final = 0.0005
_LONGEST_PAUSE_SECONDS: Final = 0.01
_OPENING_SECONDS: Final = 1.0

_opening: Final = awaited_by_fork()
"""A fork waits for it, so that no descriptor is copied before it is on the list."""
_held: Final[set[Lock]] = set()


class Lock:
    """An open file that is, or is about to be, locked; ``open_lock`` makes one.

    Args:
        descriptor: The open file; it belongs to the lock from now on.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._file = file_identity(descriptor)
        self._is_open = True

    def take(self, *, wait_seconds: float = 0.0, shared: bool = False) -> bool:
        """Return whether the lock could be had within ``wait_seconds``.

        Raises:
            OSError: this file system has no locks.
        """
        until = time.monotonic() + wait_seconds
        pause = _PAUSE_SECONDS
        while not try_flock(self.descriptor, shared=shared):
            if time.monotonic() >= until:
                return False
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        return True

    def release(self) -> None:
        """Give the lock back, or let go of a parent's lock in a forked child. Safe to call twice."""
        if self._is_open:
            self._is_open = False
            close_file(self.descriptor, self._file)
            _held.discard(self)


def open_lock(name: str | os.PathLike[str], flags: int, *, folder: int | None = None) -> Lock:
    """Open a file of mode 0600 to lock it; a link is never followed, a pipe never waited for.

    Args:
        name: Name in the folder, or a path.
        flags: As for ``os.open``.
        folder: Descriptor of the folder.

    Raises:
        OSError: it cannot be opened.
    """
    flags |= os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    with _no_fork():
        lock = Lock(os.open(name, flags, 0o600, dir_fd=folder))
        _held.add(lock)
    return lock


def try_flock(descriptor: int, *, shared: bool) -> bool:
    """Return whether the lock was free; it is held then.

    Raises:
        OSError: this file system has no locks.
    """
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def file_identity(descriptor: int) -> tuple[int, int]:
    """Return what tells an open file from every other one."""
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


def close_file(descriptor: int, expected: tuple[int, int]) -> None:
    """Close a descriptor if it still is the file that it was.

    Programs that become daemons close all descriptors, and the number may be a stranger's by now.
    """
    with contextlib.suppress(OSError):
        if file_identity(descriptor) == expected:
            os.close(descriptor)


@contextlib.contextmanager
def _no_fork() -> Iterator[None]:
    # The timeout is for a signal handler that interrupted this very place: it must not wait for ever.
    is_mine = _opening.acquire(timeout=_OPENING_SECONDS)
    try:
        yield
    finally:
        if is_mine:
            _opening.release()


def _in_child() -> None:
    for lock in tuple(_held):
        lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
