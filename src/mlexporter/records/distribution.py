"""The bins of one feature or output, and the training counts in them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlexporter.records.cells import Counts
from mlexporter.records.kinds import Kind, TrainingType
from mlexporter.records.matrix import Matrix

_NEAR_ZERO = 1e-36  # the bin of an atom at zero is this wide at most


@dataclass(frozen=True)
class Distribution:
    """The bins of one feature or output and the training counts in them.

    A vector of counts has one cell for each shape bin, then ``missing``, then ``invalid``.
    Shape bins of a numeric distribution are the ``len(edges) + 1`` intervals
    ``(edges[i-1], edges[i]]``, both ends open; those of a categorical one are one bin for each of
    ``categories`` (by falling training share), then ``other``, then ``unseen``. Categories of an
    embedding are the clusters of its vectors, and its counts are those of rows that the clusters
    were not fitted on.

    Attributes:
        kind: How values are binned.
        training_type: The type of the values in training.
        edges: Ascending upper bounds in float32 precision; empty for categories.
        categories: Names with a bin of their own; empty for numbers.
        other_categories: Known names that share the bin ``other``.
        counts: Training rows in each cell, ``n_cells`` integers.
        type_mismatches: Training rows of another type than ``training_type``.
        minimum: k-th smallest training value, or None where too few rows support it.
        maximum: k-th largest training value, or None.
        out_of_range: Training rows strictly below ``minimum`` or above ``maximum``.
        mean: Mean of the finite training values, or None.
        standard_deviation: Their standard deviation, or None.
        quantiles: Published (probability, value) pairs.
        expose_names: False shows a category as ``category 07``; binning still knows its name.
        centroids: Of an embedding: the middle of each cluster, shape (n_categories, n_dimensions); else None.
        radius: Of an embedding: a vector farther than that from all centroids is ``unseen``.
    """

    kind: Kind
    training_type: TrainingType
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()
    other_categories: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    type_mismatches: int = 0
    minimum: float | None = None
    maximum: float | None = None
    out_of_range: int = 0
    mean: float | None = None
    standard_deviation: float | None = None
    quantiles: tuple[tuple[float, float], ...] = ()
    expose_names: bool = True
    centroids: Matrix | None = None
    radius: float | None = None

    @property
    def is_ordered(self) -> bool:
        """True where the bins have an order, so that location and spread mean something."""
        return self.kind is Kind.NUMERIC

    @property
    def n_shape_bins(self) -> int:
        """Number of bins that enter shape measures."""
        if self.kind is Kind.NUMERIC:
            return len(self.edges) + 1
        return len(self.categories) + 2

    @property
    def n_cells(self) -> int:
        """Number of cells in a vector of counts: the shape bins, ``missing``, ``invalid``."""
        return self.n_shape_bins + 2

    @cached_property
    def bin_labels(self) -> tuple[str, ...]:
        """The value of the label ``bin`` for each cell; text order is the order of the bins."""
        numbered = self.n_shape_bins if self.kind is Kind.NUMERIC else len(self.categories)
        width = max(2, len(str(max(numbered - 1, 0))))
        names = [f"{index:0{width}d}" for index in range(numbered)]
        if self.kind is not Kind.NUMERIC:
            names += ["other", "unseen"]
        return (*names, "missing", "invalid")

    @cached_property
    def bin_ranges(self) -> tuple[str, ...]:
        """What each cell holds, for people: ``≤ 1.07``, ``1.07 - 1.46``, ``> 9``, a category."""
        if self.kind is not Kind.NUMERIC:
            names = self.categories
            if not self.expose_names:
                names = tuple(f"category {label}" for label in self.bin_labels[: len(self.categories)])
            return (*names, "other", "unseen", "missing", "invalid")
        texts = [_edge_text(edge) for edge in self.edges]
        if not texts:
            return ("any", "missing", "invalid")
        middle = [_range_text(low, high) for low, high in itertools.pairwise(self.edges)]
        return (f"≤ {texts[0]}", *middle, f"> {texts[-1]}", "missing", "invalid")

    @cached_property
    def shape_counts(self) -> Counts:
        """Training counts of the shape bins, int64, shape (n_shape_bins,)."""
        return np.asarray(self.counts[: self.n_shape_bins], dtype=np.int64)

    @property
    def row_count(self) -> int:
        """All training rows, those without a value included."""
        return sum(self.counts)


def _range_text(low: float, high: float) -> str:
    center = (low + high) / 2
    # A bin of a few float32 steps holds one value, an atom.
    if high - low <= max(8 * float(np.spacing(np.float32(abs(center)))), _NEAR_ZERO):
        return f"= {_edge_text(center)}"
    return f"{_edge_text(low)} – {_edge_text(high)}"


def _edge_text(edge: float) -> str:
    return "0" if abs(edge) < _NEAR_ZERO else f"{edge:.6g}"
