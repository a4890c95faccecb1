"""Where the workers of a server count together, found without being told."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final, NamedTuple

from mlexporter.app.workers.abandoned import group_name, remove_abandoned, remove_if_empty_of_members
from mlexporter.app.workers.directory import (
    chosen_directory,
    enter,
    is_safe_place,
    own_directory,
    user_folder,
)
from mlexporter.app.workers.master import NO_MASTER, Master, find_master, multiprocessing_parent
from mlexporter.app.workers.processes import Processes
from mlexporter.errors import DirectoryError
from mlexporter.settings import NO_DIRECTORY, Settings
from mlexporter.state.slots.locks import Lock

SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - what is made there is checked before it is used
_ALONE: Final = (
    "these counts are those of one worker, although its server may have several: {why}; set MLEXPORTER_DIR "
    "to one directory for all of them, on tmpfs, such as /dev/shm/mlexporter"
)


class Choice(NamedTuple):
    """Where this process counts.

    Attributes:
        path: A directory that is there and safe; None for memory of this process alone.
        is_found: True where it was found, False where a setting names it or there is none.
        group: Names those who count together; empty where there is no directory.
        warning: What a person has to be told, empty where all is well.
        reason: The one of ``catalogue.DEGRADED_REASONS``, empty where there is none or it is wanted so.
        is_worker: True where this process evidently has brothers or a master.
        master: The process at the top of the server.
        membership: Keeps a directory that was found from being removed; for ``leave``.
    """

    path: Path | None = None
    is_found: bool = False
    group: str = ""
    warning: str = ""
    reason: str = ""
    is_worker: bool = False
    master: Master = NO_MASTER
    membership: Lock | None = None


def choose_directory(
    settings: Settings,
    *,
    processes: Processes | None = None,
    told_parent: int | None = None,
    shared_memory: Path = SHARED_MEMORY,
) -> Choice:
    """Return where this process counts, and enter it; ask again in a forked child.

    The setting ``dir`` wins. Otherwise all workers of a server find one of their own, and a process
    that stands alone gets one too, so that processes which it makes later count with it.
    Cheap: some files of the kernel, two directories; whoever is the first of a server also removes
    what servers that are gone have left.

    Args:
        settings: ``dir`` is looked at.
        processes: The kernel's files; for tests.
        told_parent: The parent process that ``multiprocessing`` tells; asked there if not given.
        shared_memory: The tmpfs to look in.
    """
    known = Processes() if processes is None else processes
    told = multiprocessing_parent() if told_parent is None else told_parent
    master = find_master(known, os.getpid(), told)
    if settings.dir == NO_DIRECTORY:
        return _alone(master, "the setting dir is off", reason="")
    if settings.dir:
        return _chosen(Path(settings.dir), master)
    return _found(shared_memory, known, master)


def leave(choice: Choice) -> None:
    """Come out of the directory at a clean exit; the last one of a server that is gone removes it.

    Never raises. Counts must not be used any more.
    """
    membership = choice.membership
    if membership is None:
        return
    membership.release()
    master = choice.master
    is_over = master.pid == os.getpid() or not Processes().is_alive(master.pid, master.start)
    if is_over and choice.path is not None:
        remove_if_empty_of_members(choice.path)


def _chosen(path: Path, master: Master) -> Choice:
    try:
        folder = chosen_directory(path)
    except DirectoryError as error:
        if master.is_worker:
            return _alone(master, str(error), error.reason)
        return Choice(warning=f"counts end with this process: {error}", reason=error.reason, master=master)
    group = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return Choice(folder, group=group, is_worker=master.is_worker, master=master)


def _found(shared_memory: Path, processes: Processes, master: Master) -> Choice:
    if not master.pid:
        return _alone(master, "this system does not say which processes belong together")
    if not is_safe_place(shared_memory):
        return _alone(master, f"{shared_memory} is missing, or others can change what stands in it")
    base = shared_memory / user_folder()
    path = base / group_name(processes, master)
    try:
        own_directory(base)
        if not path.exists():
            remove_abandoned(base, processes)
        membership = enter(path)
    except DirectoryError as error:
        return _alone(master, str(error), error.reason)
    return Choice(
        path, is_found=True, group=path.name, is_worker=master.is_worker, master=master, membership=membership
    )


def _alone(master: Master, why: str, reason: str = DirectoryError.reason) -> Choice:
    if not master.is_worker:
        return Choice(master=master)
    return Choice(warning=_ALONE.format(why=why), reason=reason, is_worker=True, master=master)
