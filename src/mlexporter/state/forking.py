"""Locks that a fork cannot leave held: a child has none of the threads that would release them.

A fork waits a moment for files that are being opened and for modules that are being imported; then
the child makes every lock new.
"""

from __future__ import annotations

import contextlib
import logging  # noqa: F401 - loaded first, so that a fork takes its lock after ours: an import may need it
import os
import threading
import weakref
from typing import Any, Final, TypeVar

_Lock = TypeVar("_Lock", bound=Any)

_WAIT_SECONDS: Final = 1.0
_IMPORT_SECONDS: Final = 30.0
"""A thread that imports while others keep the interpreter busy gets a turn at each file only."""
_locks: Final[weakref.WeakSet[Any]] = weakref.WeakSet()
_awaited: Final[weakref.WeakSet[Any]] = weakref.WeakSet()
_held: Final[list[Any]] = []


def survives_fork(lock: _Lock) -> _Lock:
    """Return ``lock``, which is made new in every child that is forked."""
    _locks.add(lock)
    return lock


def awaited_by_fork() -> threading.Lock:
    """Return a lock that a fork also waits for; who holds it must wait for no other such lock."""
    lock = survives_fork(threading.Lock())
    _awaited.add(lock)
    return lock


IMPORTING: Final = survives_fork(threading.RLock())
"""Held while a module is imported that is not needed before: a child forked in the middle of it would
wait for the import of a thread that it does not have. A fork waits for it, unless its own thread imports."""


def _before() -> None:
    if IMPORTING.acquire(timeout=_IMPORT_SECONDS):
        _held.append(IMPORTING)
    # The timeout is for a fork in a thread that holds one itself: in a finaliser, or by a signal.
    _held.extend(lock for lock in list(_awaited) if lock.acquire(timeout=_WAIT_SECONDS))


def _in_parent() -> None:
    while _held:
        _held.pop().release()


def _in_child() -> None:
    _held.clear()
    for lock in list(_locks):
        with contextlib.suppress(Exception):  # a lock of another interpreter: nothing better is known
            lock._at_fork_reinit()  # noqa: SLF001 - what the standard library does with its own locks


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
