"""How many rows repeat another one near them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter.records.repeated_rows import PIECE_ROWS

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio
_SHIFT: Final = np.uint64(29)


class RepeatedRows:
    """Counts rows that repeat an earlier row of their piece.

    Pieces are ``PIECE_ROWS`` consecutive rows, as they are in serving.
    """

    def __init__(self) -> None:
        self._left = np.zeros(0, dtype=np.uint64)
        self._repeated = 0

    def add(self, n_rows: int, columns: Iterable[npt.NDArray[Any]]) -> None:
        """Add a batch of rows, given by integer columns that are equal where the rows are."""
        digests = np.zeros(n_rows, dtype=np.uint64)
        for column in columns:
            digests = (digests ^ (digests >> _SHIFT) ^ column.astype(np.uint64)) * _FACTOR
        digests ^= digests >> _SHIFT
        digests = np.concatenate([self._left, digests])
        full = len(digests) // PIECE_ROWS * PIECE_ROWS
        pieces = np.sort(digests[:full].reshape(-1, PIECE_ROWS), axis=1)
        self._repeated += int(np.count_nonzero(pieces[:, 1:] == pieces[:, :-1]))
        self._left = digests[full:]

    def count(self) -> int:
        """Return how many rows of all batches repeat an earlier one of their piece; the last one may be short."""
        return self._repeated + len(self._left) - len(np.unique(self._left))
