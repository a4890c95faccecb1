"""``BlockLog``: what was served, hour by hour: the newest blocks of one model, for a baseline.

Blocks follow each other on the clock of windows without a gap and without an overlap. A block adds up the
rises of the counts, over all lives of the same bins, and never those of other bins.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from mlexporter.state.track import lengths_of, pack, unpack, vector_of, window_of

if TYPE_CHECKING:
    from mlexporter.records import Counts, Snapshot, WindowCounts

_LATE_SHARE: Final = 0.5
"""A block that is closed later than this share of its length was not watched: nobody evaluated."""
_HARMLESS: Final = "extra_feature"
_LIMIT_OF_FAULTS: Final = 20

TOO_FEW_ROWS: Final = "rows"
UNWATCHED: Final = "gap"
MANY: Final = "many"
"""Stands for faults beyond the first twenty."""


class Fault(NamedTuple):
    """Why a block is not clean: what it is, and the feature that has it, or empty text."""

    kind: str
    feature: str = ""


class Block(NamedTuple):
    """One closed block.

    Attributes:
        began: Seconds of the window clock.
        wall: Unix seconds at its begin, for people.
        seconds: What it covers.
        faults: Why it is not clean; empty for a clean one.
        packed: Its counts, as ``track.pack`` makes them: rows first, rows with violations of the schema last.
    """

    began: float
    wall: float
    seconds: float
    faults: tuple[Fault, ...]
    packed: bytes


class BlockLog:
    """The newest blocks of one model, and the one that is open; one thread uses it.

    Args:
        length_seconds: Length of a block on the clock of windows.
        limit: Blocks that are kept.

    Attributes:
        fingerprint: Of the bins; empty before the first snapshot.
        lengths: Lengths of the arrays of the counts, as ``track.lengths_of`` tells.
        epoch: The life of the counters that was seen last.
        raw: Their counts as they were seen last.
        open: What the open block holds.
        began: When it began, seconds of the window clock; None before the first snapshot.
        wall: The same in Unix seconds.
        newest: Time of the newest snapshot.
        blocks: Closed blocks, oldest first.
    """

    def __init__(self, length_seconds: float, limit: int) -> None:
        self.length_seconds = length_seconds
        self.limit = limit
        self.begin_anew("", ())

    def begin_anew(self, fingerprint: str, lengths: tuple[int, ...]) -> None:
        """Forget all blocks: from now on other bins are counted."""
        self.fingerprint = fingerprint
        self.lengths = lengths
        self.epoch = ""
        self.raw: Counts = np.zeros(self.size, dtype=np.int64)
        self.open: Counts = np.zeros(self.size, dtype=np.int64)
        self.began: float | None = None
        self.wall = 0.0
        self.newest = -np.inf
        self.blocks: list[Block] = []

    @property
    def size(self) -> int:
        """Numbers in the counts of a block."""
        return 2 + sum(self.lengths)

    def push(self, snapshot: Snapshot, wall: float) -> Block | None:
        """Add what has been counted since the last snapshot; an older one is ignored.

        Args:
            snapshot: All counts up to now.
            wall: Unix seconds.

        Returns:
            The block that is over, still without faults; ``keep`` it.
        """
        counts = snapshot.profile
        if counts is None or snapshot.taken_at < self.newest:
            return None
        if (counts.fingerprint, lengths_of(counts)) != (self.fingerprint, self.lengths):
            self.begin_anew(counts.fingerprint, lengths_of(counts))
        violations = sum(n for why, n in snapshot.service.schema_violations.items() if why != _HARMLESS)
        raw = np.append(vector_of(counts), violations)
        if counts.epoch == self.epoch:
            self.open = self.open + np.maximum(raw - self.raw, 0)
            raw = np.maximum(raw, self.raw)
        self.epoch, self.raw, self.newest = counts.epoch, raw, snapshot.taken_at
        if self.began is None:
            self.began, self.wall = snapshot.taken_at, wall
        return self._closed(snapshot.taken_at, wall)

    def _closed(self, now: float, wall: float) -> Block | None:
        began = now if self.began is None else self.began
        seconds = now - began
        if seconds < self.length_seconds:
            return None
        late = seconds - self.length_seconds
        faults = (Fault(UNWATCHED),) if late > _LATE_SHARE * self.length_seconds else ()
        block = Block(began, self.wall, seconds, faults, pack(self.open))
        # The next one begins where this one should have ended, so that blocks do not wander.
        self.began, self.wall = (now, wall) if faults else (now - late, wall - late)
        self.open = np.zeros(self.size, dtype=np.int64)
        return block

    def keep(self, block: Block) -> None:
        """Append a block that ``push`` returned, with its faults, and let go of the oldest ones."""
        faults = block.faults
        if len(faults) > _LIMIT_OF_FAULTS:
            faults = (*faults[:_LIMIT_OF_FAULTS], Fault(MANY))
        self.blocks = [*self.blocks, block._replace(faults=faults)][-self.limit :]

    def counts(self, block: Block, name: str = "block") -> WindowCounts:
        """Return what a block holds.

        Raises:
            ValueError: it is damaged.
        """
        return self.window(name, block.seconds, unpack(block.packed, self.size))

    def window(self, name: str, seconds: float, vector: Counts) -> WindowCounts:
        """Return a vector of counts as a record."""
        return window_of(name, seconds, vector[:-1], self.lengths)

    def violations(self, block: Block) -> int:
        """Return how many rows of a block did not fit the schema."""
        return int(unpack(block.packed, self.size)[-1])

    def sums(self, n_blocks: int, usable: frozenset[int], name: str) -> Iterator[WindowCounts]:
        """Yield the counts of ``n_blocks`` blocks in a row, again and again, without an overlap.

        Args:
            n_blocks: Blocks in each sum.
            usable: Positions in ``blocks`` of those that may take part.
            name: What the sums are called.
        """
        run, total = 0, np.zeros(self.size, dtype=np.int64)
        for place, block in enumerate(self.blocks):
            if place not in usable or (run and not self._follows(place)):
                run, total = 0, np.zeros(self.size, dtype=np.int64)
            if place not in usable:
                continue
            run, total = run + 1, total + unpack(block.packed, self.size)
            if run == n_blocks:
                yield self.window(name, n_blocks * self.length_seconds, total)
                run, total = 0, np.zeros(self.size, dtype=np.int64)

    def _follows(self, place: int) -> bool:
        expected = self.blocks[place - 1].began + self.length_seconds
        return abs(self.blocks[place].began - expected) <= _LATE_SHARE * self.length_seconds

    def follow(self, older: BlockLog) -> None:
        """Go on from ``older``, which was read from a file; blocks of other bins are left out."""
        if older.length_seconds != self.length_seconds or older.began is None:
            return
        if self.began is None:
            for name in ("fingerprint", "lengths", "epoch", "raw", "open", "began", "wall", "newest"):
                setattr(self, name, getattr(older, name))
            self.blocks = older.blocks[-self.limit :]
            return
        if (older.fingerprint, older.lengths) != (self.fingerprint, self.lengths):
            return
        first = self.blocks[0].began if self.blocks else self.began
        before = [block for block in older.blocks if block.began < first]
        if not self.blocks and older.epoch != self.epoch and older.began <= self.began:
            # The block that was open there goes on here; what both saw of one life would count twice.
            self.open, self.began, self.wall = self.open + older.open, older.began, older.wall
        self.blocks = [*before, *self.blocks][-self.limit :]
