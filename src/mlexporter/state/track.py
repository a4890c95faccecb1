"""``Track``: what was counted in one set of bins over time, as totals that never begin anew.

Counters begin anew with each epoch; a track adds up their rises. So a restart leaves nothing to be
handled later: a window is the difference of two totals, however many lives lie between them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from mlexporter.records import Counts, WindowCounts

if TYPE_CHECKING:
    from mlexporter.records import ProfileCounts

_COMPRESSION_LEVEL: Final = 1
CELL_BYTES: Final = 8


class Mark(NamedTuple):
    """The totals of a track at one moment.

    Attributes:
        taken_at: Seconds of the window clock.
        covered: Seconds that were watched up to then; time between two epochs is not.
        packed: The totals, as ``pack`` makes them.
    """

    taken_at: float
    covered: float
    packed: bytes


class Track:
    """The marks of one set of bins, oldest first; its owner holds a lock.

    Args:
        fingerprint: Of the bins.
        lengths: Cells of features, features twice, cells of outputs and beside the bins, as ``lengths_of`` tells.

    Attributes:
        epoch: The life of the counters that was seen last.
        raw: Its counts as they were seen last, int64, shape (1 + sum(lengths),), rows first.
        marks: Never empty once a snapshot was added; the last one is the newest snapshot.
    """

    def __init__(self, fingerprint: str, lengths: tuple[int, ...]) -> None:
        self.fingerprint = fingerprint
        self.lengths = lengths
        self.epoch = ""
        self.raw: Counts = np.zeros(1 + sum(lengths), dtype=np.int64)
        self.total: Counts = self.raw
        self.marks: list[Mark] = []
        self._first: tuple[str, float, Counts] | None = None  # epoch, time and counts seen first

    def add(self, taken_at: float, counts: ProfileCounts) -> None:
        """Append a mark; the first counts of an epoch are what its rises begin from."""
        raw = vector_of(counts)
        if not self.marks:
            self._first = (counts.epoch, taken_at, raw)
        self.total, covered = self._risen(taken_at, counts.epoch, raw)
        # Counts that fell for a moment must not be counted again when they are back.
        self.raw = np.maximum(self.raw, raw) if counts.epoch == self.epoch else raw
        self.epoch = counts.epoch
        self.marks.append(Mark(taken_at, covered, pack(self.total)))

    def follow(self, older: Track) -> None:
        """Put the marks of ``older``, which somebody else has kept, in front of those of this track.

        Where both saw the same epoch nothing is counted twice, and what was counted between them is
        not missed. Else the totals add up.
        """
        before = older.marks[-1]
        base, offset = older.total, before.covered
        if self._first is not None and self._first[0] == older.epoch:
            _, first_at, first = self._first
            base = base + first - older.raw
            offset += first_at - before.taken_at
        followers = [mark for mark in self.marks if mark.taken_at > before.taken_at] or self.marks[-1:]
        self.marks = older.marks + [
            Mark(
                max(mark.taken_at, before.taken_at),
                max(mark.covered + offset, before.covered),
                pack(np.maximum(unpack(mark.packed, base.size) + base, older.total)),
            )
            for mark in followers
        ]
        self.total = np.maximum(self.total + base, older.total)
        if self.epoch == older.epoch:
            self.raw = np.maximum(self.raw, older.raw)
        self._first = None

    def thin(self, longest: float, resolution: Callable[[float], float]) -> None:
        """Let go of marks that no window needs.

        Args:
            longest: Length of the longest window, seconds.
            resolution: Seconds that two marks may be apart whose younger one has a given age.
        """
        now = self.marks[-1].taken_at
        kept: list[Mark] = []
        for mark in self.marks:
            if kept and now - mark.taken_at >= longest:
                kept.clear()  # the newest mark of that age is what the longest window begins from
            widest = resolution(now - mark.taken_at)
            while len(kept) > 1 and mark.taken_at - kept[-2].taken_at <= widest:
                kept.pop()
            kept.append(mark)
        self.marks = kept

    def since(self, length: float, taken_at: float, counts: ProfileCounts) -> tuple[float, Counts]:
        """Return the seconds watched, and the rises, from ``length`` before ``taken_at`` until then.

        They begin with the newest mark that is at least so old, else with the oldest one.
        """
        total, covered = self._risen(taken_at, counts.epoch, vector_of(counts))
        old = [mark for mark in self.marks if taken_at - mark.taken_at >= length]
        begin = old[-1] if old else self.marks[0]
        return covered - begin.covered, total - unpack(begin.packed, total.size)

    def _risen(self, taken_at: float, epoch: str, raw: Counts) -> tuple[Counts, float]:
        if not self.marks:
            return self.total, 0.0
        newest = self.marks[-1]
        if epoch != self.epoch:
            return self.total, newest.covered
        risen: Counts = self.total + np.maximum(raw - self.raw, 0)
        return risen, newest.covered + max(0.0, taken_at - newest.taken_at)


def lengths_of(counts: ProfileCounts) -> tuple[int, ...]:
    """Return the lengths of the arrays of ``counts``."""
    return tuple(array.size for array in _arrays(counts))


def vector_of(counts: ProfileCounts) -> Counts:
    """Return drained rows and all arrays of ``counts`` as one new vector."""
    vector: Counts = np.concatenate((np.array([counts.drained], dtype=np.int64), *_arrays(counts)))
    return vector


def window_of(name: str, span_seconds: float, vector: Counts, lengths: tuple[int, ...]) -> WindowCounts:
    """Return the parts of a vector as a record."""
    arrays = np.split(vector[1:], np.cumsum(lengths)[:-1])
    return WindowCounts(name, span_seconds, int(vector[0]), *arrays)


def pack(vector: Counts) -> bytes:
    """Return int64 numbers in few bytes.

    Bytes of equal weight stand together: those that are zero everywhere then cost next to nothing.
    """
    planes = vector.astype("<i8", copy=False).view(np.uint8).reshape(-1, CELL_BYTES).T
    return zlib.compress(planes.tobytes(), _COMPRESSION_LEVEL)


def unpack(packed: bytes | memoryview, size: int) -> Counts:
    """Return the ``size`` numbers that ``pack`` was given.

    Raises:
        ValueError: these bytes are not so many numbers.
    """
    expected = size * CELL_BYTES
    try:
        content = zlib.decompressobj().decompress(packed, expected + 1)
    except zlib.error as error:
        raise ValueError(f"damaged: {error}") from None
    if len(content) != expected:
        raise ValueError(f"damaged: a mark does not hold {size} counts")
    planes = np.frombuffer(content, dtype=np.uint8).reshape(CELL_BYTES, size)
    return np.ascontiguousarray(planes.T).view("<i8").reshape(size).astype(np.int64, copy=False)


def _arrays(counts: ProfileCounts) -> tuple[Counts, ...]:
    return (
        counts.feature_cells, counts.out_of_range, counts.type_mismatches, counts.output_cells,
        counts.side_cells,
    )  # fmt: skip
