"""What was counted in the last hour, six hours, day: differences of snapshots kept in a ring.

Differences never cross an epoch: where the counters began anew inside a window (a profile was
loaded again), the window adds up what each life of the same bins counted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from mlexporter.records import Counts, ProfileCounts, Snapshot, WindowCounts
from mlexporter.state.forking import survives_fork

_FINE_LIMIT_SECONDS: Final = 3600.0
_FINE_STEPS: Final = 60
_COARSE_STEPS: Final = 24
_MARKS_LIMIT: Final = 256
"""Marks of one window at most, however often profiles are replaced."""


@dataclass(frozen=True, slots=True)
class _Mark:
    taken_at: float
    counts: ProfileCounts


class _Tier:
    """The marks of one window, at its resolution: a minute of an hour, an hour of a day."""

    def __init__(self, length: float) -> None:
        self.length = length
        self._resolution = length / (_FINE_STEPS if length <= _FINE_LIMIT_SECONDS else _COARSE_STEPS)
        self._marks: deque[_Mark] = deque()

    def push(self, mark: _Mark, latest: _Mark | None) -> None:
        """Keep ``mark`` if it opens an epoch or the resolution has passed; let go what is too old."""
        marks = self._marks
        newest = marks[-1] if marks else None
        if newest is None or _identity(newest) != _identity(mark):
            if latest is not None and newest is not None and latest is not newest:
                marks.append(latest)  # the end of the epoch before
            marks.append(mark)
        elif mark.taken_at - newest.taken_at >= self._resolution:
            marks.append(mark)
        while len(marks) > 1 and mark.taken_at - marks[1].taken_at >= self.length:
            marks.popleft()
        while len(marks) > _MARKS_LIMIT:
            marks.popleft()

    def spans(self, now: _Mark) -> Iterator[tuple[_Mark, _Mark]]:
        """Yield the first and last mark of each epoch with the bins of ``now`` in the window."""
        lives: dict[str, list[_Mark]] = {}
        for mark in self._marks:
            if mark.counts.fingerprint == now.counts.fingerprint:
                lives.setdefault(mark.counts.epoch, []).append(mark)
        lives.setdefault(now.counts.epoch, []).append(now)
        for life in lives.values():
            old = [mark for mark in life if now.taken_at - mark.taken_at >= self.length]
            if len(old) < len(life):
                yield (old[-1] if old else life[0]), life[-1]

    def __len__(self) -> int:
        return len(self._marks)


class WindowRing:
    """The snapshots of one model that windows are measured from; bounded, safe with threads.

    Args:
        windows: Name and length in seconds of each window, shortest first.
    """

    def __init__(self, windows: Mapping[str, float]) -> None:
        self._tiers = {name: _Tier(length) for name, length in windows.items()}
        self._latest: _Mark | None = None
        self._lock = survives_fork(threading.Lock())

    def push(self, snapshot: Snapshot) -> None:
        """Remember the profile counts of ``snapshot``; one that is older than the newest is ignored.

        Whoever opens a profile pushes a snapshot at once, so that an epoch begins at zero.
        """
        if snapshot.profile is None:
            return
        mark = _Mark(snapshot.taken_at, snapshot.profile)
        with self._lock:
            if self._latest is not None and mark.taken_at < self._latest.taken_at:
                return
            for tier in self._tiers.values():
                tier.push(mark, self._latest)
            self._latest = mark

    def counts(self, snapshot: Snapshot) -> tuple[WindowCounts, ...]:
        """Return what each window up to ``snapshot`` holds; empty without a profile.

        The baseline of an epoch is its newest snapshot that is at least the window old, else its
        oldest one; the span says how far back that really is.
        """
        if snapshot.profile is None:
            return ()
        now = _Mark(snapshot.taken_at, snapshot.profile)
        with self._lock:
            return tuple(_difference(name, tier, now) for name, tier in self._tiers.items())

    def __len__(self) -> int:
        """Return the number of marks that are held, over all windows."""
        return sum(len(tier) for tier in self._tiers.values())


def _identity(mark: _Mark) -> tuple[str, str]:
    return mark.counts.fingerprint, mark.counts.epoch


def _difference(name: str, tier: _Tier, now: _Mark) -> WindowCounts:
    counts = now.counts
    total = WindowCounts(
        name, 0.0, 0,
        np.zeros_like(counts.feature_cells), np.zeros_like(counts.out_of_range),
        np.zeros_like(counts.type_mismatches), np.zeros_like(counts.output_cells),
    )  # fmt: skip
    for first, last in tier.spans(now):
        total = WindowCounts(
            name,
            total.span_seconds + max(0.0, last.taken_at - first.taken_at),
            total.row_count + max(0, last.counts.drained - first.counts.drained),
            total.feature_cells + _risen(first.counts.feature_cells, last.counts.feature_cells),
            total.out_of_range + _risen(first.counts.out_of_range, last.counts.out_of_range),
            total.type_mismatches + _risen(first.counts.type_mismatches, last.counts.type_mismatches),
            total.output_cells + _risen(first.counts.output_cells, last.counts.output_cells),
        )
    return total


def _risen(first: Counts, last: Counts) -> Counts:
    risen: Counts = np.maximum(last - first, 0)
    return risen
