"""Counts rows into all sides that a profile has; what goes wrong in one spoils no other and no bin."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from mlexporter.records.sides import JOINTS, LEAVES, MAGNITUDES, SKEWS, SLOTS
from mlexporter.state.forking import IMPORTING
from mlexporter.state.row_block import HeldRows, RowBlock
from mlexporter.state.sides.side import Side, SteppingSide

if TYPE_CHECKING:
    from mlexporter.records import Counts, Reference

SAMPLED: Final = {MAGNITUDES: 64, SKEWS: 256, JOINTS: 256, LEAVES: 256}
"""Rows of each chunk that a side looks at, at most; others look at all."""

_LARGE_ROWS: Final = 2_048
_PAUSE_SECONDS: Final = 1.0
"""Of chunks of so many rows or more, which may come fast, those sides look at one in so long a time."""

_ANSWERED: Final = frozenset({LEAVES})
"""Sides that need the score of a row."""


class _Counted(NamedTuple):
    """A side.

    Attributes:
        name: What it is called.
        cells: Its place.
        limit: How many rows of a chunk it looks at, 0 for all.
        add: Counts rows.
        steps: Does so a little at a time; None where it takes one step.
    """

    name: str
    cells: slice
    limit: int
    add: Callable[[RowBlock, Counts], None]
    steps: Callable[[RowBlock, Counts], Iterator[None]] | None


class SideCounter:
    """All sides of one profile.

    Args:
        reference: The profile; the module of a side is loaded where the profile has cells for it.
        on_error: Gets what goes wrong in a side, which then counts nothing of these rows.

    Attributes:
        length: Cells of all sides.
        wants_scores: Whether a side needs scores beside the features.
        wants_timestamps: Whether a side tells rows apart by their time.
    """

    def __init__(self, reference: Reference, on_error: Callable[[Exception], None]) -> None:
        self._on_error = on_error
        places = reference.side_places
        self.length = max((place.stop for place in places.values()), default=0)
        self._looked = -math.inf
        self._sides: list[_Counted] = []
        for name, cells in places.items():
            if cells.stop > cells.start:
                try:
                    self._sides.append(_made(name, cells, reference))
                except Exception as error:  # noqa: BLE001 - a side that cannot be made leaves its cells empty
                    on_error(error)
        self.wants_scores = any(side.name in _ANSWERED for side in self._sides)
        self.wants_timestamps = reference.slots is not None and bool(reference.slots.seasons)

    def count(self, rows: RowBlock, cells: Counts) -> None:
        """Count rows with all that will ever be known of them into ``cells``, shape (length,)."""
        for _ in self.steps(rows, cells):
            pass

    def steps(self, rows: RowBlock, cells: Counts) -> Iterator[None]:
        """Do what ``count`` does, a little with each step."""
        yield from self._steps(self._sides, rows, cells)

    def count_begun(self, rows: RowBlock, cells: Counts) -> HeldRows | None:
        """Count rows whose answer is not known yet.

        Returns:
            Copies of those of them that ``count_answered`` wants to see with their scores, if any.
        """
        begun = [side for side in self._sides if side.name not in _ANSWERED]
        for _ in self._steps(begun, rows, cells):
            pass
        return rows.held(max(SAMPLED[name] for name in _ANSWERED)) if self.wants_scores else None

    def count_answered(self, rows: RowBlock, cells: Counts) -> None:
        """Count the rows that ``count_begun`` returned, with their scores."""
        for _ in self._steps([side for side in self._sides if side.name in _ANSWERED], rows, cells):
            pass

    def count_slots(self, rows: RowBlock, times: int, cells: Counts) -> None:
        """Count each of ``rows`` so many times, into slots alone: nothing else is known of them."""
        for side in self._sides:
            if side.name == SLOTS:
                found = np.zeros_like(cells)
                for _ in self._steps([side], rows, found):
                    pass
                cells += times * found

    def _steps(self, sides: list[_Counted], rows: RowBlock, cells: Counts) -> Iterator[None]:
        sampled: dict[int, RowBlock] = {0: rows}
        if rows.n_rows >= _LARGE_ROWS:
            if abs(rows.now - self._looked) < _PAUSE_SECONDS:
                sides = [side for side in sides if not side.limit]
            else:
                self._looked = rows.now  # two threads may both look: it is a sample
        for side in sides:
            if side.limit not in sampled:
                sampled[side.limit] = rows.sampled(side.limit)
            found = np.zeros(side.cells.stop - side.cells.start, dtype=np.int64)
            try:
                if side.steps is not None:
                    yield from side.steps(sampled[side.limit], found)
                else:
                    side.add(sampled[side.limit], found)
            except Exception as error:  # noqa: BLE001 - nothing that stands beside the bins may spoil them
                self._on_error(error)
            else:
                cells[side.cells] += found
            yield


def _made(name: str, cells: slice, reference: Reference) -> _Counted:
    side = _load(name)(reference)
    steps = side.steps if isinstance(side, SteppingSide) else None
    return _Counted(name, cells, SAMPLED.get(name, 0), side.count, steps)


def _load(name: str) -> Callable[[Reference], Side]:
    """Return the class of a side: ``Slots`` of ``slots.py``."""
    with IMPORTING:
        module = import_module(f"mlexporter.state.sides.{name}")
    found: Callable[[Reference], Side] = getattr(module, name.capitalize())
    return found
