"""Where things stand in a slot file: a header, then one record after the other.

Numbers are int64 in the byte order of the machine; a slot never leaves it. The header says how many
blocks are complete, and that number is written last. A record is a head, a description in JSON
and the cells; each begins at a multiple of 64 bytes.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final, NamedTuple

from mlexporter.state.slots.process_name import ProcessName

SLOT_MAGIC: Final = b"mlxslot\n"
SLOT_VERSION: Final = 2
HEADER_BYTES: Final = 64
COUNT_OFFSET: Final = 40
"""Where the number of blocks stands."""
RECORD_ALIGNMENT: Final = 64
VERSION_REASON: Final = "version"
"""Why a file cannot be used that is whole, and was written by another version of mlexporter."""

_HEADER: Final = struct.Struct("=8s7q")
_RECORD: Final = struct.Struct("=4q")
_WORD: Final = 8


class DamagedError(Exception):
    """A file of the directory cannot be used; ``reason`` is ``truncated``, ``garbled`` or ``version``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SlotHeader(NamedTuple):
    """Who writes a slot, since when (nanoseconds since 1970), and how many blocks it has."""

    process: ProcessName
    opened_nanoseconds: int
    n_blocks: int


class Record(NamedTuple):
    """Where the parts of one block stand, in bytes from the start of the file."""

    description: str
    cells: int
    n_synchronous: int
    n_banked: int
    end: int

    @property
    def sequence(self) -> int:
        """Where the sequence word stands; the banks follow it."""
        return self.cells + _WORD * self.n_synchronous

    @property
    def cells_end(self) -> int:
        """Where the second bank ends."""
        return self.sequence + _WORD * (1 + 2 * self.n_banked)


def aligned(offset: int, alignment: int) -> int:
    """Return the first multiple of ``alignment`` that is not below ``offset``."""
    return -(-offset // alignment) * alignment


def write_header(process: ProcessName, opened_nanoseconds: int, *, version: int = SLOT_VERSION) -> bytes:
    """Return the header of a slot without blocks; it is the same in every version.

    The checksum leaves out namespace and start: with other ones nobody finds the process, no more.
    """
    checksum = _checksum(version, process.pid, opened_nanoseconds)
    return _HEADER.pack(
        SLOT_MAGIC, version, process.pid, opened_nanoseconds, checksum, 0, process.namespace, process.start
    )


def read_header(content: bytes) -> SlotHeader:
    """Return the header in front of ``content``.

    Raises:
        DamagedError: it is cut, not ours, or of another version.
    """
    if len(content) < HEADER_BYTES:
        raise DamagedError("truncated")
    magic, version, pid, opened, checksum, n_blocks, *where = _HEADER.unpack_from(content)
    if magic != SLOT_MAGIC or checksum != _checksum(version, pid, opened):
        raise DamagedError("garbled")
    if version != SLOT_VERSION:
        raise DamagedError(VERSION_REASON)
    if n_blocks < 0:
        raise DamagedError("garbled")
    return SlotHeader(ProcessName(pid, *where), opened, n_blocks)


def write_record(description: str, n_synchronous: int, n_banked: int) -> bytes:
    """Return what stands in front of the cells of a block."""
    text = description.encode("ascii")
    checksum = _checksum(n_synchronous, n_banked, text=text)
    head = _RECORD.pack(len(text), n_synchronous, n_banked, checksum)
    return (head + text).ljust(aligned(len(head) + len(text), _WORD), b" ")


def read_record(content: bytes, offset: int, limit: int) -> Record:
    """Return the record at ``offset`` of a file that has ``limit`` bytes.

    Raises:
        DamagedError: it is cut, or is no record.
    """
    start = offset + _RECORD.size
    if start > limit:
        raise DamagedError("truncated")
    length, n_synchronous, n_banked, checksum = _RECORD.unpack_from(content, offset)
    if min(length, n_synchronous, n_banked) < 0:
        raise DamagedError("garbled")
    if start + length > limit:
        raise DamagedError("truncated")
    text = content[start : start + length]
    if checksum != _checksum(n_synchronous, n_banked, text=text):
        raise DamagedError("garbled")
    description = text.decode("latin-1")
    if not (description.isascii() and description.isprintable()):
        raise DamagedError("garbled")
    cells = aligned(start + length, _WORD)
    cells_end = cells + _WORD * (n_synchronous + 1 + 2 * n_banked)
    if cells_end > limit:
        raise DamagedError("truncated")
    return Record(text.decode("ascii"), cells, n_synchronous, n_banked, aligned(cells_end, RECORD_ALIGNMENT))


def _checksum(*numbers: int, text: bytes = b"") -> int:
    return zlib.crc32(text, zlib.crc32(struct.pack(f"={len(numbers)}q", *numbers)))
