"""Sampled rows in the leaves of the tree that expects the error of a regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from mlexporter.records import PREDICTION, ErrorTree, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlexporter.records import Counts, Reference
    from mlexporter.state.row_block import RowBlock

SAMPLED_ROWS: Final = 256
"""Rows of a chunk that are looked at, at most."""

_ALL: Final = np.uint64(2**64 - 1)


class LeafFinder:
    """Finds the leaf of many rows without walking down the tree.

    Each node whose question a row answers with no takes the leaves of its left side off a set of 64
    bits; the leftmost leaf that remains is that of the row (the way of QuickScorer, Lucchese and others 2015).

    Args:
        tree: At most 64 leaves.

    Attributes:
        number_inputs: What the nodes about numbers look at, in the order of columns of ``find``.
        cell_inputs: What the nodes about categories look at.
    """

    def __init__(self, tree: ErrorTree) -> None:
        masks = _masks(tree)
        is_cell = np.array([bool(cells) for cells in tree.cells])
        self.number_inputs = [
            place for place, cells in zip(tree.inputs, tree.cells, strict=True) if not cells
        ]
        self.cell_inputs = [place for place, cells in zip(tree.inputs, tree.cells, strict=True) if cells]
        self._thresholds = np.asarray(tree.thresholds, dtype=np.float32)[~is_cell]
        self._masks = masks[~is_cell]
        self._cell_masks = masks[is_cell]
        self._cells = [_table(cells) for cells in tree.cells if cells]

    def find(
        self, numbers: npt.NDArray[np.float32], cells: Sequence[npt.NDArray[np.integer]]
    ) -> npt.NDArray[np.int64]:
        """Return the leaf of each row, shape (n,).

        Args:
            numbers: One column for each of ``number_inputs``, shape (n, n_number_inputs).
            cells: One array of cells for each of ``cell_inputs``, shape (n,) each.
        """
        kept = np.where(numbers <= self._thresholds, _ALL, self._masks)
        left: npt.NDArray[np.uint64] = np.bitwise_and.reduce(kept, axis=1)
        for goes_left, mask, found in zip(self._cells, self._cell_masks, cells, strict=True):
            is_left = goes_left[np.minimum(found, len(goes_left) - 1)]
            left &= np.where(is_left, _ALL, mask)
        lowest = left & (~left + np.uint64(1))
        return np.frexp(lowest.astype(np.float64))[1].astype(np.int64) - 1


class Leaves:
    """Counts sampled rows in the leaves of the tree of ``reference``; nothing without one.

    Rows without a prediction have no error, and are left out.
    """

    def __init__(self, reference: Reference) -> None:
        estimation = reference.estimation
        self._n_leaves = 0 if estimation is None else estimation.n_leaves
        tree = None if estimation is None else estimation.tree
        self._finder = None if tree is None else LeafFinder(tree)
        numbers = [
            place
            for place, feature in enumerate(reference.features)
            if feature.distribution.kind is Kind.NUMERIC
        ]
        columns = {place: column for column, place in enumerate([*numbers, PREDICTION])}
        inputs = [] if self._finder is None else self._finder.number_inputs
        self._columns = np.array([columns[place] for place in inputs], dtype=np.intp)

    def count(self, rows: RowBlock, cells: Counts) -> None:
        """Add the rows of a chunk to their leaves.

        Args:
            rows: Of one chunk.
            cells: Of the leaves, int64, shape (n_leaves,); changed in place.
        """
        if not self._n_leaves or rows.scores is None:
            return
        sampled = rows.sampled(SAMPLED_ROWS)
        scores = sampled.scores
        if scores is None:
            return
        has_score = np.isfinite(scores)
        if self._finder is None:
            cells[0] += int(np.count_nonzero(has_score))
            return
        numbers = np.column_stack([sampled.numbers, scores])[:, self._columns]
        codes = [sampled.codes(place) for place in self._finder.cell_inputs]
        leaves = self._finder.find(numbers, codes)[has_score]
        cells += np.bincount(leaves, minlength=self._n_leaves)


def find_leaves(
    tree: ErrorTree | None, column: Callable[[int], npt.NDArray[np.generic]], row_count: int
) -> npt.NDArray[np.int64]:
    """Return the leaf of each of ``row_count`` rows; 0 without a tree.

    Args:
        tree: The tree.
        column: Gives the values of an input of the tree: float32 numbers, or cells of a category.
        row_count: Of rows.
    """
    if tree is None:
        return np.zeros(row_count, dtype=np.int64)
    finder = LeafFinder(tree)
    numbers = np.empty((row_count, len(finder.number_inputs)), dtype=np.float32)
    for place, name in enumerate(finder.number_inputs):
        numbers[:, place] = column(name)
    return finder.find(numbers, [column(name).astype(np.int64) for name in finder.cell_inputs])


def _table(cells: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return for each cell whether it goes left; the last one stands for all cells beyond."""
    table = np.zeros(max(cells) + 2, dtype=np.bool_)
    table[list(cells)] = True
    return table


def _masks(tree: ErrorTree) -> npt.NDArray[np.uint64]:
    """Return for each node all bits but those of the leaves on its left side."""
    return np.array([~_bits(tree, child) for child in tree.left], dtype=np.uint64)


def _bits(tree: ErrorTree, child: int) -> np.uint64:
    """Return the bits of the leaves below ``child``."""
    waiting, bits = [child], 0
    while waiting:
        place = waiting.pop()
        if place < 0:
            bits |= 1 << (-1 - place)
        else:
            waiting += [tree.left[place], tree.right[place]]
    return np.uint64(bits)
