"""``Marks``: the largest sums that were ever published, so that no counter falls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np

from mlexporter.errors import without_frames
from mlexporter.state.slots.asides import keep_aside
from mlexporter.state.slots.file_format import DamagedError
from mlexporter.state.slots.folder import Folder
from mlexporter.state.slots.merging import Totals
from mlexporter.state.slots.sums_file import Sums, SumsFile

MARKS_NAME: Final = "marks"


class Marks:
    """The marks of a directory; the caller holds its lock.

    What this process has published stays known to it, whatever becomes of the file.

    Args:
        folder: The shared directory.

    Attributes:
        failure: Why the file could not be written; None since it was, or where it is not to be.
    """

    def __init__(self, folder: Folder) -> None:
        self.failure: OSError | None = None
        self._folder = folder
        self._file = SumsFile(folder, MARKS_NAME)
        self._published = Sums()
        self._damages: Counter[str] = Counter()

    def load(self) -> Totals:
        """Return the marks; a damaged file is set aside and written anew."""
        try:
            sums = self._file.load()
        except DamagedError as error:
            self._damages[error.reason] += 1
            if not self._folder.read_only:
                keep_aside(self._folder, MARKS_NAME, error.reason)
            self._store()
        else:
            self._take(sums)
        return self._published.totals

    def publish(self, totals: Totals, set_aside: Mapping[str, int]) -> Mapping[str, int]:
        """Raise ``totals`` to the marks, and the marks to ``totals``, before anybody sees them.

        A directory that is full or read-only keeps its old marks: this process knows the new ones.

        Args:
            totals: Sums, which are raised in place.
            set_aside: Slots that were set aside, by reason.

        Returns:
            ``set_aside``, raised in the same way.
        """
        marks = self.load()
        for block, mark in marks.items():
            totals.raise_to(block, mark)
        has_changed = self.failure is not None
        for block, vector in totals.items():
            if block.rules.is_passing:
                continue
            kept = block.rules.without_live(vector)
            known = marks.vectors.get(block.identity)
            has_changed |= known is None or not np.array_equal(known, kept)
            marks.vectors[block.identity] = kept
            marks.descriptions[block.identity] = block
        counted = Counter(set_aside) + self._damages
        raised = dict(counted | Counter(self._published.set_aside))
        has_changed |= raised != self._published.set_aside
        self._published.set_aside = raised
        if has_changed:
            self._store()
        return raised

    def _take(self, sums: Sums) -> None:
        if sums is self._published:
            return
        for block, mark in sums.totals.items():
            self._published.totals.raise_to(block, mark)
        self._published.set_aside = dict(Counter(self._published.set_aside) | Counter(sums.set_aside))

    def _store(self) -> None:
        if self._folder.read_only:
            return
        try:
            self._file.store(self._published)
        except OSError as error:
            self.failure = without_frames(error)
        else:
            self.failure = None
