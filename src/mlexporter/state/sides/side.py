"""What a side is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from mlexporter.records import Counts
    from mlexporter.state.row_block import RowBlock


class Side(Protocol):
    """Counts one thing of rows beside their bins; made of a ``Reference``, shared by all threads."""

    def count(self, rows: RowBlock, cells: Counts) -> None:
        """Add ``rows`` to the cells of this side.

        Args:
            rows: What came; anything may be in it. Of sides in ``sides.counting.SAMPLED`` only so many
                rows of each chunk come here.
            cells: The cells of this side alone, int64, to be added to.
        """


@runtime_checkable
class SteppingSide(Side, Protocol):
    """A side that takes long for all rows of a chunk, and does a little at a time."""

    def steps(self, rows: RowBlock, cells: Counts) -> Iterator[None]:
        """Do what ``count`` does, a little with each step."""
