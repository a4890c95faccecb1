"""What performance without labels is estimated from: tables and a tree, learned from held-out rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PREDICTION: Final = -1
"""What a node of a tree calls the prediction, which is no feature."""


@dataclass(frozen=True)
class OutcomeTable:
    """What became of held-out rows, by bin of one output, for one class against all others.

    Attributes:
        output: Place of the output in ``Reference.outputs``.
        class_name: The class; empty for the positive one of two, and, after others, for all other classes.
        rows: Held-out rows in each shape bin.
        positives: Those of them that are of the class.
        predicted: Those of ``rows`` that were predicted to be of the class; empty where no threshold says so.
        right: Those of ``predicted`` that are of it; empty likewise.
        concordance: For each bin the share of its pairs of a positive and another row in which the positive
            one scores higher, ties as halves; 0.5 where too few rows tell; empty where scores do not rank.
    """

    output: int
    class_name: str
    rows: tuple[int, ...]
    positives: tuple[int, ...]
    predicted: tuple[int, ...] = ()
    right: tuple[int, ...] = ()
    concordance: tuple[float, ...] = ()


@dataclass(frozen=True)
class ErrorTree:
    """A tree that sorts rows by how large an error is expected; of n leaves it has n - 1 nodes.

    At a number a row goes left where the value is at most the threshold (missing ones go right); at a
    category, where its cell is among those of the node. Node 0 is the root; leaves count from the left.

    Attributes:
        inputs: What each node looks at: a place in ``Reference.features``, or ``PREDICTION``.
        thresholds: In float32 precision; 0 for categories.
        cells: Cells that go left; empty for numbers.
        left: A node, or a leaf as -1 - leaf.
        right: Likewise.
    """

    inputs: tuple[int, ...]
    thresholds: tuple[float, ...]
    cells: tuple[tuple[int, ...], ...]
    left: tuple[int, ...]
    right: tuple[int, ...]


@dataclass(frozen=True)
class LeafErrors:
    """Errors in the leaves of a tree, of rows that the tree was not grown on.

    Attributes:
        rows: Held-out rows in each leaf.
        absolute: Mean absolute error in each.
        square: Mean squared error.
        fourth: Mean of the fourth power of the error, for the error band.
    """

    rows: tuple[int, ...]
    absolute: tuple[float, ...]
    square: tuple[float, ...]
    fourth: tuple[float, ...]


@dataclass(frozen=True)
class Estimation:
    """Learned from rows that the model was not trained on.

    Attributes:
        row_count: Rows that it rests on.
        n_leaves: Leaves of the tree that expects the error of a regression; 0 without one.
        decision_threshold: Score from which a row counts as positive; None where nothing says.
        tables: One for each class that is estimated; one alone for two classes.
        tree: Sorts rows into leaves; None where there is at most one.
        leaves: Errors in the leaves; None for a classification.
        notes: What cannot be estimated, and why.
    """

    row_count: int
    n_leaves: int = 0
    decision_threshold: float | None = None
    tables: tuple[OutcomeTable, ...] = ()
    tree: ErrorTree | None = None
    leaves: LeafErrors | None = None
    notes: tuple[str, ...] = ()
