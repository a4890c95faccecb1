"""Opens a shared directory only if nobody else can write into it, and says what is wrong with it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

from mlexporter.errors import DirectoryError, DirectoryFullError, DirectoryUnsafeError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM})
_OWN_DIRECTORY: Final = "name a directory of your own; one that is not there is made with mode 0700"


def open_directory(path: Path, *, create: bool) -> int:
    """Return a descriptor of the directory; whoever holds it is safe from a swap of the path.

    Args:
        path: The directory. Its parents must be there.
        create: Make it, with mode 0700, where it is not.

    Raises:
        DirectoryUnsafeError: a link, a stranger's, or writable by others.
        DirectoryError: it is not there, is no directory, or cannot be opened.
    """
    is_new = create and _make(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            raise DirectoryUnsafeError(
                f"directory {str(path)!r} is a symbolic link, which may come to point elsewhere; "
                "name the directory that it points to"
            ) from None
        raise directory_error(error, path) from None
    try:
        if is_new:
            os.fchmod(descriptor, 0o700)  # whatever the umask took away
        _check(os.fstat(descriptor), path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def is_own_file(found: os.stat_result) -> bool:
    """Return whether this is a regular file of the user that runs this process."""
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()


def is_full(error: OSError) -> bool:
    """Return whether there was no room: a full disk, a quota, a limit."""
    return error.errno in _FULL


def directory_error(error: OSError, path: Path) -> DirectoryError:
    """Return what an error of the operating system means for the directory, with the way out."""
    what = f"directory {str(path)!r}: {error.strerror or error}"
    if is_full(error):
        return DirectoryFullError(f"{what}; make room there, or name a larger directory")
    if error.errno == errno.ENOENT:
        return DirectoryError(f"{what}; it was removed, or its parent is not there: make the parent first")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return DirectoryError(f"{what}; name a directory that user {os.geteuid()} may write to")
    return DirectoryError(f"{what}; name a directory on a local disk or tmpfs that has file locks")


def _make(path: Path) -> bool:
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        return False
    except OSError as error:
        raise directory_error(error, path) from None
    return True


def _check(found: os.stat_result, path: Path) -> None:
    if found.st_uid != os.geteuid():
        raise DirectoryUnsafeError(
            f"directory {str(path)!r} belongs to user {found.st_uid}, and this process runs as user "
            f"{os.geteuid()}; {_OWN_DIRECTORY}"
        )
    mode = stat.S_IMODE(found.st_mode)
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise DirectoryUnsafeError(
            f"directory {str(path)!r} has mode {mode:04o}, so that others may write into it; "
            f"`chmod 700` it, or {_OWN_DIRECTORY}"
        )
