"""Read what performance is estimated from out of untrusted JSON."""

from __future__ import annotations

from typing import Final

from mlexporter.profile.fields import LARGEST_COUNT, Fields, is_number
from mlexporter.records import (
    PREDICTION,
    ErrorTree,
    Estimation,
    Kind,
    LeafErrors,
    OutcomeTable,
    Reference,
)

MAXIMUM_TABLES: Final = 1_000
MAXIMUM_LEAVES: Final = 64
MAXIMUM_NOTES: Final = 1_000


def read_estimation(fields: Fields, reference: Reference) -> Estimation:
    """Return the section ``estimation`` of a profile.

    Args:
        fields: Its fields.
        reference: The features and outputs that it speaks of.

    Raises:
        ProfileFormatError: a field is missing, unknown or impossible.
    """
    tables = tuple(_table(item, reference) for item in fields.objects("tables", MAXIMUM_TABLES))
    tree = None if fields.take("tree") is None else _tree(fields.object("tree"), reference)
    leaves = None if fields.take("leaves") is None else _leaves(fields.object("leaves"), tree)
    if tree is not None and leaves is None:
        fields.refuse("leaves", "an object with the errors in the leaves of the tree")
    found = Estimation(
        row_count=fields.whole("row_count", minimum=1),
        n_leaves=0 if leaves is None else len(leaves.rows),
        decision_threshold=fields.optional_number("decision_threshold"),
        tables=tables,
        tree=tree,
        leaves=leaves,
        notes=_texts(fields, "notes"),
    )
    fields.refuse_others()
    return found


def _table(fields: Fields, reference: Reference) -> OutcomeTable:
    output = fields.whole("output", maximum=len(reference.outputs) - 1)
    n_bins = reference.outputs[output].distribution.n_shape_bins
    rows = _counts(fields, "rows", n_bins)
    positives = _counts(fields, "positives", n_bins)
    predicted = _counts(fields, "predicted", n_bins, is_optional=True)
    right = _counts(fields, "right", n_bins, is_optional=True)
    if len(right) != len(predicted):
        fields.refuse("right", "a list as long as predicted")
    _check_within(fields, "positives", positives, rows)
    _check_within(fields, "predicted", predicted, rows)
    _check_within(fields, "right", right, predicted)
    _check_within(fields, "right", right, positives)
    beside = zip(predicted, positives, right, rows, strict=False)
    if any(one + other - both > all_rows for one, other, both, all_rows in beside):
        fields.refuse("right", "at least as many as predicted and positives have in common")
    table = OutcomeTable(
        output=output,
        class_name=fields.text("class_name"),
        rows=rows,
        positives=positives,
        predicted=predicted,
        right=right,
        concordance=_numbers(fields, "concordance", n_bins, is_optional=True),
    )
    if any(share > 1 for share in table.concordance):
        fields.refuse("concordance", "shares from 0 to 1")
    fields.refuse_others()
    return table


def _tree(fields: Fields, reference: Reference) -> ErrorTree:
    inputs = fields.items("inputs", MAXIMUM_LEAVES - 1)
    n_nodes = len(inputs)
    kinds = [feature.distribution.kind for feature in reference.features]
    if not n_nodes or any(type(place) is not int or not PREDICTION <= place < len(kinds) for place in inputs):
        fields.refuse("inputs", f"a list of 1 to {MAXIMUM_LEAVES - 1} places of features, or {PREDICTION}")
    thresholds = fields.items("thresholds", n_nodes)
    if len(thresholds) != n_nodes or not all(is_number(value) for value in thresholds):
        fields.refuse("thresholds", f"a list of {n_nodes} finite numbers")
    cells = fields.items("cells", n_nodes)
    if len(cells) != n_nodes:
        fields.refuse("cells", f"a list of {n_nodes} lists")
    for place, found in zip(inputs, cells, strict=True):
        is_number_input = place == PREDICTION or kinds[place] is Kind.NUMERIC
        most = 0 if is_number_input else reference.features[place].distribution.n_cells
        if not isinstance(found, list) or (not found) is not is_number_input:
            fields.refuse("cells", "cells for categories, and nothing for numbers")
        if any(type(cell) is not int or not 0 <= cell < most for cell in found):
            fields.refuse("cells", f"cells from 0 to {most - 1}")
    tree = ErrorTree(
        inputs=tuple(inputs),
        thresholds=tuple(float(value) for value in thresholds),
        cells=tuple(tuple(found) for found in cells),
        left=_children(fields, "left", n_nodes),
        right=_children(fields, "right", n_nodes),
    )
    _check_order(fields, tree)
    fields.refuse_others()
    return tree


def _check_order(fields: Fields, tree: ErrorTree) -> None:
    """Refuse what is no tree, or has nodes or leaves out of their order: depth first, from the left."""
    next_node, next_leaf, waiting = 0, 0, [0]
    while waiting:
        place = waiting.pop()
        if place < 0:
            if place != -1 - next_leaf:
                break
            next_leaf += 1
        elif place != next_node or place >= len(tree.inputs):
            break
        else:
            next_node += 1
            waiting += [tree.right[place], tree.left[place]]
    if next_node != len(tree.inputs) or next_leaf != next_node + 1:
        fields.refuse("left", "a tree with nodes and leaves in order of depth")


def _leaves(fields: Fields, tree: ErrorTree | None) -> LeafErrors:
    n_leaves = 1 if tree is None else len(tree.inputs) + 1
    found = LeafErrors(
        rows=_counts(fields, "rows", n_leaves),
        absolute=_numbers(fields, "absolute", n_leaves),
        square=_numbers(fields, "square", n_leaves),
        fourth=_numbers(fields, "fourth", n_leaves),
    )
    fields.refuse_others()
    return found


def _children(fields: Fields, name: str, n_nodes: int) -> tuple[int, ...]:
    items = fields.items(name, n_nodes)
    if len(items) != n_nodes or any(
        type(place) is not int or not -n_nodes - 1 <= place < n_nodes for place in items
    ):
        fields.refuse(name, f"a list of {n_nodes} nodes, or leaves as -1 - leaf")
    return tuple(items)


def _counts(fields: Fields, name: str, length: int, *, is_optional: bool = False) -> tuple[int, ...]:
    items = fields.items(name, length)
    if is_optional and not items:
        return ()
    if len(items) != length or any(type(item) is not int or not 0 <= item <= LARGEST_COUNT for item in items):
        fields.refuse(name, f"a list of {length} whole numbers from 0 on")
    return tuple(items)


def _numbers(fields: Fields, name: str, length: int, *, is_optional: bool = False) -> tuple[float, ...]:
    items = fields.items(name, length)
    if is_optional and not items:
        return ()
    if len(items) != length or any(not is_number(item) or item < 0 for item in items):
        fields.refuse(name, f"a list of {length} finite numbers from 0 on")
    return tuple(float(item) for item in items)


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    items = fields.items(name, MAXIMUM_NOTES)
    if any(not isinstance(item, str) for item in items):
        fields.refuse(name, "a list of texts")
    return tuple(items)


def _check_within(fields: Fields, name: str, part: tuple[int, ...], whole: tuple[int, ...]) -> None:
    if any(some > most for some, most in zip(part, whole, strict=False)):
        fields.refuse(name, "no more rows than there are")
