"""One number for the values of a row, to find rows that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, and its bits look random: 2**64 over the golden ratio


def row_hashes(
    numbers: npt.NDArray[np.float32], codes: Sequence[npt.NDArray[np.integer[Any]]]
) -> npt.NDArray[np.uint64]:
    """Return a hash of each row, uint64, shape (n_rows,): rows that are alike have the same one.

    It is a polynomial of the bits of all values, modulo 2**64; two rows that differ agree by chance
    about once in 2**32 pairs.

    Args:
        numbers: float32, shape (n_rows, n_numbers), any order in memory. Missing ones are alike, and
            so are zero and minus zero.
        codes: Cells of all other features, integers of shape (n_rows,) each.
    """
    plain = numbers.T + np.float32(0)  # no minus zero is left
    is_missing = np.isnan(plain)
    if is_missing.any():
        plain[is_missing] = np.nan  # many patterns mean it
    hashes = np.zeros(len(numbers), dtype=np.uint64)
    for column in (*np.ascontiguousarray(plain).view(np.uint32), *codes):
        hashes *= _FACTOR
        hashes += column.astype(np.uint64)
    return hashes
