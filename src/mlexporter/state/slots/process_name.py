"""``ProcessName``: which process counts in a slot, so that nobody takes another one for it.

A number means something in its namespace only: two containers that share a directory both have a
process 7. Numbers are used again, so the time of the start belongs to the name too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Final, NamedTuple

PROC: Final = "/proc"
_STAT_BYTES: Final = 4096
_START: Final = 19
"""Place of the start time behind the name of the program, which may hold anything."""


class ProcessName(NamedTuple):
    """One process.

    Attributes:
        pid: Its number, as it calls itself.
        namespace: Inode of its namespace of process numbers, 0 where the system tells none.
        start: When it started, in ticks since boot, 0 where the system does not tell.
    """

    pid: int
    namespace: int = 0
    start: int = 0


def own_process(proc: str = PROC) -> ProcessName:
    """Return the name of this process."""
    pid = os.getpid()
    return ProcessName(pid, _own_namespace(proc), _start_of(pid, proc) or 0)


def visible_pids(processes: Iterable[ProcessName], proc: str = PROC) -> tuple[int, ...]:
    """Return the numbers of the living of ``processes``; none where one of them cannot be seen from here.

    What some of them use would be taken for what all use. Who has ended meanwhile is left out.

    Args:
        processes: As they call themselves.
        proc: Where the kernel's files are.
    """
    namespace = _own_namespace(proc)
    pids: dict[int, None] = {}
    for process in processes:
        if process.namespace != namespace:
            return ()
        start = _start_of(process.pid, proc) if process.start else 0
        if start is None:
            continue
        if start != process.start:  # a later process of this number
            return ()
        pids[process.pid] = None
    return tuple(pids)


def _own_namespace(proc: str) -> int:
    try:
        return os.stat(f"{proc}/self/ns/pid").st_ino  # noqa: PTH116 - pathlib is slow to load
    except OSError:
        return 0


def _start_of(pid: int, proc: str) -> int | None:
    try:
        descriptor = os.open(f"{proc}/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return int(os.read(descriptor, _STAT_BYTES).rpartition(b")")[2].split()[_START])
        finally:
            os.close(descriptor)
    except (OSError, ValueError, IndexError):
        return None
