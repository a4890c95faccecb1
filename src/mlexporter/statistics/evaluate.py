"""From counts and a profile to a report: the one place that chooses what is computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlexporter.catalogue import FEATURE_DRIFT, OUTPUT_DRIFT, Metric
from mlexporter.errors import BinMismatchError, ConfigurationError
from mlexporter.records import (
    Counts,
    ModelKey,
    Reference,
    Report,
    Scores,
    SubjectScores,
    WindowCounts,
    WindowReport,
)
from mlexporter.statistics.quality_scores import quality_scores
from mlexporter.statistics.shape_scores import ShapeScores, shape_scores
from mlexporter.statistics.subject_groups import Subject, feature_groups, output_groups


def evaluate(
    reference: Reference,
    windows: Sequence[WindowCounts],
    *,
    key: ModelKey,
    evaluated_timestamp: float,
    required_observations: int,
    measures: str = "default",
) -> Report:
    """Compare every window with the profile.

    A subject has shape scores in a window when the window holds ``required_observations`` of its
    rows in shape bins and its reference as many in two bins or more; otherwise they are NaN and
    ``absent`` says ``rows`` or ``profile`` (which wins, since waiting does not help). Observations
    are always given. Data quality counts all rows, missing ones included.

    Args:
        reference: The profile in use.
        windows: Counts of each window, shortest first; possibly none.
        key: The model that they were counted for.
        evaluated_timestamp: Unix seconds, stored as it is.
        required_observations: Rows, at least 1; a smaller number counts as 1.
        measures: ``default`` or ``all``.

    Returns:
        A report with one entry per window, in their order.

    Raises:
        BinMismatchError: counts that do not have the cells of the profile.
        ConfigurationError: ``measures`` is neither ``default`` nor ``all``.
    """
    if measures not in {"default", "all"}:
        raise ConfigurationError(f"measures is {measures!r}; use 'default' or 'all'")
    _check(reference, windows)
    required = max(required_observations, 1)
    features = shape_scores(
        feature_groups(reference),
        _stacked([window.feature_cells for window in windows], reference.feature_offsets[-1]),
        metrics=_published(FEATURE_DRIFT, measures),
        required_observations=required,
    )
    outputs = shape_scores(
        output_groups(reference),
        _stacked([window.output_cells for window in windows], reference.output_offsets[-1]),
        metrics=_published(OUTPUT_DRIFT, measures),
        required_observations=required,
    )
    quality: dict[str, Scores] = {}
    if windows and reference.features:
        quality = quality_scores(reference, windows, required_observations=required)
    return Report(
        key=key,
        fingerprint=reference.fingerprint,
        evaluated_timestamp=evaluated_timestamp,
        required_observations=required_observations,
        windows=tuple(
            WindowReport(counts, _of_window(features, quality, place), _of_window(outputs, {}, place))
            for place, counts in enumerate(windows)
        ),
    )


def _published(metrics: Sequence[Metric], measures: str) -> list[Metric]:
    return [metric for metric in metrics if metric.is_default or measures == "all"]


def _stacked(cells: Sequence[Counts], n_cells: int) -> Counts:
    return np.stack(cells) if cells else np.zeros((0, n_cells), dtype=np.int64)


def _of_window(shapes: ShapeScores, quality: dict[str, Scores], place: int) -> SubjectScores:
    scores = {name: values[place] for name, values in (shapes.scores | quality).items()}
    return SubjectScores(shapes.observations[place], scores, shapes.absent[place])


def _check(reference: Reference, windows: Sequence[WindowCounts]) -> None:
    subjects: tuple[Subject, ...] = (*reference.features, *reference.outputs)
    for subject in subjects:
        cells = subject.distribution
        _check_length(f"the profile of {subject.name!r}", len(cells.counts), cells.n_cells)
    n_features = len(reference.features)
    for window in windows:
        for counts, expected in (
            (window.feature_cells, reference.feature_offsets[-1]),
            (window.output_cells, reference.output_offsets[-1]),
            (window.out_of_range, n_features),
            (window.type_mismatches, n_features),
        ):
            _check_length(f"window {window.name}", counts.size, expected)


def _check_length(owner: str, found: int, expected: int) -> None:
    if found != expected:
        raise BinMismatchError(
            f"{owner} has {found} counts where the bins ask for {expected}; learn the profile again"
        )
