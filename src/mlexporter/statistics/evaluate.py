"""From counts and a profile to a report: the one place that chooses what is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from mlexporter.catalogue import (
    FEATURE_DRIFT,
    FEATURE_DRIFT_SEVERITY,
    FEATURE_EXPECTED_EFFECT,
    FEATURE_TRAINING_SKEW,
    FEATURE_TRAINING_SKEW_EFFECT,
    OUTPUT_DRIFT,
    Metric,
)
from mlexporter.errors import ConfigurationError
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
from mlexporter.records.report import NO_SUBJECTS
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.estimates import estimates
from mlexporter.statistics.expected_counts import slot_rows
from mlexporter.statistics.expected_effect import expected_effect, has_partial_dependence
from mlexporter.statistics.joint_scores import joint_scores
from mlexporter.statistics.matching_cells import check_cells
from mlexporter.statistics.multiplicity import model_scores
from mlexporter.statistics.noise_floor import feature_noise, output_noise
from mlexporter.statistics.quality_scores import model_quality, quality_scores
from mlexporter.statistics.shape_scores import Looks, ShapeScores, shape_scores
from mlexporter.statistics.subject_groups import Places, feature_groups, output_groups

_FEATURE_EFFECT = next(metric for metric in FEATURE_DRIFT if metric.statistic == "effect")


def evaluate(  # noqa: PLR0913 - what is compared, and how
    reference: Reference,
    windows: Sequence[WindowCounts],
    *,
    key: ModelKey,
    evaluated_timestamp: float,
    required_observations: int,
    measures: str = "default",
    training: Reference | None = None,
) -> Report:
    """Compare every window with the profile.

    A subject has shape scores in a window when the window holds ``required_observations`` of its
    rows in shape bins and its reference as many in two bins or more; otherwise they are NaN and
    ``absent`` says ``rows`` or ``profile`` (which wins, since waiting does not help), or ``overflow``
    for more rows than can be counted. Observations are always given. Data quality counts all rows,
    missing ones included.

    Args:
        reference: What drift is measured against: the profile in use, or a baseline of serving.
        windows: Counts of each window, shortest first; possibly none.
        key: The model that they were counted for.
        evaluated_timestamp: Unix seconds, stored as it is.
        required_observations: Rows, at least 1; a smaller number counts as 1.
        measures: ``default`` or ``all``.
        training: The profile, where ``reference`` is a baseline with its bins: how far features are from
            training is then told beside their drift.

    Returns:
        A report with one entry per window, in their order.

    Raises:
        BinMismatchError: counts that do not have the cells of the profile.
        ConfigurationError: ``measures`` is neither ``default`` nor ``all``.
    """
    if measures not in {"default", "all"}:
        raise ConfigurationError(f"measures is {measures!r}; use 'default' or 'all'")
    check_cells(reference, windows)
    required = max(required_observations, 1)
    features = _features(reference, windows, _published(FEATURE_DRIFT, measures), required)
    outputs = shape_scores(
        output_groups(reference),
        Looks(
            _stacked([window.output_cells for window in windows], reference.output_offsets[-1]),
            slot_rows(reference, windows),
            output_noise(reference, windows),
        ),
        metrics=_published(OUTPUT_DRIFT, measures),
        required_observations=required,
    )
    quality: Mapping[str, Scores] = {}
    whole: Sequence[Mapping[str, float]] = [{}] * len(windows)
    if windows and reference.features:
        quality = quality_scores(reference, windows, required_observations=required)
        whole = model_quality(reference, windows, required_observations=required)
    joints = joint_scores(reference, windows, required_observations=required) if reference.joints else []
    skew = {} if training is None else _training_skew(training, windows, required)
    return Report(
        key=key,
        fingerprint=reference.fingerprint,
        evaluated_timestamp=evaluated_timestamp,
        required_observations=required_observations,
        windows=tuple(
            WindowReport(
                counts,
                features=_of_window(features, {**quality, **skew}, place),
                outputs=_of_window(outputs, {}, place),
                joints=joints[place] if joints else NO_SUBJECTS,
                model={**model_scores(features.p_values[place]), **whole[place]},
                estimates=estimates(reference, counts, required_observations=required),
            )
            for place, counts in enumerate(windows)
        ),
    )


def _features(
    reference: Reference, windows: Sequence[WindowCounts], metrics: Sequence[Metric], required: int
) -> ShapeScores:
    others = {}
    if has_partial_dependence(reference) or any(found.importance is not None for found in reference.features):
        others[FEATURE_EXPECTED_EFFECT.name] = partial(_expected_effect, reference)
    return shape_scores(
        feature_groups(reference),
        Looks(
            _stacked([window.feature_cells for window in windows], reference.feature_offsets[-1]),
            slot_rows(reference, windows),
            feature_noise(reference, windows),
        ),
        metrics=metrics,
        required_observations=required,
        others=others,
    )


def _expected_effect(reference: Reference, comparison: Comparison, places: Places) -> Scores:
    return expected_effect(comparison, reference, places)


def _training_skew(training: Reference, windows: Sequence[WindowCounts], required: int) -> dict[str, Scores]:
    check_cells(training, windows)
    scores = _features(training, windows, (FEATURE_DRIFT_SEVERITY, _FEATURE_EFFECT), required).scores
    return {
        FEATURE_TRAINING_SKEW.name: scores[FEATURE_DRIFT_SEVERITY.name],
        FEATURE_TRAINING_SKEW_EFFECT.name: scores[_FEATURE_EFFECT.name],
    }


def _published(metrics: Sequence[Metric], measures: str) -> list[Metric]:
    return [metric for metric in metrics if metric.is_default or measures == "all"]


def _stacked(cells: Sequence[Counts], n_cells: int) -> Counts:
    return np.stack(cells) if cells else np.zeros((0, n_cells), dtype=np.int64)


def _of_window(shapes: ShapeScores, others: Mapping[str, Scores], place: int) -> SubjectScores:
    scores = {name: values[place] for name, values in (shapes.scores | dict(others)).items()}
    return SubjectScores(shapes.observations[place], scores, shapes.absent[place])
