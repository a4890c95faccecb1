"""Performance without labels, estimated by what ships: a profile with held-out rows, counts, ``evaluate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter import Profile
from mlexporter.profile.sections.row_cells import RowCells, row_numbers
from mlexporter.records import Estimate, Kind, ModelKey, Reference, WindowCounts
from mlexporter.records.sides import LEAVES
from mlexporter.state.row_block import RowBlock
from mlexporter.state.sides.leaves import Leaves
from mlexporter.statistics.estimates import reference_qualities
from mlexporter.statistics.evaluate import evaluate

Columns = Mapping[str, Any]
Counts = npt.NDArray[np.int64]
Predictions = str | Sequence[str]

KEY: Final = ModelKey("estimated", "1")
CHUNK_ROWS: Final = 256
"""Rows that are counted together: of so many each is looked at, as where little is served at a time."""


def profile_of(
    held_out: Columns,
    *,
    prediction: Predictions,
    label: str,
    features: Sequence[str] = (),
    threshold: float | None = None,
) -> Reference:
    """Return the reference of held-out rows.

    Args:
        held_out: Columns of features, predictions and labels.
        prediction: Column of the scores, or those of the scores of classes, called like the labels.
        label: Column of the truth.
        features: Columns of features; a tree of errors needs them, scores do not.
        threshold: Score from which the decision is positive.
    """
    return Profile.fit(
        held_out, model=KEY.name, version=KEY.version, created=0.0, prediction=prediction, label=label,
        features=list(features), held_out=True, decision_threshold=threshold, joint=False, strict=False,
    ).reference  # fmt: skip


def estimates_of(reference: Reference, prediction: Predictions, chunk: Columns) -> dict[str, Estimate]:
    """Return what is estimated of a chunk whose labels nobody knows: catalogue name to estimate."""
    columns = [prediction] if isinstance(prediction, str) else list(prediction)
    n_rows = len(chunk[columns[0]])
    outputs = [
        _counted(RowCells(output.distribution).of(chunk[column]), output.distribution.n_cells)
        for output, column in zip(reference.outputs, columns, strict=True)
    ]
    features = [
        _counted(RowCells(feature.distribution).of(chunk[feature.name]), feature.distribution.n_cells)
        for feature in reference.features
    ]
    nothing = np.zeros(len(features), dtype=np.int64)
    window = WindowCounts(
        name="1h",
        span_seconds=3600.0,
        row_count=n_rows,
        feature_cells=_joined(features),
        out_of_range=nothing,
        type_mismatches=nothing,
        output_cells=_joined(outputs),
        side_cells=_side_cells(reference, columns[0], chunk),
    )
    report = evaluate(reference, [window], key=KEY, evaluated_timestamp=0.0, required_observations=1)
    found = report.windows[0].estimates
    return {estimate.metric: estimate for estimate in found if not estimate.class_name}


def qualities_of(reference: Reference) -> dict[str, float]:
    """Return what the held-out rows themselves came to: the estimate of somebody who sees no drift."""
    return reference_qualities(reference)


def _side_cells(reference: Reference, prediction: str, chunk: Columns) -> Counts:
    cells = np.zeros(max(place.stop for place in reference.side_places.values()), dtype=np.int64)
    place = reference.side_places[LEAVES]
    if place.start == place.stop:
        return cells
    side = Leaves(reference)
    kinds = [feature.distribution.kind for feature in reference.features]
    numbers = [index for index, kind in enumerate(kinds) if kind is Kind.NUMERIC]
    named = [index for index, kind in enumerate(kinds) if kind is not Kind.NUMERIC]
    n_rows = len(chunk[prediction])
    matrix = np.empty((n_rows, len(numbers)), dtype=np.float32)
    for column, index in enumerate(numbers):
        matrix[:, column] = row_numbers(chunk[reference.features[index].name])
    codes = {
        index: RowCells(reference.features[index].distribution).of(chunk[reference.features[index].name])
        for index in named
    }
    scores = row_numbers(chunk[prediction])
    for first in range(0, n_rows, CHUNK_ROWS):
        part = slice(first, first + CHUNK_ROWS)
        rows = RowBlock(
            matrix[part],
            number_places=numbers,
            cells={index: found[part] for index, found in codes.items()},
            scores=scores[part],
            now=0.0,
        )
        side.count(rows, cells[place])
    return cells


def _counted(cells: npt.NDArray[np.integer[Any]], n_cells: int) -> Counts:
    return np.bincount(cells, minlength=n_cells).astype(np.int64)


def _joined(parts: Sequence[Counts]) -> Counts:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])
