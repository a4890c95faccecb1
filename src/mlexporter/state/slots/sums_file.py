"""``SumsFile``: sums of many slots in one file that is replaced as a whole (``base`` and ``marks``)."""

from __future__ import annotations

import json
import os
import secrets
import struct
import zlib
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from mlexporter.records import Counts
from mlexporter.state.slots.file_format import VERSION_REASON, DamagedError, aligned
from mlexporter.state.slots.folder import Folder
from mlexporter.state.slots.merging import Totals, described
from mlexporter.state.slots.safety import is_own_file

SUMS_MAGIC: Final = b"mlxsums\n"
SUMS_VERSION: Final = 1
HEADER_BYTES: Final = 64
_HEADER: Final = struct.Struct("=8sq16s3q")
"""Magic, version, a random number for each writing, bytes of the index, of the cells, checksum."""


@dataclass
class Sums:
    """Sums, and what is known about the slots in them.

    Attributes:
        totals: The sums by identity.
        folded: Slots that are in the sums, though their files may still be there.
        moved: Slots that were set aside, though their files may still be there, with the reason.
        set_aside: How many slots were ever set aside, by reason.
    """

    totals: Totals = field(default_factory=Totals)
    folded: frozenset[str] = frozenset()
    moved: dict[str, str] = field(default_factory=dict)
    set_aside: dict[str, int] = field(default_factory=dict)


class SumsFile:
    """A file of sums, read again only when somebody has written it.

    Args:
        folder: The shared directory.
        name: The file in it.
    """

    def __init__(self, folder: Folder, name: str) -> None:
        self.name = name
        self._folder = folder
        self._known: tuple[bytes, Sums] | None = None

    @property
    def last(self) -> Sums | None:
        """What was last read or written here; None where that was never."""
        return None if self._known is None else self._known[1]

    def load(self) -> Sums:
        """Return the sums in the file; empty ones where there is none.

        Raises:
            DamagedError: it cannot be used.
            OSError: it cannot be read.
        """
        try:
            descriptor = self._folder.open(self.name)
        except FileNotFoundError:
            return Sums()
        try:
            found = os.fstat(descriptor)
            if not is_own_file(found):
                raise DamagedError("garbled")
            header = os.pread(descriptor, HEADER_BYTES, 0)
            if self._known is None or header != self._known[0]:
                self._known = (header, decode(header, os.pread(descriptor, found.st_size, HEADER_BYTES)))
            elif found.st_size != HEADER_BYTES + sum(_HEADER.unpack_from(header)[3:5]):
                raise DamagedError("truncated")
            return self._known[1]
        finally:
            os.close(descriptor)

    def store(self, sums: Sums) -> None:
        """Write sums in place of those that are there.

        Raises:
            OSError: they are as they were.
        """
        content = encode(sums)
        self._folder.replace(self.name, content)
        self._known = (content[:HEADER_BYTES], sums)


def encode(sums: Sums) -> bytes:
    """Return the content of a file of sums."""
    items = sums.totals.items()
    head = {"folded": sorted(sums.folded), "moved": sums.moved, "set_aside": sums.set_aside}
    lines = [json.dumps(head), *(block.text for block, _ in items)]
    index = "\n".join(lines).encode("ascii")
    index = index.ljust(aligned(len(index), 8), b" ")
    cells = b"".join([vector.tobytes() for _, vector in items])
    checksum = zlib.crc32(cells, zlib.crc32(index))
    header = _HEADER.pack(SUMS_MAGIC, SUMS_VERSION, secrets.token_bytes(16), len(index), len(cells), checksum)
    return header.ljust(HEADER_BYTES, b"\0") + index + cells


def decode(header: bytes, body: bytes) -> Sums:
    """Return the sums that ``encode`` wrote.

    Raises:
        DamagedError: something else stands there.
    """
    if len(header) < HEADER_BYTES:
        raise DamagedError("truncated")
    magic, version, _, index_bytes, cells_bytes, checksum = _HEADER.unpack_from(header)
    if magic != SUMS_MAGIC:
        raise DamagedError("garbled")
    if version != SUMS_VERSION:
        raise DamagedError(VERSION_REASON)
    if index_bytes < 0 or cells_bytes < 0:
        raise DamagedError("garbled")
    if len(body) < index_bytes + cells_bytes:
        raise DamagedError("truncated")
    index, cells = body[:index_bytes], body[index_bytes : index_bytes + cells_bytes]
    if zlib.crc32(cells, zlib.crc32(index)) != checksum:
        raise DamagedError("garbled")
    try:
        return _sums(index.decode("ascii").rstrip(" "), np.frombuffer(cells, dtype=np.int64))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DamagedError("garbled") from None


def _sums(index: str, cells: Counts) -> Sums:
    head, *texts = index.split("\n")
    content = json.loads(head)
    totals = Totals()
    start = 0
    for text in texts:
        block = described(text)
        vector = cells[start : start + block.rules.size]
        if vector.size != block.rules.size:
            raise ValueError("cells are missing")
        totals.add(block, vector)
        start += block.rules.size
    return Sums(
        totals,
        frozenset(map(str, content["folded"])),
        {str(name): str(reason) for name, reason in content["moved"].items()},
        {str(reason): int(count) for reason, count in content["set_aside"].items()},
    )
