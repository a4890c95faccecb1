"""Rows that repeat another row of their batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.records import Kind
from mlexporter.records.repeated_rows import PIECE_ROWS
from mlexporter.state.row_hashes import row_hashes

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts, Reference
    from mlexporter.state.row_block import RowBlock


_MOST_PIECES: Final = 4
"""Pieces of a long batch that are looked at in each block of it: a sample is as good, and a quarter of the time."""


class Duplicates:
    """Counts rows of a batch that are like an earlier one of their piece, and the rows that were looked at.

    A piece is ``PIECE_ROWS`` consecutive rows of a batch, the last one shorter. Rows are alike where
    numbers are equal in float32 precision and everything else is in equal cells.

    Args:
        reference: The profile.
    """

    def __init__(self, reference: Reference) -> None:
        self._others = [
            place
            for place, feature in enumerate(reference.features)
            if feature.distribution.kind is not Kind.NUMERIC
        ]

    def count(self, rows: RowBlock, cells: Counts) -> None:
        """Add the rows of ``rows.batches``; rows that came one by one are none of a batch."""
        if not rows.batches:
            return
        if len(rows.batches) == 1:
            ((start, stop),) = rows.batches
            some = slice(start, min(stop, start + _MOST_PIECES * PIECE_ROWS))
            hashes = row_hashes(rows.numbers[some], [rows.codes(place)[some] for place in self._others])
            cells += _repeated_in(hashes), len(hashes)
            return
        hashes = row_hashes(rows.numbers, [rows.codes(place) for place in self._others])
        lengths = [stop - start for start, stop in rows.batches]  # short ones: longer ones come alone
        batch = np.repeat(np.arange(len(lengths)), lengths)
        hashes = np.concatenate([hashes[start:stop] for start, stop in rows.batches])
        order = np.lexsort((hashes, batch))
        batch, hashes = batch[order], hashes[order]
        cells[0] += np.count_nonzero((hashes[1:] == hashes[:-1]) & (batch[1:] == batch[:-1]))
        cells[1] += len(hashes)


def _repeated_in(hashes: npt.NDArray[np.uint64]) -> int:
    n_full = len(hashes) // PIECE_ROWS * PIECE_ROWS
    found = 0
    for pieces in (hashes[:n_full].reshape(-1, PIECE_ROWS), hashes[n_full:].reshape(1, -1)):
        ordered = np.sort(pieces, axis=1)
        found += int(np.count_nonzero(ordered[:, 1:] == ordered[:, :-1]))
    return found
