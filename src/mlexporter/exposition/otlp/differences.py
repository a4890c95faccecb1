"""``Differences``: what was counted since a receiver last took it, for those who want deltas."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Sequence
from typing import Any, Final

from mlexporter.exposition.samples import Block, Number

_Row = tuple[str, ...]
_Kept = dict[str, dict[_Row, tuple[Number, ...]]]

_LEVEL: Final = 1


class Differences:
    """Remembers, series by series, what was taken; a push that fails loses nothing.

    A value that is below the one before it is of another life of the counters, and is new as a whole.

    Attributes:
        taken_at: Until when everything was taken, nanoseconds since 1970; 0 where nothing was.
    """

    def __init__(self) -> None:
        self.taken_at = 0
        self._taken: _Kept = {}
        self._asked: _Kept = {}

    def numbers(self, name: str, block: Block) -> list[Number]:
        """Return what each series of a counter has risen by; NaN stays NaN."""
        taken, asked = self._taken.get(name, {}), self._asked.setdefault(name, {})
        found: list[Number] = []
        for row, value in zip(block.labels.rows, block.values, strict=True):
            before = taken.get(row, (0,))[0]
            if not math.isnan(value):
                asked[row] = (value,)
            found.append(value if value < before else value - before)
        return found

    def histogram(
        self, name: str, row: _Row, counts: Sequence[int], total: Number
    ) -> tuple[list[int], Number]:
        """Return what the buckets and the sum of one histogram have risen by; bucket by bucket, the open one last."""
        before = self._taken.get(name, {}).get(row, ())
        self._asked.setdefault(name, {})[row] = (*counts, total)
        *buckets, sum_before = before or (0,)
        is_other = len(buckets) != len(counts) or any(
            now < then for now, then in zip(counts, buckets, strict=False)
        )
        if is_other:
            return list(counts), total
        return [int(now - then) for now, then in zip(counts, buckets, strict=True)], total - sum_before

    def taken(self, now: int) -> None:
        """The receiver has taken what was asked for since; ``now`` in nanoseconds since 1970."""
        for name, rows in self._asked.items():
            self._taken.setdefault(name, {}).update(rows)
        self._asked = {}
        self.taken_at = now

    def refused(self) -> None:
        """The receiver has not taken it: the next differences hold it too."""
        self._asked = {}

    def to_bytes(self, life: str) -> bytes:
        """Return what was taken, for a process that goes on; ``life`` names the life of the counters."""
        series = {name: [[row, values] for row, values in rows.items()] for name, rows in self._taken.items()}
        text = json.dumps({"life": life, "taken_at": self.taken_at, "series": series})
        return zlib.compress(text.encode(), _LEVEL)

    @classmethod
    def from_bytes(cls, data: bytes | None, life: str) -> Differences:
        """Return what another process left; nothing of another life, and nothing that cannot be read."""
        found = cls()
        if data is None:
            return found
        try:
            kept: Any = json.loads(zlib.decompress(data))
            if kept["life"] == life:
                found._taken = {
                    name: {tuple(row): tuple(values) for row, values in rows}
                    for name, rows in kept["series"].items()
                }
                found.taken_at = int(kept["taken_at"])
        except (ValueError, TypeError, KeyError, AttributeError, zlib.error):
            return cls()
        return found
