"""``Folder``: the few things that are done with files of a shared directory, each of them atomic."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import weakref
from pathlib import Path
from typing import Final

from mlexporter.errors import DirectoryError
from mlexporter.state.slots.locks import Lock, close_file, file_identity, open_lock, try_flock
from mlexporter.state.slots.safety import directory_error, is_own_file, open_directory

TEMPORARY_PREFIX: Final = ".tmp-"
"""What is not yet complete; its maker holds its lock, so anything unlocked is a leftover."""
_READ_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_ATTEMPTS: Final = 20


class Folder:
    """A directory that was checked; names below are names of files in it.

    Methods raise OSError where the file system says no.

    Args:
        path: The directory; made with mode 0700 where it is not there.
        read_only: Never write; the directory must be there.

    Raises:
        DirectoryError: it cannot be used, or not safely.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._descriptor = open_directory(path, create=not read_only)
        self._identity = file_identity(self._descriptor)
        self._closing = weakref.finalize(self, close_file, self._descriptor, self._identity)

    @property
    def descriptor(self) -> int:
        """The open directory; opened anew where the program closed all its files, as daemons do."""
        with contextlib.suppress(OSError):
            if file_identity(self._descriptor) == self._identity:
                return self._descriptor
        self._closing.detach()
        self._descriptor = open_directory(self.path, create=False)
        self._identity = file_identity(self._descriptor)
        self._closing = weakref.finalize(self, close_file, self._descriptor, self._identity)
        return self._descriptor

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        return sorted(os.listdir(self.descriptor))  # noqa: PTH208 - a path may lead elsewhere by now

    def is_there(self, name: str, identity: tuple[int, int]) -> bool:
        """Return whether whoever opens the path finds this very file under ``name``."""
        try:
            found = (self.path / name).lstat()
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == identity

    def is_locked(self, name: str) -> bool:
        """Return whether a process holds the lock of a file; False where there is no such file."""
        try:
            descriptor = self.open(name)
        except OSError:
            return False
        try:
            return not try_flock(descriptor, shared=True)
        finally:
            os.close(descriptor)

    def is_in_place(self) -> bool:
        """Return whether the path leads to this very directory."""
        try:
            found = self.path.lstat()
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def open(self, name: str) -> int:
        """Return a descriptor to read from; never waits, never follows a link."""
        return os.open(name, _READ_FLAGS, dir_fd=self.descriptor)

    def read(self, name: str, *, limit_bytes: int) -> bytes | None:
        """Return what is in a file of ours; None where there is none or more than ``limit_bytes``."""
        try:
            descriptor = self.open(name)
        except FileNotFoundError:
            return None
        try:
            found = os.fstat(descriptor)
            if not is_own_file(found) or found.st_size > limit_bytes:
                return None
            return os.pread(descriptor, found.st_size, 0)
        finally:
            os.close(descriptor)

    def replace(self, name: str, content: bytes) -> None:
        """Write a file: readers find the old one or the new one, whole."""
        temporary, lock = self.create_temporary()
        try:
            write_all(lock.descriptor, content)
            self.rename(temporary, name)
        except BaseException:
            with contextlib.suppress(OSError):
                self.remove(temporary)
            raise
        finally:
            lock.release()

    def create_temporary(self) -> tuple[str, Lock]:
        """Return the name of a new empty file, mode 0600, open to read and write, and its lock, held."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        for _ in range(_ATTEMPTS):
            name = TEMPORARY_PREFIX + secrets.token_hex(8)
            lock = open_lock(name, flags, folder=self.descriptor)
            try:
                # Somebody may have tidied it up between the two steps; once locked it is safe.
                if lock.take() and os.fstat(lock.descriptor).st_nlink:
                    return name, lock
            except BaseException:
                lock.release()
                self.remove(name)
                raise
            lock.release()
        raise FileNotFoundError(errno.ENOENT, "files vanish as soon as they are made")

    def lock(self, name: str, *, wait_seconds: float, shared: bool = False) -> Lock | None:
        """Return the lock of a file, made where it is not there; None where it could not be had."""
        flags = os.O_RDONLY if self.read_only else os.O_RDWR | os.O_CREAT
        lock = open_lock(name, flags, folder=self.descriptor)
        try:
            if lock.take(wait_seconds=wait_seconds, shared=shared):
                return lock
        except BaseException:
            lock.release()
            raise
        lock.release()
        return None

    def rename(self, old: str, new: str) -> None:
        """Rename a file; one that has the new name is gone then."""
        descriptor = self.descriptor
        os.rename(old, new, src_dir_fd=descriptor, dst_dir_fd=descriptor)

    def link(self, name: str, second: str) -> None:
        """Give a file a second name."""
        descriptor = self.descriptor
        os.link(name, second, src_dir_fd=descriptor, dst_dir_fd=descriptor, follow_symlinks=False)

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(name, dir_fd=self.descriptor)

    def tidy(self, names: list[str]) -> None:
        """Remove what died before it was complete, among ``names``."""
        for name in names:
            if name.startswith(TEMPORARY_PREFIX):
                with contextlib.suppress(OSError):
                    self._remove_unlocked(name)

    def _remove_unlocked(self, name: str) -> None:
        descriptor = self.open(name)
        try:
            if try_flock(descriptor, shared=False):
                self.remove(name)
        finally:
            os.close(descriptor)

    def probe(self) -> None:
        """Find out whether files can be made and locked here.

        Raises:
            DirectoryError: they cannot; the message says why and what to do.
        """
        try:
            name, lock = self.create_temporary()
            try:
                descriptor = self.open(name)
                is_locked = not try_flock(descriptor, shared=False)
                os.close(descriptor)
                self.remove(name)
            finally:
                lock.release()
        except OSError as error:
            raise directory_error(error, self.path) from None
        if not is_locked:
            raise DirectoryError(
                f"directory {str(self.path)!r}: a locked file can be locked again, so that nobody can tell "
                "living workers from dead ones; name a directory on a local disk or tmpfs"
            )


def write_all(descriptor: int, content: bytes) -> None:
    """Write ``content`` at the start of a file, however many steps it takes."""
    written = 0
    while written < len(content):
        written += os.pwrite(descriptor, content[written:], written)
