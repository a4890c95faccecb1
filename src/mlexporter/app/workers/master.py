"""Whose worker this process is: the server's first process, or itself where it stands alone.

A process is a worker of its parent where ``multiprocessing`` made it, or where it was forked and
still runs the same program. A program that was started (by a shell, by systemd, by a supervisor,
also one written in Python) is nobody's worker, and neither is one whose parent has died: what
adopted it did not start it.
"""

from __future__ import annotations

import os
import sys
from typing import Final, NamedTuple

from mlexporter.app.workers.processes import Process, Processes

_GENERATIONS: Final = 16
_SPAWNED: Final = "--multiprocessing-fork"
_FORK_SERVER: Final = "from multiprocessing.forkserver import main"
_IMPORTED_IN: Final = os.getpid()


class Master(NamedTuple):
    """The process at the top of a server.

    Attributes:
        pid: Its number, 0 where it is not known.
        start: Its start time in ticks since boot.
        is_worker: True where it is another process than the one that asked.
    """

    pid: int
    start: int
    is_worker: bool


NO_MASTER: Final = Master(0, 0, is_worker=False)
"""Where a system says nothing about processes."""


def find_master(processes: Processes, pid: int, told_parent: int | None) -> Master:
    """Return the master of the process ``pid``.

    Args:
        processes: Where to look.
        pid: The process that asks.
        told_parent: The parent that ``multiprocessing`` tells, see ``multiprocessing_parent``.
    """
    own = processes.read(pid)
    if own is None:
        return Master(0, 0, told_parent is not None or pid != _IMPORTED_IN)
    current, parent = own, _told(processes, own, told_parent)
    if parent is None:
        parent = _parent(processes, own, may_be_spawned=told_parent is None)
    for _ in range(_GENERATIONS):
        if parent is None:
            break
        current, parent = parent, _parent(processes, parent)
    return Master(current.pid, current.start, current.pid != pid)


def multiprocessing_parent() -> int | None:
    """Return the parent that ``multiprocessing`` tells this process, None where it made none of it."""
    module = sys.modules.get("multiprocessing.process")
    parent = None if module is None else module.parent_process()
    return None if parent is None else int(parent.pid)


def _told(processes: Processes, own: Process, told_parent: int | None) -> Process | None:
    if told_parent is None or told_parent == own.pid:
        return None
    parent = processes.read(told_parent)
    return parent if parent is not None and parent.start <= own.start else None


def _parent(processes: Processes, child: Process, *, may_be_spawned: bool = True) -> Process | None:
    parent = processes.read(child.parent) if child.parent > 0 else None
    if parent is None or not _runs_the_same(child, parent):
        return None
    if may_be_spawned and _is_of_multiprocessing(child):
        return parent
    if child.flags:
        is_fork = child.is_forked and (child.stack == parent.stack or 0 in {child.stack, parent.stack})
    else:
        # A kernel without flags, such as gVisor's: the same command line is what is left to see.
        is_fork = bool(child.command) and child.command == parent.command
    return parent if is_fork else None


def _is_of_multiprocessing(process: Process) -> bool:
    """True where ``multiprocessing`` started the program: before it tells so, it imports ``__main__``."""
    return any(word == _SPAWNED or _FORK_SERVER in word for word in process.command)


def _runs_the_same(child: Process, parent: Process) -> bool:
    if child.program and parent.program:
        return child.program == parent.program
    # The program of another user's process is hidden (a master that is root); its command line is not.
    return bool(child.command) and _first_word(child) == _first_word(parent)


def _first_word(process: Process) -> str:
    return process.command[0].split(" ", 1)[0] if process.command else ""
