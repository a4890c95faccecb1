"""Directories that only this user can have prepared, and the lock that says who is in them."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from pathlib import Path
from typing import Final

from mlexporter.errors import DirectoryError, DirectoryUnsafeError
from mlexporter.state.slots.locks import Lock, open_lock
from mlexporter.state.slots.safety import directory_error, open_directory

MEMBERS: Final = "members"
"""File that every process of a directory holds a shared lock on, for life."""

_OTHERS_WRITE: Final = 0o022
_OTHERS: Final = 0o077
_ATTEMPTS: Final = 40
_MOMENT_SECONDS: Final = 0.005


def enter(path: Path) -> Lock:
    """Enter the directory, made where it is not there: nobody removes it until the lock is released.

    Raises:
        DirectoryError: it is not safe, or the file cannot be locked.
    """
    for _ in range(_ATTEMPTS):
        own_directory(path)
        lock = _lock_of_members(path, shared=True)
        if lock is not None:
            # Says to others, who cannot see our master, when the last one came in.
            os.utime(lock.descriptor)
            return lock
        time.sleep(_MOMENT_SECONDS)
    raise DirectoryError(
        f"directory {str(path)!r} is removed again and again; name another in MLEXPORTER_DIR"
    )


def lock_out(path: Path) -> Lock | None:
    """Keep everybody out of the directory until the lock is released; None where somebody is in."""
    try:
        return _lock_of_members(path, shared=False)
    except DirectoryError:
        return None


def own_directory(path: Path) -> None:
    """Make ``path``, or check that what is there is a directory of ours that nobody else can enter.

    Raises:
        DirectoryError: it is a link, a file, somebody else's or open to others, or cannot be made.
    """
    descriptor = open_directory(path, create=True)
    try:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
    finally:
        os.close(descriptor)
    if mode & _OTHERS:
        raise DirectoryUnsafeError(
            f"directory {str(path)!r} has mode {mode:04o}, so that others may look into it; remove it, "
            "or `chmod 700` it if its content is yours"
        )


def chosen_directory(path: Path) -> Path:
    """Return where to count in the directory that a person has chosen; made if it is missing.

    That is the directory itself where only this user can write in it. In one of root's or of our
    own in which others can write too, such as a volume of Kubernetes, it is a folder of our own.

    Raises:
        DirectoryError: it belongs to somebody else, is no directory or cannot be made or written.
    """
    try:
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
        found = path.lstat()
    except OSError as error:
        raise directory_error(error, path) from error
    if stat.S_ISDIR(found.st_mode) and found.st_uid in {0, os.geteuid()} and found.st_mode & _OTHERS_WRITE:
        path = path / user_folder()
        own_directory(path)
        return path
    os.close(open_directory(path, create=False))
    if not os.access(path, os.W_OK | os.X_OK):
        raise DirectoryError(f"directory {str(path)!r} is not writable; name one that is in MLEXPORTER_DIR")
    return path


def user_folder() -> str:
    """Return the name of the folder in which everything of this user stands."""
    return f"mlexporter-{os.geteuid()}"


def is_safe_place(path: Path) -> bool:
    """Return whether nobody but root and we can rename what we make in ``path``."""
    try:
        found = path.lstat()
    except OSError:
        return False
    is_guarded = bool(found.st_mode & stat.S_ISVTX) or not found.st_mode & _OTHERS_WRITE
    return stat.S_ISDIR(found.st_mode) and found.st_uid in {0, os.geteuid()} and is_guarded


def _lock_of_members(path: Path, *, shared: bool) -> Lock | None:
    """Return the lock of the file of members, None where it is held, or was removed meanwhile."""
    name = path / MEMBERS
    try:
        lock = open_lock(name, os.O_RDWR | os.O_CREAT)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise directory_error(error, name) from error
    try:
        # Looked at under the lock: the file may have been removed between opening and locking.
        if lock.take(shared=shared) and os.path.samestat(name.lstat(), os.fstat(lock.descriptor)):
            return lock
    except FileNotFoundError:
        pass
    except OSError as error:
        lock.release()
        raise directory_error(error, name) from error
    lock.release()
    return None
