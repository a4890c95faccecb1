"""What performance without labels is estimated from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlexporter.records import Estimation, OutcomeTable, Reference

if TYPE_CHECKING:
    from mlexporter.profile.fields import Fields
    from mlexporter.profile.sections.training_rows import TrainingRows


def learn(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with tables or a tree of errors, where there are held-out rows.

    Raises:
        FitError: the held-out rows cannot be read, lack a column, or their labels do not fit the predictions.
    """
    from mlexporter.profile.held_out import read_held_out  # noqa: PLC0415 - only fitting needs it
    from mlexporter.profile.outcomes import learn_estimation  # noqa: PLC0415 - only fitting needs it

    held_out = read_held_out(reference, rows)
    if held_out is None:
        if rows.options.get("label") and reference.outputs:
            rows.tell(
                "performance without labels is not estimated: rows that the model was trained on would promise too "
                "much; pass held_out=, rows that it was not trained on, or held_out=True where these are such"
            )
        return reference
    estimation, reason = learn_estimation(reference, held_out, rows.minimum_rows)
    if reason:
        rows.tell(f"performance without labels is not estimated: {reason}")
    return replace(reference, estimation=estimation)


def identity(reference: Reference) -> object:
    """Return the tree, which decides in which leaf a row is counted; None without one.

    Tables are of bins, which are told apart already.
    """
    estimation = reference.estimation
    if estimation is None or not estimation.n_leaves:
        return None
    return {"n_leaves": estimation.n_leaves, "tree": _tree(estimation)}


def to_json(reference: Reference) -> Any:
    """Return the section as JSON values; None where there is none."""
    estimation = reference.estimation
    if estimation is None:
        return None
    leaves = estimation.leaves
    return {
        "row_count": estimation.row_count,
        "decision_threshold": estimation.decision_threshold,
        "tables": [_table(table) for table in estimation.tables],
        "tree": _tree(estimation),
        "leaves": None if leaves is None else {
            "rows": list(leaves.rows),
            "absolute": list(leaves.absolute),
            "square": list(leaves.square),
            "fourth": list(leaves.fourth),
        },
        "notes": list(estimation.notes),
    }  # fmt: skip


def from_json(fields: Fields, reference: Reference) -> Reference:
    """Return ``reference`` with the section that ``fields`` holds.

    Raises:
        ProfileFormatError: a field is missing, unknown or impossible.
    """
    from mlexporter.profile.reading_estimation import read_estimation  # noqa: PLC0415 - few profiles have one

    return replace(reference, estimation=read_estimation(fields, reference))


def _table(table: OutcomeTable) -> dict[str, Any]:
    return {
        "output": table.output,
        "class_name": table.class_name,
        "rows": list(table.rows),
        "positives": list(table.positives),
        "predicted": list(table.predicted),
        "right": list(table.right),
        "concordance": list(table.concordance),
    }


def _tree(estimation: Estimation) -> dict[str, Any] | None:
    tree = estimation.tree
    if tree is None:
        return None
    return {
        "inputs": list(tree.inputs),
        "thresholds": list(tree.thresholds),
        "cells": [list(cells) for cells in tree.cells],
        "left": list(tree.left),
        "right": list(tree.right),
    }
