"""``FileMemory``: the cells of one process in a file that others read while they change."""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import secrets
import time
from typing import Final

from mlexporter.state.slots.block import cells_bytes
from mlexporter.state.slots.description import BlockDescription
from mlexporter.state.slots.file_format import (
    COUNT_OFFSET,
    HEADER_BYTES,
    RECORD_ALIGNMENT,
    aligned,
    write_header,
    write_record,
)
from mlexporter.state.slots.folder import Folder
from mlexporter.state.slots.locks import Lock, close_file, file_identity
from mlexporter.state.slots.process_name import own_process

SLOT_PREFIX: Final = "slot-"
SEGMENT_BYTES: Final = 65_536
"""A file grows by multiples of it."""
_NO_RESERVATION: Final = frozenset({errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS})


def open_file_memory(folder: Folder, life: str) -> FileMemory:
    """Return the memory of a new slot of this process.

    Args:
        folder: The shared directory.
        life: Names the life of the sums in it.

    Raises:
        OSError: there is no room, or the directory cannot be written to.
    """
    temporary, lock = folder.create_temporary()
    try:
        return FileMemory(folder, life, temporary, lock)
    except BaseException:
        with contextlib.suppress(OSError):
            folder.remove(temporary)
        lock.release()
        raise


class FileMemory:
    """Memory in a slot file; its lock, held for life, is the sign of life.

    Not safe with threads: ``Slot`` holds a lock. Room is reserved before it is mapped, so that a
    full file system says so in ``allocate`` and never kills a process that writes to its cells.

    Args:
        folder: The shared directory.
        life: Names the life of the sums in it.
        temporary: A new, empty file there, which becomes the slot.
        lock: The lock of that file, held; it belongs to the memory from now on.

    Attributes:
        name: The file of the slot.
    """

    def __init__(self, folder: Folder, life: str, temporary: str, lock: Lock) -> None:
        self.life = life
        self.name = f"{SLOT_PREFIX}{os.getpid()}-{secrets.token_hex(8)}"
        self._folder = folder
        self._lock = lock
        # Opened once more for the maps: each map keeps a copy of its descriptor, and one of the
        # locked descriptor would keep the lock in forked children for ever.
        flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
        self._data = os.open(temporary, flags, dir_fd=folder.descriptor)
        self._identity = file_identity(self._data)
        try:
            self._end = self._size = self._segment_start = 0
            self._segment = memoryview(b"")
            header = self._room(HEADER_BYTES)
            header[:] = write_header(own_process(), time.time_ns())
            self._count = header[COUNT_OFFSET : COUNT_OFFSET + 8].cast("q")
            self._end = HEADER_BYTES
            folder.rename(temporary, self.name)
        except BaseException:
            close_file(self._data, self._identity)
            raise

    def allocate(self, description: BlockDescription) -> memoryview:
        """Return zeroed memory of ``cells_bytes(description)`` bytes, visible to every reader.

        Raises:
            OSError: there is no room for it; what was allocated before stays as it is.
        """
        if self._data < 0:
            raise OSError(errno.EBADF, "this slot was closed")
        head = write_record(description.to_json(), description.synchronous.size, description.banked.size)
        length = cells_bytes(description)
        end = aligned(self._end + len(head) + length, RECORD_ALIGNMENT)
        room = self._room(end)
        room[: len(head)] = head
        self._end = end
        self._count[0] += 1  # last: from now on readers see it
        return room[len(head) : len(head) + length]

    def is_attached(self) -> bool:
        """Return whether readers find this slot: not after it was set aside, or its directory removed."""
        return self._folder.is_there(self.name, self._identity)

    def close(self) -> None:
        """Give the lock back: the slot is dead and complete, and will be folded. Safe to call twice."""
        self.forget()

    def discard(self) -> None:
        """Remove a slot in which nothing was counted: a dead one would stand there until it is folded."""
        with contextlib.suppress(OSError):
            self._folder.remove(self.name)
        self.forget()

    def forget(self) -> None:
        """Close the files; in a forked child the parent keeps its lock. Safe to call twice."""
        self._lock.release()
        close_file(self._data, self._identity)
        self._data = -1

    def _room(self, end: int) -> memoryview:
        """Return the memory from the last record up to ``end``, after the file has grown to it."""
        if end > self._size:
            size = aligned(end, SEGMENT_BYTES)
            if file_identity(self._data) != self._identity:
                raise OSError(errno.EBADF, "the program closed the file of its slot")
            reserve(self._data, self._size, size - self._size)
            # A record may begin in a page of the map before: pages of one file may be mapped twice.
            start = self._end - self._end % mmap.ALLOCATIONGRANULARITY
            self._segment = memoryview(mmap.mmap(self._data, size - start, offset=start))
            self._segment_start, self._size = start, size
        return self._segment[self._end - self._segment_start : end - self._segment_start]


def reserve(descriptor: int, start: int, length: int) -> None:
    """Make a file longer by bytes that are zero and have their place on the disk.

    Raises:
        OSError: there is no room.
    """
    with contextlib.suppress(AttributeError):  # macOS has no posix_fallocate
        try:
            os.posix_fallocate(descriptor, start, length)
        except OSError as error:
            if error.errno not in _NO_RESERVATION:
                raise
        else:
            return
    zeros = bytes(SEGMENT_BYTES)
    for offset in range(start, start + length, SEGMENT_BYTES):
        piece = zeros[: start + length - offset]
        if os.pwrite(descriptor, piece, offset) < len(piece):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
