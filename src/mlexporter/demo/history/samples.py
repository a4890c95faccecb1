"""Scrapes as samples of the past: OpenMetrics with times, which promtool makes blocks of."""

from __future__ import annotations

from collections.abc import Collection
from typing import BinaryIO, Final

END: Final = b"# EOF\n"
"""The last line of a file of samples."""


class SampleWriter:
    """Writes what was scraped from one target, with the time and its labels.

    Args:
        job: Label ``job`` of the target.
        instance: Label ``instance``.
        keep: Names of the series that are written; None writes all.
        leave_out: Names that are not.
    """

    def __init__(
        self, *, job: str, instance: str, keep: Collection[str] | None = None, leave_out: Collection[str] = ()
    ) -> None:
        self._target = f'job="{job}",instance="{instance}"'.encode()
        self._keep = None if keep is None else frozenset(name.encode() for name in keep)
        self._leave_out = frozenset(name.encode() for name in leave_out)
        self._known: dict[bytes, bytes] = {}
        self._known_made: dict[bytes, bytes] = {}
        self.sample_count = 0

    @property
    def series_count(self) -> int:
        """Series that were written so far."""
        return sum(map(bool, (*self._known.values(), *self._known_made.values())))

    def write(self, file: BinaryIO, text: bytes, now: int, *, made: bytes = b"", is_up: bool = True) -> None:
        """Write one scrape, and what Prometheus adds to it.

        Args:
            file: Where it goes.
            text: What the target answered.
            now: Unix seconds.
            made: Lines that are written beside it, ``leave_out`` notwithstanding.
            is_up: Whether it answered.
        """
        n_lines = text.count(b"\n") + made.count(b"\n")
        up = b"up %d\nscrape_duration_seconds 0.02\nscrape_samples_scraped %d\n" % (is_up, n_lines)
        end = b" %d\n" % now
        parts: list[bytes] = []
        for lines, known, leave_out in (
            (up + text, self._known, self._leave_out),
            (made, self._known_made, frozenset[bytes]()),
        ):
            for line in lines.splitlines():
                series, _, value = line.rpartition(b" ")
                start = known.get(series)
                if start is None:
                    start = known[series] = self._labelled(series, leave_out)
                if start:
                    parts += (start, value, end)
        self.sample_count += len(parts) // 3
        file.write(b"".join(parts))

    def _labelled(self, series: bytes, leave_out: frozenset[bytes]) -> bytes:
        """Return what a line of the series begins with; nothing for one that is not written."""
        name, _, labels = series.partition(b"{")
        if series.startswith(b"#") or name in leave_out:
            return b""
        if self._keep is not None and name not in self._keep:
            return b""
        return name + b"{" + self._target + (b"," + labels if labels else b"}") + b" "
