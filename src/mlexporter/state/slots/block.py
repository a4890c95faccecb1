"""``Block``: cells that one process writes and any process may read, never torn.

The synchronous cells are added to while a call ends. The banked cells exist twice: a commit writes
the idle bank and then moves the sequence word, whose low bit names the bank that is valid. Whoever
dies in the middle of a commit leaves the valid bank as it was.
"""

from __future__ import annotations

import numpy as np

from mlexporter.records import Counts
from mlexporter.state.slots.committing import Committer
from mlexporter.state.slots.description import BlockDescription

WORD_BYTES = 8
"""Every cell and the sequence word are int64, at addresses divisible by 8: stores are never torn."""


class Block:
    """The cells of one block, in memory that may be a shared file.

    In memory: synchronous cells, the sequence word, bank 0, bank 1.

    Args:
        description: What the cells are.
        memory: Exactly ``cells_bytes(description)`` writable bytes; they are used as they are.

    Attributes:
        cells: The synchronous cells, format ``q``. ``cells[i] += n`` with a plain ``n`` is one
            step for other threads wherever there is a global interpreter lock, because the
            interpreter looks for other threads at calls and jumps only. Released in a forked child.
        committer: The way of many threads to the banks.
    """

    def __init__(self, description: BlockDescription, memory: memoryview) -> None:
        self.description = description
        n_synchronous, n_banked = description.synchronous.size, description.banked.size
        words = memory.cast("B").cast("q")
        self.cells = words[:n_synchronous]
        self._sequence = words[n_synchronous : n_synchronous + 1]
        start = n_synchronous + 1
        whole = np.frombuffer(words, dtype=np.int64)
        self._whole_synchronous = whole[:n_synchronous]
        self.committer = Committer(self)
        self._banks = (whole[start : start + n_banked], whole[start + n_banked : start + 2 * n_banked])

    def commit(self, delta: Counts) -> None:
        """Add ``delta``, int64 of shape (banked.size,), in one step; the caller holds a lock."""
        sequence = self._sequence[0]
        np.add(self._banks[sequence & 1], delta, out=self._banks[1 - (sequence & 1)])
        self._sequence[0] = sequence + 1

    def banked(self) -> Counts:
        """Return a copy of the banked cells; the caller holds the lock of ``commit``."""
        return self._banks[self._sequence[0] & 1].copy()

    def synchronous(self) -> Counts:
        """Return a copy of the synchronous cells as they are now; read it after ``banked``."""
        return self._whole_synchronous.copy()

    def release(self) -> None:
        """Let nobody in this process write the synchronous cells any more: they raise ValueError."""
        self.cells.release()


def cells_bytes(description: BlockDescription) -> int:
    """Return how many bytes the cells of a block need."""
    return WORD_BYTES * (description.synchronous.size + 1 + 2 * description.banked.size)
