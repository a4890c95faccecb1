"""Where each cell of a block stands: named groups at fixed offsets of one int64 array.

A fixed layout makes everything else an array operation: a merge is an addition, a window a
difference, a worker's state one piece of memory. What a merge may do with a cell is its kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from mlexporter.records import Counts


class CellKind(StrEnum):
    """How cells of several workers, living or dead, become one number."""

    COUNT = "count"
    """A number of things: added, and kept when a worker dies."""
    AMOUNT = "amount"
    """A sum in a unit (nanoseconds): added, and kept when a worker dies."""
    LIVE = "live"
    """True only while the worker lives: added, and forgotten when it dies."""
    NEWEST = "newest"
    """A time in nanoseconds since 1970: the largest wins."""
    EXEMPLAR = "exemplar"
    """Part of a record of six cells (``slots/exemplar_cells.py``): the newest record wins, and is
    forgotten when the worker dies."""


class CellGroup(NamedTuple):
    """Neighbouring cells of one meaning: ``length`` cells from ``start`` on."""

    name: str
    kind: CellKind
    start: int
    length: int

    @property
    def cells(self) -> slice:
        """The place of the group in the array of its block."""
        return slice(self.start, self.start + self.length)


class Layout:
    """The groups of one block, in order; equal groups make equal layouts.

    Args:
        groups: Name, kind and number of cells of each group.

    Raises:
        ValueError: two groups have one name, or a group has a negative length.
    """

    def __init__(self, groups: Iterable[tuple[str, CellKind, int]]) -> None:
        start = 0
        self._groups: dict[str, CellGroup] = {}
        for name, kind, length in groups:
            if name in self._groups or length < 0:
                raise ValueError(f"cell group {name!r}: names are unique and lengths are 0 or more")
            self._groups[name] = CellGroup(name, kind, start, length)
            start += length
        self.size = start
        self._cells = {name: group.cells for name, group in self._groups.items()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layout) and self.groups == other.groups

    def __hash__(self) -> int:
        return hash(self.groups)

    @property
    def groups(self) -> tuple[CellGroup, ...]:
        """Every group, in the order of the array."""
        return tuple(self._groups.values())

    def __contains__(self, name: str) -> bool:
        """Whether there is a group ``name``."""
        return name in self._groups

    def __getitem__(self, name: str) -> slice:
        """The place of the group ``name``; KeyError where there is none."""
        return self._cells[name]

    def index(self, name: str, position: int = 0) -> int:
        """Return the index of one cell; ``position`` counts from the start of its group.

        Raises:
            IndexError: the group has no such cell.
        """
        group = self._groups[name]
        if not 0 <= position < group.length:
            raise IndexError(f"cell group {name!r} has {group.length} cells; {position} is none of them")
        return group.start + position

    def zeros(self) -> Counts:
        """Return a new array for this layout, int64, shape (size,)."""
        return np.zeros(self.size, dtype=np.int64)
