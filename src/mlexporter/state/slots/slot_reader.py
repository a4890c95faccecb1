"""``SlotReader``: copies the cells of one slot while its process goes on counting.

Files are read, never mapped: one that is cut short answers with fewer bytes instead of a signal.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from mlexporter.records import Counts
from mlexporter.state.slots.file_format import HEADER_BYTES, DamagedError, Record, read_header, read_record
from mlexporter.state.slots.merging import Described, described
from mlexporter.state.slots.process_name import ProcessName
from mlexporter.state.slots.safety import is_own_file

TRIES: Final = 50
"""How often a block is read again because it was committed to meanwhile; once is rare."""
_WORD: Final = 8


@dataclass(frozen=True)
class SlotCopy:
    """What a slot held at one moment.

    Attributes:
        process: Who counts in it, as it calls itself.
        items: Every block with its cells, synchronous ones first.
        is_exact: False where banked cells are of an older moment: they could not be read between commits.
    """

    process: ProcessName
    items: tuple[tuple[Described, Counts], ...]
    is_exact: bool = True


class _Placed(NamedTuple):
    start: int
    head: bytes
    record: Record
    block: Described


class SlotReader:
    """Reads one slot again and again; what is written once is parsed once.

    Attributes:
        last: The newest good copy, None before the first.
    """

    def __init__(self) -> None:
        self.last: SlotCopy | None = None
        self._is_exact = True
        self._placed: list[_Placed] = []
        self._end = HEADER_BYTES

    def read(self, descriptor: int) -> SlotCopy:
        """Return the cells of all complete blocks; banked cells are never newer than synchronous ones.

        Raises:
            DamagedError: the file is cut, not ours, of another version, or holds impossible counts.
            OSError: it cannot be read.
        """
        found = os.fstat(descriptor)
        if not is_own_file(found):
            raise DamagedError("garbled")
        content = os.pread(descriptor, found.st_size, 0)
        header = read_header(content)
        self._parse(content, header.n_blocks)
        self._is_exact = True
        vectors = [self._vector(descriptor, content, place) for place in range(header.n_blocks)]
        self.last = SlotCopy(
            header.process,
            tuple((placed.block, vector) for placed, vector in zip(self._placed, vectors, strict=True)),
            self._is_exact,
        )
        return self.last

    def _parse(self, content: bytes, n_blocks: int) -> None:
        if n_blocks < len(self._placed):
            raise DamagedError("garbled")
        if self._end > len(content):
            raise DamagedError("truncated")
        if not all(content.startswith(placed.head, placed.start) for placed in self._placed):
            raise DamagedError("garbled")
        while len(self._placed) < n_blocks:
            record = read_record(content, self._end, len(content))
            try:
                block = described(record.description)
            except ValueError:
                raise DamagedError("garbled") from None
            layouts = block.description.synchronous.size, block.description.banked.size
            if layouts != (record.n_synchronous, record.n_banked):
                raise DamagedError("garbled")
            head = content[self._end : record.cells]
            self._placed.append(_Placed(self._end, head, record, block))
            self._end = record.end

    def _vector(self, descriptor: int, content: bytes, place: int) -> Counts:
        _, _, record, block = self._placed[place]
        if record.n_banked == 0:
            vector = np.frombuffer(content, np.int64, record.n_synchronous, record.cells)
        else:
            vector = self._consistent(descriptor, content, place)
        if not block.rules.is_plausible(vector):
            raise DamagedError("garbled")
        return vector

    def _consistent(self, descriptor: int, content: bytes, place: int) -> Counts:
        """Return synchronous cells that are newer than the banked ones, and banked ones of one commit."""
        record = self._placed[place].record
        # Only the bank that the sequence names is still; it changes once the sequence has moved.
        banks = np.frombuffer(content, np.int64, 1 + 2 * record.n_banked, record.sequence)
        for _ in range(TRIES):
            synchronous = _words(descriptor, record.n_synchronous + 1, record.cells)
            sequence = int(banks[0])
            if sequence < 0:
                raise DamagedError("garbled")
            if sequence == synchronous[-1]:
                start = 1 + (sequence & 1) * record.n_banked
                return np.concatenate((synchronous[:-1], banks[start : start + record.n_banked]))
            banks = _words(descriptor, 1 + 2 * record.n_banked, record.sequence)
        return self._older(synchronous[:-1], place)

    def _older(self, synchronous: Counts, place: int) -> Counts:
        self._is_exact = False
        n_banked = self._placed[place].record.n_banked
        known = self.last.items if self.last is not None else ()
        banked = known[place][1][-n_banked:] if place < len(known) else np.zeros(n_banked, dtype=np.int64)
        return np.concatenate((synchronous, banked))


def _words(descriptor: int, count: int, offset: int) -> Counts:
    content = os.pread(descriptor, _WORD * count, offset)
    if len(content) < _WORD * count:
        raise DamagedError("truncated")
    return np.frombuffer(content, dtype=np.int64)
