"""A regression tree that sorts rows by the size of their errors: grown best split first, on binned columns.

Half of the rows chooses the splits, the other half only says how many of its rows lie on either side, so
that errors that are measured on it later are those of rows which the tree has not seen.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mlexporter.profile.edges import Values, edge_between
from mlexporter.records import ErrorTree

MAXIMUM_LEAVES: Final = 64
"""As many as an integer has bits: see ``state.sides.leaves``."""
_CANDIDATES: Final = 64
_LARGEST: Final = float(np.finfo(np.float32).max)

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


class TreeColumn(NamedTuple):
    """One column that rows can be split by.

    Attributes:
        place: What the tree calls it (``ErrorTree.inputs``).
        codes: For a number the count of ``thresholds`` below it, for a category its cell, shape (n,).
        thresholds: Ascending, float32; empty for a category.
        n_codes: Codes there can be.
    """

    place: int
    codes: Codes
    thresholds: tuple[float, ...]
    n_codes: int


@dataclass
class _Node:
    """A node that is a leaf until it is split. ``grown`` and ``checked`` are rows of either half."""

    grown: npt.NDArray[np.intp]
    checked: npt.NDArray[np.intp]
    gain: float = 0.0
    column: int = -1
    goes_left: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    children: tuple[_Node, ...] = ()


def number_column(place: int, numbers: npt.NDArray[np.float32], minimum_rows: int) -> TreeColumn:
    """Return a column of numbers, cut at up to 64 quantiles between observed values.

    Args:
        place: What the tree calls it.
        numbers: Float32, shape (n,); NaN is missing and, like plus infinity, right of every threshold.
        minimum_rows: Rows on either side of a threshold.
    """
    values = Values.of(numbers[np.isfinite(numbers)])
    found = {
        edge_between(values.distinct[gap], values.distinct[gap + 1]) for gap in _gaps(values, minimum_rows)
    }
    thresholds = sorted(found)
    if not np.isfinite(numbers).all():
        thresholds.append(_LARGEST)  # what lies right of it has no value
    codes = np.searchsorted(np.asarray(thresholds, dtype=np.float32), numbers, side="left").astype(np.int64)
    return TreeColumn(place, codes, tuple(thresholds), len(thresholds) + 1)


def grow(
    columns: Sequence[TreeColumn], errors: Numbers, is_checked: npt.NDArray[np.bool_], minimum_rows: int
) -> ErrorTree | None:
    """Return the tree with the least squared deviation of ``errors`` that greedy splits find.

    Args:
        columns: What rows can be split by, n values each; none of numbers without thresholds.
        errors: What is to be expected, such as absolute errors, shape (n,); of rows in ``is_checked`` unused.
        is_checked: Rows that choose no split, shape (n,).
        minimum_rows: Rows of either half in a leaf.

    Returns:
        A tree of at most 64 leaves; None where no split is worth it.
    """
    if not columns:
        return None
    splitter = _Splitter(columns, errors, minimum_rows)
    root = splitter.prepared(_Node(np.flatnonzero(~is_checked), np.flatnonzero(is_checked)))
    queue, n_leaves, turn = [(-root.gain, 0, root)], 1, 0
    while queue and n_leaves < MAXIMUM_LEAVES:
        negative_gain, _, node = heapq.heappop(queue)
        if negative_gain >= 0:
            break
        node.children = splitter.split(node)
        n_leaves += 1
        for child in node.children:
            turn += 1
            heapq.heappush(queue, (-child.gain, turn, child))
    return None if n_leaves == 1 else _written(root, columns)


def _gaps(values: Values, minimum_rows: int) -> list[int]:
    cumulative = np.cumsum(values.rows)[:-1]
    if not len(cumulative):
        return []
    total = int(values.rows.sum())
    wanted = np.arange(1, _CANDIDATES + 1) * (total / (_CANDIDATES + 1))
    places = np.unique(np.minimum(np.searchsorted(cumulative, wanted), len(cumulative) - 1))
    is_supported = np.minimum(cumulative[places], total - cumulative[places]) >= minimum_rows
    return [int(place) for place in places[is_supported]]


class _Splitter:
    """Finds the best split of a node over all columns at once."""

    def __init__(self, columns: Sequence[TreeColumn], errors: Numbers, minimum_rows: int) -> None:
        self._columns = columns
        self._errors = errors
        self._minimum_rows = minimum_rows
        self._n_codes = max(column.n_codes for column in columns)
        starts = np.arange(len(columns)) * self._n_codes
        self._codes = np.stack([column.codes for column in columns], axis=1) + starts
        self._is_category = np.array([not column.thresholds for column in columns])

    def prepared(self, node: _Node) -> _Node:
        """Return ``node`` with its best split; a gain of 0 where there is none."""
        if min(len(node.grown), len(node.checked)) < 2 * self._minimum_rows:
            return node
        errors = self._errors[node.grown]
        rows = self._histogram(node.grown)
        sums = self._histogram(node.grown, errors)
        checked = self._histogram(node.checked)
        order = self._order(rows, sums)
        rows, sums, checked = (np.take_along_axis(each, order, axis=1) for each in (rows, sums, checked))
        left, left_sums = np.cumsum(rows, axis=1)[:, :-1], np.cumsum(sums, axis=1)[:, :-1]
        right, right_sums = len(errors) - left, errors.sum() - left_sums
        left_checked = np.cumsum(checked, axis=1)[:, :-1]
        least = np.minimum(left, right), np.minimum(left_checked, len(node.checked) - left_checked)
        is_possible = np.minimum(*least) >= self._minimum_rows
        if not is_possible.any():
            return node
        between = left_sums**2 / np.maximum(left, 1) + right_sums**2 / np.maximum(right, 1)
        gains = np.where(is_possible, between - errors.sum() ** 2 / len(errors), 0.0)
        column, cut = np.unravel_index(int(gains.argmax()), gains.shape)
        node.gain, node.column = float(gains[column, cut]), int(column)
        node.goes_left = np.zeros(self._n_codes, dtype=np.bool_)
        node.goes_left[order[column, : cut + 1]] = True
        return node

    def split(self, node: _Node) -> tuple[_Node, _Node]:
        """Return the two nodes that the best split makes of ``node``."""
        left = _Node(self._on(node, node.grown, left=True), self._on(node, node.checked, left=True))
        right = _Node(self._on(node, node.grown, left=False), self._on(node, node.checked, left=False))
        return self.prepared(left), self.prepared(right)

    def _on(self, node: _Node, rows: npt.NDArray[np.intp], *, left: bool) -> npt.NDArray[np.intp]:
        is_there = node.goes_left[self._columns[node.column].codes[rows]] == left
        on_side: npt.NDArray[np.intp] = rows[is_there]
        return on_side

    def _histogram(self, rows: npt.NDArray[np.intp], weights: Numbers | None = None) -> Numbers:
        n_columns = len(self._columns)
        repeated = None if weights is None else np.repeat(weights, n_columns)
        counted = np.bincount(self._codes[rows].ravel(), repeated, minlength=n_columns * self._n_codes)
        return counted.reshape(n_columns, self._n_codes).astype(np.float64)

    def _order(self, rows: Numbers, sums: Numbers) -> Codes:
        """Return codes in the order in which they are cut: those of categories by their mean error."""
        # Cells without a row come last: like unseen ones they go right.
        means = np.where(rows > 0, sums / np.maximum(rows, 1), np.inf)
        in_order = np.broadcast_to(np.arange(self._n_codes, dtype=np.float64), means.shape)
        keys = np.where(self._is_category[:, None], means, in_order)
        order: Codes = np.argsort(keys, axis=1, kind="stable")
        return order


def _written(root: _Node, columns: Sequence[TreeColumn]) -> ErrorTree:
    """Return the grown nodes in order of depth first, leaves counted from the left."""
    inputs: list[int] = []
    thresholds: list[float] = []
    cells: list[tuple[int, ...]] = []
    children: list[list[int]] = []
    n_leaves = 0

    def visit(node: _Node) -> int:
        nonlocal n_leaves
        if not node.children:
            n_leaves += 1
            return -n_leaves
        place, column = len(inputs), columns[node.column]
        inputs.append(column.place)
        chosen = np.flatnonzero(node.goes_left).tolist()
        thresholds.append(column.thresholds[chosen[-1]] if column.thresholds else 0.0)
        cells.append(() if column.thresholds else tuple(chosen))
        children.append([0, 0])
        children[place][:] = [visit(child) for child in node.children]
        return place

    visit(root)
    return ErrorTree(
        tuple(inputs), tuple(thresholds), tuple(cells),
        tuple(pair[0] for pair in children), tuple(pair[1] for pair in children),
    )  # fmt: skip
