"""From held-out predictions and labels to tables of what became of the rows of each score bin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.errors import FitError
from mlexporter.profile.learner import read_labels
from mlexporter.profile.options import listed
from mlexporter.profile.sections.row_cells import Cells, RowCells, row_numbers
from mlexporter.records import Kind, OutcomeTable, OutputReference
from mlexporter.state.binning import flatten
from mlexporter.state.columns import Column
from mlexporter.state.sides.skews import number_cells
from mlexporter.state.values import canonical_category

Flags = npt.NDArray[np.bool_]
Float32s = npt.NDArray[np.float32]

_CONCORDANCE_DIGITS: Final = 4
_BOOLEANS: Final = {1: "true", 0: "false"}


def score_table(
    output: OutputReference, scores: Float32s, is_positive: Flags, threshold: float | None, minimum_rows: int
) -> OutcomeTable:
    """Return the table of one score and a binary label.

    Args:
        output: The only output of the profile, of numbers.
        scores: Of the held-out rows, finite, shape (n,).
        is_positive: Shape (n,).
        threshold: Score from which a row is predicted to be positive; None where nothing says.
        minimum_rows: Rows of a bin, positive and other, that its concordance rests on.
    """
    is_predicted = None if threshold is None else scores >= np.float32(threshold)
    cells = number_cells(output.distribution, scores)
    # Of scores that are decisions already there is no order to speak of.
    ranks = bool(((scores != 0) & (scores != 1)).any())
    concordance = concordances(cells, scores, is_positive, output, minimum_rows) if ranks else ()
    return _table(0, "", cells, is_positive, is_predicted, output, concordance)


def class_score_tables(
    outputs: Sequence[OutputReference], columns: Sequence[Column], labels: Column, minimum_rows: int
) -> tuple[tuple[OutcomeTable, ...], int]:
    """Return one table for each class whose scores are given, one against all others, and the rows used.

    The class with the highest score is the predicted one.

    Raises:
        FitError: labels are not called like the columns of the scores.
    """
    names = label_names(labels)
    classes = [output.class_name for output in outputs]
    strange = sorted({name for name in names if name is not None} - set(classes))
    if strange:
        raise FitError(
            f"held_out: the label {strange[0]!r} is called like no column of class scores ({listed(classes)}); "
            "rename the columns of prediction= like the labels"
        )
    scores = np.stack([row_numbers(column) for column in columns], axis=1)
    kept = np.isfinite(scores).all(axis=1) & np.array([name is not None for name in names], dtype=np.bool_)
    scores, truth = scores[kept], [name for name, is_kept in zip(names, kept, strict=True) if is_kept]
    is_of = np.array(truth, dtype=object)[:, None] == np.array(classes, dtype=object)[None, :]
    predicted = scores.argmax(axis=1) if len(scores) else np.zeros(0, dtype=np.int64)
    tables = []
    for place, output in enumerate(outputs):
        cells = number_cells(output.distribution, scores[:, place])
        is_positive = is_of[:, place].astype(np.bool_)
        tables.append(
            _table(
                place, output.class_name, cells, is_positive, predicted == place, output,
                concordances(cells, scores[:, place], is_positive, output, minimum_rows),
            )
        )  # fmt: skip
    return tuple(tables), len(scores)


def label_tables(
    output: OutputReference, predictions: Column, labels: Column
) -> tuple[tuple[OutcomeTable, ...], int]:
    """Return the tables of an output that is a label itself, and the rows used.

    Of booleans there is one, of what is predicted to be true; else one for each category, called like it is
    shown, and one more for rows predicted to be of any other known one.

    Raises:
        FitError: no label is called like a category of the predictions.
    """
    distribution = output.distribution
    if distribution.kind is Kind.BOOLEAN:
        names = [_BOOLEANS.get(label) for label in read_labels(labels).tolist()]
    else:
        names = label_names(labels)
    cells = RowCells(distribution).of(predictions)
    kept = (cells < distribution.n_shape_bins) & np.array(
        [name is not None for name in names], dtype=np.bool_
    )
    cells, names = cells[kept], [name for name, is_kept in zip(names, kept, strict=True) if is_kept]
    known = [*distribution.categories, *distribution.other_categories]
    if names and not set(names) & set(known):
        raise FitError(
            f"held_out: the label {names[0]!r} is called like no prediction ({listed(known)}); write both alike"
        )
    truth = np.array(names, dtype=object)
    if distribution.kind is Kind.BOOLEAN:
        place = distribution.categories.index("true") if "true" in distribution.categories else len(known)
        return (_table(0, "", cells, truth == "true", cells == place, output, ()),), len(cells)
    tables = [
        _table(0, distribution.bin_ranges[place], cells, truth == name, cells == place, output, ())
        for place, name in enumerate(distribution.categories)
    ]
    if distribution.other_categories:
        read = flatten(predictions)
        listed_predictions = read.tolist() if isinstance(read, np.ndarray) else read
        said = np.array([_name(value) for value, is_kept in zip(listed_predictions, kept, strict=True) if is_kept],
                        dtype=object)  # fmt: skip
        tables.append(_table(0, "", cells, truth == said, cells == len(distribution.categories), output, ()))
    return tuple(tables), len(cells)


def label_names(labels: Column) -> list[str | None]:
    """Return the name of each label as a category; None for a missing one."""
    return [_name(value) for value in (labels.tolist() if isinstance(labels, np.ndarray) else labels)]


def concordances(
    cells: Cells, scores: Float32s, is_positive: Flags, output: OutputReference, minimum_rows: int
) -> tuple[float, ...]:
    """Return, for each shape bin, the share of pairs within it in which the positive row scores higher.

    Ties are halves. 0.5 where fewer than ``minimum_rows`` rows of either kind lie in the bin.

    Args:
        cells: Cells of the held-out rows, shape (n,).
        scores: Their scores, shape (n,).
        is_positive: Shape (n,).
        output: The output that the scores are of.
        minimum_rows: See above.
    """
    n_bins = output.distribution.n_shape_bins
    order = np.lexsort((scores, cells))
    starts = np.searchsorted(cells[order], np.arange(n_bins + 1))
    found = []
    for first, last in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        inside = order[first:last]
        ranked, positives = scores[inside], is_positive[inside]
        others, mine = ranked[~positives], ranked[positives]
        if min(len(others), len(mine)) < minimum_rows:
            found.append(0.5)
            continue
        below = np.searchsorted(others, mine, "left") + np.searchsorted(others, mine, "right")
        found.append(round(float(below.sum()) / (2 * len(others) * len(mine)), _CONCORDANCE_DIGITS))
    return tuple(found)


def _name(value: object) -> str | None:
    try:
        return canonical_category(value)
    except TypeError:
        return None


def _table(  # noqa: PLR0913, PLR0917 - the parts of one table, and only here
    place: int,
    class_name: str,
    cells: Cells,
    is_positive: Flags,
    is_predicted: Flags | None,
    output: OutputReference,
    concordance: tuple[float, ...],
) -> OutcomeTable:
    n_bins = output.distribution.n_shape_bins

    def counted(chosen: Flags) -> tuple[int, ...]:
        return tuple(np.bincount(cells[chosen], minlength=n_bins).tolist())

    everywhere = np.ones(len(cells), dtype=np.bool_)
    return OutcomeTable(
        output=place,
        class_name=class_name,
        rows=counted(everywhere),
        positives=counted(is_positive),
        predicted=() if is_predicted is None else counted(is_predicted),
        right=() if is_predicted is None else counted(is_predicted & is_positive),
        concordance=concordance,
    )
