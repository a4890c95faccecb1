"""What is said of a model as a whole in each window: all features together, and performance without labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.exposition.label_values import clean
from mlexporter.exposition.layout import ModelLabels
from mlexporter.exposition.model_part import ModelPart
from mlexporter.exposition.samples import Block, block_of, series_of
from mlexporter.records import Estimate, JointReference, SubjectScores

_OF_A_MODEL: Final = (
    catalogue.DATASET_P_VALUE,
    catalogue.DRIFTED_FEATURES,
    catalogue.DRIFTED_FEATURES_RATIO,
    catalogue.DUPLICATE_ROWS_EXCESS,
)
_ESTIMATED: Final = catalogue.QUALITY_SOURCES[1]


def whole_model_blocks(part: ModelPart) -> Iterator[tuple[Metric, Block]]:
    """Yield what the report says of all features together; nothing where no report is valid."""
    if part.report is None or part.reference is None:
        return
    for window in part.report.windows:
        name = window.counts.name
        for metric in _OF_A_MODEL:
            value = window.model.get(metric.name)
            if value is not None:
                yield metric, _single(metric, (*part.labels, name), value)
        yield from _joints(part.labels, part.reference.joints, window.joints, name)
        yield from _estimates(part.labels, window.estimates, name)


def _joints(
    labels: ModelLabels, joints: tuple[JointReference, ...], scores: SubjectScores, window: str
) -> Iterator[tuple[Metric, Block]]:
    for place, joint in enumerate(joints):
        metric = catalogue.EMBEDDING_DRIFT_SEVERITY if joint.name else catalogue.JOINT_DRIFT_SEVERITY
        values = scores.scores.get(metric.name)
        if values is None or np.isnan(values[place]):
            continue
        row = (*labels, clean(joint.name), window) if joint.name else (*labels, window)
        yield metric, _single(metric, row, float(values[place]))


def _estimates(
    labels: ModelLabels, estimates: tuple[Estimate, ...], window: str
) -> Iterator[tuple[Metric, Block]]:
    for estimate in estimates:
        metric = catalogue.metric_named(estimate.metric)
        classes = (clean(estimate.class_name),) if "class" in metric.labels else ()
        yield metric, _single(metric, (*labels, *classes, _ESTIMATED, window), estimate.value)
        if estimate.class_name:
            continue  # bands have no label for a class
        for bound, value in (
            (catalogue.QUALITY_LOWER, estimate.lower),
            (catalogue.QUALITY_UPPER, estimate.upper),
        ):
            yield bound, _single(bound, (*labels, metric.name, _ESTIMATED, window), value)


def _single(metric: Metric, row: tuple[str, ...], value: float) -> Block:
    return block_of(series_of(metric, (row,)), [value])
