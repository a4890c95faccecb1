"""From held-out predictions of numbers to a tree of expected errors, and the errors in its leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.profile.error_tree import TreeColumn, grow, number_column
from mlexporter.profile.sections.row_cells import RowCells, row_numbers
from mlexporter.records import PREDICTION, ErrorTree, Kind, LeafErrors, Reference
from mlexporter.state.columns import Column
from mlexporter.state.sides.leaves import find_leaves

_SEED: Final = 20_150_622
_DIGITS: Final = 7
_LARGEST: Final = 1e70
"""An error whose fourth power a profile can still hold, added up."""

Numbers = npt.NDArray[np.float64]


def learn_leaves(
    reference: Reference,
    features: Mapping[str, Column],
    predictions: npt.NDArray[np.float32],
    errors: Numbers,
    minimum_rows: int,
) -> tuple[ErrorTree | None, LeafErrors]:
    """Return a tree grown on half of the rows, and the errors of the other half in its leaves.

    Args:
        reference: The features of the profile.
        features: Columns of all of them, n values each.
        predictions: Shape (n,), finite.
        errors: Predictions less truths, shape (n,), finite.
        minimum_rows: Rows of either half in a leaf.

    Returns:
        The tree, None where one leaf says it all; and what is in the leaves.
    """
    found: dict[int, npt.NDArray[np.generic]] = {PREDICTION: predictions}
    for place, feature in enumerate(reference.features):
        is_number = feature.distribution.kind is Kind.NUMERIC
        column = features[feature.name]
        found[place] = row_numbers(column) if is_number else RowCells(feature.distribution).of(column)
    is_checked = np.random.default_rng(_SEED).permutation(len(errors)) % 2 == 1
    columns = [_column(reference, place, values, minimum_rows) for place, values in found.items()]
    tree = grow(
        [column for column in columns if column.n_codes > 1], np.abs(errors), is_checked, minimum_rows
    )
    leaves = find_leaves(tree, found.__getitem__, len(errors))[is_checked]
    n_leaves = 1 if tree is None else len(tree.inputs) + 1
    return tree, _measured(leaves, errors[is_checked], n_leaves)


def _column(
    reference: Reference, place: int, values: npt.NDArray[np.generic], minimum_rows: int
) -> TreeColumn:
    if values.dtype == np.float32:
        return number_column(place, values.astype(np.float32), minimum_rows)
    n_cells = reference.features[place].distribution.n_cells
    return TreeColumn(place, values.astype(np.int64), (), n_cells)


def _measured(leaves: npt.NDArray[np.int64], errors: Numbers, n_leaves: int) -> LeafErrors:
    rows = np.bincount(leaves, minlength=n_leaves)

    def mean(power: int) -> tuple[float, ...]:
        sums = np.bincount(leaves, np.minimum(np.abs(errors), _LARGEST) ** power, minlength=n_leaves)
        return tuple(float(f"{value:.{_DIGITS}g}") for value in (sums / np.maximum(rows, 1)).tolist())

    return LeafErrors(tuple(rows.tolist()), mean(1), mean(2), mean(4))
