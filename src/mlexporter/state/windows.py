"""What was counted in the last hour, six hours, day: differences of snapshots kept in a ring.

Differences never cross an epoch: where the counters began anew inside a window (a restart, a profile
that was loaded again), the window adds up what each life of the same bins counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from mlexporter.state.forking import survives_fork
from mlexporter.state.moment import Moment
from mlexporter.state.track import Track, lengths_of, window_of
from mlexporter.state.window_file import read_tracks, write_tracks

if TYPE_CHECKING:
    from mlexporter.records import Snapshot, WindowCounts

_FINE_LIMIT_SECONDS: Final = 3600.0
_FINE_STEPS: Final = 60
_COARSE_STEPS: Final = 24
_TRACKS_LIMIT: Final = 4
"""Sets of bins that are remembered at most, however often profiles are replaced."""


class WindowRing:
    """The snapshots of one model that windows are measured from; bounded, safe with threads.

    Marks are shared by all windows. With those of one, six and twenty-four hours they are a minute
    apart in the last hour, a quarter up to six hours, an hour beyond.

    Args:
        windows: Name and length in seconds of each window, shortest first.

    Attributes:
        windows: A copy of them.
    """

    def __init__(self, windows: Mapping[str, float]) -> None:
        self.windows = dict(windows)
        self._longest = max(self.windows.values(), default=0.0)
        self._resolution = resolution_of(tuple(sorted(self.windows.values())))
        self._tracks: dict[str, Track] = {}
        self._newest = -np.inf
        self._lock = survives_fork(threading.Lock())

    def push(self, snapshot: Snapshot) -> None:
        """Remember the profile counts of ``snapshot``; one that is older than the newest is ignored.

        Whoever opens a profile pushes a snapshot at once, so that an epoch begins at zero.
        """
        counts = snapshot.profile
        if counts is None:
            return
        with self._lock:
            if snapshot.taken_at < self._newest:
                return
            self._newest = snapshot.taken_at
            track = self._tracks.pop(counts.fingerprint, None)
            if track is None or track.lengths != lengths_of(counts):
                track = Track(counts.fingerprint, lengths_of(counts))
            track.add(snapshot.taken_at, counts)
            track.thin(self._longest, self._resolution)
            self._tracks[counts.fingerprint] = track  # the last one is the one in use
            self._let_go(snapshot.taken_at)

    def counts(self, snapshot: Snapshot) -> tuple[WindowCounts, ...]:
        """Return what each window up to ``snapshot`` holds; empty without a profile.

        A window begins with its newest snapshot that is at least as old as the window is long, else
        with the oldest one; the span says how much time was really watched.
        """
        counts = snapshot.profile
        if counts is None:
            return ()
        lengths = lengths_of(counts)
        found = []
        with self._lock:
            track = self._tracks.get(counts.fingerprint)
            for name, length in self.windows.items():
                span, vector = 0.0, np.zeros(1 + sum(lengths), dtype=np.int64)
                if track is not None and track.lengths == lengths:
                    span, vector = track.since(length, snapshot.taken_at, counts)
                found.append(window_of(name, span, vector, lengths))
        return tuple(found)

    def knows(self, fingerprint: str, epoch: str) -> bool:
        """Return whether the newest mark of these bins is of this epoch: its begin has been seen."""
        track = self._tracks.get(fingerprint)
        return track is not None and track.epoch == epoch

    @property
    def newest(self) -> float:
        """Time of the newest mark, seconds of the window clock; -inf without one."""
        return self._newest

    def clear(self) -> None:
        """Forget everything: somebody else has kept these windows since."""
        with self._lock:
            self._tracks.clear()
            self._newest = -np.inf

    def follow(self, older: WindowRing) -> None:
        """Go on from ``older``, a ring of the same windows that was read from a file; call it once.

        What both have seen of one epoch is counted once; lives that differ add up.
        """
        with self._lock:
            tracks = dict(older._tracks)
            for fingerprint, track in self._tracks.items():
                before = tracks.pop(fingerprint, None)
                if before is not None and before.lengths == track.lengths:
                    track.follow(before)
                    track.thin(self._longest, self._resolution)
                tracks[fingerprint] = track
            self._tracks = tracks
            self._newest = max(self._newest, older._newest)

    def to_bytes(self, moment: Moment) -> bytes:
        """Return the ring as one checked piece of bytes, written at ``moment``."""
        with self._lock:
            return write_tracks(self._tracks.values(), moment)

    @classmethod
    def from_bytes(cls, windows: Mapping[str, float], data: bytes, moment: Moment) -> Self:
        """Return the ring that ``to_bytes`` wrote, perhaps for other windows or in an earlier boot.

        Marks of an earlier boot are aged by the wall clock. What lies in the future, or too far back
        for every window, is left out.

        Args:
            windows: As for the ring.
            data: What ``to_bytes`` returned.
            moment: The present.

        Raises:
            ValueError: it is damaged, or was written by another version.
        """
        ring = cls(windows)
        for track in read_tracks(data, moment):
            if moment.now - track.marks[-1].taken_at >= ring._longest:
                continue
            track.thin(ring._longest, ring._resolution)
            ring._tracks[track.fingerprint] = track
            ring._newest = max(ring._newest, track.marks[-1].taken_at)
        return ring

    def __len__(self) -> int:
        """Return the number of marks that are held."""
        return sum(len(track.marks) for track in list(self._tracks.values()))

    def _let_go(self, now: float) -> None:
        others = list(self._tracks)[:-1]
        for place, fingerprint in enumerate(others):
            is_old = now - self._tracks[fingerprint].marks[-1].taken_at >= self._longest
            if is_old or len(others) - place >= _TRACKS_LIMIT:
                del self._tracks[fingerprint]


def resolution_of(lengths: tuple[float, ...]) -> Callable[[float], float]:
    """Return how far apart marks may be whose younger one has a given age.

    A mark grows older until it is what a window begins from; the shortest window that is still ahead
    of it asks for the finest steps.
    """

    def resolution(age: float) -> float:
        for length in lengths:
            if age < length:
                return length / (_FINE_STEPS if length <= _FINE_LIMIT_SECONDS else _COARSE_STEPS)
        return np.inf

    return resolution
