"""Cells of a block as a reader gets them: copies of one block, or sums over many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from mlexporter.state.slots import BlockDescription

if TYPE_CHECKING:
    from mlexporter.records import Counts


class Cells(Protocol):
    """Copies of the cells of a block, or sums of the cells of blocks of one identity."""

    @property
    def description(self) -> BlockDescription:
        """What the cells are."""

    @property
    def synchronous(self) -> Counts:
        """Cells that are exact when a call has ended."""

    @property
    def banked(self) -> Counts:
        """Cells that are committed together."""


class BlockCells(NamedTuple):
    """Copies of the cells of one block."""

    description: BlockDescription
    synchronous: Counts
    banked: Counts
