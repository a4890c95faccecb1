"""What kind of performance held-out rows can tell of, and learning it."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.errors import FitError
from mlexporter.profile.held_out import HeldOutRows, chosen_of
from mlexporter.profile.leaf_errors import learn_leaves
from mlexporter.profile.learner import read_labels
from mlexporter.profile.outcome_tables import class_score_tables, label_names, label_tables, score_table
from mlexporter.profile.sections.row_cells import row_numbers
from mlexporter.records import Estimation, Kind, OutcomeTable, Reference
from mlexporter.state.binning import flatten, read_numbers

DEFAULT_THRESHOLD: Final = 0.5
"""Score from which a row counts as positive where the fit does not say and all scores lie in 0 to 1."""

_LEAST_CLASSES: Final = 2
_HALVES: Final = 2
_Found = tuple[Estimation | None, str]


def learn_estimation(reference: Reference, rows: HeldOutRows, minimum_rows: int) -> _Found:
    """Return what performance is estimated from, or None with the reason why it cannot be.

    Args:
        reference: Features and outputs of the profile.
        rows: Held-out rows.
        minimum_rows: Rows behind everything that is published.

    Raises:
        FitError: several outputs, or labels that do not fit the predictions.
    """
    outputs = reference.outputs
    if len({output.name for output in outputs}) > 1:
        raise FitError(
            f"held_out: labels are compared with one prediction, not with the {len(outputs)} outputs of prediction=; "
            "name one column, or leave held_out out"
        )
    if len(outputs) > 1 or outputs[0].class_name:
        tables, row_count = class_score_tables(outputs, rows.predictions, rows.labels, minimum_rows)
        return _of_classes(tables, row_count, minimum_rows)
    if outputs[0].distribution.kind is not Kind.NUMERIC:
        tables, row_count = label_tables(outputs[0], rows.predictions[0], rows.labels)
        return _of_classes(tables, row_count, minimum_rows)
    scores = row_numbers(rows.predictions[0])
    labels = read_labels(rows.labels)
    # Binary is a label that says 0 or 1 wherever it says anything.
    says_other = (labels < 0) & np.array(
        [name is not None for name in label_names(rows.labels)], dtype=np.bool_
    )
    if says_other.any():
        return _of_numbers(reference, rows, scores, minimum_rows)
    return _of_scores(reference, scores, labels, minimum_rows)


def _of_scores(
    reference: Reference, scores: npt.NDArray[np.float32], labels: npt.NDArray[np.int8], minimum_rows: int
) -> _Found:
    kept = np.isfinite(scores) & (labels >= 0)
    scores, is_positive = scores[kept], labels[kept] == 1
    positives = int(is_positive.sum())
    if min(positives, len(scores) - positives) < minimum_rows:
        return None, (
            f"held_out has {positives} positive and {len(scores) - positives} negative rows with a prediction; "
            f"{minimum_rows} of each are needed (minimum_bin_rows)"
        )
    threshold, notes = reference.decision_threshold, []
    if threshold is None and bool(((scores >= 0) & (scores <= 1)).all()):
        threshold = DEFAULT_THRESHOLD
        notes.append(f"decisions are taken to be positive from a score of {DEFAULT_THRESHOLD} on")
    elif threshold is None:
        notes.append(
            "accuracy, precision, recall and F1 need a decision_threshold: the scores are no probabilities"
        )
    table = score_table(reference.outputs[0], scores, is_positive, threshold, minimum_rows)
    return Estimation(len(scores), decision_threshold=threshold, tables=(table,), notes=tuple(notes)), ""


def _of_classes(tables: tuple[OutcomeTable, ...], row_count: int, minimum_rows: int) -> _Found:
    counts = [sum(table.positives) for table in tables]
    if len(tables) == 1:
        counts.append(row_count - counts[0])
    supported = sum(count >= minimum_rows for count in counts)
    if supported < _LEAST_CLASSES:
        return None, (
            f"held_out has {row_count} rows with label and prediction, and {supported} classes with "
            f"{minimum_rows} of them (minimum_bin_rows); two are needed"
        )
    rare = [
        table.class_name
        for table, count in zip(tables, counts, strict=False)
        if count < minimum_rows and table.class_name
    ]
    notes = [f"class {name} is too rare to be told of alone" for name in rare]
    return Estimation(row_count, tables=tables, notes=tuple(notes)), ""


def _of_numbers(
    reference: Reference, rows: HeldOutRows, predictions: npt.NDArray[np.float32], minimum_rows: int
) -> _Found:
    truths, strange = read_numbers(flatten(rows.labels))
    if strange:
        raise FitError(
            f"held_out: {strange} labels are no numbers where predictions are; a binary label is 0/1 or true/false, the "
            "label of a regression a number; a predicted class written as a number is one of categorical="
        )
    said = read_numbers(flatten(rows.predictions[0]))[0]
    kept = np.isfinite(truths) & np.isfinite(predictions) & np.isfinite(said)
    row_count = int(kept.sum())
    if row_count < _HALVES * minimum_rows:
        return None, (
            f"held_out has {row_count} rows with label and prediction; {_HALVES * minimum_rows} are needed "
            f"({_HALVES} times minimum_bin_rows)"
        )
    columns = rows.features([feature.name for feature in reference.features])
    features = {name: chosen_of(column, kept) for name, column in columns.items()}
    errors = said[kept].astype(np.float64) - truths[kept]
    tree, leaves = learn_leaves(reference, features, predictions[kept], errors, minimum_rows)
    return Estimation(row_count, n_leaves=len(leaves.rows), tree=tree, leaves=leaves), ""
