"""Directories whose server is gone: found by the next start of any server, and removed."""

from __future__ import annotations

import os
import re
import time
from itertools import islice
from pathlib import Path
from typing import Final

from mlexporter.app.workers.directory import MEMBERS, lock_out
from mlexporter.app.workers.master import Master
from mlexporter.app.workers.processes import Processes

_NAME: Final = re.compile(r"([0-9a-f]{8})-([0-9]{1,10})-([0-9]{1,20})")
_REMOVED: Final = ".removed-"
_LOOKED_AT: Final = 256
_REMOVED_AT_ONCE: Final = 16
_FOREIGN_AGE_SECONDS: Final = 3600.0
"""How long nobody has to have come into a directory of a namespace in which we see no master."""


def group_name(processes: Processes, master: Master) -> str:
    """Return the name of the directory of all workers of ``master``: it is never used twice."""
    return f"{processes.machine()}-{master.pid}-{master.start}"


def remove_abandoned(base: Path, processes: Processes) -> int:
    """Remove directories in ``base`` whose master is dead and in which nobody is; returns how many.

    A few at a time: it runs while a server starts. Safe beside processes that do the same, and
    beside one that is just coming in: it finds its directory gone and makes it again.
    """
    machine = processes.machine()
    n_removed = 0
    try:
        with os.scandir(base) as entries:
            names = [entry.name for entry in islice(entries, _LOOKED_AT)]
    except OSError:
        return 0
    for name in names:
        if n_removed == _REMOVED_AT_ONCE:
            break
        if name.startswith(_REMOVED):
            _delete(base / name)
        elif _is_abandoned(base / name, machine, processes):
            n_removed += remove_if_empty_of_members(base / name)
    return n_removed


def remove_if_empty_of_members(path: Path) -> bool:
    """Remove the directory of a group unless a process is in it; returns whether it did."""
    lock = lock_out(path)
    if lock is None:
        return False
    try:
        # First out of the way as a whole: whoever comes in now makes a directory of its own.
        aside = path.with_name(f"{_REMOVED}{path.name}-{os.getpid()}")
        path.rename(aside)
    except OSError:
        return False
    finally:
        lock.release()
    _delete(aside)
    return True


def _is_abandoned(path: Path, machine: str, processes: Processes) -> bool:
    named = _NAME.fullmatch(path.name)
    if named is None:
        return False
    if named[1] == machine:
        return not processes.is_alive(int(named[2]), int(named[3]))
    try:
        last = max(each.lstat().st_mtime for each in (path, path / MEMBERS))
    except OSError:
        return False
    return time.time() - last > _FOREIGN_AGE_SECONDS


def _delete(path: Path) -> None:
    import shutil  # noqa: PLC0415 - it loads every kind of compression, and most starts remove nothing

    shutil.rmtree(path, ignore_errors=True)
