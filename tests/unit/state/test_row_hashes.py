"""One number for the values of a row."""

from __future__ import annotations

import numpy as np

from mlexporter.state.row_hashes import row_hashes


def test_rows_that_are_alike_have_one_hash():
    """Missing values are alike, and so are zero and minus zero, in any order in memory."""
    other_nan = np.array([0xFFC00001], dtype=np.uint32).view(np.float32)[0]
    numbers = np.array([[0.0, np.nan], [-0.0, other_nan], [0.0, 1.0]], dtype=np.float32)
    codes = [np.array([3, 3, 3], dtype=np.uint8)]
    hashes = row_hashes(numbers, codes)

    assert hashes[0] == hashes[1] != hashes[2]
    assert row_hashes(np.asfortranarray(numbers), codes).tolist() == hashes.tolist()


def test_rows_that_differ_have_different_ones():
    """Small integers, which share most of their bits, and the same values in other columns."""
    grid = np.stack(np.meshgrid(*[np.arange(16)] * 4), axis=-1).reshape(-1, 4)

    assert len(np.unique(row_hashes(grid.astype(np.float32), []))) == 16**4
    assert (
        len(np.unique(row_hashes(np.zeros((16**4, 0), np.float32), list(grid.T.astype(np.uint8))))) == 16**4
    )
